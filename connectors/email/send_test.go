package email

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"testing"

	"parley/connectors/email/letter"
	"parley/core/canon"
	"parley/core/connector"
)

// to makes a request to post to an address.
func (b *box) to(peer string, m canon.Message) connector.Request {
	return connector.Request{
		Key: canon.NewID(), Attempt: 1, Message: m,
		Thread: canon.ThreadKey{Account: canon.RemoteID(b.Address), Peer: canon.RemoteID(peer)},
		Sender: connector.Sender{Kind: "agent", Name: "Mei"},
	}
}

func parseMail(t testing.TB, raw []byte) (*mail.Message, *letter.Letter) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	l, err := letter.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m, l
}

// TestThread: a customer writes, an agent answers, the customer answers the
// answer: the ids form a chain in any mail program, and all of it is one thread.
func TestThread(t *testing.T) {
	b := newBox(t)
	jane := b.server.NewMailbox(t, "jane")
	h := newHub()
	first := fmt.Appendf(nil, "From: Jane Roe <%s>\r\nTo: %s\r\nDate: Mon, 16 Nov 2026 09:00:00 +0000\r\nSubject: =?utf-8?B?6K6i5Y2V?=\r\nMessage-ID: <first@example.com>\r\n\r\nWhere is it?\r\n", jane.Address, b.Address)
	b.Deliver(t, jane.Address, first)
	in := b.receive(t, h, 1)[0]

	c := b.open(t)
	r := connector.Request{
		Key: canon.NewID(), Thread: in.Thread, Message: canon.TextMessage("On its way.\n已发出。"),
		ReplyTo: message(t, in).RemoteID, Sender: connector.Sender{Kind: "agent", Name: "Mei"},
	}
	receipt, err := c.Send(t.Context(), r)
	if err != nil || receipt.State != canon.Sent {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
	got := jane.Wait(t, "INBOX", 1)[0]
	m, l := parseMail(t, got)
	if id := strings.Trim(m.Header.Get("Message-Id"), "<>"); id != string(receipt.RemoteID) || !strings.HasPrefix(id, r.Key.String()+".") {
		t.Errorf("Message-ID %q, receipt %q, key %s", id, receipt.RemoteID, r.Key)
	}
	if m.Header.Get("In-Reply-To") != "<first@example.com>" || m.Header.Get("References") != "<first@example.com>" || l.Subject != "Re: 订单" {
		t.Errorf("headers %+v", m.Header)
	}
	if l.From.Name != "Shop 客服" || l.From.Addr != b.Address || l.Text != "On its way.\n已发出。" || !strings.Contains(l.HTML, "On its way.<br/>") {
		t.Errorf("letter %+v", l)
	}
	if m.Header.Get("Auto-Submitted") != "" {
		t.Error("an agent's mail says that a machine wrote it")
	}

	// Answers: as programs write them, with all references, with the last one
	// only, from another address; and a mail with the same subject alone.
	answers := []struct{ from, refs, body string }{
		{jane.Address, "References: <first@example.com> <" + string(receipt.RemoteID) + ">\r\nIn-Reply-To: <" + string(receipt.RemoteID) + ">\r\n", "one"},
		{jane.Address, "In-Reply-To: <" + strings.ToUpper(string(receipt.RemoteID)) + ">\r\n", "two"},
		{"jane@work.example", "References: <rewritten@example.com> <" + string(receipt.RemoteID) + ">\r\n", "three"},
		{jane.Address, "", "four"},
		{"mallory@example.com", "References: <first@example.com>\r\n", "five"},
	}
	for i, a := range answers {
		b.Deliver(t, a.from, fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\nSubject: Re: =?utf-8?B?6K6i5Y2V?=\r\nMessage-ID: <answer%d@example.com>\r\n%s\r\n%s\r\n", a.from, b.Address, i, a.refs, a.body))
	}
	rows := b.receive(t, h, 1+len(answers))[1:]
	for i, row := range rows {
		same := row.Thread == in.Thread
		if want := i < 3; same != want {
			t.Errorf("answer %q: same thread %v, want %v (%+v)", answers[i].body, same, want, row.Thread)
		}
		if row.From.Email != answers[i].from {
			t.Errorf("answer %q is shown as from %s", answers[i].body, row.From.Email)
		}
	}
}

// TestR05_SameMessageID: however often a request is sent, its mail carries the
// same Message-ID.
func TestR05_SameMessageID(t *testing.T) {
	b := newBox(t)
	jane := b.server.NewMailbox(t, "jane")
	r := b.to(jane.Address, canon.TextMessage("hello"))
	ids := map[string]bool{}
	for attempt := range 3 {
		r.Attempt = attempt + 1
		receipt, err := b.open(t).Send(t.Context(), r) // each on a Conn of its own, as after a crash
		if err != nil {
			t.Fatal(err)
		}
		ids[string(receipt.RemoteID)] = true
	}
	for _, raw := range jane.Wait(t, "INBOX", 3) {
		m, _ := parseMail(t, raw)
		ids[strings.Trim(m.Header.Get("Message-Id"), "<>")] = true
	}
	if len(ids) != 1 {
		t.Errorf("ids %v", ids)
	}
}

// TestEveryPart: whatever a message holds arrives as words, images in the text,
// files with their names, or links.
func TestEveryPart(t *testing.T) {
	b := newBox(t, connector.Values{"attach_mb": "1", "signature": "{agent}\nShop"})
	jane := b.server.NewMailbox(t, "jane")
	png := b.memory.add("照片.png", "image/png", []byte("\x89PNG not really"))
	pdf := b.memory.add("Rechnung \"März\".pdf", "application/pdf", []byte("%PDF"))
	video := b.memory.add("film.mp4", "video/mp4", bytes.Repeat([]byte{1}, 2<<20))
	png.Caption = "the lamp"
	m := canon.Message{Subject: "All\r\nBcc: evil@example.com", Parts: []canon.Part{
		canon.Text{Body: "See https://shop.example/a?b=1. <b>not bold</b>", Spans: []canon.Span{{Start: 0, Length: 3, Style: canon.SpanBold}}},
		canon.Text{Body: "rich", HTML: `<p>rich</p><script>alert(1)</script>`},
		png, pdf, video,
		canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which?", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "Yes & no", Value: "y"}, {Kind: canon.OptionURL, Label: "Shop", URL: "https://shop.example/"},
			{Kind: canon.OptionURL, Label: "bad", URL: "javascript:alert(1)"}}},
		canon.Card{Kind: canon.CardOrder, Title: "Cup", Ref: "42", Price: "¥9", URL: "https://shop.example/cup", Fields: []canon.Field{{Name: "Colour", Value: "white"}}},
		canon.Location{Lat: 1, Lon: 2, Title: "Here"},
		canon.Contact{Name: "Li; Lei", Phones: []string{"+86 1"}},
		canon.Template{Name: "t", Text: "template words"},
		canon.Sticker{Emoji: "😺"},
	}}
	r := b.to(jane.Address, m)
	r.Sender = connector.Sender{Kind: "bot", Name: "Robo"}
	if _, err := b.open(t).Send(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	head, l := parseMail(t, jane.Wait(t, "INBOX", 1)[0])
	if l.Subject != "All Bcc: evil@example.com" && l.Subject != "All  Bcc: evil@example.com" || head.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, Bcc %q", l.Subject, head.Header.Get("Bcc"))
	}
	if head.Header.Get("Auto-Submitted") != "auto-replied" {
		t.Error("a bot's mail does not say that a machine wrote it")
	}
	for _, want := range []string{"<b>not bold</b>", "the lamp", "film.mp4\nhttps://hub.example/f/", "Which?\n1. Yes & no\n2. Shop https://shop.example/", "Cup\n#42\n¥9\nColour: white", "Here\nhttps://www.openstreetmap.org/", "Li; Lei\n+86 1", "template words", "😺", "Robo\nShop"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, l.Text)
		}
	}
	for _, want := range []string{"<b>See</b> ", "&lt;b&gt;not bold", "<p>rich</p>", `src="cid:`, `href="mailto:` + b.Address, "In-Reply-To=", `href="https://shop.example/cup"`, "<li>bad</li>"} {
		if !strings.Contains(l.HTML, want) {
			t.Errorf("the HTML lacks %q:\n%s", want, l.HTML)
		}
	}
	if strings.Contains(l.HTML, "alert(1)") {
		t.Errorf("a script went out:\n%s", l.HTML)
	}
	files := map[string]letter.File{}
	for _, f := range l.Files {
		files[f.Name] = f
	}
	if f := files["照片.png"]; !f.Inline || f.MIME != "image/png" || string(f.Bytes()) != "\x89PNG not really" {
		t.Errorf("image %+v", f)
	}
	if f := files["Rechnung _März_.pdf"]; f.Inline || string(f.Bytes()) != "%PDF" {
		t.Errorf("files %v", files)
	}
	if f := files["Li; Lei.vcf"]; f.MIME != "text/vcard" || !strings.Contains(string(f.Bytes()), `FN:Li\; Lei`) {
		t.Errorf("vCard %+v", f)
	}
	if _, ok := files["film.mp4"]; ok {
		t.Error("a file over the limit was attached")
	}
}

