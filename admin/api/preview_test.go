package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// narrow is a channel that carries little: ten characters of text, small
// pictures, no buttons, no cards.
type narrow struct {
	playedConn
	window connector.Window
}

func (n narrow) Capabilities(canon.ThreadKey) connector.Capabilities {
	return connector.Capabilities{
		Parts: map[string]connector.Level{"text": connector.Full, "media.image": connector.Full, "choices.buttons": connector.Degrade, "sticker": connector.Drop, "location": connector.Reject},
		Ops:   map[connector.Operation]connector.Level{connector.OpsEdit: connector.Degrade},
		Text:  connector.Length{Max: 10, Unit: connector.Runes},
		Media: map[canon.MediaKind]connector.MediaLimit{canon.MediaImage: {Bytes: 100, MIME: []string{"image/png"}}},

		Window: n.window,
	}
}

// TestAPreviewIsWhatTheChannelMakesOfAMessage: what is cut, put into words, left
// out or refused is told before it is sent, as it would be sent; and asking
// leaves nothing behind.
func TestAPreviewIsWhatTheChannelMakesOfAMessage(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		agent := r.signedIn(home, core.RoleAgent)
		world := r.world(home, agent.agent)
		r.hub.conn = narrow{window: connector.Window{For: time.Hour, Closes: r.store.Now().Add(time.Hour)}}
		at := "/conversations/" + world["conversation"]
		count := func() int {
			var l list[core.Message]
			agent.do("GET", at+"/messages", nil).want(200).into(&l)
			return len(l.Items)
		}
		before := count()
		codes := func(p Preview) (all []string) {
			for _, n := range p.Notes {
				if n.Text.EN == "" || n.Text.ZH == "" {
					t.Errorf("a note without words: %+v", n)
				}
				all = append(all, n.Code)
			}
			return all
		}
		ask := func(parts ...canon.Part) (p Preview) {
			t.Helper()
			agent.do("POST", at+"/preview", map[string]any{"content": canon.Message{Parts: parts}}).want(200).into(&p)
			return p
		}

		if p := ask(canon.Text{Body: "Hello"}); len(p.Notes) != 0 || len(p.Messages) != 1 || p.Says[0] != "Hello" || p.Shut || p.Refused != nil {
			t.Errorf("what fits becomes %+v", p)
		}
		p := ask(canon.Text{Body: "One two three. Four five."})
		if !slices.Equal(codes(p), []string{"cut"}) || len(p.Says) < 3 || strings.Join(p.Says, " ") != "One two three. Four five." || !strings.Contains(p.Notes[0].Text.EN, "messages") {
			t.Errorf("a long text becomes %q with %v", p.Says, codes(p))
		}
		agent.do("POST", at+"/preview", map[string]any{"text": "12", "edits": world["message"]}).want(200).into(&p)
		if len(p.Says) != 3 || p.Says[2] != "更正：12" || !strings.HasPrefix(p.Says[0], "“How can I") {
			t.Errorf("of an edit the customer gets %q", p.Says)
		}
		p = ask(canon.Choices{Style: canon.ChoiceButtons, Options: []canon.Option{{Label: "A", Value: "y"}, {Label: "B", Value: "n"}}})
		if !slices.Equal(codes(p), []string{"degraded"}) || len(p.Messages) != 1 || p.Says[0] != "1. A\n2. B" {
			t.Errorf("buttons become %q with %v", p.Says, codes(p))
		}
		p = ask(canon.Text{Body: "Look"}, canon.Sticker{Emoji: "🙂"})
		if !slices.Equal(codes(p), []string{"dropped"}) || !slices.Equal(p.Says, []string{"Look"}) {
			t.Errorf("a sticker becomes %q with %v", p.Says, codes(p))
		}
		p = ask(canon.Card{Kind: canon.CardLink, Title: "Tea", URL: "https://a.b/c"})
		if !slices.Contains(codes(p), "degraded") || !strings.Contains(strings.Join(p.Says, ""), "Tea") {
			t.Errorf("a card becomes %q with %v", p.Says, codes(p))
		}
		p = ask(canon.Location{Lat: 1, Lon: 2})
		if p.Refused == nil || p.Refused.ZH == "" || len(p.Messages) != 0 {
			t.Errorf("what the channel refuses becomes %+v", p)
		}
		file := canon.NewID()
		r.must(r.store.For(home).AddFile(t.Context(), store.File{ID: file, Key: file.String(), Name: "photo.png", MIME: "image/png", Size: 5000, SHA256: make([]byte, 32)}))
		p = ask(canon.Media{Kind: canon.MediaImage, File: file})
		if !slices.Contains(codes(p), "linked") || !strings.Contains(strings.Join(p.Says, ""), "https://") {
			t.Errorf("a picture that is too large becomes %q with %v", p.Says, codes(p))
		}

		// An answer to a message quotes it in words where the channel cannot point.
		var said list[core.Message]
		agent.do("GET", at+"/messages", nil).want(200).into(&said)
		first := said.Items[slices.IndexFunc(said.Items, func(m core.Message) bool { return m.Content.Plain() != "" })]
		agent.do("POST", at+"/preview", map[string]any{"text": "Yes", "reply_to": first.ID}).want(200).into(&p)
		if !slices.Contains(codes(p), "quoted") || !strings.HasPrefix(p.Says[0], "“"+first.Content.Plain()[:1]) {
			t.Errorf("an answer becomes %q with %v", p.Says, codes(p))
		}
		if _, problem := ask(canon.Text{Body: "x"}), agent.do("POST", at+"/preview", map[string]any{"text": "Yes", "reply_to": canon.NewID()}).want(422).problem(); problem.Code != "reply_to" {
			t.Errorf("an answer to nothing: %+v", problem)
		}

		if _, problem := ask(canon.Text{Body: "x"}), agent.do("POST", at+"/preview", map[string]any{"text": "a", "content": canon.TextMessage("b")}).want(422).problem(); problem.Code != "content" {
			t.Errorf("text and content: %+v", problem)
		}
		r.hub.conn = narrow{window: connector.Window{For: time.Hour, Closes: r.store.Now().Add(-time.Minute)}}
		if p := ask(canon.Text{Body: "Hello"}); !p.Shut || len(p.Messages) != 1 {
			t.Errorf("after the window closed: %+v", p)
		}
		if after := count(); after != before {
			t.Errorf("asking made %d messages of %d", after, before)
		}
	})
}

