package journey

import (
	"testing"

	"parley/connectors/emulate"
	playedline "parley/connectors/emulate/line"
)

func lineChannel(t *testing.T) *channel {
	t.Helper()
	p := playedline.New(playedline.Options{PlainHTTP: true})
	c := &channel{
		name: "LINE", phone: p, who: p.Customers()[0].ID, base: serves(t, p), values: p.Config(), follow: true,
		wrong: map[string]string{"channel_secret": "00000000000000000000000000000000"},
		quote: "<几点关门？>", cause: "LINE does not accept the credentials of this channel",
		revoke: func() (string, string) {
			secret := p.ReissueSecret()
			p.ExpireTokens()
			return "channel_secret", secret
		},
		in: []arrival{
			{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
			{act: sendsFile("voice", "v.m4a", "audio/mp4", m4a()), sees: seesVoice(m4a())},
			{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
			{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
			{act: sendsFile("sticker", "", "", nil), sees: func(d *desk, at thing) { d.t.Helper(); d.sees(css("img[alt='hello']").within(at)) }},
			{act: emulate.Act{Kind: emulate.ActText, Text: "(love)"}, sees: func(d *desk, at thing) { d.t.Helper(); d.sees(css("img[alt='love']").within(at)) }},
			{act: place("人民广场"), sees: seesPlace("人民广场")},
			{act: emulate.Act{Kind: emulate.ActReply, Text: "就是这个"}, sees: seesText("就是这个")},
		},
		again: func(x *tale) { // what LINE has no calls for goes as a message, which the agent sees before
			x.admin.replies("一共 12 元")
			x.reads(x.t, 0, "一共 12 元")
			x.admin.tool("一共 12 元", "Send a correction…")
			x.admin.fill(role("textbox", "Send a correction"), "一共 13 元")
			x.admin.sees(role("region", "What changes on this channel").has("更正：一共 13 元"))
			x.admin.shot("channel-line-correction")
			x.admin.click(button("Send").within(role("dialog")).shown())
			x.admin.sees(x.admin.log("agent").has("更正：一共 13 元"))
			x.reads(x.t, 0, "更正：一共 13 元")
			x.admin.tool("就是这个", "React…")
			x.admin.sees(text("the emoji goes as a message").within(role("dialog")).shown())
			x.admin.click(button("👍").within(role("dialog")).shown())
			x.reads(x.t, 0, "<就是这个>", "👍")
		},
		spoken: "[voice",
		files: []attachment{
			{"收据.png", picture(t), []string{"[image"}},
			{"退货单.pdf", paper(), []string{"退货单.pdf", "/files/"}},
			{"说明.mp3", mp3(), []string{"[voice"}},
			{"开箱.mp4", film(), []string{"[video"}},
		},
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
			{placePart(), []string{"{山野书店"}},
			{contactPart(), []string{"林小满", "+8613800000000"}},
			{object{"type": "sticker", "pack": "446", "remote_id": "1988", "emoji": "👋"}, []string{"[446/1988]"}},
			{productCard(), []string{"白瓷茶杯", "¥128.00"}},
			{orderCard(), []string{"订单 1042"}},
			{linkCard(), []string{"退货须知"}},
		},
	}
	c.values["api_base"] = c.base
	return c
}