// TestSentCopy: the copy in Sent is the mail that was sent, there once however
// often filing is tried, and none where the provider files by itself.
func TestSentCopy(t *testing.T) {
	b := newBox(t)
	jane := b.server.NewMailbox(t, "jane")
	r := b.to(jane.Address, canon.Message{Parts: []canon.Part{canon.Text{Body: "copied"}, b.memory.add("a.txt", "text/plain", bytes.Repeat([]byte("x\n"), 100_000))}})
	c := b.open(t)
	receipt, err := c.Send(t.Context(), r)
	must(t, err)
	for range 2 {
		must(t, c.(connector.Filer).File(t.Context(), r, receipt))
	}
	copies := b.Wait(t, "Sent", 1)
	if len(copies) != 1 {
		t.Fatalf("%d copies", len(copies))
	}
	head, l := parseMail(t, copies[0])
	if strings.Trim(head.Header.Get("Message-Id"), "<>") != string(receipt.RemoteID) || l.Text != "copied" || len(l.Files) != 1 || len(l.Files[0].Bytes()) != 200_000 {
		t.Errorf("copy %+v", l)
	}

	own := newBox(t, connector.Values{"sent_copy": "provider"})
	c = own.open(t)
	receipt, err = c.Send(t.Context(), own.to(jane.Address, canon.TextMessage("not copied")))
	must(t, err)
	must(t, c.(connector.Filer).File(t.Context(), r, receipt))
	if n := own.Wait(t, "Sent", 0); len(n) != 0 {
		t.Errorf("%d copies where the provider files", len(n))
	}
}

