package wechat

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
)

// TestATalk: a customer follows by a code, is welcomed, asks for a person, and
// both send everything the platform carries.
func TestATalk(t *testing.T) {
	r := start(t, wechat.Official(), played.Options{}, "rules")
	ctx := context.Background()
	do := func(who string, a emulate.Act) {
		t.Helper()
		must(t, r.p.Do(ctx, who, a))
	}
	do(han, emulate.Act{Kind: emulate.ActFollow, Value: "store_18"})
	do(han, emulate.Act{Kind: emulate.ActText, Text: "转人工"})
	c := r.conversation()
	if c.Entry == nil || c.Entry.Value != "store_18" {
		t.Errorf("the entry is %+v", c.Entry)
	}
	r.eventually("the customer was answered", func() bool { return len(r.sees(han)) > 0 })

	// The customer's things.
	do(han, emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "a.png", MIME: "image/png", File: played.Pixel()})
	do(han, emulate.Act{Kind: emulate.ActMedia, Media: "voice", Name: "v.amr", MIME: "audio/amr", File: []byte("#!AMR\nhello hello")})
	do(han, emulate.Act{Kind: emulate.ActMedia, Media: "video", Name: "v.mp4", MIME: "video/mp4", File: []byte("\x00\x00\x00\x18ftypmp42....moov")})
	do(han, emulate.Act{Kind: emulate.ActLocation, Lat: 31.2304, Lon: 121.4737, Text: "人民广场"})
	for _, kind := range []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaVideo} {
		r.heard("the file of kind "+string(kind), func(m core.Message) bool {
			media, ok := first(m).(canon.Media)
			return ok && media.Kind == kind && !media.File.IsZero() && media.State == canon.MediaReady
		})
	}
	r.heard("the place", func(m core.Message) bool {
		l, ok := first(m).(canon.Location)
		return ok && l.Title == "人民广场" && l.Lon > 121.46 && l.Lon < 121.4737 // not as Chinese maps have it
	})

	// The agent's things, each message of the customer paying for five.
	again := func() { t.Helper(); do(han, emulate.Act{Kind: emulate.ActText, Text: "嗯"}) }
	picture := r.file("收据.png", "image/png", played.Pixel())
	r.says(c, canon.Text{Body: "您好，我是 Mei"})
	r.waits(han, "您好，我是 Mei")
	r.says(c, canon.Media{Kind: canon.MediaImage, File: picture, MIME: "image/png"})
	r.waits(han, "<image>")
	again()
	r.says(c, canon.Media{Kind: canon.MediaVoice, File: r.file("v.mp3", "audio/mpeg", silence()), MIME: "audio/mpeg", Millis: 2000})
	r.waits(han, "<voice>")
	r.says(c, canon.Media{Kind: canon.MediaVideo, File: r.file("v.mp4", "video/mp4", []byte("\x00\x00\x00\x18ftypmp42....moov")), MIME: "video/mp4"})
	r.waits(han, "<video>")
	r.says(c, canon.Media{Kind: canon.MediaFile, File: r.file("offer.pdf", "application/pdf", []byte("%PDF-1.7\n1 0 obj\n")), MIME: "application/pdf", Name: "offer.pdf"})
	r.waits(han, r.url+"/files/")
	again()
	r.says(c, canon.Choices{Style: canon.ChoiceQuick, Prompt: "满意吗？", Options: []canon.Option{{Kind: canon.OptionReply, Label: "满意", Value: "good"}, {Kind: canon.OptionReply, Label: "不满意", Value: "bad"}}})
	r.waits(han, "[满意]")
	r.says(c, canon.Card{Kind: canon.CardProduct, Title: "茶杯", Text: "白瓷", URL: "https://shop.example.com/18", Price: "¥128.00"})
	r.waits(han, "茶杯")
	r.says(c, canon.Card{Kind: canon.CardApp, Title: "白瓷茶杯", AppID: "wx3f1a9c0b7d5e2468", Path: "pages/item?id=18", Image: canon.Media{Kind: canon.MediaImage, File: picture, MIME: "image/png"}})
	r.waits(han, "白瓷茶杯")
	r.says(c, canon.Location{Lat: 31.23, Lon: 121.47, Title: "门店"})
	r.waits(han, "门店")
	again()
	r.says(c, canon.Text{Body: strings.Repeat("长文本分条发送。", 150)})
	r.heard("nothing failed", func(m core.Message) bool {
		return strings.HasPrefix(m.Content.Fallback(), "长文本") && m.State == canon.Sent
	})

	// The option comes back as what it was offered as.
	for _, b := range r.p.Screen(han).Bubbles {
		if len(b.Buttons) > 0 {
			do(han, emulate.Act{Kind: emulate.ActPress, Target: b.ID, Value: b.Buttons[0][0].Value})
		}
	}
	r.eventually("the option is marked", func() bool {
		for _, m := range r.lines() {
			if c, ok := first(m).(canon.Choices); ok && c.Taken == "good" {
				return true
			}
		}
		return false
	})
	if err := r.Desk.Typing(ctx, r.tenant, c.ID, r.agent, true); err != nil || !r.p.Screen(han).Typing {
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

// TestAMiniProgramTalk: the customer opens the chat from a page and is answered
// by messages, never in a response.
func TestAMiniProgramTalk(t *testing.T) {
	r := start(t, wechat.Mini(), played.Options{Mini: true}, "rules")
	ctx := context.Background()
	must(t, r.p.Do(ctx, lilei, emulate.Act{Kind: emulate.ActFollow, Value: "order-1042"}))
	must(t, r.p.Do(ctx, lilei, emulate.Act{Kind: emulate.ActText, Text: "转人工"}))
	c := r.conversation()
	r.says(c, canon.Text{Body: "您好"})
	r.waits(lilei, "您好")
	r.says(c, canon.Media{Kind: canon.MediaImage, File: r.file("a.png", "image/png", played.Pixel()), MIME: "image/png"})
	r.waits(lilei, "<image>")
	for _, call := range r.p.All() {
		if call.Op == "passive" {
			t.Errorf("a mini-program was answered in a response: %q", call.Text)
		}
	}
	if got := r.sees(lilei); strings.Contains(strings.Join(got, "|"), "无法提供服务") {
		t.Errorf("the customer sees %q", got)
	}
}

// silence is a recording of nothing: MPEG-1 layer III frames at 128 kbit/s.
func silence() []byte {
	frame := append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...)
	return bytes.Repeat(frame, 8)
}
