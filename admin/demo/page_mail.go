package demo

import (
	"net/url"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// mailbox is what the page of the customer's mail shows.
type mailbox struct {
	letters []shownLetter
	failed  string
	sent    bool
	draft   outgoing
}

// shownLetter is a mail on the page.
type shownLetter struct {
	letter
	When string
	// Quote is the quoted part, folded away.
	Quote string
}

// mail is the page of the customer's mailbox.
func (m markup) mail(v mailbox) g.Node {
	title := m.say("顾客的邮箱", "The customer's mailbox")
	return m.document(title, "post", []g.Node{h.Script(h.Src("/demo/mail.js"), h.Defer())},
		h.Main(
			h.H1(g.Text(title)),
			h.P(h.Class("lead"), m.t("您是顾客“梅”（may@customer.example）。信经真正的 SMTP 送到店铺，由收件箱的 IMAP 取走；店铺的回信出现在下面。",
				"You are the customer May (may@customer.example). What you write goes to the shop by real SMTP and is fetched from its mailbox by IMAP; answers appear below.")),
			m.outcome(v),
			h.Form(h.Method("post"), h.Action("/demo/mail?lang="+m.lang), h.Class("letter"),
				h.P(h.Class("to"), m.t("收件人 ", "To "), h.B(g.Text(ShopMail))),
				h.Input(h.Type("hidden"), h.Name("answers"), h.Value(v.draft.Answers)),
				h.Label(m.t("主题", "Subject"), h.Input(h.Name("subject"), h.MaxLength("200"), h.Value(v.draft.Subject), h.Placeholder(m.say("请问什么时候发货", "When will it be sent?")))),
				h.Label(m.t("正文", "Text"), h.Textarea(h.Name("text"), h.Rows("6"), h.Required(), g.Text(v.draft.Text))),
				h.Button(m.t("发送", "Send")),
			),
			h.Section(h.ID("letters"), h.Data("lang", m.lang), h.Aria("live", "polite"), m.letters(v.letters)),
		),
	)
}

func (m markup) outcome(v mailbox) g.Node {
	switch {
	case v.failed != "":
		return h.P(h.Class("note bad"), h.Role("alert"), g.Text(v.failed))
	case v.sent:
		return h.P(h.Class("note"), h.Role("status"), m.t("已寄出。回信会自动出现。", "Sent. The answer will appear by itself."))
	}
	return nil
}

// letters is the list alone.
func (m markup) letters(all []shownLetter) g.Node {
	if len(all) == 0 {
		return h.P(h.Class("none"), m.t("还没有邮件。", "No mail yet."))
	}
	return g.Map(all, m.letter)
}

func (m markup) letter(l shownLetter) g.Node {
	class, from := "mail", l.From
	if l.Mine {
		class, from = "mail mine", m.say("我", "Me")
	}
	return h.Article(h.Class(class),
		h.Header(h.B(g.Text(from)), h.Span(g.Text(l.Subject)), h.Time(g.Text(l.When))),
		h.Pre(g.Text(l.Text)),
		g.If(l.Quote != "", h.Details(h.Summary(m.t("引用的内容", "Quoted text")), h.Pre(g.Text(l.Quote)))),
		g.If(!l.Mine && l.ID != "", h.A(h.Class("answer"),
			h.Href("/demo/mail?"+url.Values{"lang": {m.lang}, "subject": {l.Subject}, "answers": {l.ID}}.Encode()), m.t("回复", "Answer"))),
	)
}