// TestSettle: where the provider files what it sends, its Sent mailbox tells
// whether a mail went out.
func TestSettle(t *testing.T) {
	b := newBox(t, connector.Values{"sent_copy": "provider"})
	c := b.open(t).(connector.Settler)
	r := b.to("jane@example.com", canon.TextMessage("hi"))
	if got, err := c.Settle(t.Context(), r); got != nil || err != nil {
		t.Errorf("never sent: %+v, %v", got, err)
	}
	conn := b.open(t).(*settlingConn)
	d, err := conn.compose(t.Context(), r)
	must(t, err)
	var raw bytes.Buffer
	_, err = d.writeTo(&raw)
	must(t, err)
	b.append(t, "Sent", raw.Bytes(), r.Key.Time())
	if got, err := c.Settle(t.Context(), r); err != nil || got == nil || got.State != canon.Sent || string(got.RemoteID) != d.id {
		t.Errorf("sent: %+v, %v", got, err)
	}
	if _, ok := newBox(t).open(t).(connector.Settler); ok {
		t.Error("a mailbox whose Sent folder proves nothing says that it can settle")
	}
}

// TestBounce: a mail accepted at the door and refused inside comes back as a
// receipt that it failed, with the server's words.
func TestBounce(t *testing.T) {
	b := newBox(t)
	h := newHub()
	r := b.to("gone@bounce.test", canon.TextMessage("anybody there?"))
	r.Thread.Thread = threadOf("root@example.com")
	receipt, err := b.open(t).Send(t.Context(), r)
	must(t, err)
	row := b.receive(t, h, 1)[0]
	got, ok := row.Event.(canon.Receipt)
	if !ok || got.State != canon.Failed || got.Target != receipt.RemoteID || row.Thread != r.Thread || !strings.Contains(got.Reason, "does not exist any more") {
		t.Errorf("event %+v on %+v", row.Event, row.Thread)
	}
}