// TestABotIsTriedAsAnAccountShowsIt: the test box shows an answer as the account
// picked would, and the designer is warned where a channel the bot serves
// changes what it says.
func TestABotIsTriedAsAnAccountShowsIt(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		owner := r.signedIn(home, core.RoleOwner)
		world := r.world(home, owner.agent)
		r.hub.conn = narrow{}
		bot := "/bots/" + world["bot"]
		owner.do("PUT", bot+"/draft", map[string]any{"content": map[string]string{"say": "One two three. Four five."}, "draft_rev": 2}).want(200)
		var plain, shown Tried
		owner.do("POST", bot+"/try", map[string]any{"text": "hi"}).want(200).into(&plain)
		if len(plain.Shown) != 0 || plain.Messages[0].Fallback() != "One two three. Four five." {
			t.Errorf("as written: %+v", plain)
		}
		owner.do("POST", bot+"/try", map[string]any{"text": "hi", "account": world["account"]}).want(200).into(&shown)
		if len(shown.Shown) != 1 || len(shown.Shown[0].Says) < 3 || len(shown.Shown[0].Notes) != 1 || shown.Shown[0].Notes[0].Code != "cut" || shown.Messages[0].Fallback() != "One two three. Four five." {
			t.Errorf("as the account shows it: %+v", shown)
		}

		var l list[Changed]
		owner.do("POST", bot+"/changes", map[string]any{}).want(200).into(&l)
		if len(l.Items) != 0 {
			t.Errorf("a bot that serves no account is warned of %+v", l.Items)
		}
		owner.do("PATCH", "/accounts/"+world["account"], map[string]any{"bot": world["bot"]}).want(200)
		owner.do("POST", bot+"/changes", map[string]any{}).want(200).into(&l)
		if len(l.Items) != 1 || l.Items[0].Field != "say" || l.Items[0].Account.ID.String() != world["account"] || l.Items[0].Notes[0].Code != "cut" {
			t.Errorf("the draft is warned of %+v", l.Items)
		}
		owner.do("POST", bot+"/changes", map[string]any{"content": map[string]string{"say": "Short"}}).want(200).into(&l)
		if len(l.Items) != 0 {
			t.Errorf("what fits is warned of %+v", l.Items)
		}
	})
}
