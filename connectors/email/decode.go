package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// position is where a mail lies.
type position struct {
	validity, uid uint32
	size          int64
	received      time.Time
}

// decode makes an envelope of a whole mail.
func (c *conn) decode(ctx context.Context, raw []byte, at position) canon.Envelope {
	l, err := letter.Read(raw)
	if err != nil {
		return c.unreadable(ctx, raw, at, err)
	}
	fingerprint := letter.Fingerprint(raw)
	if env, ok := c.report(l, fingerprint); ok {
		return c.stamp(env, l, raw, at)
	}
	from, peer, ours := c.people(l)
	if key, _, sent := c.ownThread(l.MessageID); sent {
		// Our own mail has come back to us, by a copy or a list: shown as such,
		// never taken for a customer's.
		env := canon.Envelope{Thread: key, From: person(from, true), EventID: fingerprint,
			Event: canon.Unknown{Name: "mail.own_copy", Raw: about(l, nil)}}
		return c.stamp(env, l, raw, at)
	}
	where := c.find(ctx, l, peer, fingerprint)
	m := c.message(l, at, fingerprint)
	if mark := c.autoMark(ctx, l, where.thread, ours); mark != "" {
		m.Headers = append(m.Headers, canon.Field{Name: "auto", Value: mark})
	}
	if !ours {
		c.remember(ctx, where.thread, l)
	}
	env := canon.Envelope{Thread: where.thread, From: person(from, ours), EventID: fingerprint, Event: canon.Posted{Message: m}}
	return c.stamp(env, l, raw, at)
}

// stamp fills in what every envelope has.
func (c *conn) stamp(env canon.Envelope, l *letter.Letter, raw []byte, at position) canon.Envelope {
	sum := sha256.Sum256(raw)
	env.Account, env.Raw = c.account, hex.EncodeToString(sum[:])
	env.Time = at.received.UTC()
	if l != nil && !l.Date.IsZero() {
		env.Time = l.Date
	}
	if env.Time.Year() < 1970 {
		env.Time = c.env.Clock().UTC()
	}
	return env
}

// people tells who wrote, and who is on the other side of the thread: for a
// mail the business itself wrote, whom it was to.
func (c *conn) people(l *letter.Letter) (from, peer letter.Address, ours bool) {
	from = l.From
	if from.Addr == "" {
		from.Addr = "unknown@invalid" // RFC 2606: reaches nobody
	}
	if c.settings.own(from.Addr) {
		if reply, ok := c.replyTo(l); ok { // a form on the site writes as ourselves
			return reply, reply, false
		}
		for _, a := range append(append([]letter.Address{}, l.To...), l.Cc...) {
			if a.Addr != "" && !c.settings.own(a.Addr) {
				return from, a, true
			}
		}
		return from, from, true
	}
	if reply, ok := c.replyTo(l); ok {
		return reply, reply, false
	}
	return from, from, false
}

// replyTo is where the writer wants answers, when that can be believed. Anybody
// can put another's address there: an address of another domain counts only
// where the sender is a machine, such as a form that writes for a visitor.
func (c *conn) replyTo(l *letter.Letter) (letter.Address, bool) {
	if len(l.ReplyTo) != 1 || l.Auto == letter.AutoList || l.Auto == letter.AutoBounce {
		return letter.Address{}, false
	}
	r := l.ReplyTo[0]
	if r.Addr == "" || r.Addr == l.From.Addr || c.settings.own(r.Addr) {
		return letter.Address{}, false
	}
	machine := c.settings.own(l.From.Addr) || letter.Domain(l.From.Addr) == letter.Domain(c.settings.Address) || letter.NoReply(l.From.Addr)
	if !machine && !sameSite(letter.Domain(r.Addr), letter.Domain(l.From.Addr)) {
		return letter.Address{}, false
	}
	if r.Name == "" {
		r.Name = l.From.Name
	}
	return r, true
}

// sameSite reports one domain being the other or below it.
func sameSite(a, b string) bool {
	return a != "" && b != "" && (a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a))
}

