package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

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
