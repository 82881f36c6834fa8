package journey

import (
	"testing"

	"parley/connectors/emulate/wechat"
)

func wechatChannel(t *testing.T) *channel {
	t.Helper()
	c := wechatOf(t, wechat.Options{})
	c.name, c.who = "WeChat Official Account", "oHan2M8yPq4bSj6UgXdFpC3eOwIt"
	c.in = []arrival{
		{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
		{act: sendsFile("voice", "v.amr", "audio/amr", amr()), sees: seesVoice(nil)},
		{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
		{act: place("人民广场"), sees: func(d *desk, at thing) { d.t.Helper(); d.sees(text("人民广场").within(at).nth(0)) }},
	}
	c.spoken = "[voice"
	c.files = []attachment{
		{"收据.png", picture(t), []string{"[image"}},
		{"退货单.pdf", paper(), []string{"退货单.pdf", "/files/"}},
		{"说明.mp3", mp3(), []string{"[voice"}},
		{"开箱.mp4", film(), []string{"[video"}},
	}
	c.out = []departure{
		{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
		{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
		{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
		{placePart(), []string{"山野书店", "openstreetmap.org"}},
		{contactPart(), []string{"林小满", "+8613800000000"}},
		{productCard(), []string{"{白瓷茶杯"}},
		{orderCard(), []string{"{订单 1042"}},
		{linkCard(), []string{"{退货须知"}},
	}
	return c
}

func wechatminiChannel(t *testing.T) *channel {
	t.Helper()
	c := wechatOf(t, wechat.Options{Mini: true})
	c.name, c.who, c.plain = "WeChat Mini Program", "oLi7u5xQmZ1aRk9TfWcEoB2dNvHs", true
	c.in = []arrival{{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture}}
	c.files = []attachment{
		{"收据.png", picture(t), []string{"[image"}},
		{"退货单.pdf", paper(), []string{"退货单.pdf", "/files/"}},
		{"说明.mp3", mp3(), []string{"说明.mp3", "/files/"}},
		{"开箱.mp4", film(), []string{"开箱.mp4", "/files/"}},
	}
	c.out = []departure{
		{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "1. 红", "2. 蓝"}},
		{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "1. 大", "2. 小"}},
		{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "1. 一店", "2. 二店"}},
		{placePart(), []string{"山野书店", "openstreetmap.org"}},
		{contactPart(), []string{"林小满", "+8613800000000"}},
		{productCard(), []string{"{白瓷茶杯"}},
		{orderCard(), []string{"{订单 1042"}},
		{linkCard(), []string{"{退货须知"}},
	}
	return c
}

// wechatOf is what both have in common.
func wechatOf(t *testing.T, o wechat.Options) *channel {
	t.Helper()
	p := wechat.New(o)
	c := &channel{
		phone: p, base: serves(t, p), values: p.Config(), choose: map[string]string{"mode": "Safe"}, follow: true, replies: 5,
		wrong: map[string]string{"app_secret": "00000000000000000000000000000000"},
		quote: "“几点关门？”", cause: "AppSecret",
		console: func(address string) error { p.SetHook(address); return nil },
		revoke:  func() (string, string) { return "app_secret", p.ResetSecret() },
	}
	delete(c.values, "mode") // chosen, not typed
	c.values["api_base"] = c.base
	return c
}
