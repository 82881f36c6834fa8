package telegram

import (
	"cmp"
	"strings"

	"parley/core/canon"
)

// name is who an origin says a message is from, as far as they let it be known.
func (o *origin) name() string {
	switch {
	case o == nil:
		return ""
	case o.User != nil:
		return person(o.User).Name
	case o.As != nil:
		return o.As.name()
	case o.Chat != nil:
		return o.Chat.name()
	}
	return o.Hidden
}

// about says in the quote what a message answers outside its chat, and where it
// was forwarded from: neither is here to point at.
func (m *message) about(out *canon.Message) {
	var lines []string
	note := func(en, zh, who string) {
		if who == "" {
			lines = append(lines, zh+" · "+en)
			return
		}
		lines = append(lines, zh+"："+who+" · "+en+": "+who)
	}
	if e := m.External; e != nil && m.ReplyTo == nil {
		who := e.Origin.name()
		if e.Chat != nil {
			who = cmp.Or(e.Chat.name(), who)
			if e.Message > 0 {
				out.ReplyTo = &canon.Ref{RemoteID: messageID(e.Chat.ID, e.Message)}
			}
		}
		note("Answers a message elsewhere", "回复其他会话的消息", who)
	}
	if m.Story != nil {
		note("Answers a story", "回复快拍", m.Story.Chat.name())
	}
	if m.Forwarded != nil {
		note("Forwarded from", "转发自", cmp.Or(m.Forwarded.name(), "?"))
	}
	if len(lines) > 0 {
		out.Quote = strings.Join(append(lines, nonEmpty(out.Quote)...), "\n")
	}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
