package played_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedline "parley/connectors/emulate/line"
	"parley/connectors/line"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// lineTale is a hub with LINE on its other side.
type lineTale struct {
	*played.Hub
	*played.Customer
	t *testing.T
	p *playedline.Platform
}

// later delivers callbacks with the client of a hub that is started after the
// platform.
type later struct{ client *http.Client }

func (l *later) RoundTrip(r *http.Request) (*http.Response, error) {
	return l.client.Transport.RoundTrip(r)
}

func newLine(t *testing.T, change func(*playedline.Options)) *lineTale {
	t.Helper()
	t.Parallel()
	road := &later{}
	o := playedline.Options{Client: &http.Client{Transport: road}, Redeliver: true, Schedule: []time.Duration{time.Millisecond, time.Millisecond}}
	if change != nil {
		change(&o)
	}
	p := playedline.New(o)
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	values := connector.Values{"api_base": api.URL}
	for name, v := range p.Config() {
		values[name] = v
	}
	h := played.Start(t, played.Setup{Driver: line.New(), Values: values, HTTPS: true, Away: true})
	road.client = h.Client()
	h.Install()
	return &lineTale{Hub: h, Customer: h.Customer(p, p.Customers()[0].ID), t: t, p: p}
}

// ops counts the calls of an operation that were taken.
func (l *lineTale) ops(op string) int {
	n := 0
	for _, c := range l.p.Calls() {
		if c.Op == op && c.Status/100 == 2 {
			n++
		}
	}
	return n
}

// lastSent is the newest call that carries a message; marks of reading come
// when they come.
func (l *lineTale) lastSent() (last emulate.Call) {
	for _, c := range l.p.Calls() {
		if c.Op == "message/reply" || c.Op == "message/push" {
			last = c
		}
	}
	return last
}

