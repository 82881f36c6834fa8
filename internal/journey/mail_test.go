package journey

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"parley/internal/testenv"
)

// letter is a mail as a customer's program writes it.
type letter struct {
	from, name, to, subject string
	id                      string // Message-ID with its brackets
	inReplyTo               string
	references              []string
	text, html              string
	file                    string // name of an attachment
	content                 []byte
}

func (l letter) bytes() []byte {
	var b bytes.Buffer
	head := func(k, v string) { fmt.Fprintf(&b, "%s: %s\r\n", k, v) }
	head("From", (&mail.Address{Name: l.name, Address: l.from}).String())
	head("To", l.to)
	head("Subject", mime.QEncoding.Encode("utf-8", l.subject))
	head("Message-ID", l.id)
	head("Date", "Sat, 21 Nov 2026 10:00:00 +0800")
	if l.inReplyTo != "" {
		head("In-Reply-To", l.inReplyTo)
	}
	if len(l.references) > 0 {
		head("References", strings.Join(l.references, "\r\n "))
	}
	head("MIME-Version", "1.0")
	w := multipart.NewWriter(&b)
	head("Content-Type", `multipart/mixed; boundary="`+w.Boundary()+`"`)
	b.WriteString("\r\n")
	part := func(kind, disposition string, content []byte) {
		h := textproto.MIMEHeader{"Content-Type": {kind}, "Content-Transfer-Encoding": {"base64"}}
		if disposition != "" {
			h.Set("Content-Disposition", disposition)
		}
		p, _ := w.CreatePart(h)
		coded := base64.StdEncoding.EncodeToString(content)
		for len(coded) > 76 {
			fmt.Fprintf(p, "%s\r\n", coded[:76])
			coded = coded[76:]
		}
		fmt.Fprintf(p, "%s\r\n", coded)
	}
	if l.text != "" {
		part("text/plain; charset=utf-8", "", []byte(l.text))
	}
	if l.html != "" {
		part("text/html; charset=utf-8", "", []byte(l.html))
	}
	if l.file != "" {
		name := mime.QEncoding.Encode("utf-8", l.file)
		part(`application/octet-stream; name="`+name+`"`, `attachment; filename="`+name+`"`, l.content)
	}
	w.Close()
	return b.Bytes()
}

// send hands the letter to the mail server by SMTP, as another server would.
func (l letter) send(t testing.TB, server testenv.Mail) {
	t.Helper()
	if err := l.deliver(server.SMTPAddr); err != nil {
		t.Fatalf("send mail: %v", err)
	}
}

func (l letter) deliver(address string) error {
	c, err := smtp.Dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := errors.Join(c.Hello("customer.test"), c.Mail(l.from), c.Rcpt(l.to)); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(l.bytes()); err != nil {
		return err
	}
	return errors.Join(w.Close(), c.Quit())
}

// received is a mail read out of a mailbox.
type received struct {
	mail.Header
	text  string            // of all text parts
	files map[string]string // content by name
}

func read(t testing.TB, raw []byte) received {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("read mail: %v\n%s", err, raw)
	}
	r := received{Header: m.Header, files: map[string]string{}}
	r.part(t, textproto.MIMEHeader(m.Header), m.Body)
	return r
}

func (r *received) part(t testing.TB, h textproto.MIMEHeader, body io.Reader) {
	t.Helper()
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			r.part(t, p.Header, p)
		}
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("read mail: %v", err)
	}
	_, place, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := place["filename"]
	if name == "" {
		name = params["name"]
	}
	if name == "" {
		r.text += string(content) + "\n"
		return
	}
	if plain, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
		name = plain
	}
	r.files[name] = string(content)
}

func (r received) subject() string {
	s, _ := new(mime.WordDecoder).DecodeHeader(r.Get("Subject"))
	return s
}

// inbox waits until the mails in a customer's inbox say all of the texts, and
// returns the mails, oldest first.
func inbox(t testing.TB, box testenv.Mailbox, texts ...string) []received {
	t.Helper()
	for n := 1; ; n++ {
		var got []received
		all := ""
		for _, raw := range box.Wait(t, "INBOX", n) {
			got = append(got, read(t, raw))
			all += got[len(got)-1].text
		}
		if !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(all, s) }) {
			return got
		}
		n = max(n, len(got))
	}
}

