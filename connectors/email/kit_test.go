package email_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/connectors/conntest"
	"parley/connectors/email"
	"parley/connectors/email/letter"
	"parley/connectors/emulate/mail"
	"parley/core/canon"
	"parley/core/connector"
)

const (
	shop = "help@shop.example"
	jane = "jane@example.com"
)

// provider is the platform of the kit: a mail provider in this process.
type provider struct {
	*mail.Server
	password string
}

func play(clock func() time.Time) (conntest.Emulator, error) {
	const password = "correct-horse-battery"
	s, err := mail.Start(context.Background(), mail.Options{FilesSent: true, Clock: clock},
		mail.User{Address: shop, Password: password}, mail.User{Address: jane, Password: "hers"})
	if err != nil {
		return nil, err
	}
	return &provider{s, password}, nil
}

func (p *provider) Config() connector.Values {
	imapHost, imapPort, _ := net.SplitHostPort(p.IMAPAddr)
	smtpHost, smtpPort, _ := net.SplitHostPort(p.SMTPAddr)
	return connector.Values{
		"address": shop, "display_name": "Shop 客服", "imap_password": p.password, "sent_copy": "provider",
		"imap_host": imapHost, "imap_port": imapPort, "imap_security": "none",
		"smtp_host": smtpHost, "smtp_port": smtpPort, "smtp_security": "none",
	}
}

func (p *provider) Accounts() []connector.Account {
	return []connector.Account{{RemoteID: shop, Name: "Shop"}}
}

func (p *provider) Hosts() []string { return []string{p.IMAPAddr, p.SMTPAddr} }

var boundary = regexp.MustCompile(`[0-9a-f]{60}`)

// Calls are the mails submitted; one that repeats a Message-ID is shown once by
// mail programs, and counts as recognised.
func (p *provider) Calls() []conntest.Call {
	var out []conntest.Call
	for _, m := range p.Sent() {
		if m.To != jane {
			continue
		}
		call := conntest.Call{Visible: !m.Again, Wire: fmt.Sprintf("MAIL FROM:<%s>\nRCPT TO:<%s>\n%s", m.From, m.To,
			boundary.ReplaceAllString(strings.ReplaceAll(string(m.Raw), "\r\n", "\n"), "boundary"))}
		if l, err := letter.Read(m.Raw); err == nil {
			call.Text = l.Text + l.Quote
		}
		out = append(out, call)
	}
	return out
}

func (p *provider) Close() { _ = p.Server.Close() }

func refusing(code int, enhanced smtp.EnhancedCode, words string) func(conntest.Emulator) {
	return func(e conntest.Emulator) {
		e.(*provider).Refuse(func(mail.Sent) error {
			return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: words}
		})
	}
}

// feed delivers mails of the corpus.
func feed(names ...string) func(conntest.Emulator) error {
	return func(e conntest.Emulator) error {
		for _, name := range names {
			raw, err := os.ReadFile("testdata/mails/" + name + ".eml")
			if err != nil {
				return err
			}
			if err := e.(*provider).Deliver(shop, raw); err != nil {
				return err
			}
		}
		return nil
	}
}

// many delivers more mails than one batch holds.
func many(e conntest.Emulator) error {
	for i := range 60 {
		raw := fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nDate: Sun, 1 Mar 2026 09:%02d:00 +0000\r\nSubject: Mail %d\r\nMessage-ID: <many%d@example.com>\r\n\r\nbody %d\r\n", jane, shop, i, i, i, i)
		if err := e.(*provider).Deliver(shop, raw); err != nil {
			return err
		}
	}
	return nil
}

var attached = append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0, 255, '\n'}, 5000)...)

// TestKit holds the connector to the contract.
func TestKit(t *testing.T) {
	conntest.Run(t, conntest.Suite{
		New: email.New, Play: play, Peer: jane, Inbound: "001.plain@example.com",
		Stream: &conntest.Stream{Cases: []conntest.StreamCase{
			{Name: "a mail", Feed: feed("01-plain-ascii"), Envelopes: 1},
			{Name: "a reply with its quote", Feed: feed("13-gmail-reply"), Envelopes: 1},
			{Name: "html and inline image", Feed: feed("17-apple-mail"), Envelopes: 1},
			{Name: "charsets", Feed: feed("03-gb18030-body", "06-big5", "07-iso2022jp", "09-euc-kr"), Envelopes: 4},
			{Name: "machines", Feed: feed("24-html-newsletter", "45-out-of-office-en", "47-mailing-list"), Envelopes: 3},
			{Name: "broken mails", Feed: feed("32-malformed-boundary", "33-unclosed-multipart", "60-no-from", "62-content-type-garbage"), Envelopes: 4},
			{Name: "the same mail twice", Feed: feed("01-plain-ascii", "01-plain-ascii"), Envelopes: 1},
			{Name: "sixty mails", Feed: many, Envelopes: 60},
		}},
		Out: []conntest.OutCase{
			{Name: "text", Message: canon.TextMessage("Hello 你好 👩‍👩‍👧")},
			{Name: "answer with references", Message: canon.Message{Parts: []canon.Part{canon.Text{Body: "Here."}}, Subject: "Re: Re: 订单",
				Headers: []canon.Field{{Name: "References", Value: "<root@example.com> <mid@example.com>"}}},
				Request: func(r *connector.Request) { r.ReplyTo = "001.plain@example.com" }},
			{Name: "after the newest mail", Message: canon.TextMessage("Here."), Request: func(r *connector.Request) { r.After = "newest@example.com" }},
			{Name: "bot", Message: canon.TextMessage("automatic"), Request: func(r *connector.Request) { r.Sender.Kind = "bot" }},
			{Name: "choices", Message: canon.Message{Parts: []canon.Part{canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which? 哪个",
				Options: []canon.Option{{Kind: canon.OptionReply, Label: "Order 查订单", Value: "1"}, {Kind: canon.OptionURL, Label: "Shop", URL: "https://shop.example/"}}}}}},
			{Name: "header injection", Message: canon.Message{Subject: "Hi\r\nBcc: victim@example.com\r\n\r\nbody", Parts: []canon.Part{canon.Text{Body: ".\r\nQUIT\r\n.."}}}},
			{Name: "no such address", Message: canon.TextMessage("x"), Request: func(r *connector.Request) { r.Thread.Peer = "nobody@example.com" }, Class: connector.Gone},
			{Name: "refused as spam", Message: canon.TextMessage("x"), Before: refusing(554, smtp.EnhancedCode{5, 7, 1}, "looks like spam"), Class: connector.Invalid},
			{Name: "later", Message: canon.TextMessage("x"), Before: refusing(451, smtp.EnhancedCode{4, 3, 0}, "try again"), Class: connector.Transient},
			{Name: "too fast", Message: canon.TextMessage("x"), Before: refusing(421, smtp.EnhancedCode{4, 7, 0}, "rate limit"), Class: connector.RateLimited},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				raw := "From: " + jane + "\r\nDate: Sun, 1 Mar 2026 09:00:00 +0000\r\nMessage-ID: <att@example.com>\r\nContent-Type: application/pdf; name=offer.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Of(attached)
				if err := e.(*provider).Deliver(shop, []byte(raw)); err != nil {
					t.Error(err)
				}
				return canon.Media{RemoteID: "0:0:0:att@example.com"} // as after the mailbox was renumbered
			},
			Want: attached,
		},
	})
}
