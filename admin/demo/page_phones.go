package demo

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// phones is the page on which the customers of every platform are played.
func (m markup) phones() g.Node {
	title := m.say("顾客的手机", "Customers’ phones")
	number := func(zh, en, name, most, value string) g.Node {
		return h.Label(m.t(zh, en), h.Input(h.Name(name), h.Type("number"), h.Step("any"), h.Min("-"+most), h.Max(most), h.Required(), h.Value(value)))
	}
	return m.document(title, "phones",
		[]g.Node{
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.Link(h.Rel("stylesheet"), h.Href("/demo/phones/page.css")),
			h.Script(h.Type("module"), h.Src("/demo/phones/phones.js")),
		},
		h.Main(
			h.H1(g.Text(title)),
			h.P(h.Class("lead"), m.t("您来扮演每个平台上的顾客：发消息、点按钮、发图片，屏幕上就是该平台会显示的样子。机器人先回答，说“人工”就转给客服。",
				"Play the customers of every platform: write, press buttons, send pictures. The screens show what that platform would show. The bot answers first; “agent” brings a person.")),
			h.Nav(h.ID("kinds"), h.Aria("label", m.say("平台", "Platforms"))),
			h.P(h.ID("trouble"), h.Role("status"), g.Attr("hidden")),
			h.Div(h.ID("rack")),
			h.NoScript(h.P(m.t("此页面需要 JavaScript。", "This page needs JavaScript."))),
		),
		h.Dialog(h.ID("place"), h.Aria("labelledby", "place-title"), h.Form(h.Method("dialog"),
			h.H2(h.ID("place-title"), m.t("发送位置", "Send a place")),
			h.Label(m.t("名称", "Name"), h.Input(h.Name("name"), h.Value(m.say("上海外滩", "The Bund, Shanghai")))),
			number("纬度", "Latitude", "lat", "90", "31.2401"),
			number("经度", "Longitude", "lon", "180", "121.4904"),
			h.P(h.Class("row"),
				h.Button(h.Value(""), g.Attr("formnovalidate"), m.t("取消", "Cancel")),
				h.Button(h.Value("send"), h.Class("main"), m.t("发送", "Send"))),
		)),
		h.Dialog(h.ID("person"), h.Aria("labelledby", "person-title"), h.Form(h.Method("dialog"),
			h.H2(h.ID("person-title"), m.t("发送名片", "Send a contact")),
			h.Label(m.t("姓名", "Name"), h.Input(h.Name("called"), h.Required(), h.Value(m.say("林小满", "Lin Xiaoman")))),
			h.Label(m.t("电话", "Phone number"), h.Input(h.Name("number"), h.Type("tel"), h.Required(), h.Value("+8613800000000"))),
			h.P(h.Class("row"),
				h.Button(h.Value(""), g.Attr("formnovalidate"), m.t("取消", "Cancel")),
				h.Button(h.Value("send"), h.Class("main"), m.t("发送", "Send"))),
		)),
	)
}
