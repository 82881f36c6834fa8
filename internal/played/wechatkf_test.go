package played_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
	"parley/internal/testenv"
)

func TestWeChatKF_ACustomerFromWelcomeToAgent(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.p.Enter(playedwecom.Account, playedwecom.Customer, "shop", "sku=1042")
	r.Until("the bot welcomes by the code", func() bool {
		return len(r.seen()) == 1 && strings.HasPrefix(r.seen()[0], "您好，我是智能助手")
	})
	c, _ := r.Talk()
	if c.Entry == nil || c.Entry.Value != "sku=1042" || c.Owner.Kind != core.StatusBot {
		t.Errorf("the conversation came by %+v and is with %s", c.Entry, c.Owner.Kind)
	}
	r.p.Say(playedwecom.Account, playedwecom.Customer, "谢谢")
	r.Until("the bot answers", func() bool { return len(r.seen()) == 2 })
	r.p.Say(playedwecom.Account, playedwecom.Customer, "你们的保修政策是什么")
	r.Until("the bot offers a person in a menu", func() bool { return len(r.seen()) >= 3 && strings.HasSuffix(last(r.seen()), "(转人工)") })
	menu := r.p.Seen(playedwecom.Account, playedwecom.Customer)
	if err := r.p.Press(playedwecom.Account, playedwecom.Customer, menu[len(menu)-1].Buttons[0][0].Value); err != nil {
		t.Fatal(err)
	}
	c = r.Take(r.Queued())
	if who, err := r.Store.For(r.Tenant).Contact(t.Context(), c.Contact); err != nil || who.Name != "王小明" {
		t.Errorf("the customer is called %q, %v", who.Name, err)
	}
	r.post(canon.Text{Body: "您好，我是 Mei"})
	if got := last(r.seen()); got != "您好，我是 Mei" {
		t.Errorf("the customer reads %q", got)
	}
}

func TestWeChatKF_EveryKindOfPartReachesTheCustomer(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.serving()
	img := r.File("p.png", "image/png", picture())
	for i, c := range []struct {
		part canon.Part
		want string
	}{
		{canon.Text{Body: "您好 👋"}, "您好 👋"},
		{img, "[image]"},
		{r.File("v.amr", "audio/amr", amr()), "[voice]"},
		{r.File("f.mp4", "video/mp4", film()), "[video]"},
		{r.File("报价单.pdf", "application/pdf", paper()), "[file]"},
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
		r.post(c.part)
		if got := last(r.seen()); got != c.want {
			t.Errorf("%T is seen as %q, not %q", c.part, got, c.want)
		}
	}
}

