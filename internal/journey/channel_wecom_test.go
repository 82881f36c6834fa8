package journey

import (
	"context"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/wecom"
)

func wechatkfChannel(t *testing.T) *channel {
	t.Helper()
	p, c := wecomOf(t, "wechatkf")
	c.name, c.phone, c.who, c.replies, c.recalls = "WeChat customer service", p.KFPhone(), wecom.Customer, 5, true
	c.values["account"] = wecom.Account
	write := func(kind string, content map[string]any) func() {
		return func() { p.Write(wecom.Account, wecom.Customer, kind, content) }
	}
	c.in = []arrival{
		{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
		{act: sendsFile("voice", "v.amr", "audio/amr", amr()), sees: seesVoice(nil)},
		{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
		{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
		{act: place("人民广场"), sees: seesPlace("人民广场")},
		{do: write("link", map[string]any{"title": "看这本", "desc": "说明", "url": "https://example.com/b", "pic_url": ""}), sees: seesText("看这本")},
		{do: write("miniprogram", map[string]any{"title": "书店小程序", "appid": "wx1", "pagepath": "p", "thumb_media_id": "t"}), sees: seesText("书店小程序")},
		{do: write("business_card", map[string]any{"userid": wecom.Servicer}), sees: seesText(wecom.Servicer)},
	}
	c.again = func(x *tale) {
		x.channel.says(x.t, "密码是 123456")
		x.admin.sees(x.admin.log("customer").nth(-1).has("密码是 123456"))
		x.does(x.t, emulate.Act{Kind: emulate.ActRecall, Target: x.newest("me").ID})
		x.admin.sees(x.admin.log("customer").nth(-1).has("recalled "))
	}
	c.files = []attachment{
		{"收据.png", picture(t), []string{"[image"}},
		{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
		{"说明.mp3", mp3(), []string{"说明.mp3"}},
		{"开箱.mp4", film(), []string{"[video"}},
	}
	c.out = []departure{
		{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
		{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
		{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
		{placePart(), []string{"{山野书店"}},
		{contactPart(), []string{"林小满", "+8613800000000"}},
		{productCard(), []string{"{白瓷茶杯"}},
		{orderCard(), []string{"{订单 1042"}},
		{linkCard(), []string{"{退货须知"}},
	}
	return c
}

func wecomChannel(t *testing.T) *channel {
	t.Helper()
	p, c := wecomOf(t, "wecom")
	c.name, c.phone, c.who, c.recalls = "WeCom application", p.AppPhone(), wecom.Member, true
	c.values["agent_id"] = p.App().AgentID
	c.in = []arrival{
		{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
		{act: sendsFile("voice", "v.amr", "audio/amr", amr()), sees: seesVoice(nil)},
		{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
		{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
		{act: place("人民广场"), sees: func(d *desk, at thing) { d.t.Helper(); d.sees(text("人民广场").within(at).nth(0)) }},
	}
	c.files = []attachment{
		{"收据.png", picture(t), []string{"[image"}},
		{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
		{"说明.mp3", mp3(), []string{"说明.mp3"}},
		{"开箱.mp4", film(), []string{"[video"}},
	}
	c.out = []departure{
		{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
		{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
		{placePart(), []string{"山野书店", "openstreetmap.org"}},
		{contactPart(), []string{"林小满", "+8613800000000"}},
		{productCard(), []string{"{白瓷茶杯"}},
		{orderCard(), []string{"{订单 1042"}},
		{linkCard(), []string{"{退货须知"}},
	}
	return c
}

// wecomOf is what both kinds of a corporation have in common.
func wecomOf(t *testing.T, kind string) (*wecom.Platform, *channel) {
	t.Helper()
	p := wecom.New(wecom.Options{PerMinute: 1000})
	t.Cleanup(p.Close)
	of := p.App()
	if kind == "wechatkf" {
		of = p.KF()
	}
	base := serves(t, p)
	return p, &channel{
		base: base, values: map[string]string{"corp_id": of.CorpID, "secret": of.Secret, "callback_token": of.Token, "encoding_aes_key": of.AESKey, "api_base": base},
		wrong: map[string]string{"secret": "wrong-secret-of-the-journey"},
		quote: "“几点关门？”", cause: "Secret", follow: true,
		console: func(address string) error { return p.SetCallback(context.Background(), kind, address) },
		revoke:  func() (string, string) { return "secret", p.ResetSecret(kind) },
	}
}
