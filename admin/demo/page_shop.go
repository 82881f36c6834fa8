package demo

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// shop is the page with the widget.
func (m markup) shop(goods []product) g.Node {
	return m.document(m.say("山月茶铺", "Moonhill Tea"), "", nil,
		h.Header(h.Class("hero"),
			h.Div(
				h.P(h.Class("eyebrow"), m.t("杭州 · 满觉陇", "18 Lantern Lane")),
				h.H1(m.t("一盏春山，慢慢喝", "Spring hills, one cup at a time")),
				h.P(h.Class("lead"), m.t("自家茶园的龙井与白茶，配一只不烫手的白瓷盖碗。每天 16:00 前下单，当天发出。",
					"Longjing and white tea from our own garden, and a gaiwan that stays cool to hold. Ordered by 4 pm, sent the same day.")),
				h.P(h.Class("hint"), m.t("有问题？点右下角的按钮，先由小茶回答，说“人工”就有店员来。",
					"A question? Use the button at the lower right: Tilly answers first, and “agent” brings a person.")),
			),
			art("hills"),
		),
		h.Main(
			h.H2(m.t("当季好物", "In season")),
			h.Ul(h.Class("goods"), g.Map(goods, m.good)),
			h.Section(h.Class("facts"),
				h.P(h.B(m.t("满 99 元包邮", "Free postage from £30")), m.t("江浙沪次日到", "2 to 3 working days")),
				h.P(h.B(m.t("7 天退换", "14 days to return")), m.t("未拆封、未使用", "unopened and unused")),
				h.P(h.B(m.t("每天 9:00–21:00", "9 am to 9 pm every day")), m.t("店员在线，其余时间小茶在", "people are here; Tilly always is")),
			),
		),
		h.Footer(m.t("山月茶铺是 Parley 的演示商店，不发货，也不收钱。", "Moonhill Tea is Parley's demonstration shop. It sends no parcels and takes no money.")),
		h.Script(h.Src("/widget.js"), h.Data("account", m.account), h.Data("lang", m.tag()), h.Async()),
	)
}

func (m markup) good(p product) g.Node {
	return h.Li(h.ID(p.Ref), art(p.Art), h.Div(
		h.H3(g.Text(p.Name.In(m.lang))),
		h.P(g.Text(p.About.In(m.lang))),
		h.P(h.Class("price"), g.Text(p.Price.In(m.lang)+" "), h.Small(g.Text(p.Ref))),
	))
}
