package journey

import (
	"context"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/wecom"
)

func wechatkfChannel(t *testing.T) *channel {
	t.Helper()
	c := &channel{}
	p := wecomOf(t, "wechatkf", c)
	c.name, c.phone, c.who, c.replies, c.recalls = "WeChat customer service", p.KFPhone(), wecom.Customer, 5, true
	c.chooses = func(a *desk) { // of the accounts of the corporation
		a.click(button("Show the accounts"))
		a.sees(label("小店客服").loose())
		a.click(label("售后客服").loose())
		a.shot("channel-wechatkf-choose")
		a.click(button("Link 1 account"))
		a.sees(text("What their customers write comes to the inbox").loose())
	}
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

		// The people of WeCom's own desk answer for a while, and end it.
		x.admin.click(button("More").shown())
		x.admin.click(role("menuitem", "Give to the platform's own desk").loose().shown())
		x.admin.fill(label("Why, for colleagues").loose(), "合同在企业微信里")
		x.admin.shot("channel-wechatkf-desk")
		x.admin.click(button("Give away"))
		x.admin.sees(text("gave the conversation to the platform's own desk").loose())
		x.admin.sees(text("合同在企业微信里").loose())
		x.admin.sees(text("The platform's own desk serves this customer.").loose())
		if state := p.State(wecom.Account, wecom.Customer); state != 2 || !x.phone.Screen(x.who).Desk {
			x.t.Errorf("at WeCom the session is in state %d", state)
		}
		p.Pick(wecom.Account, wecom.Customer, wecom.Servicer)
		p.DeskSay(wecom.Account, wecom.Customer, "您好，我是李四")
		x.admin.sees(x.admin.log("agent").has("您好，我是李四"))
		x.admin.shot("channel-wechatkf-outside")
		x.does(x.t, emulate.Act{Kind: emulate.ActDeskEnd})
		x.admin.click(button("Take to reply"))
		x.admin.sees(x.admin.field())
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
	c := members(t)
	p := wecomOf(t, "wecom", c)
	c.name, c.phone = "WeCom application", p.AppPhone()
	c.values["agent_id"] = p.App().AgentID
	return c
}

// wecomsuiteChannel is an application of a service provider, which a corporation
// installs at WeCom's own page; its members write to it, as to one of their own.
func wecomsuiteChannel(t *testing.T) *channel {
	t.Helper()
	p := wecom.NewSuite(wecom.Options{PerMinute: 1000})
	t.Cleanup(p.Close)
	p.Serves(true)
	c := members(t)
	c.name, c.phone, c.base, c.values = "WeCom service provider", p.Phone(), serves(t, p), p.Config()
	c.values["api_base"], c.values["page_base"] = c.base, c.base
	c.console = func(address string) error { return p.SetCallbacks(context.Background(), address, address+"/$CORPID$") }
	installs := button("同意以上授权并添加")
	c.grants = func(a *desk) {
		a.sees(text("No corporation has been authorised yet."))
		a.click(button("Authorise"))
		a.shot("channel-wecomsuite-install")
		a.click(installs)
		a.sees(text("accounts are authorised").loose())
		a.sees(role("link", "小店客服")) // what customers on WeChat write to came with it
		a.shot("channel-wecomsuite-authorised")
	}
	c.again = func(x *tale) {
		customers := &channel{phone: x.phone, who: wecom.Customer}
		customers.says(x.t, "微信里问一下")
		talk := x.s.conversationWith(x.t, "微信里问一下")
		x.robot.do(x.t, "POST", "/conversations/"+talk+"/take", nil, nil)
		x.robot.do(x.t, "POST", "/conversations/"+talk+"/messages", object{"text": "微信里您好"}, nil)
		customers.reads(x.t, 0, "微信里您好")
	}
	c.cause, c.remedy = "The corporation has not installed your application, or removed it.", "Press “Authorise again” on the account's page."
	c.revoke = nil
	c.loses = func() error { return p.Remove(context.Background(), false) }
	c.regains = func(a *desk) {
		a.click(button("Authorise again"))
		a.click(installs)
		a.sees(text("accounts are authorised").loose())
		a.click(role("link", "WeCom service provider of the shop"))
	}
	return c
}

// members is what every application has in common that members of a corporation
// write to.
func members(t *testing.T) *channel {
	t.Helper()
	return &channel{
		who: wecom.Member, recalls: true, quote: "“几点关门？”", follow: true,
		in: []arrival{
			{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
			{act: sendsFile("voice", "v.amr", "audio/amr", amr()), sees: seesVoice(nil)},
			{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
			{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
			{act: place("人民广场"), sees: func(d *desk, at thing) { d.t.Helper(); d.sees(text("人民广场").within(at).nth(0)) }},
		},
		files: []attachment{
			{"收据.png", picture(t), []string{"[image"}},
			{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
			{"说明.mp3", mp3(), []string{"说明.mp3"}},
			{"开箱.mp4", film(), []string{"[video"}},
		},
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
			{placePart(), []string{"山野书店", "openstreetmap.org"}},
			{contactPart(), []string{"林小满", "+8613800000000"}},
			{productCard(), []string{"{白瓷茶杯"}},
			{orderCard(), []string{"{订单 1042"}},
			{linkCard(), []string{"{退货须知"}},
		},
	}
}

// wecomOf plays a corporation and fills in what both of its kinds have in common.
func wecomOf(t *testing.T, kind string, c *channel) *wecom.Platform {
	t.Helper()
	p := wecom.New(wecom.Options{PerMinute: 1000})
	t.Cleanup(p.Close)
	of := p.App()
	if kind == "wechatkf" {
		of = p.KF()
	}
	c.base = serves(t, p)
	c.values = map[string]string{"corp_id": of.CorpID, "secret": of.Secret, "callback_token": of.Token, "encoding_aes_key": of.AESKey, "api_base": c.base}
	c.wrong = map[string]string{"secret": "wrong-secret-of-the-journey"}
	c.quote, c.cause, c.follow = "“几点关门？”", "Secret", true
	c.console = func(address string) error { return p.SetCallback(context.Background(), kind, address) }
	c.revoke = func() (string, string) { return "secret", p.ResetSecret(kind) }
	return p
}
