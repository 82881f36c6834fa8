package rules

import "parley/core/canon"

func demoZH(c *Content) {
	c.Basics.Name = "小茶"
	c.Welcome.Replies = []Reply{TextMenu("您好，欢迎光临山月茶铺！我是店里的小茶，可以帮您查配送、办退换、选茶具。请点选下面的问题，或直接告诉我；想找店员，回复“人工”就好。", "main")}
	c.Default.Replies = []Reply{
		TextMenu("抱歉，这个问题小茶还没学会。您可以换个说法，或者从这里选：", "main"),
		TextMenu("小茶没有听懂，让您久等了。常见的问题都在这里，也可以直接找店员：", "main"),
	}
	c.Menus = append(c.Menus, menusZH()...)
	c.Rules = append(c.Rules, serviceZH()...)
	c.Rules = append(c.Rules, productsZH()...)
}

func menusZH() []Menu {
	return []Menu{
		{ID: "main", Name: "主菜单", Options: []MenuOption{
			{Label: "查订单和物流", Rule: "order"},
			{Label: "配送与运费", Rule: "delivery"},
			{Label: "退货换货", Rule: "returns"},
			{Label: "看看茶和茶具", Menu: "products"},
			{Label: "营业时间", Rule: "hours"},
			{Label: "找店员聊聊", Human: true},
		}, Footer: "回复序号也可以"},
		{ID: "products", Name: "商品", Prompt: "小店最受欢迎的几样，想看哪一款？", Options: []MenuOption{
			{Label: "明前龙井 50g", Rule: "longjing"},
			{Label: "白瓷盖碗", Rule: "gaiwan"},
			{Label: "山月礼盒", Rule: "giftbox"},
			{Label: "怎么挑茶？", Value: "怎么挑茶"},
			{Label: "返回主菜单", Menu: "main"},
		}},
	}
}

func serviceZH() []Rule {
	return []Rule{
		{
			ID: "order-number", Name: "报订单号", Match: MatchRegex, Patterns: []string{`\bSY\d{8}\b`},
			Answers: []Reply{Text("收到您的订单号，我请店员马上核对这一单。")},
			Handoff: &RuleHandoff{},
		},
		{
			ID: "complaint", Name: "投诉", Match: MatchKeyword,
			Patterns: []string{"投诉", "差评", "举报", "假货", "摔碎", "碎了", "破损", "太差"},
			Answers:  []Reply{Text("非常抱歉给您添麻烦了，这件事由店员亲自处理。")},
			Handoff:  &RuleHandoff{},
		},
		{
			ID: "address", Name: "改地址", Match: MatchKeyword,
			Patterns: []string{"改+地址", "换+地址", "地址+错", "修改+收货"},
			Answers:  []Reply{Text("发货前都可以改地址。请把订单号和新地址发给我，店员确认后会回复您。")},
		},
		{
			ID: "delivery", Name: "配送与运费", Match: MatchKeyword,
			Patterns: []string{"运费", "邮费", "包邮", "多久+发货", "什么时候发货", "几天+到", "多久+到", "配送", "发什么快递", "送货"},
			Answers:  []Reply{Text("每天 16:00 前的订单当天发顺丰，江浙沪次日到，其他地区 2–3 天。满 99 元包邮，不满收 10 元。港澳台和海外请找店员报价。")},
		},
		{
			ID: "returns", Name: "退货换货", Match: MatchKeyword,
			Patterns: []string{"退货", "退款", "换货", "退换", "七天无理由", "7天无理由", "不想要了", "可以退", "能退"},
			Answers:  []Reply{TextMenu("签收 7 天内、茶叶未拆封、茶具未使用，都可以退换，退款 1–3 个工作日原路返回。运输中破损由小店承担，请拍照发给店员。", "person")},
		},
		{
			ID: "hours", Name: "营业时间", Match: MatchKeyword,
			Patterns: []string{"营业", "几点+开", "几点+关", "几点下班", "几点上班", "开门", "关门", "周末+上班", "周末+开", "人工客服+几点", "客服时间"},
			Answers:  []Reply{Text("店铺和店员在线时间：每天 9:00–21:00，节假日不休。其余时间小茶一直在，留言店员上班就回。")},
		},
		{
			ID: "where", Name: "店铺地址", Match: MatchKeyword,
			Patterns: []string{"店在哪", "店铺地址", "实体店", "门店", "在哪里+店", "怎么走"},
			Answers:  []Reply{Text("小店在杭州市西湖区满觉陇路 118 号，地铁四号线水澄桥站步行 12 分钟，欢迎来喝茶。")},
		},
		{
			ID: "payment", Name: "付款与发票", Match: MatchKeyword,
			Patterns: []string{"发票", "付款", "支付", "微信付", "支付宝", "对公", "花呗"},
			Answers:  []Reply{Text("支持微信、支付宝和对公转账。电子发票在确认收货后开具，把抬头和税号发给店员即可。")},
		},
		{
			ID: "order", Name: "订单与物流", Match: MatchKeyword,
			Patterns: []string{"订单", "物流", "快递单号", "单号", "到哪了", "到哪里了", "什么时候到", "没收到", "还没到"},
			Answers: []Reply{
				Text("订单发出后，短信里会有顺丰单号。也可以把订单号（SY 开头的 8 位数字）发给我，店员帮您查到哪儿了。"),
				Text("请把 SY 开头的订单号发给我，店员马上帮您看物流；已发货的订单，短信里也有顺丰单号。"),
			},
		},
		{
			ID: "bye", Name: "再见", Match: MatchExact, Close: true,
			Patterns: []string{"再见", "拜拜", "没事了", "没有了", "没有问题了", "bye"},
			Answers:  []Reply{Text("感谢光临，祝您喝茶愉快，再见！")},
		},
	}
}