// TestRefusals: what each answer of the server means for the message.
func TestRefusals(t *testing.T) {
	b := newBox(t)
	var e *connector.Error
	if _, err := b.open(t).Send(t.Context(), b.to("nobody@parley.test", canon.TextMessage("x"))); !errors.As(err, &e) || e.Class != connector.Gone || e.Code[:3] != "550" || e.Shown.ZH == "" {
		t.Errorf("unknown address: %v", err)
	}
	b.link.Config["smtp_password"] = "wrong"
	if _, err := b.open(t).Send(t.Context(), b.to("nobody@parley.test", canon.TextMessage("x"))); !errors.As(err, &e) || e.Class != connector.NeedsLogin || e.Scope != connector.ScopeLink {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := b.open(t).Send(t.Context(), b.to("unknown@invalid", canon.TextMessage("x"))); !errors.As(err, &e) || e.Class != connector.Gone {
		t.Errorf("no address: %v", err)
	}
	r := b.to("jane@example.com", canon.TextMessage("x"))
	r.Op = connector.OpEdit
	if _, err := b.open(t).Send(t.Context(), r); !errors.As(err, &e) || e.Class != connector.Unsupported {
		t.Errorf("edit: %v", err)
	}
}

// TestScripted plays SMTP servers that fail at each step.
func TestScripted(t *testing.T) {
	for _, tc := range []struct {
		name  string
		at    string // the verb answered otherwise; "." is the final dot
		reply string // "" hangs up
		class connector.Class
	}{
		{"greeting refused", "", "554 5.7.1 go away", connector.Transient},
		{"busy", "", "421 too many connections", connector.RateLimited},
		{"sign-in refused", "AUTH", "535 5.7.8 bad credentials", connector.NeedsLogin},
		{"sign-in away", "AUTH", "454 4.7.0 temporary authentication failure", connector.Transient},
		{"sign-in breaks off", "AUTH", "", connector.Transient},
		{"sender refused", "MAIL", "553 5.7.1 not your address", connector.Invalid},
		{"sign-in wanted", "MAIL", "530 5.7.0 authentication required", connector.NeedsLogin},
		{"greylisted", "RCPT", "450 4.2.0 greylisted", connector.Transient},
		{"rate", "RCPT", "450 4.7.1 rate limit exceeded", connector.RateLimited},
		{"no such user", "RCPT", "550 5.1.1 no such user", connector.Gone},
		{"blocked", "RCPT", "554 5.7.1 blocked", connector.Invalid},
		{"data refused", "DATA", "451 4.3.0 later", connector.Transient},
		{"hangs up before the mail", "DATA", "", connector.Transient},
		{"refused as spam", ".", "554 5.7.1 spam", connector.Invalid},
		{"too large", ".", "552 5.3.4 message too big", connector.Invalid},
		{"refused for now", ".", "451 4.7.1 try later", connector.Transient},
		{"hangs up after the dot", ".", "", connector.Uncertain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			addr := scripted(t, tc.at, tc.reply)
			host, port, _ := net.SplitHostPort(addr)
			b := newBox(t, connector.Values{"smtp_host": host, "smtp_port": port})
			_, err := b.open(t).Send(t.Context(), b.to("jane@example.com", canon.TextMessage("x")))
			var e *connector.Error
			if !errors.As(err, &e) || e.Class != tc.class {
				t.Fatalf("error %v, want %s", err, tc.class)
			}
			if e.Shown.EN == "" || e.Shown.ZH == "" || strings.Contains(err.Error(), b.Password) {
				t.Errorf("error %+v", e)
			}
		})
	}
}

