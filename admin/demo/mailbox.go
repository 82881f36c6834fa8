package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// outgoing is a mail the customer writes.
type outgoing struct {
	Subject, Text string
	// Answers is the Message-ID of the mail that is answered, with brackets.
	Answers string
}

// letter is a mail as the customer sees it.
type letter struct {
	Mine    bool
	From    string
	Subject string
	Text    string
	At      time.Time
	ID      string // Message-ID with brackets
}

// mailTime bounds one talk with the mail server.
const mailTime = 10 * time.Second

// send submits a mail of the customer's by SMTP, as a mail program does.
func (d *Demo) send(ctx context.Context, m outgoing) error {
	raw, err := m.write(time.Now())
	if err != nil {
		return err
	}
	conn, done, err := d.dial(ctx, d.c.SMTP)
	if err != nil {
		return err
	}
	defer done()
	c := smtp.NewClient(conn)
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", CustomerMail, mailPassword)); err != nil {
		return fmt.Errorf("sign in to the mail server: %w", err)
	}
	if err := c.SendMail(CustomerMail, []string{ShopMail}, bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("send the mail: %w", err)
	}
	return c.Quit()
}

// dial opens a connection that ends after mailTime, or with ctx.
func (d *Demo) dial(ctx context.Context, address string) (net.Conn, func() bool, error) {
	conn, err := d.c.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("reach the mail server: %w", err)
	}
	if err := conn.SetDeadline(time.Now().Add(mailTime)); err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("reach the mail server: %w", err)
	}
	return conn, context.AfterFunc(ctx, func() { conn.Close() }), nil
}

func (m outgoing) write(now time.Time) ([]byte, error) {
	var h mail.Header
	h.SetDate(now)
	h.SetAddressList("From", []*mail.Address{{Name: "May", Address: CustomerMail}})
	h.SetAddressList("To", []*mail.Address{{Address: ShopMail}})
	h.SetSubject(m.Subject)
	if err := h.GenerateMessageIDWithHostname("customer.example"); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	if m.Answers != "" {
		h.Set("In-Reply-To", m.Answers)
		h.Set("References", m.Answers)
	}
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	var raw bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&raw, h)
	if err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	_, err = io.WriteString(w, strings.ReplaceAll(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n", "\r\n"))
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return raw.Bytes(), nil
}

// shown is how many mails of each folder the page shows.
const shown = 30

// letters reads the customer's mailbox by IMAP: what came and what was sent,
// newest first.
func (d *Demo) letters(ctx context.Context) ([]letter, error) {
	conn, done, err := d.dial(ctx, d.c.IMAP)
	if err != nil {
		return nil, err
	}
	defer done()
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(CustomerMail, mailPassword).Wait(); err != nil {
		return nil, fmt.Errorf("sign in to the mail server: %w", err)
	}
	var out []letter
	for _, folder := range []string{"INBOX", "Sent"} {
		box, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", folder, err)
		}
		if box.NumMessages == 0 {
			continue
		}
		var some imap.SeqSet
		some.AddRange(uint32(max(1, int64(box.NumMessages)-shown+1)), box.NumMessages)
		whole := &imap.FetchItemBodySection{Peek: true}
		all, err := c.Fetch(some, &imap.FetchOptions{InternalDate: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", folder, err)
		}
		for _, m := range all {
			l := readLetter(m.FindBodySection(whole))
			l.Mine, l.At = folder == "Sent", m.InternalDate
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b letter) int { return b.At.Compare(a.At) })
	return out, nil
}

// readLetter takes the words out of a mail. What cannot be read is left empty:
// the page is a demonstration, not a mail program.
func readLetter(raw []byte) letter {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return letter{}
	}
	defer r.Close()
	var l letter
	l.Subject, _ = r.Header.Subject()
	if id, err := r.Header.MessageID(); err == nil && id != "" {
		l.ID = "<" + id + ">"
	}
	if from, err := r.Header.AddressList("From"); err == nil && len(from) > 0 {
		l.From = from[0].Address
		if from[0].Name != "" {
			l.From = from[0].Name
		}
	}
	for {
		part, err := r.NextPart()
		if err != nil {
			return l
		}
		switch h := part.Header.(type) {
		case *mail.InlineHeader:
			kind, _, _ := h.ContentType()
			text, err := io.ReadAll(io.LimitReader(part.Body, 64<<10))
			if err == nil && kind == "text/plain" && l.Text == "" {
				l.Text = strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
			}
		case *mail.AttachmentHeader:
			if name, err := h.Filename(); err == nil && name != "" {
				l.Text += "\n📎 " + name
			}
		}
	}
}
