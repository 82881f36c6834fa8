package canon

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Version is the version of the JSON form. A reader accepts every version up
// to its own and keeps what it does not know as Opaque or Unknown.
const Version = 1

// tagged appends v with its tag as the first field.
func tagged(b []byte, tag string, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	b = slices.Grow(b, len(body)+len(tag)+12)
	b = append(b, `{"type":"`...)
	b = append(b, tag...)
	b = append(b, '"')
	if len(body) > 2 {
		b = append(b, ',')
	}
	return append(b, body[1:]...), nil
}

// MarshalPart writes one part as a tagged object.
func MarshalPart(p Part) ([]byte, error) { return appendPart(nil, p) }

func appendPart(b []byte, p Part) ([]byte, error) {
	t, ok := p.(Text)
	if !ok || len(t.Spans) > 0 {
		if p == nil {
			return nil, fmt.Errorf("a part is missing")
		}
		return tagged(b, p.partType(), p)
	}
	b = append(b, `{"type":"text","body":`...)
	b = appendString(b, t.Body)
	b = appendField(b, "html", t.HTML)
	return append(b, '}'), nil
}

// MarshalEvent writes an event as a tagged object.
func MarshalEvent(e Event) ([]byte, error) { return appendEvent(nil, e) }

func appendEvent(b []byte, e Event) ([]byte, error) {
	p, ok := e.(Posted)
	if !ok {
		return tagged(b, e.eventType(), e)
	}
	b = append(b, `{"type":"posted","message":`...)
	b, err := p.Message.AppendJSON(b)
	if err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// MarshalSignal writes a signal as a tagged object.
func MarshalSignal(s Signal) ([]byte, error) { return tagged(nil, s.signalType(), s) }

// MarshalJSON writes the message with its tagged parts.
func (m Message) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON writes.
func (m Message) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, '{')
	if !m.ID.IsZero() {
		b = append(b, `"id":"`...)
		b, _ = m.ID.AppendText(b)
		b = append(b, `",`...)
	}
	open := len(b)
	b = appendField(b, "remote_id", string(m.RemoteID))
	b = appendField(b, "client_id", m.ClientID)
	var err error
	if m.ReplyTo != nil {
		if b, err = appendValue(b, "reply_to", m.ReplyTo); err != nil {
			return nil, err
		}
	}
	b = appendField(b, "quote", m.Quote)
	b = appendField(b, "subject", m.Subject)
	b = appendField(b, "locale", m.Locale)
	if len(m.Headers) > 0 {
		if b, err = appendValue(b, "headers", m.Headers); err != nil {
			return nil, err
		}
	}
	b = append(b, `,"parts":[`...)
	b = slices.Delete(b, open, open+1) // the comma before the first of these fields
	for i, p := range m.Parts {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendPart(b, p); err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
	}
	return append(b, "]}"...), nil
}

// MarshalJSON writes the envelope with its version and tagged event.
func (e Envelope) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON writes.
func (e Envelope) AppendJSON(b []byte) ([]byte, error) {
	if e.Event == nil {
		return nil, fmt.Errorf("envelope %s has no event", e.ID)
	}
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, Version, 10)
	b = append(b, `,"id":"`...)
	b, _ = e.ID.AppendText(b)
	b = append(b, `","account":`...)
	b = appendString(b, string(e.Account))
	b = append(b, `,"thread":{"account":`...)
	b = appendString(b, string(e.Thread.Account))
	b = append(b, `,"peer":`...)
	b = appendString(b, string(e.Thread.Peer))
	b = appendField(b, "thread", string(e.Thread.Thread))
	b = append(b, `},"from":`...)
	b, err := appendPeer(b, e.From)
	if err != nil {
		return nil, err
	}
	b = append(b, `,"event_id":`...)
	b = appendString(b, e.EventID)
	b = append(b, `,"time":"`...)
	if b, err = e.Time.UTC().AppendText(b); err != nil {
		return nil, fmt.Errorf("envelope %s: %w", e.ID, err)
	}
	b = append(b, '"')
	if e.Order != 0 {
		b = append(b, `,"order":`...)
		b = strconv.AppendInt(b, e.Order, 10)
	}
	b = appendField(b, "group", e.Group)
	if e.Ticket != nil {
		if b, err = appendValue(b, "ticket", e.Ticket); err != nil {
			return nil, err
		}
	}
	if e.Entry != nil {
		if b, err = appendValue(b, "entry", e.Entry); err != nil {
			return nil, err
		}
	}
	if e.Visit != nil {
		if b, err = appendValue(b, "visit", e.Visit); err != nil {
			return nil, err
		}
	}
	b = appendField(b, "raw", e.Raw)
	b = append(b, `,"event":`...)
	if b, err = appendEvent(b, e.Event); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return append(b, '}'), nil
}

func appendPeer(b []byte, p Peer) ([]byte, error) {
	b = append(b, `{"id":`...)
	b = appendString(b, string(p.ID))
	b = appendField(b, "name", p.Name)
	b = appendField(b, "avatar", p.Avatar)
	b = appendField(b, "locale", p.Locale)
	b = appendField(b, "phone", p.Phone)
	b = appendField(b, "email", p.Email)
	if len(p.Also) > 0 {
		var err error
		if b, err = appendValue(b, "also", p.Also); err != nil {
			return nil, err
		}
	}
	if p.Ours {
		b = append(b, `,"ours":true`...)
	}
	if p.Verified {
		b = append(b, `,"verified":true`...)
	}
	return append(b, '}'), nil
}

// appendField appends a comma, a name and a text, and nothing for "".
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

func appendValue(b []byte, name string, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return append(b, raw...), nil
}

// AppendString appends s quoted for JSON, as this package writes it.
func AppendString(b []byte, s string) []byte { return appendString(b, s) }

const hexDigits = "0123456789abcdef"

// appendString quotes s byte for byte as encoding/json does, so that a value
// has one form whichever way it was written.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				b = append(b, s[start:i]...)
				b = append(b, `\ufffd`...)
				start = i + 1
			case r == '\u2028' || r == '\u2029':
				b = append(b, s[start:i]...)
				b = append(b, `\u202`...)
				b = append(b, hexDigits[r&0xf])
				start = i + size
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
