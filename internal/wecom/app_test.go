package wecom

import (
	"slices"
	"testing"

	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/orchestrate"
	"parley/core/store"
)

// post0 is the agent writing, whatever becomes of it.
func (r *rig) post0(conversation canon.ID, words string) canon.ID {
	r.t.Helper()
	m, err := r.hub.Desk.Post(r.t.Context(), r.tenant, conversation, orchestrate.Post{Agent: r.agent, Content: canon.TextMessage(words)})
	if err != nil {
		r.t.Fatal(err)
	}
	return m.ID
}

// line finds a line of the customer's thread by its words.
func (r *rig) line(words string) core.Message {
	for _, m := range r.lines(wang) {
		if m.Content.Fallback() == words {
			return m
		}
	}
	return core.Message{}
}

const zhang = played.Member

func TestAMemberWithTheApplication(t *testing.T) {
	r := start(t, wecom.KindApp, played.Options{})
	seen := func() (out []string) {
		for _, b := range r.SeenApp(zhang) {
			if b.From == "them" {
				out = append(out, drawn(b))
			}
		}
		return out
	}
	r.TellText(zhang, "你好")
	r.eventually("the bot welcomes and answers", func() bool { return len(seen()) == 2 })
	r.TellText(zhang, "报销流程是什么")
	r.eventually("the bot offers a person on a card", func() bool {
		return len(seen()) >= 3 && last(seen())[len(last(seen()))-len("(转人工)"):] == "(转人工)"
	})
	all := r.SeenApp(zhang)
	card := all[len(all)-1]
	if err := r.PressCard(zhang, card.ID, card.Buttons[0][0].Value); err != nil {
		t.Fatal(err)
	}
	r.eventually("it waits for people", func() bool { c, _ := r.talk(zhang); return c.Owner.Kind == core.StatusQueue })
	c, _ := r.talk(zhang)
	if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, r.agent); err != nil {
		t.Fatal(err)
	}
	img := r.file("p.png", "image/png", picture())
	for _, part := range []struct {
		part canon.Part
		want string
	}{
		{canon.Text{Body: "您好 👋"}, "您好 👋"},
		{canon.Text{Body: "请看制度", Spans: []canon.Span{{Start: 2, Length: 2, Style: canon.SpanBold}}}, "请看**制度**"},
		{img, "[image]"},
		{r.file("v.amr", "audio/amr", voice), "[voice]"},
		{r.file("f.mp4", "video/mp4", film), "[video]"},
		{r.file("报价单.pdf", "application/pdf", paper), "[file]"},
		{canon.Choices{Style: canon.ChoiceButtons, Prompt: "选一个", Options: []canon.Option{{Kind: canon.OptionReply, Label: "请假", Value: "leave"}}}, "选一个(请假)"},
		{canon.Card{Kind: canon.CardLink, Title: "制度", URL: "https://example.com"}, "[textcard]制度"},
		{canon.Sticker{Emoji: "😺"}, "😺"},
		{canon.Location{Lat: 31.23, Lon: 121.47, Title: "总部"}, "总部\nhttps://www.openstreetmap.org/?mlat=31.230000&mlon=121.470000"},
	} {
		r.post(zhang, part.part)
		if got := last(seen()); got != part.want {
			t.Errorf("%T is seen as %q, not %q", part.part, got, part.want)
		}
	}
	before := len(r.lines(zhang))
	r.TellFile(zhang, "image", "p.png", "image/png", picture())
	r.TellFile(zhang, "voice", "v.amr", "audio/amr", voice)
	r.TellFile(zhang, "video", "f.mp4", "video/mp4", film)
	r.eventually("the member's files are here", func() bool {
		lines := r.lines(zhang)
		return len(lines) == before+3 && !slices.ContainsFunc(lines[before:], func(m core.Message) bool { return m.Content.Parts[0].(canon.Media).File.IsZero() })
	})
	m := r.post(zhang, canon.Text{Body: "写错了"})
	if _, err := r.hub.Desk.Recall(t.Context(), r.tenant, m.ID, r.agent); err != nil {
		t.Fatal(err)
	}
	r.eventually("the member no longer sees it", func() bool { b := r.SeenApp(zhang); return b[len(b)-1].Recalled })
}

func TestComingAndGoingInAGroupIsKept(t *testing.T) {
	r := start(t, wecom.KindApp, played.Options{})
	r.Join(played.Group, "wmNew1", "wmNew2")
	r.Leave(played.Group, "wmNew1")
	r.eventually("three facts were committed and handled", func() bool {
		all, err := r.store.For(r.tenant).Callbacks(t.Context(), r.link, 1<<62, 10)
		return err == nil && len(all) == 3 && !slices.ContainsFunc(all, func(x store.Callback) bool { return x.State != store.InboxHandled })
	})
}
