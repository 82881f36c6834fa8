package played_test

import (
	"slices"
	"strings"
	"testing"

	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

func TestWeCom_AMemberWithTheApplication(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindApp)
	r.p.TellText(playedwecom.Member, "你好")
	r.Until("the bot welcomes and answers", func() bool { return len(r.seen()) == 2 })
	r.p.TellText(playedwecom.Member, "报销流程是什么")
	r.Until("the bot offers a person on a card", func() bool {
		return len(r.seen()) >= 3 && strings.HasSuffix(last(r.seen()), "(转人工)")
	})
	all := r.p.SeenApp(playedwecom.Member)
	card := all[len(all)-1]
	if err := r.p.PressCard(playedwecom.Member, card.ID, card.Buttons[0][0].Value); err != nil {
		t.Fatal(err)
	}
	r.Take(r.Queued())
	img := r.File("p.png", "image/png", picture())
	for _, part := range []struct {
		part canon.Part
		want string
	}{
		{canon.Text{Body: "您好 👋"}, "您好 👋"},
		{canon.Text{Body: "请看制度", Spans: []canon.Span{{Start: 2, Length: 2, Style: canon.SpanBold}}}, "请看**制度**"},
		{img, "[image]"},
		{r.File("v.amr", "audio/amr", amr()), "[voice]"},
		{r.File("f.mp4", "video/mp4", film()), "[video]"},
		{r.File("报价单.pdf", "application/pdf", paper()), "[file]"},
		{canon.Choices{Style: canon.ChoiceButtons, Prompt: "选一个", Options: []canon.Option{{Kind: canon.OptionReply, Label: "请假", Value: "leave"}}}, "选一个(请假)"},
		{canon.Card{Kind: canon.CardLink, Title: "制度", URL: "https://example.com"}, "[textcard]制度"},
		{canon.Sticker{Emoji: "😺"}, "😺"},
		{canon.Location{Lat: 31.23, Lon: 121.47, Title: "总部"}, "总部\nhttps://www.openstreetmap.org/?mlat=31.230000&mlon=121.470000"},
	} {
		r.post(part.part)
		if got := last(r.seen()); got != part.want {
			t.Errorf("%T is seen as %q, not %q", part.part, got, part.want)
		}
	}
	before := len(r.Customer.Lines())
	r.p.TellFile(playedwecom.Member, "image", "p.png", "image/png", picture())
	r.p.TellFile(playedwecom.Member, "voice", "v.amr", "audio/amr", amr())
	r.p.TellFile(playedwecom.Member, "video", "f.mp4", "video/mp4", film())
	r.Until("the member's files are here", func() bool {
		lines := r.Customer.Lines()
		return len(lines) == before+3 && !slices.ContainsFunc(lines[before:], func(m core.Message) bool { return m.Content.Parts[0].(canon.Media).File.IsZero() })
	})
	m := r.post(canon.Text{Body: "写错了"})
	if _, err := r.Core.Desk.Recall(t.Context(), r.Tenant, m.ID, r.Agent); err != nil {
		t.Fatal(err)
	}
	r.Until("the member no longer sees it", func() bool { b := r.p.SeenApp(playedwecom.Member); return b[len(b)-1].Recalled })
}

func TestWeCom_ComingAndGoingInAGroupIsKept(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindApp)
	r.p.Join(playedwecom.Group, "wmNew1", "wmNew2")
	r.p.Leave(playedwecom.Group, "wmNew1")
	r.Until("three facts were committed and handled", func() bool {
		all, err := r.Store.For(r.Tenant).Callbacks(t.Context(), r.Link, 1<<62, 10)
		return err == nil && len(all) == 3 && !slices.ContainsFunc(all, func(x store.Callback) bool { return x.State != store.InboxHandled })
	})
}
