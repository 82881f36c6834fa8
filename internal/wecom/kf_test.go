package wecom

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

const wang = played.Customer

// seen is what the customer's screen shows from us, a line a bubble.
func (r *rig) seen() []string {
	var out []string
	for _, b := range r.Seen(played.Account, wang) {
		if b.From == "them" {
			out = append(out, drawn(b))
		}
	}
	return out
}

func drawn(b emulate.Bubble) string {
	line := b.Text
	for _, m := range b.Media {
		line += "[" + m.Kind + "]"
	}
	for _, c := range b.Cards {
		line += "[" + c.Kind + "]" + c.Title
	}
	for _, row := range b.Buttons {
		for _, x := range row {
			line += "(" + x.Label + ")"
		}
	}
	return line
}

func TestACustomerFromWelcomeToAgent(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.Enter(played.Account, wang, "shop", "sku=1042")
	r.eventually("the bot welcomes by the code", func() bool {
		return len(r.seen()) == 1 && strings.HasPrefix(r.seen()[0], "您好，我是智能助手")
	})
	c, _ := r.talk(wang)
	if c.Entry == nil || c.Entry.Value != "sku=1042" || c.Owner.Kind != core.StatusBot {
		t.Errorf("the conversation came by %+v and is with %s", c.Entry, c.Owner.Kind)
	}
	r.Say(played.Account, wang, "谢谢")
	r.eventually("the bot answers", func() bool { return len(r.seen()) == 2 })
	r.Say(played.Account, wang, "你们的保修政策是什么")
	r.eventually("the bot offers a person in a menu", func() bool { return len(r.seen()) >= 3 && strings.HasSuffix(last(r.seen()), "(转人工)") })
	menu := r.Seen(played.Account, wang)
	if err := r.Press(played.Account, wang, menu[len(menu)-1].Buttons[0][0].Value); err != nil {
		t.Fatal(err)
	}
	r.eventually("it waits for people", func() bool { c, _ := r.talk(wang); return c.Owner.Kind == core.StatusQueue })
	if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, r.agent); err != nil {
		t.Fatal(err)
	}
	if who, err := r.store.For(r.tenant).Contact(t.Context(), c.Contact); err != nil || who.Name != "王小明" {
		t.Errorf("the customer is called %q, %v", who.Name, err)
	}
	r.post(wang, canon.Text{Body: "您好，我是 Mei"})
	if got := last(r.seen()); got != "您好，我是 Mei" {
		t.Errorf("the customer reads %q", got)
	}
}

func last(all []string) string { return all[len(all)-1] }

// serving is a conversation the agent has, its window just opened.
func (r *rig) serving() {
	r.t.Helper()
	r.Say(played.Account, wang, "转人工")
	r.eventually("it waits for people", func() bool { c, ok := r.talk(wang); return ok && c.Owner.Kind == core.StatusQueue })
	c, _ := r.talk(wang)
	if _, err := r.hub.Desk.Take(r.t.Context(), r.tenant, c.ID, r.agent); err != nil {
		r.t.Fatal(err)
	}
}

// again has the customer write, which opens the window anew.
func (r *rig) again() {
	r.t.Helper()
	n := len(r.lines(wang))
	r.Say(played.Account, wang, "好的")
	r.eventually("the customer's words are here", func() bool { return len(r.lines(wang)) > n })
}