func person(a letter.Address, ours bool) canon.Peer {
	p := canon.Peer{ID: canon.RemoteID(a.Addr), Name: a.Name, Email: a.Addr, Ours: ours}
	if a.Addr == "unknown@invalid" {
		p.Email = ""
	}
	return p
}

// message makes the message of a letter.
func (c *conn) message(l *letter.Letter, at position, fingerprint string) canon.Message {
	m := canon.Message{RemoteID: remoteID(l, fingerprint), Subject: l.Subject, Quote: l.Quote}
	body := l.Text
	if strings.TrimSpace(body) == "" && len(l.Files) == 0 {
		body = l.Subject // all was said in the subject
	}
	if body != "" || l.HTML != "" {
		m.Parts = append(m.Parts, canon.Text{Body: body, HTML: l.HTML})
	}
	for _, f := range l.Files {
		media := canon.Media{
			Kind: kindOf(f.MIME), RemoteID: mediaID(at, f.Part, l.MessageID), State: canon.MediaPending,
			Name: f.Name, MIME: f.MIME, Size: f.Size,
		}
		if f.Inline {
			media.Inline = f.CID
		}
		m.Parts = append(m.Parts, media)
	}
	if len(m.Parts) == 0 {
		m.Parts = []canon.Part{canon.Text{}}
	}
	add := func(name, value string) {
		if value != "" {
			m.Headers = append(m.Headers, canon.Field{Name: name, Value: value})
		}
	}
	if l.MessageID != "" {
		add("Message-ID", "<"+l.MessageID+">")
	}
	add("References", bracketed(chain(append(append([]string{}, l.References...), l.InReplyTo...))))
	add("To", listed(l.To))
	add("Cc", listed(l.Cc))
	if len(l.ReplyTo) > 0 && l.ReplyTo[0].Addr != l.From.Addr {
		add("Reply-To", listed(l.ReplyTo))
	}
	if len(l.InReplyTo) > 0 {
		m.ReplyTo = &canon.Ref{RemoteID: canon.RemoteID(l.InReplyTo[0])}
	}
	return m
}

func listed(list []letter.Address) string {
	var out []string
	for _, a := range list[:min(len(list), 50)] {
		if a.Addr == "" {
			continue
		}
		if a.Name != "" {
			out = append(out, a.Name+" <"+a.Addr+">")
		} else {
			out = append(out, a.Addr)
		}
	}
	return strings.Join(out, ", ")
}

// noMessageID marks the name of a mail that came without a Message-ID.
const noMessageID = "#"

// remoteID is a mail's name: its Message-ID, or a mark of its content.
func remoteID(l *letter.Letter, fingerprint string) canon.RemoteID {
	if l.MessageID == "" {
		return canon.RemoteID(noMessageID + fingerprint[:32])
	}
	return canon.RemoteID(l.MessageID)
}

func kindOf(mime string) canon.MediaKind {
	switch major, minor, _ := strings.Cut(mime, "/"); major {
	case "image":
		if strings.HasPrefix(minor, "svg") || minor == "vnd.adobe.photoshop" || minor == "x-emf" || minor == "x-wmf" {
			return canon.MediaFile
		}
		return canon.MediaImage
	case "audio":
		return canon.MediaAudio
	case "video":
		return canon.MediaVideo
	}
	return canon.MediaFile
}

// mediaID says where a file lies: the mailbox's UIDVALIDITY, the mail's UID,
// the part, and the Message-ID, by which the mail is found again when the
// mailbox has been renumbered.
func mediaID(at position, part, messageID string) canon.RemoteID {
	return canon.RemoteID(fmt.Sprintf("%d:%d:%s:%s", at.validity, at.uid, part, messageID))
}

func parseMediaID(id canon.RemoteID) (at position, part, messageID string, ok bool) {
	f := strings.SplitN(string(id), ":", 4)
	if len(f) != 4 {
		return at, "", "", false
	}
	v, err1 := strconv.ParseUint(f[0], 10, 32)
	u, err2 := strconv.ParseUint(f[1], 10, 32)
	return position{validity: uint32(v), uid: uint32(u)}, f[2], f[3], err1 == nil && err2 == nil
}

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
