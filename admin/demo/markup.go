package demo

import (
	"bytes"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"parley/core/connector"
)

// The pages are built of functions, which escape whatever they are given, and not
// of html/template: a program that links it keeps every method of every type.

// markup writes in a language.
type markup struct {
	lang    string // "zh" or "en"
	account string // of the chat; "" for no bar on top
}

// t is a sentence in the page's language.
func (m markup) t(zh, en string) g.Node { return g.Text(m.say(zh, en)) }

func (m markup) say(zh, en string) string { return connector.Text{EN: en, ZH: zh}.In(m.lang) }

// tag is the language as HTML names it.
func (m markup) tag() string { return m.say("zh-CN", "en") }

// document is a page in the shop's clothes; head is what it needs besides.
func (m markup) document(title, class string, head []g.Node, body ...g.Node) g.Node {
	return h.Doctype(h.HTML(h.Lang(m.tag()),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width,initial-scale=1")),
			h.TitleEl(g.Text(title)),
			h.Link(h.Rel("icon"), h.Href("data:,")),
			h.Link(h.Rel("stylesheet"), h.Href("/demo/shop.css")),
			g.Group(head),
		),
		h.Body(g.If(class != "", h.Class(class)), g.If(m.account != "", m.bar()), g.Group(body)),
	))
}

// bar leads to the other pages of the demo.
func (m markup) bar() g.Node {
	other, name := "en", "English"
	if m.lang != "zh" {
		other, name = "zh", "中文"
	}
	return h.Nav(h.Class("bar"), h.Aria("label", m.say("演示", "Demo")),
		h.A(h.Class("brand"), h.Href("/demo/?lang="+m.lang), m.t("山月茶铺", "Moonhill Tea")),
		h.A(h.Href("/demo/mail?lang="+m.lang), m.t("写邮件给店铺", "Write us a mail")),
		h.A(h.Href("/demo/phones?lang="+m.lang), m.t("顾客的手机", "Customers’ phones")),
		h.A(h.Href("/chat/"+m.account), h.Target("_blank"), h.Rel("noopener"), m.t("整页咨询", "Chat page")),
		h.Span(h.Class("gap")),
		h.A(h.Href("/"), h.Target("_blank"), h.Rel("noopener"), m.t("客服工作台 ↗", "Agents' inbox ↗")),
		h.A(h.Href("?lang="+other), g.Attr("hreflang", other), h.Lang(other), g.Text(name)),
	)
}

// art is one of our own drawings.
func art(name string) g.Node {
	raw, err := shop.ReadFile("shop/art/" + name + ".svg")
	if err != nil {
		return nil // a shelf without its picture is a shelf
	}
	return g.Raw(string(raw))
}

// rendered is the page as bytes: a buffer takes all of it.
func rendered(n g.Node) []byte {
	var out bytes.Buffer
	_ = n.Render(&out)
	return out.Bytes()
}