func TestWeChatKF_EveryKindOfMessageReachesTheAgent(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.serving()
	before := len(r.Customer.Lines())
	r.p.Send(playedwecom.Account, playedwecom.Customer, "image", "p.png", "image/png", picture())
	r.p.Send(playedwecom.Account, playedwecom.Customer, "voice", "v.amr", "audio/amr", amr())
	r.p.Send(playedwecom.Account, playedwecom.Customer, "video", "f.mp4", "video/mp4", film())
	r.p.Send(playedwecom.Account, playedwecom.Customer, "file", "报价单.pdf", "application/pdf", paper())
	r.p.Write(playedwecom.Account, playedwecom.Customer, "location", map[string]any{"latitude": 31.23, "longitude": 121.47, "name": "人民广场", "address": "上海"})
	r.p.Write(playedwecom.Account, playedwecom.Customer, "link", map[string]any{"title": "链接", "desc": "说明", "url": "https://example.com", "pic_url": ""})
	r.p.Write(playedwecom.Account, playedwecom.Customer, "miniprogram", map[string]any{"title": "小程序", "appid": "wx1", "pagepath": "p", "thumb_media_id": "t"})
	r.p.Write(playedwecom.Account, playedwecom.Customer, "business_card", map[string]any{"userid": "lisi"})
	r.p.Write(playedwecom.Account, playedwecom.Customer, "merged_msg", map[string]any{"title": "聊天记录", "item": []any{}})
	r.Until("all of it is here", func() bool { return len(r.Customer.Lines()) == before+9 })
	want := []string{"media", "media", "media", "media", "location", "card", "card", "contact", "opaque"}
	var got []string
	for _, m := range r.Customer.Lines()[before:] {
		got = append(got, canon.PartType(m.Content.Parts[0]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the agent sees %v, not %v", got, want)
	}
	for i, body := range [][]byte{nil, amr(), film(), paper()} {
		at := before + i
		r.Until("the file is here", func() bool {
			m := r.Customer.Lines()[at].Content.Parts[0].(canon.Media)
			return !m.File.IsZero() && m.State == canon.MediaReady
		})
		if body == nil {
			continue // pictures are cleaned on their way in
		}
		m := r.Customer.Lines()[at].Content.Parts[0].(canon.Media)
		line, _ := r.Core.LineOf(r.Tenant, r.Account)
		in, _, err := line.Files.Open(t.Context(), m.File)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := io.ReadAll(in)
		in.Close()
		if m.Kind == canon.MediaVoice { // no browser plays AMR
			testenv.FFmpeg(t)
			if m.MIME != "audio/mpeg" || m.Name != "v.mp3" || len(stored) < 100 || err != nil {
				t.Errorf("the voice came in as %s, %s of %d bytes (%v)", m.Name, m.MIME, len(stored), err)
			}
			continue
		}
		if err != nil || !bytes.Equal(stored, body) {
			t.Errorf("%s came in as %d bytes (%v), not %d", m.Name, len(stored), err, len(body))
		}
	}
}

func TestWeChatKF_RecallAndRefusalAreSeenByTheAgent(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.serving()
	id := r.p.Say(playedwecom.Account, playedwecom.Customer, "我的密码是 123456")
	r.Until("the words are here", func() bool { return r.line("我的密码是 123456").ID != canon.ID{} })
	line := r.line("我的密码是 123456")
	if err := r.p.Recall(playedwecom.Account, playedwecom.Customer, id); err != nil {
		t.Fatal(err)
	}
	r.Until("the words are taken back", func() bool {
		m, err := r.Store.For(r.Tenant).Message(t.Context(), line.ID)
		return err == nil && !m.Recalled.IsZero()
	})
	said := r.post(canon.Text{Body: "一共 12 元"})
	if want := corrects(t, r.Hub, said, "一共 13 元"); want != "更正：一共 13 元" || last(r.seen()) != "“一共 12 元”\n"+want {
		t.Errorf("a correction is %q and looks like %q", want, last(r.seen()))
	}
	r.p.Refuses(playedwecom.Account, playedwecom.Customer, true)
	c, _ := r.Talk()
	m := r.Post(c, canon.ID{}, canon.Text{Body: "您还在吗"})
	r.Ends(m.ID, canon.Failed)
	if c, _ = r.Talk(); !c.Trouble {
		t.Error("the conversation shows no trouble")
	}
}

func TestWeChatKF_TheDeskInWeComIsSeen(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.p.Say(playedwecom.Account, playedwecom.Customer, "你好")
	r.Until("the bot welcomes and answers", func() bool { return len(r.seen()) == 2 })
	r.p.Pick(playedwecom.Account, playedwecom.Customer, playedwecom.Servicer)
	r.p.DeskSay(playedwecom.Account, playedwecom.Customer, "您好，我是李四")
	r.Until("the colleague's words are in the thread and the bot is silent", func() bool {
		c, _ := r.Talk()
		return r.line("您好，我是李四").From == core.FromAgent && c.Owner.Kind == core.StatusQueue
	})
	// Once they end it the bot may speak again, when the customer does.
	r.p.DeskEnd(playedwecom.Account, playedwecom.Customer)
	r.Until("the bot has it again", func() bool { c, _ := r.Talk(); return c.Owner.Kind == core.StatusBot })
	before := len(r.seen())
	r.p.Say(playedwecom.Account, playedwecom.Customer, "报销流程是什么")
	r.Until("and answers", func() bool { return len(r.seen()) > before })
	r.p.Pick(playedwecom.Account, playedwecom.Customer, playedwecom.Servicer)
	r.Until("their desk has it once more", func() bool { c, _ := r.Talk(); return c.Owner.Kind == core.StatusQueue })
	// Who takes it here takes it from there, and what the customer writes next is ours.
	c, _ := r.Talk()
	r.Take(c)
	if state := r.p.State(playedwecom.Account, playedwecom.Customer); state != 4 {
		t.Errorf("at WeCom the session is in state %d, not ended", state)
	}
	r.again()
	r.post(canon.Text{Body: "我来为您处理"})
	r.p.Pick(playedwecom.Account, playedwecom.Customer, playedwecom.Servicer)
	r.p.DeskEnd(playedwecom.Account, playedwecom.Customer)
	r.Until("all steps stand between the lines", func() bool {
		var steps []string
		c, _ := r.Talk()
		for _, m := range r.Thread(c) {
			if m.From == core.FromEvent && m.Event.Kind == "session" {
				steps = append(steps, m.Event.Detail)
			}
		}
		return slices.Equal(steps, []string{"taken", "ended", "taken", "taken", "ended"})
	})
}

func TestWeChatKF_AnotherAccountOfTheCorporationWaitsToBeLinked(t *testing.T) {
	t.Parallel()
	r := newWeCom(t, wecom.KindKF)
	r.p.Say(playedwecom.Account2, playedwecom.Customer, "售后在吗")
	r.Until("its message is kept", func() bool {
		all, err := r.Store.For(r.Tenant).Letters(t.Context(), store.InboxUnrouted, 0, 10)
		return err == nil && len(all) == 1 && strings.Contains(string(all[0].Envelope), "售后在吗")
	})
}
