package journey

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/mail"
)

// post is a mailbox of a customer, as the phone of the other channels.
type post struct {
	t        testing.TB
	provider *mail.Server
	said     []letter
}

const shopAddress, customerAddress = "help@journey.test", "ming@journey.test"

func emailChannel(t *testing.T) *channel {
	t.Helper()
	const first, second = "first-password", "second-password"
	provider, err := mail.Start(t.Context(), mail.Options{FilesSent: true}, mail.User{Address: shopAddress, Password: first}, mail.User{Address: customerAddress})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, provider: provider}
	imapHost, imapPort, _ := net.SplitHostPort(provider.IMAPAddr)
	smtpHost, smtpPort, _ := net.SplitHostPort(provider.SMTPAddr)
	rich := letter{subject: "想退货", html: "<p>见 <b>附图</b></p>"}
	return &channel{
		name: "E-mail", phone: p, who: customerAddress, plain: true, pulled: true, ours: true,
		choose: map[string]string{"imap_security": "None", "smtp_security": "None"},
		values: map[string]string{"address": shopAddress, "display_name": "山野书店", "imap_password": first, "imap_host": imapHost, "imap_port": imapPort,
			"smtp_host": smtpHost, "smtp_port": smtpPort, "auto_per_hour": "100"},
		wrong: map[string]string{"imap_password": second},
		quote: "<几点关门？>", cause: "The mailbox cannot be read.", remedy: "The provider refuses user name or password.",
		revoke: func() (string, string) { provider.SetPassword(shopAddress, second); return "imap_password", second },
		in: []arrival{
			{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
			{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
			{do: func() { p.writes(rich) }, sees: func(d *desk, at thing) {
				d.t.Helper()
				words := "附图"
				d.sees(thing{steps: append(slices.Clone(at.steps), step{Frame: "iframe"}, step{Text: &words})})
			}},
			{act: emulate.Act{Kind: emulate.ActReply, Text: "就是这个"}, sees: seesText("就是这个")},
		},
		files: []attachment{
			{"收据.png", picture(t), []string{"[file 收据.png]"}},
			{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
			{"说明.mp3", mp3(), []string{"[file 说明.mp3]"}},
			{"开箱.mp4", film(), []string{"[file 开箱.mp4]"}},
		},
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "1. 红", "2. 蓝"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "1. 大", "2. 小"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "1. 一店", "2. 二店"}},
			{placePart(), []string{"山野书店", "openstreetmap.org"}},
			{contactPart(), []string{"林小满", ".vcf]"}},
			{productCard(), []string{"白瓷茶杯", "¥128.00"}},
			{orderCard(), []string{"订单 1042"}},
			{linkCard(), []string{"退货须知", "https://shop.example.com/returns"}},
		},
	}
}

// writes a letter; the next one answers what came last.
func (p *post) writes(l letter) {
	p.t.Helper()
	l.from, l.name, l.to, l.id = customerAddress, "小明", shopAddress, fmt.Sprintf("<%d@customer.test>", len(p.said)+1)
	if sent := p.theirs(); len(sent) > 0 && l.inReplyTo == "" {
		l.inReplyTo = sent[len(sent)-1].Get("Message-Id")
	}
	if l.inReplyTo != "" {
		l.references = []string{l.inReplyTo}
	}
	p.said = append(p.said, l)
	if err := l.deliver(p.provider.SMTPAddr); err != nil {
		p.t.Errorf("the customer's mail is not taken: %v", err)
	}
}

// theirs are the mails the customer got.
func (p *post) theirs() (out []received) {
	for _, m := range p.provider.Sent() {
		if m.To == customerAddress {
			out = append(out, read(p.t, m.Raw))
		}
	}
	return out
}

func (p *post) Platform() string { return "email" }

func (p *post) Customers() []emulate.Customer {
	return []emulate.Customer{{ID: customerAddress, Name: "小明"}}
}

func (p *post) Watch(func(string)) func() { return func() {} }

// Do carries out what the customer does.
func (p *post) Do(_ context.Context, _ string, act emulate.Act) error {
	l := letter{subject: "想退货", text: act.Text}
	switch act.Kind {
	case emulate.ActText:
	case emulate.ActReply:
		l.inReplyTo = act.Target
	case emulate.ActMedia:
		l.text, l.file, l.content = "见附件", act.Name, act.File
	default:
		return errors.New("a mail program has no such act")
	}
	p.writes(l)
	return nil
}

// Screen is the customer's mailbox.
func (p *post) Screen(string) (s emulate.Screen) {
	said := map[string]string{}
	for _, l := range p.said {
		said[l.id] = l.text
		s.Bubbles = append(s.Bubbles, emulate.Bubble{ID: l.id, From: "me", Text: l.text})
	}
	for _, m := range p.theirs() {
		b := emulate.Bubble{ID: m.Get("Message-Id"), From: "them", Text: strings.TrimSpace(m.text), ReplyTo: said[m.Get("In-Reply-To")]}
		for name, body := range m.files {
			b.Media = append(b.Media, emulate.Media{Kind: "file", Name: name, MIME: http.DetectContentType([]byte(body)), Size: int64(len(body))})
		}
		s.Bubbles = append(s.Bubbles, b)
	}
	return s
}
