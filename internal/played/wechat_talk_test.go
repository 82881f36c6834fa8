package played_test

import (
	"strings"
	"testing"

	"parley/connectors/emulate"
	playedwechat "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
)

// TestWeChat_ATalk: a customer follows by a code, is welcomed, asks for a person, and
// both send everything the platform carries.
func TestWeChat_ATalk(t *testing.T) {
	t.Parallel()
	r := newWeChat(t, wechat.Official(), playedwechat.Options{}, han, false)
	r.Does(emulate.Act{Kind: emulate.ActFollow, Value: "store_18"})
	r.Does(emulate.Act{Kind: emulate.ActText, Text: "转人工"})
	c := r.Served()
	if c.Entry == nil || c.Entry.Value != "store_18" {
		t.Errorf("the entry is %+v", c.Entry)
	}
	r.Until("the customer was answered", func() bool { return len(r.seen()) > 0 })

	// The customer's things.
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "a.png", MIME: "image/png", File: picture()})
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "voice", Name: "v.amr", MIME: "audio/amr", File: amr()})
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "video", Name: "v.mp4", MIME: "video/mp4", File: film()})
	r.Does(emulate.Act{Kind: emulate.ActLocation, Lat: 31.2304, Lon: 121.4737, Text: "人民广场"})
	for _, kind := range []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaVideo} {
		r.Line("the file of kind "+string(kind), func(m core.Message) bool {
			media, ok := first(m).(canon.Media)
			return ok && media.Kind == kind && !media.File.IsZero() && media.State == canon.MediaReady
		})
	}
	r.Line("the place", func(m core.Message) bool {
		l, ok := first(m).(canon.Location)
		return ok && l.Title == "人民广场" && l.Lon > 121.46 && l.Lon < 121.4737 // not as Chinese maps have it
	})

	// The agent's things, each message of the customer paying for five.
	again := func() { t.Helper(); r.Does(emulate.Act{Kind: emulate.ActText, Text: "嗯"}) }
	receipt := r.File("收据.png", "image/png", picture())
	r.Sends(c, canon.Text{Body: "您好，我是 Mei"})
	r.reads("您好，我是 Mei")
	r.Sends(c, receipt)
	r.reads("<image>")
	again()
	voice := r.File("v.mp3", "audio/mpeg", mp3())
	voice.Kind, voice.Millis = canon.MediaVoice, 2000
	r.Sends(c, voice)
	r.reads("<voice>")
	r.Sends(c, r.File("v.mp4", "video/mp4", film()))
	r.reads("<video>")
	r.Sends(c, r.File("offer.pdf", "application/pdf", paper()))
	r.reads(r.URL + "/files/")
	again()
	r.Sends(c, canon.Choices{Style: canon.ChoiceQuick, Prompt: "满意吗？", Options: []canon.Option{{Kind: canon.OptionReply, Label: "满意", Value: "good"}, {Kind: canon.OptionReply, Label: "不满意", Value: "bad"}}})
	r.reads("[满意]")
	r.Sends(c, canon.Card{Kind: canon.CardProduct, Title: "茶杯", Text: "白瓷", URL: "https://shop.example.com/18", Price: "¥128.00"})
	r.reads("茶杯")
	r.Sends(c, canon.Card{Kind: canon.CardApp, Title: "白瓷茶杯", AppID: "wx3f1a9c0b7d5e2468", Path: "pages/item?id=18", Image: receipt})
	r.reads("白瓷茶杯")
	r.Sends(c, canon.Location{Lat: 31.23, Lon: 121.47, Title: "门店"})
	r.reads("门店")
	again()
	r.Sends(c, canon.Text{Body: strings.Repeat("长文本分条发送。", 150)})
	r.Line("nothing failed", func(m core.Message) bool {
		return strings.HasPrefix(m.Content.Fallback(), "长文本") && m.State == canon.Sent
	})

	again()
	said := r.Sends(c, canon.Text{Body: "一共 12 元"})
	if want := corrects(t, r.Hub, said, "一共 13 元"); !strings.HasSuffix(want, "一共 13 元") {
		t.Errorf("a correction is %q", want)
	}
	r.reads("一共 12 元”\n更正：一共 13 元")

	// The option comes back as what it was offered as.
	for _, b := range r.Screen().Bubbles {
		if len(b.Buttons) > 0 {
			r.Does(emulate.Act{Kind: emulate.ActPress, Target: b.ID, Value: b.Buttons[0][0].Value})
		}
	}
	r.Until("the option is marked", func() bool {
		for _, m := range r.Customer.Lines() {
			if c, ok := first(m).(canon.Choices); ok && c.Taken == "good" {
				return true
			}
		}
		return false
	})
	if err := r.Core.Desk.Typing(t.Context(), r.Tenant, c.ID, r.Agent, true); err != nil || !r.Screen().Typing {
		t.Errorf("the sign of typing does not show: %v", err)
	}
}

// first is the first part of a message.
func first(m core.Message) canon.Part {
	if len(m.Content.Parts) == 0 {
		return nil
	}
	return m.Content.Parts[0]
}

// TestWeChat_AMiniProgramTalk: the customer opens the chat from a page and is answered
// by messages, never in a response.
func TestWeChat_AMiniProgramTalk(t *testing.T) {
	t.Parallel()
	r := newWeChat(t, wechat.Mini(), playedwechat.Options{Mini: true}, lilei, false)
	r.Does(emulate.Act{Kind: emulate.ActFollow, Value: "order-1042"})
	r.Does(emulate.Act{Kind: emulate.ActText, Text: "转人工"})
	c := r.Served()
	r.Sends(c, canon.Text{Body: "您好"})
	r.reads("您好")
	r.Sends(c, r.File("a.png", "image/png", picture()))
	r.reads("<image>")
	for _, call := range r.p.All() {
		if call.Op == "passive" {
			t.Errorf("a mini-program was answered in a response: %q", call.Text)
		}
	}
	if got := r.seen(); strings.Contains(strings.Join(got, "|"), "无法提供服务") {
		t.Errorf("the customer sees %q", got)
	}
}