func TestLINE_FromTheBotToAPersonAndEveryPartBothWays(t *testing.T) {
	l := newLine(t, nil)
	l.Says("hello")
	l.Until("the bot answers", func() bool { return len(l.Theirs()) >= 1 })
	if l.ops("message/reply") != 1 || l.ops("message/push") != 0 {
		t.Errorf("the bot's answer is a push: %d replies, %d pushes", l.ops("message/reply"), l.ops("message/push"))
	}
	l.Says("agent")
	c := l.Take(l.Queued())
	l.Until("the customer is told", func() bool { return len(l.Theirs()) >= 2 })
	l.Until("the customer has their name", func() bool {
		contact, err := l.Store.For(l.Tenant).Contact(t.Context(), c.Contact)
		return err == nil && contact.Name == "結衣" && contact.Locale == "ja"
	})

	// From the agent.
	receipt := l.File("receipt.png", "image/png", picture())
	sound := l.File("voice.m4a", "audio/mp4", []byte("\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom not really a voice"))
	sound.Kind, sound.Millis = canon.MediaVoice, 2000
	question := l.Customer.Lines()[0]
	for _, try := range []struct {
		part canon.Part
		saw  func(emulate.Bubble) bool
	}{
		{canon.Text{Body: "您好 👩‍👩‍👧"}, func(b emulate.Bubble) bool { return b.Text == "您好 👩‍👩‍👧" && b.ReplyTo == "hello" }},
		{receipt, func(b emulate.Bubble) bool {
			return len(b.Media) == 1 && b.Media[0].Kind == "image" && l.opens(b.Media[0].URL, "image/png")
		}},
		{sound, func(b emulate.Bubble) bool {
			return len(b.Media) == 1 && b.Media[0].Kind == "voice" && l.opens(b.Media[0].URL, "")
		}},
		{canon.Location{Lat: 35.68, Lon: 139.76, Title: "東京駅"}, func(b emulate.Bubble) bool { return len(b.Cards) == 1 && b.Cards[0].Title == "東京駅" }},
		{canon.Sticker{Pack: "446", RemoteID: "1988"}, func(b emulate.Bubble) bool { return strings.Contains(b.Text, "446/1988") }},
		{canon.Card{Kind: canon.CardProduct, Title: "湯呑み", Price: "¥1,280", URL: "https://example.com/p/1", Image: receipt}, func(b emulate.Bubble) bool {
			return len(b.Cards) == 1 && b.Cards[0].Title == "湯呑み" && len(b.Buttons) == 1 && l.opens(b.Cards[0].Image, "image/png")
		}},
		{l.File("offer.pdf", "application/pdf", paper()), func(b emulate.Bubble) bool {
			return strings.Contains(b.Text, "offer.pdf") && strings.Contains(b.Text, "https://")
		}},
		{canon.Choices{Style: canon.ChoiceButtons, Prompt: "配送方法", Options: []canon.Option{{Kind: canon.OptionReply, Label: "宅配", Value: "home"}, {Kind: canon.OptionReply, Label: "店頭", Value: "shop"}}}, func(b emulate.Bubble) bool {
			return len(b.Buttons) == 2 && b.Buttons[0][0].Label == "宅配"
		}},
	} {
		replyTo := canon.ID{}
		if _, text := try.part.(canon.Text); text {
			replyTo = question.ID
		}
		if m := l.Say(c, replyTo, try.part); m.State != canon.Sent {
			t.Errorf("%T ended %s: %+v", try.part, m.State, m.Failure)
			continue
		}
		if b := l.Newest(); !try.saw(b) {
			t.Errorf("%T looks like %+v", try.part, b)
		}
	}

	// What LINE has no calls for is said.
	said := l.Sends(c, canon.Text{Body: "It costs 12"})
	l.Say(c, said.ID, canon.Text{Body: "for a dozen"})
	if b := l.Newest(); b.Text != "for a dozen" || b.ReplyTo != "It costs 12" {
		t.Errorf("an answer to our own words looks like %+v", b)
	}
	if want := corrects(t, l.Hub, said, "It costs 13"); l.Newest().Text != want || want != "更正：It costs 13" {
		t.Errorf("a correction looks like %+v", l.Newest())
	}
	reacts(t, l.Hub, question, "👍")
	if b := l.Newest(); b.Text != "👍" || b.ReplyTo != "hello" {
		t.Errorf("a reaction looks like %+v", b)
	}

	// From the customer.
	pressed := l.Theirs()
	l.Does(emulate.Act{Kind: emulate.ActPress, Target: pressed[len(pressed)-5].ID, Value: "postback home"})
	quoted := l.Theirs()[0]
	l.Does(emulate.Act{Kind: emulate.ActReply, Target: quoted.ID, Text: "about this"})
	l.Does(emulate.Act{Kind: emulate.ActMedia, Media: "image", MIME: "image/png", File: picture()})
	l.Does(emulate.Act{Kind: emulate.ActMedia, Media: "video", MIME: "video/mp4", File: film()})
	l.Does(emulate.Act{Kind: emulate.ActMedia, Media: "file", Name: "list.pdf", MIME: "application/pdf", File: paper()})
	l.Does(emulate.Act{Kind: emulate.ActMedia, Media: "sticker"})
	l.Does(emulate.Act{Kind: emulate.ActLocation, Text: "大阪城", Lat: 34.68, Lon: 135.52})
	l.Says("the last")
	var mine []core.Message
	l.Until("all of it arrived, with its files", func() bool {
		mine = slices.DeleteFunc(l.Customer.Lines(), func(m core.Message) bool { return m.From != core.FromCustomer })
		ready := len(mine) == 10
		for _, m := range mine {
			if p, ok := m.Content.Parts[0].(canon.Media); ok && p.File.IsZero() {
				ready = false
			}
			if p, ok := m.Content.Parts[0].(canon.Sticker); ok && p.Image.File.IsZero() {
				ready = false
			}
		}
		return ready
	})
	var kinds []string
	for _, m := range mine[2:] {
		kinds = append(kinds, connector.PartKey(m.Content.Parts[0]))
	}
	if want := []string{"text", "text", "media.image", "media.video", "media.file", "sticker", "location", "text"}; !slices.Equal(kinds, want) {
		t.Errorf("arrived as %v", kinds)
	}
	if text := mine[2].Content.Fallback(); text != "宅配" {
		t.Errorf("the button reads %q", text)
	}
	if ref := mine[3].Content.ReplyTo; ref == nil || ref.RemoteID != canon.RemoteID(quoted.ID) {
		t.Errorf("it quotes %+v", ref)
	}

	if n := l.ops("token"); n != 1 {
		t.Errorf("%d access tokens were issued for one link", n)
	}

	// Read, typed, and taken back.
	if err := l.Core.Desk.MarkRead(t.Context(), l.Tenant, c.ID, l.Agent); err != nil {
		t.Fatal(err)
	}
	l.Until("the customer sees that it was read", func() bool {
		all := l.Screen().Bubbles
		return all[len(all)-1].Read
	})
	if err := l.Core.Desk.Typing(t.Context(), l.Tenant, c.ID, l.Agent, true); err != nil || !l.Screen().Typing {
		t.Errorf("the loading animation does not run: %v", err)
	}
	last := l.Screen().Bubbles
	l.Does(emulate.Act{Kind: emulate.ActRecall, Target: last[len(last)-1].ID})
	l.Until("the message is taken back in the hub too", func() bool {
		all := l.Customer.Lines()
		return !all[len(all)-1].Recalled.IsZero()
	})

	// In groups and rooms, who of them speaks, from their first line on.
	for i, group := range []string{l.p.Group("茶道部", l.p.Customers()[0].ID, l.p.Customers()[1].ID), l.p.Room(l.p.Customers()[0].ID, l.p.Customers()[1].ID)} {
		for _, who := range l.p.Customers()[:2] {
			says := fmt.Sprintf("%s in %d", who.ID, i)
			if _, err := l.p.Deliver(t.Context(), l.p.Message(who.ID, group, map[string]any{"type": "text", "text": says})); err != nil {
				t.Fatal(err)
			}
			l.Until("the line has its speaker's name", func() bool {
				for _, c := range l.Conversations() {
					for _, m := range l.Hub.Lines(c) {
						if m.Content.Plain() == says {
							return m.Name == who.Name
						}
					}
				}
				return false
			})
		}
	}
}