// scripted is an SMTP server that does as it should but for one answer.
func scripted(t *testing.T, at, reply string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		say := func(line string) { io.WriteString(c, line+"\r\n") }
		if at == "" {
			say(reply)
			io.Copy(io.Discard, c)
			return
		}
		say("220 hello")
		r := bufio.NewReader(c)
		inData := false
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			verb, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			if inData {
				if verb != "." || len(strings.TrimSpace(line)) != 1 {
					continue
				}
				inData = false
			}
			verb = strings.ToUpper(strings.SplitN(verb, ":", 2)[0])
			if verb == at {
				if reply == "" {
					return
				}
				say(reply)
				continue
			}
			switch verb {
			case "EHLO":
				say("250-hello")
				say("250 AUTH PLAIN")
			case "AUTH":
				say("235 in")
			case "DATA":
				say("354 go")
				inData = true
			case "QUIT":
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().String()
}

// TestWireAddress: names of other scripts go out as SMTP can carry them.
func TestWireAddress(t *testing.T) {
	for in, want := range map[string]string{
		"jane@example.com": "jane@example.com", "jane@例子.中国": "jane@xn--fsqu00a.xn--fiqs8s", "jane@bücher.example": "jane@xn--bcher-kva.example", "用户@example.com": "用户@example.com",
	} {
		if got := wireAddress(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	addr := scripted(t, "none", "")
	host, port, _ := net.SplitHostPort(addr)
	b := newBox(t, connector.Values{"smtp_host": host, "smtp_port": port})
	_, err := b.open(t).Send(t.Context(), b.to("用户@example.com", canon.TextMessage("x")))
	var e *connector.Error
	if !errors.As(err, &e) || e.Class != connector.Invalid || e.Code != "smtputf8" {
		t.Errorf("a server without SMTPUTF8: %v", err)
	}
}

// TestFileVanishes: a file that cannot be read to its end never goes out cut
// short.
func TestFileVanishes(t *testing.T) {
	b := newBox(t)
	jane := b.server.NewMailbox(t, "jane")
	media := b.memory.add("a.pdf", "application/pdf", []byte("x"))
	c := b.open(t).(*conn)
	c.env.Files = vanishing{b.memory}
	_, err := c.Send(t.Context(), b.to(jane.Address, canon.Message{Parts: []canon.Part{canon.Text{Body: "see"}, media}}))
	var e *connector.Error
	if !errors.As(err, &e) || e.Class != connector.Transient {
		t.Errorf("error %v, want transient", err)
	}
	must(t, func() error {
		_, err := b.open(t).Send(t.Context(), b.to(jane.Address, canon.TextMessage("only this")))
		return err
	}())
	if _, l := parseMail(t, jane.Wait(t, "INBOX", 1)[0]); l.Text != "only this" {
		t.Errorf("a mail cut short arrived: %+v", l)
	}
}

type vanishing struct{ *memory }

func (v vanishing) Open(ctx context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	body, info, err := v.memory.Open(ctx, id)
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(body, broken{}), body}, info, err
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// TestLoopGuard: after three mails of one sender have been answered by machine
// within the hour, the fourth is not, and says so to bots; people may answer.
func TestLoopGuard(t *testing.T) {
	b := newBox(t)
	jane := b.server.NewMailbox(t, "jane")
	h := newHub()
	c := b.open(t)
	for i := range 4 {
		b.Deliver(t, jane.Address, fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nDate: Mon, 16 Nov 2026 09:00:00 +0000\r\nSubject: loop\r\nMessage-ID: <loop%d@example.com>\r\n\r\nanswer %d\r\n", jane.Address, b.Address, i, i))
		in := b.receive(t, h, i+1)[i]
		if got, want := header(message(t, in), "auto"), map[bool]string{true: "limit"}[i == 3]; got != want {
			t.Errorf("mail %d is marked %q, want %q", i, got, want)
		}
		send := func(kind string) error {
			r := connector.Request{Key: canon.NewID(), Thread: in.Thread, ReplyTo: message(t, in).RemoteID, Message: canon.TextMessage("auto"), Sender: connector.Sender{Kind: kind}}
			_, err := c.Send(t.Context(), r)
			return err
		}
		for range 2 { // two messages of one turn are one answer
			err := send("bot")
			var e *connector.Error
			if i < 3 && err != nil || i == 3 && (!errors.As(err, &e) || e.Code != "loop_guard") {
				t.Errorf("automatic answer %d: %v", i, err)
			}
		}
		if err := send("agent"); err != nil {
			t.Errorf("an agent's answer: %v", err)
		}
	}
}

// TestProbe reports a line per step, and the remedy where one fails.
func TestProbe(t *testing.T) {
	b := newBox(t)
	lines := func() (out []connector.Check, err error) {
		err = b.open(t).(connector.Prober).Probe(t.Context(), func(c connector.Check) { out = append(out, c) })
		return
	}
	good, err := lines()
	if err != nil || len(good) != 9 {
		t.Errorf("%d lines, %v", len(good), err)
	}
	for _, l := range good {
		if !l.OK || l.Name.ZH == "" || l.Took <= 0 {
			t.Errorf("line %+v", l)
		}
	}
	b.link.Config["imap_password"] = "wrong"
	b.link.Config["smtp_port"] = "1"
	bad, err := lines()
	var failed []string
	for _, l := range bad {
		if !l.OK {
			failed = append(failed, l.Name.EN)
			if l.Remedy.EN == "" || l.Remedy.ZH == "" {
				t.Errorf("no remedy: %+v", l)
			}
		}
	}
	if err == nil || strings.Join(failed, ", ") != "IMAP: sign in, SMTP: reach the server" {
		t.Errorf("failed %v, %v", failed, err)
	}
}

// TestFileNames: names survive the way in the words of any program.
func TestFileNames(t *testing.T) {
	dec := new(mime.WordDecoder)
	c := fixedConn(t)
	d, err := c.compose(t.Context(), connector.Request{Key: canon.NewID(), Thread: oursThread(), Message: canon.TextMessage("x")})
	must(t, err)
	d.add(t.Context(), c, attachment{name: "../发票 1.pdf", mime: "application/pdf", open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }})
	var out bytes.Buffer
	_, err = d.writeTo(&out)
	must(t, err)
	l, err := letter.Read(out.Bytes())
	must(t, err)
	if len(l.Files) != 1 || l.Files[0].Name != "发票 1.pdf" {
		t.Errorf("files %+v", l.Files)
	}
	if i := strings.Index(out.String(), "name="); i < 0 {
		t.Error("no name in Content-Type")
	} else if word, _, _ := strings.Cut(strings.Trim(out.String()[i+5:], `"`), `"`); true {
		if got, err := dec.DecodeHeader(word); err != nil || got != "发票 1.pdf" {
			t.Errorf("name %q: %q, %v", word, got, err)
		}
	}
}