func TestEveryKindOfPartReachesTheCustomer(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.serving()
	img := r.file("p.png", "image/png", picture())
	for i, c := range []struct {
		part canon.Part
		want string
	}{
		{canon.Text{Body: "您好 👋"}, "您好 👋"},
		{img, "[image]"},
		{r.file("v.amr", "audio/amr", voice), "[voice]"},
		{r.file("f.mp4", "video/mp4", film), "[video]"},
		{r.file("报价单.pdf", "application/pdf", paper), "[file]"},
		{canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"}, "[location]人民广场"},
		{canon.Sticker{Emoji: "😺", Image: img}, "[image]"},
		{canon.Contact{Name: "李雷", Phones: []string{"+8613800000000"}}, "李雷\n+8613800000000"},
		{canon.Choices{Style: canon.ChoiceQuick, Prompt: "选一个", Options: []canon.Option{{Kind: canon.OptionReply, Label: "退货", Value: "return"}}}, "选一个(退货)"},
		{canon.Choices{Style: canon.ChoiceList, Prompt: "再选", Options: []canon.Option{{Kind: canon.OptionURL, Label: "商城", URL: "https://example.com"}}}, "再选(商城)"},
		{canon.Template{Name: "shipped", Text: "您的订单已发货"}, "您的订单已发货"},
		{canon.Card{Kind: canon.CardProduct, Title: "茶杯", Price: "¥128.00", URL: "https://example.com/p", Image: img}, "[link]茶杯"},
		{canon.Card{Kind: canon.CardOrder, Title: "订单 1042", Status: "已发货", URL: "https://example.com/o"}, "[link]订单 1042"},
		{canon.Card{Kind: canon.CardLink, Title: "帮助中心", URL: "https://example.com/help"}, "[link]帮助中心"},
		{canon.Card{Kind: canon.CardArticle, Title: "新品", URL: "https://example.com/n", Image: img}, "[link]新品"},
		{canon.Card{Kind: canon.CardApp, Title: "订单", AppID: "wx8bd80126147df384", Path: "pages/o", Image: img}, "[miniprogram]订单"},
	} {
		if i%4 == 0 {
			r.again()
		}
		r.post(wang, c.part)
		if got := last(r.seen()); got != c.want {
			t.Errorf("%T is seen as %q, not %q", c.part, got, c.want)
		}
	}
}

func TestEveryKindOfMessageReachesTheAgent(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.serving()
	before := len(r.lines(wang))
	r.Send(played.Account, wang, "image", "p.png", "image/png", picture())
	r.Send(played.Account, wang, "voice", "v.amr", "audio/amr", voice)
	r.Send(played.Account, wang, "video", "f.mp4", "video/mp4", film)
	r.Send(played.Account, wang, "file", "报价单.pdf", "application/pdf", paper)
	r.Write(played.Account, wang, "location", map[string]any{"latitude": 31.23, "longitude": 121.47, "name": "人民广场", "address": "上海"})
	r.Write(played.Account, wang, "link", map[string]any{"title": "链接", "desc": "说明", "url": "https://example.com", "pic_url": ""})
	r.Write(played.Account, wang, "miniprogram", map[string]any{"title": "小程序", "appid": "wx1", "pagepath": "p", "thumb_media_id": "t"})
	r.Write(played.Account, wang, "business_card", map[string]any{"userid": "lisi"})
	r.Write(played.Account, wang, "merged_msg", map[string]any{"title": "聊天记录", "item": []any{}})
	r.eventually("all of it is here", func() bool { return len(r.lines(wang)) == before+9 })
	want := []string{"media", "media", "media", "media", "location", "card", "card", "contact", "opaque"}
	var got []string
	for _, m := range r.lines(wang)[before:] {
		got = append(got, canon.PartType(m.Content.Parts[0]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the agent sees %v, not %v", got, want)
	}
	for i, body := range [][]byte{nil, voice, film, paper} {
		at := before + i
		r.eventually("the file is here", func() bool {
			m := r.lines(wang)[at].Content.Parts[0].(canon.Media)
			return !m.File.IsZero() && m.State == canon.MediaReady
		})
		if body == nil {
			continue // pictures are cleaned on their way in
		}
		m := r.lines(wang)[at].Content.Parts[0].(canon.Media)
		line, _ := r.hub.LineOf(r.tenant, r.account)
		in, _, err := line.Files.Open(t.Context(), m.File)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := io.ReadAll(in)
		in.Close()
		if err != nil || !bytes.Equal(stored, body) {
			t.Errorf("%s came in as %d bytes (%v), not %d", m.Name, len(stored), err, len(body))
		}
	}
}

func TestRecallAndRefusalAreSeenByTheAgent(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.serving()
	id := r.Say(played.Account, wang, "我的密码是 123456")
	r.eventually("the words are here", func() bool { return r.line("我的密码是 123456").ID != canon.ID{} })
	line := r.line("我的密码是 123456")
	if err := r.Recall(played.Account, wang, id); err != nil {
		t.Fatal(err)
	}
	r.eventually("the words are taken back", func() bool {
		m, err := r.store.For(r.tenant).Message(t.Context(), line.ID)
		return err == nil && !m.Recalled.IsZero()
	})
	r.Refuses(played.Account, wang, true)
	c, _ := r.talk(wang)
	m := r.post0(c.ID, "您还在吗")
	r.eventually("the agent sees that it did not arrive", func() bool { return r.state(m) == canon.Failed })
	if c, _ = r.talk(wang); !c.Trouble {
		t.Error("the conversation shows no trouble")
	}
}

func TestTheDeskInWeComIsSeen(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.Say(played.Account, wang, "你好")
	r.eventually("the bot welcomes and answers", func() bool { return len(r.seen()) == 2 })
	r.Pick(played.Account, wang, played.Servicer)
	r.DeskSay(played.Account, wang, "您好，我是李四")
	r.eventually("the colleague's words are in the thread and the bot is silent", func() bool {
		c, _ := r.talk(wang)
		return r.line("您好，我是李四").From == core.FromAgent && c.Owner.Kind == core.StatusQueue
	})
	r.DeskEnd(played.Account, wang)
	r.eventually("both steps stand between the lines", func() bool {
		var steps []string
		for _, m := range r.lines(wang) {
			if m.From == core.FromEvent && m.Event.Kind == "session" {
				steps = append(steps, m.Event.Detail)
			}
		}
		return slices.Equal(steps, []string{"taken", "ended"})
	})
}

func TestAnotherAccountOfTheCorporationWaitsToBeLinked(t *testing.T) {
	r := start(t, wecom.KindKF, played.Options{})
	r.Say(played.Account2, wang, "售后在吗")
	r.eventually("its message is kept", func() bool {
		all, err := r.store.For(r.tenant).Letters(t.Context(), store.InboxUnrouted, 0, 10)
		return err == nil && len(all) == 1 && strings.Contains(string(all[0].Envelope), "售后在吗")
	})
}