// opens reports whether a phone can show what lies at an address.
func (l *lineTale) opens(address, mime string) bool {
	resp, err := l.Client().Get(address)
	if err != nil {
		l.t.Errorf("a phone cannot fetch %s: %v", address, err)
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK && (mime == "" || resp.Header.Get("Content-Type") == mime)
}

func TestLINE_AnEventToldAgainIsOneMessage(t *testing.T) {
	l := newLine(t, nil)
	l.Says("agent")
	l.Take(l.Queued())
	first := l.p.Message(l.ID, "", map[string]any{"type": "text", "text": "first"})
	second := l.p.Message(l.ID, "", map[string]any{"type": "text", "text": "second"})
	second["timestamp"] = first["timestamp"].(int64) + 5
	// The second comes first; the first fails on its way and is told again, with
	// both, and both once more.
	for _, events := range [][]playedline.Event{{second}, {first, second}, {first}, {second, first}} {
		if reply, err := l.p.Redeliver(t.Context(), events...); err != nil || reply.Status != http.StatusOK {
			t.Fatalf("answered %d, %v", reply.Status, err)
		}
	}
	l.Says("third")
	l.Until("the third is there", func() bool {
		all := l.Customer.Lines()
		return all[len(all)-1].Content.Fallback() == "third"
	})
	var texts []string
	for _, m := range l.Customer.Lines() {
		if m.From == core.FromCustomer {
			texts = append(texts, m.Content.Fallback())
		}
	}
	slices.Sort(texts)
	if want := []string{"agent", "first", "second", "third"}; !slices.Equal(texts, want) {
		t.Errorf("the thread holds %q", texts)
	}
}

func TestLINE_VerifyingTheAddressIsAnsweredAndHoldsNothing(t *testing.T) {
	l := newLine(t, nil)
	reply, err := l.p.Deliver(t.Context())
	if err != nil || reply.Status != http.StatusOK || len(reply.Body) != 0 {
		t.Errorf("answered %d %q, %v", reply.Status, reply.Body, err)
	}
	var lines []string
	if err := l.Conn().(connector.Prober).Probe(t.Context(), func(c connector.Check) { lines = append(lines, c.Name.EN+" "+c.Detail.EN) }); err != nil || len(lines) != 4 {
		t.Errorf("%v %q", err, lines)
	}
	l.p.SetHook(l.Hook(), false)
	if err := l.Conn().(connector.Prober).Probe(t.Context(), func(connector.Check) {}); err == nil {
		t.Error("“Use webhook” is off, and the test says that all is well")
	}
}

func TestLINE_AReplyTokenThatIsOverIsFollowedByAPushUnderAKey(t *testing.T) {
	var ahead atomic.Int64 // of LINE's clock
	l := newLine(t, func(o *playedline.Options) {
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		o.Monthly = 100
	})
	l.Says("agent")
	c := l.Take(l.Queued())
	l.Until("the customer is told", func() bool { return len(l.Theirs()) > 0 })
	l.Says("are you there?")
	l.Until("it arrived", func() bool { all := l.Customer.Lines(); return all[len(all)-1].Content.Fallback() == "are you there?" })
	ahead.Store(int64(2 * time.Minute)) // the hub thinks the token lives
	seen := len(l.Theirs())
	if m := l.Say(c, canon.ID{}, canon.Text{Body: "yes"}); m.State != canon.Sent {
		t.Fatalf("it ended %s: %+v", m.State, m.Failure)
	}
	last := l.lastSent()
	if len(l.Theirs()) != seen+1 || last.Op != "message/push" || !strings.Contains(last.Wire, "retry-key=") {
		t.Errorf("%d seen, the last call is %s", len(l.Theirs())-seen, last.Wire)
	}
	// 409: LINE has it, and its first answer was lost.
	l.p.Misbehave(emulate.Fault{Op: "message/push", Kind: emulate.LoseAnswer})
	if m := l.Say(c, canon.ID{}, canon.Text{Body: "once"}); m.State != canon.Sent || len(l.Theirs()) != seen+2 {
		t.Errorf("it ended %s, and was seen %d times", m.State, len(l.Theirs())-seen-1)
	}
	if last := l.lastSent(); last.Status != http.StatusConflict {
		t.Errorf("the repetition was answered %d", last.Status)
	}
	// What the month has left is data.
	if err := l.Conn().(connector.Refresher).Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q := l.Conn().Capabilities(canon.ThreadKey{}).Quota; q.Limit != 100 || q.Used != l.p.Pushed() || q.Ends.Before(time.Now()) {
		t.Errorf("quota %+v after %d pushes", q, l.p.Pushed())
	}
}
