package email

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// oversize stands for a mail that is larger than taken in.
func (c *conn) oversize(ctx context.Context, head []byte, at position) canon.Envelope {
	const mb = 1 << 20
	size, limit := (at.size+mb-1)/mb, c.settings.MaxBytes/mb
	note := canon.Opaque{
		Name: "mail.oversize",
		Text: fmt.Sprintf("This mail has %d MB and was left in the mailbox: the limit is %d MB. / 此邮件约 %d MB，超过 %d MB 上限，未导入，仍在邮箱中。", size, limit, size, limit),
	}
	l, err := letter.ReadHeader(head)
	if err != nil {
		l = &letter.Letter{}
	}
	fingerprint := letter.FingerprintHeader(head, at.size)
	from, peer, ours := c.people(l)
	m := c.message(l, at, fingerprint)
	m.Parts = []canon.Part{note}
	env := canon.Envelope{Thread: c.find(ctx, l, peer, fingerprint).thread, From: person(from, ours), EventID: fingerprint, Event: canon.Posted{Message: m}}
	return c.stamp(env, l, head, at)
}

// unreadable stands for a mail nothing can be made of but its headers.
func (c *conn) unreadable(ctx context.Context, raw []byte, at position, why error) canon.Envelope {
	l, err := letter.ReadHeader(raw)
	if err != nil {
		l = &letter.Letter{}
	}
	fingerprint := letter.Fingerprint(raw)
	if len(raw) == 0 {
		fingerprint = fmt.Sprintf("unread %d:%d", at.validity, at.uid)
	}
	from, peer, ours := c.people(l)
	env := canon.Envelope{Thread: c.find(ctx, l, peer, fingerprint).thread, From: person(from, ours), EventID: fingerprint,
		Event: canon.Unknown{Name: "mail.unreadable", Raw: aboutRaw(raw, why)}}
	return c.stamp(env, l, raw, at)
}

// about is what is kept of a mail that is shown as a fact, not as words.
func about(l *letter.Letter, why error) json.RawMessage {
	v := struct {
		Subject string `json:"subject,omitempty"`
		From    string `json:"from,omitempty"`
		ID      string `json:"message_id,omitempty"`
		Error   string `json:"error,omitempty"`
	}{l.Subject, l.From.Addr, l.MessageID, text(why)}
	return encode(v)
}

func aboutRaw(raw []byte, why error) json.RawMessage {
	head := raw[:min(len(raw), 16<<10)]
	v := struct {
		Error  string `json:"error"`
		Header string `json:"header,omitempty"`
	}{text(why), strings.ToValidUTF8(strings.ReplaceAll(string(letter.HeaderBytes(head)), "\x00", ""), string(utf8.RuneError))}
	return encode(v)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(`{}`) // of strings only: cannot happen
	}
	return raw
}