// A customer writes mail, meets the bot, asks for a person, and is answered from
// the inbox; files go both ways and every answer lies in the right thread.
func TestCustomerByMailIsServedFromBotToPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		server, box := s.mailbox(t, s.bot)
		ming := server.NewMailbox(t, "ming")

		// The bot answers, in the thread.
		first := letter{from: ming.Address, name: "小明", to: box.Address, subject: "想退货", id: "<first@customer.test>", text: "你好，我想退货，怎么办？"}
		first.send(t, server)
		got := inbox(t, ming, "您好，我是售前助手。", "签收后七天内可以退货。")
		for _, m := range got {
			if m.Get("In-Reply-To") != first.id || !strings.Contains(m.Get("References"), first.id) || m.subject() != "Re: 想退货" {
				t.Errorf("the bot's mail is outside the thread: In-Reply-To %q, References %q, Subject %q", m.Get("In-Reply-To"), m.Get("References"), m.subject())
			}
			if from, err := mail.ParseAddress(m.Get("From")); err != nil || from.Address != box.Address || !strings.Contains(from.Name, "山野书店") && !strings.Contains(from.Name, "售前助手") {
				t.Errorf("the bot's mail is from %q", m.Get("From"))
			}
			if m.Get("Auto-Submitted") == "" {
				t.Error("the bot's mail does not say that a machine wrote it")
			}
		}

		// A wish for a person, as an answer to the bot's mail.
		last := got[len(got)-1]
		second := letter{from: ming.Address, name: "小明", to: box.Address, subject: "Re: 想退货", id: "<second@customer.test>",
			inReplyTo: last.Get("Message-Id"), references: []string{first.id, last.Get("Message-Id")}, text: "人工",
			file: "破损照片.png", content: picture(t)}
		second.send(t, server)
		inbox(t, ming, "您当前排在第 1 位")

		lin := s.signIn(t, s.lin, manner{})
		lin.goes("Online")
		lin.opens("小明")
		lin.sees(lin.log("customer").has("想退货"))
		lin.sees(lin.log("bot").has("签收后七天内可以退货。"))
		lin.sees(role("img").loose().within(lin.log("customer").has("人工")))
		lin.shot("mail-lin")

		// The agent's answer, with a file, reaches the mailbox in the thread.
		before := len(ming.Wait(t, "INBOX", 1))
		lin.upload(css("input[type=file]").within(lin.composer()), "退货单.txt", []byte("请随包裹寄回"))
		lin.sees(role("list", "Files to send").has("退货单.txt"))
		lin.fill(lin.field(), "您好，我是小满。退货单在附件里。")
		lin.misses(css("progress"))
		lin.press(lin.field(), "Enter")
		lin.sees(lin.log("agent").has("退货单在附件里"))
		got = inbox(t, ming, "退货单在附件里")
		answer := got[len(got)-1]
		if len(got) != before+1 {
			t.Errorf("one answer made %d mails", len(got)-before)
		}
		if answer.Get("In-Reply-To") != second.id || !strings.Contains(answer.Get("References"), first.id) || !strings.Contains(answer.Get("References"), second.id) {
			t.Errorf("the answer is outside the thread: In-Reply-To %q, References %q", answer.Get("In-Reply-To"), answer.Get("References"))
		}
		if answer.files["退货单.txt"] != "请随包裹寄回" {
			t.Errorf("the answer's files: %q", answer.files)
		}
		lin.sees(lin.log("agent").has("Sent"))

		// The customer answers, in HTML with a file; it is the same conversation.
		third := letter{from: ming.Address, name: "小明", to: box.Address, subject: "回复：想退货", id: "<third@customer.test>",
			inReplyTo: answer.Get("Message-Id"), references: []string{first.id, second.id, answer.Get("Message-Id")},
			html: `<p>好的，<b>谢谢</b>，单子填好了。</p><blockquote type="cite">您好，我是小满。</blockquote>`, file: "填好的单子.txt", content: []byte("单号 20261121")}
		third.send(t, server)
		lin.sees(lin.log("customer").has("填好的单子.txt"))
		lin.sees(text("单子填好了").within(thing{steps: []step{{Frame: "iframe >> nth=-1"}}}))
		name, content := lin.download(role("link", "填好的单子.txt").loose().within(lin.log("customer")))
		if name != "填好的单子.txt" || string(content) != "单号 20261121" {
			t.Errorf("the agent got %q: %q", name, content)
		}
		if open := h.conversations(t, "status=open"); len(open) != 1 {
			t.Errorf("one thread of mail made %d conversations", len(open))
		}
		lin.shot("mail-lin-html")
	})
}

// A mail that comes back marks the message as not delivered.
func TestBouncedMailIsShownAsFailed(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	server, box := s.mailbox(t, "")
	lin := s.signIn(t, s.lin, manner{})
	lin.goes("Online")
	letter{from: "gone@" + testenv.BounceDomain, name: "老张", to: box.Address, subject: "询价", id: "<ask@bounce.test>", text: "这本书多少钱？"}.send(t, server)
	lin.opens("老张")
	lin.replies("您好，58 元。")
	lin.sees(lin.log("agent").has("Not delivered"))
	lin.sees(button("Retry"))
	lin.shot("mail-bounced")
	lin.view("All open")
	lin.sees(lin.row("Not delivered"))
}
