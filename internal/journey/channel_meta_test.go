package journey

import (
	"slices"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/meta"
)

func whatsappcloudChannel(t *testing.T) *channel {
	t.Helper()
	c := metaOf(t, meta.WhatsApp)
	c.name, c.who = "WhatsApp Business", "16505551234"
	c.values["account"], c.values["waba_id"] = meta.Number, meta.WABA
	c.in = append(c.in,
		arrival{act: sendsFile("sticker", "s.webp", "image/webp", picture(t)), sees: seesSticker},
		arrival{act: place("人民广场"), sees: seesPlace("人民广场")},
		arrival{act: sendsCard("陆有方"), sees: seesPerson("陆有方")})
	c.out = append(c.out,
		departure{placePart(), []string{"{山野书店"}},
		departure{contactPart(), []string{"林小满"}},
		departure{object{"type": "template", "name": "order_shipped", "locale": "zh_CN", "text": "您的订单 {{body.1}} 已发货",
			"params": []object{{"slot": "body.1", "text": "1042"}}}, []string{"您的订单 1042 已发货"}})
	return c
}

func messengerChannel(t *testing.T) *channel {
	t.Helper()
	c := metaOf(t, meta.Messenger)
	c.name, c.who, c.spoken = "Messenger", "7061293847561023", "[audio"
	c.values["account"], c.values["app_id"] = meta.Page, meta.AppID
	c.in = append(c.in, arrival{act: place("人民广场"), sees: seesPlace("人民广场")})
	c.out = append(c.out,
		departure{placePart(), []string{"山野书店", "openstreetmap.org"}},
		departure{contactPart(), []string{"林小满", "+8613800000000"}})
	return c
}

func instagramChannel(t *testing.T) *channel {
	t.Helper()
	c := metaOf(t, meta.Instagram)
	c.name, c.who = "Instagram", "1254477777772919"
	c.values["account"], c.values["app_id"] = meta.Account, meta.AppID
	c.spoken, c.files[2].want = "[audio", []string{"[audio"} // it takes AAC, M4A and WAV, so the hub makes one of it
	c.out = append(c.out,
		departure{placePart(), []string{"山野书店", "openstreetmap.org"}},
		departure{contactPart(), []string{"林小满", "+8613800000000"}})
	return c
}

// metaOf is what the three have in common.
func metaOf(t *testing.T, product meta.Product) *channel {
	t.Helper()
	p := meta.New(meta.Options{Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{50 * time.Millisecond}, 100)}})
	base := serves(t, p)
	p.Serving(host(base))
	return &channel{
		phone: p.Phone(product), base: base,
		values: map[string]string{"access_token": meta.Token, "app_secret": meta.AppSecret, "verify_token": "a-word-both-know", "api_base": base},
		wrong:  map[string]string{"access_token": "EAAwrongTokenOfTheJourney0000000000000000000000000000"},
		quote:  "<几点关门？>", cause: "access token",
		revoke: func() (string, string) { return "access_token", p.Regenerate() },
		in: []arrival{
			{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
			{act: sendsFile("voice", "v.ogg", "audio/ogg", opus()), sees: seesSound},
			{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
			{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesSomeFile},
			{act: emulate.Act{Kind: emulate.ActReply, Text: "就是这个"}, sees: seesText("就是这个")},
		},
		again: func(x *tale) {
			x.does(x.t, emulate.Act{Kind: emulate.ActReact, Target: x.newest("them").ID, Value: "👍"})
			x.admin.sees(css("article").has("👍").within(role("log")))
			x.channel.says(x.t, "再等两天")
			x.admin.sees(x.admin.log("customer").nth(-1).has("再等两天"))
			x.does(x.t, emulate.Act{Kind: emulate.ActEdit, Target: x.newest("me").ID, Text: "再等三天"})
			x.admin.sees(x.admin.log("customer").nth(-1).has("再等三天").has("edited "))
			x.does(x.t, emulate.Act{Kind: emulate.ActRecall, Target: x.newest("me").ID})
			x.admin.sees(x.admin.log("customer").nth(-1).has("recalled "))
		},
		spoken: "[voice",
		files: []attachment{
			{"收据.png", picture(t), []string{"[image"}},
			{"退货单.pdf", paper(), []string{"[file"}},
			{"说明.mp3", mp3(), []string{"[audio"}},
			{"开箱.mp4", film(), []string{"[video"}},
		},
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
			{productCard(), []string{"白瓷茶杯"}},
			{orderCard(), []string{"订单 1042"}},
			{linkCard(), []string{"退货须知"}},
		},
	}
}

// seesSound waits for a recording, which some of them call a voice message and
// some a sound.
func seesSound(d *desk, at thing) {
	d.t.Helper()
	d.sees(css("audio[controls], button[aria-label^=Play]").within(at))
}

// seesSomeFile waits for a file; not all of them tell its name.
func seesSomeFile(d *desk, at thing) { d.t.Helper(); d.sees(css("a[href][download]").within(at)) }
