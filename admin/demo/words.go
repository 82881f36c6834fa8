package demo

import (
	"strings"

	"parley/core"
)

// words are the demo's contents in one language.
type words struct {
	language, shop, team, hours, bot string
	webName, platformName, signature string
	people                           []Person
	tags                             []core.Tag
	attributes                       []core.Attribute
	canned                           []core.Canned
	customers                        []customer

	labelShop, labelMail, labelPhones, labelInbox, mailServer, stop string
}

// customer is somebody of the played platform, with what they say at first.
type customer struct {
	peer, name string
	says       []string
}

func wordsIn(language string) words {
	if strings.HasPrefix(language, "zh") {
		return wordsZH()
	}
	return wordsEN()
}

func wordsZH() words {
	return words{
		language: "zh", shop: "山月茶铺", team: "店员", hours: "全天营业", bot: "小茶",
		webName: "茶铺网站", platformName: "茶友社区", signature: "{agent}\n山月茶铺",
		people: []Person{
			{"林晓满", "lin@demo.example", "demo-lin-2026", core.RoleOwner},
			{"陈默", "chen@demo.example", "demo-chen-2026", core.RoleAgent},
			{"Anna Weber", "anna@demo.example", "demo-anna-2026", core.RoleAgent},
		},
		tags: []core.Tag{
			{Scope: core.TagConversation, Name: "售前", Color: "blue"}, {Scope: core.TagConversation, Name: "物流", Color: "teal"},
			{Scope: core.TagConversation, Name: "售后", Color: "amber"}, {Scope: core.TagConversation, Name: "投诉", Color: "red"},
			{Scope: core.TagContact, Name: "老客户", Color: "green"}, {Scope: core.TagContact, Name: "VIP", Color: "purple"},
		},
		attributes: []core.Attribute{
			{Key: "level", Name: "会员等级", Kind: core.AttributeChoice, Options: []string{"普通", "银卡", "金卡"}},
			{Key: "birthday", Name: "生日", Kind: core.AttributeDate}, {Key: "taste", Name: "口味偏好", Kind: core.AttributeText},
		},
		canned: []core.Canned{
			{Shortcut: "hi", Title: "问好", Body: "您好，我是山月茶铺的店员，请问有什么可以帮您？"},
			{Shortcut: "dan", Title: "要订单号", Body: "麻烦您把 SY 开头的订单号发给我，我马上帮您查。", Folder: "物流"},
			{Shortcut: "fa", Title: "已发货", Body: "您的订单今天已由顺丰发出，单号会以短信发给您，请留意。", Folder: "物流"},
			{Shortcut: "tui", Title: "退换说明", Body: "签收 7 天内、未拆封可以退换，退款 1–3 个工作日原路返回。", Folder: "售后"},
			{Shortcut: "bye", Title: "结束语", Body: "感谢光临山月茶铺，祝您喝茶愉快！"},
		},
		customers: []customer{
			{"wx-8841", "周予安", []string{"你们的礼盒可以写贺卡吗？想送给老师"}},
			{"wx-2075", "苏苏", []string{"昨天收到的盖碗有一道裂纹", "人工"}},
			{"wx-5310", "老赵", []string{"满多少包邮？"}},
		},
		labelShop: "顾客：网店与咨询", labelMail: "顾客：写邮件", labelPhones: "顾客：微信等平台的手机", labelInbox: "客服：登录工作台",
		mailServer: "进程内的邮件服务器（无 TLS，仅本机）", stop: "按 Ctrl-C 结束；再次启动会接着用同样的数据。",
	}
}

func wordsEN() words {
	return words{
		language: "en", shop: "Moonhill Tea", team: "Shop floor", hours: "Always open", bot: "Tilly",
		webName: "Shop website", platformName: "Tea community", signature: "{agent}\nMoonhill Tea",
		people: []Person{
			{"Lin Xiaoman", "lin@demo.example", "demo-lin-2026", core.RoleOwner},
			{"Chen Mo", "chen@demo.example", "demo-chen-2026", core.RoleAgent},
			{"Anna Weber", "anna@demo.example", "demo-anna-2026", core.RoleAgent},
		},
		tags: []core.Tag{
			{Scope: core.TagConversation, Name: "Before buying", Color: "blue"}, {Scope: core.TagConversation, Name: "Delivery", Color: "teal"},
			{Scope: core.TagConversation, Name: "Returns", Color: "amber"}, {Scope: core.TagConversation, Name: "Complaint", Color: "red"},
			{Scope: core.TagContact, Name: "Regular", Color: "green"}, {Scope: core.TagContact, Name: "VIP", Color: "purple"},
		},
		attributes: []core.Attribute{
			{Key: "level", Name: "Membership", Kind: core.AttributeChoice, Options: []string{"Basic", "Silver", "Gold"}},
			{Key: "birthday", Name: "Birthday", Kind: core.AttributeDate}, {Key: "taste", Name: "Favourite tea", Kind: core.AttributeText},
		},
		canned: []core.Canned{
			{Shortcut: "hi", Title: "Greeting", Body: "Hello, this is Moonhill Tea. How can I help you?"},
			{Shortcut: "order", Title: "Ask for the order number", Body: "Could you send me the order number that begins with MH? I will look it up at once.", Folder: "Delivery"},
			{Shortcut: "sent", Title: "On its way", Body: "Your parcel left today; the tracking number comes by text message.", Folder: "Delivery"},
			{Shortcut: "return", Title: "Returns", Body: "Unopened goods can be returned within 14 days; the refund takes 1–3 working days.", Folder: "Returns"},
			{Shortcut: "bye", Title: "Goodbye", Body: "Thank you for visiting Moonhill Tea. Enjoy your cup!"},
		},
		customers: []customer{
			{"wx-8841", "Sophie Martin", []string{"Can you add a card to the gift box? It is for my teacher"}},
			{"wx-2075", "Daniel Okafor", []string{"The gaiwan that came yesterday has a crack", "agent"}},
			{"wx-5310", "Old Zhao", []string{"How much is postage?"}},
		},
		labelShop: "Customer: the shop", labelMail: "Customer: write a mail", labelPhones: "Customers: their phones", labelInbox: "Agents: sign in",
		mailServer: "The mail server in this process (no TLS, this machine only)", stop: "Ctrl-C ends it; the next start goes on with the same data.",
	}
}