func productsZH() []Rule {
	return []Rule{
		{
			ID: "longjing", Name: "明前龙井", Match: MatchKeyword, Patterns: []string{"龙井", "绿茶"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "T-101", Title: "明前龙井 50g", Text: "西湖产区，三月底手炒，豆香清甜。", Price: "¥168"}},
				{Type: PartText, Text: "80 °C 的水、玻璃杯、3 克茶，泡两分钟最好喝。"},
			}}},
		},
		{
			ID: "gaiwan", Name: "白瓷盖碗", Match: MatchKeyword, Patterns: []string{"盖碗", "茶具", "白瓷"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "W-205", Title: "白瓷盖碗 120 ml", Text: "景德镇手拉坯，薄胎不烫手。", Price: "¥88"}},
				{Type: PartText, Text: "收到时如有磕碰，拍张照片就给您补发。"},
			}}},
		},
		{
			ID: "giftbox", Name: "山月礼盒", Match: MatchKeyword, Patterns: []string{"礼盒", "送礼", "送人", "礼物"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "G-300", Title: "山月礼盒", Text: "龙井 50g、白茶 50g 和一只白瓷盖碗，附手写贺卡。", Price: "¥398"}},
				{Type: PartText, Text: "贺卡上想写什么，下单时备注就好；十盒以上请找店员谈优惠。"},
			}}},
		},
		{
			ID: "choose", Name: "怎么挑茶", Match: MatchKeyword, Menus: []string{"products"},
			Patterns: []string{"怎么挑", "推荐", "哪款好", "哪个好喝", "新手", "有什么茶", "有哪些茶"},
			Answers:  []Reply{Text("喜欢清爽选龙井，喜欢醇厚选白茶，送人选礼盒；第一次喝，龙井配盖碗最稳妥。")},
		},
		{
			ID: "price", Name: "优惠", Match: MatchKeyword, Patterns: []string{"便宜", "优惠", "打折", "折扣", "优惠券", "活动"},
			Answers: []Reply{Text("新客首单立减 10 元，满 299 元再减 30 元，下单时自动生效。")},
		},
	}
}
