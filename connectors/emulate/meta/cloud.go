package meta

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/connectors/emulate"
)

// cloudBody is a checked message on its way to a phone.
type cloudBody struct {
	bubble emulate.Bubble
	said   []string // all words, in their order
}

func (b *cloudBody) say(words string) {
	if words != "" {
		b.said = append(b.said, words)
	}
}

// sendWhatsApp is POST /{phone-number-id}/messages.
func (p *Platform) sendWhatsApp(q *request, number string) (outcome, *refusal) {
	if text(q.in, "messaging_product") != "whatsapp" {
		return outcome{}, bad("The parameter messaging_product is required")
	}
	if text(q.in, "status") == "read" {
		return p.markWhatsApp(q, number)
	}
	to := text(q.in, "to")
	if to == "" {
		to = text(q.in, "recipient")
	}
	if to == "" {
		return outcome{}, missing("to")
	}
	if to == number {
		return outcome{}, no(131021, 0, "Recipient cannot be sender")
	}
	if n := utf8.RuneCountInString(text(q.in, "biz_opaque_callback_data")); n > 512 {
		return outcome{}, wrong("biz_opaque_callback_data has %d characters", n)
	}
	if refused := p.pace(number, to); refused != nil {
		return outcome{}, refused
	}
	kind := text(q.in, "type")
	if kind == "" {
		kind = "text"
	}
	if kind == "reaction" {
		return p.reactWhatsApp(q, number, to)
	}
	body, refused := p.cloudMessage(q, number, kind)
	if refused != nil {
		return outcome{}, refused
	}
	c := p.chat(number, to)
	l := &line{Bubble: body.bubble, key: text(q.in, "biz_opaque_callback_data"), text: strings.Join(body.said, "\n")}
	l.ID, l.From, l.At = fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI%04d", p.next()), "them", p.now()
	if quoted := text(q.in, "context", "message_id"); quoted != "" {
		if c.line(quoted) == nil {
			return outcome{}, wrong("context.message_id %s is not a message of this chat", quoted)
		}
		l.ReplyTo = c.quote(quoted)
	}
	out := outcome{peer: to, id: l.ID, json: map[string]any{
		"messaging_product": "whatsapp",
		"contacts":          []any{map[string]any{"input": to, "wa_id": to}},
		"messages":          []any{map[string]any{"id": l.ID}},
	}}
	// The platform takes it first and tells later what it could not deliver.
	switch who := p.people[to]; {
	case who == nil || who.away:
		p.report(c, l, "failed", 131026, "Message undeliverable")
		return out, nil
	case kind != "template" && p.now().Sub(c.heard) > 24*time.Hour:
		p.report(c, l, "failed", 131047, "Re-engagement message")
		return out, nil
	}
	c.lines = append(c.lines, l)
	c.typing = false
	p.seen(c)
	out.visible, out.text = true, l.text
	p.report(c, l, "sent", 0, "")
	p.report(c, l, "delivered", 0, "")
	return out, nil
}

// pace holds the throughput of the number and of the pair.
func (p *Platform) pace(number, to string) *refusal {
	now := p.now()
	recent := func(all []time.Time, within time.Duration) []time.Time {
		return slices.DeleteFunc(all, func(at time.Time) bool { return now.Sub(at) >= within })
	}
	p.sends[number] = recent(p.sends[number], time.Second)
	if len(p.sends[number]) >= p.limits.PerSecond {
		return no(130429, 0, "Rate limit hit: Cloud API message throughput has been reached")
	}
	c := p.chat(number, to)
	// A burst borrows from the minutes after it: one message counts six seconds.
	c.sends = recent(c.sends, time.Duration(p.limits.Burst)*6*time.Second)
	if len(c.sends) >= p.limits.Burst {
		return no(131056, 0, "(Business Account, Consumer Account) pair rate limit hit")
	}
	p.sends[number] = append(p.sends[number], now)
	c.sends = append(c.sends, now)
	return nil
}

func (p *Platform) markWhatsApp(q *request, number string) (outcome, *refusal) {
	id := text(q.in, "message_id")
	for key, c := range p.chats {
		if key.account != number {
			continue
		}
		if l := c.line(id); l != nil && l.From == "me" {
			for _, l := range c.lines {
				l.Read = l.Read || l.From == "me"
			}
			if q.in["typing_indicator"] != nil {
				if text(q.in, "typing_indicator", "type") != "text" {
					return outcome{}, wrong("typing_indicator.type must be text")
				}
				c.typing = true
			}
			p.seen(c)
			return outcome{json: map[string]any{"success": true}}, nil
		}
	}
	return outcome{}, wrong("message_id %s is not a message that came in", id)
}

func (p *Platform) reactWhatsApp(q *request, number, to string) (outcome, *refusal) {
	c := p.chat(number, to)
	l := c.line(text(q.in, "reaction", "message_id"))
	if l == nil {
		return outcome{}, wrong("reaction.message_id is not a message of this chat")
	}
	l.Reaction = text(q.in, "reaction", "emoji")
	p.seen(c)
	id := fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI%04d", p.next())
	return outcome{peer: to, id: id, json: map[string]any{"messaging_product": "whatsapp", "messages": []any{map[string]any{"id": id}}}}, nil
}

// cloudMessage checks a message by its type.
func (p *Platform) cloudMessage(q *request, number, kind string) (b cloudBody, refused *refusal) {
	in := asObject(q.in[kind])
	if in == nil && kind != "contacts" {
		if !slices.Contains([]string{"text", "image", "video", "audio", "document", "sticker", "location", "interactive", "template"}, kind) {
			return b, no(131051, 0, "Unsupported message type")
		}
		return b, missing(kind)
	}
	switch kind {
	case "text":
		return cloudText(in)
	case "image", "video", "audio", "document", "sticker":
		return p.cloudFile(in, number, kind)
	case "location":
		if in["latitude"] == nil || in["longitude"] == nil {
			return b, missing("location.latitude")
		}
		b.bubble.Cards = []emulate.Card{{Kind: "location", Title: text(in, "name"), Text: text(in, "address"), URL: fmt.Sprintf("https://maps.example/?q=%v,%v", in["latitude"], in["longitude"])}}
		b.say(strings.TrimSpace("📍 " + text(in, "name") + "\n" + text(in, "address")))
	case "contacts":
		people, _ := q.in["contacts"].([]any)
		if len(people) == 0 {
			return b, missing("contacts")
		}
		for _, one := range people {
			name := text(asObject(one), "name", "formatted_name")
			if name == "" {
				return b, missing("contacts.name.formatted_name")
			}
			b.bubble.Cards = append(b.bubble.Cards, emulate.Card{Kind: "contact", Title: name})
			b.say("👤 " + name)
		}
	case "interactive":
		return p.interactive(in, number)
	case "template":
		return p.template(in, number)
	default:
		return b, no(131051, 0, "Unsupported message type")
	}
	return b, nil
}

func cloudText(in map[string]any) (b cloudBody, refused *refusal) {
	body := text(in, "body")
	if body == "" {
		return b, missing("text.body")
	}
	if utf8.RuneCountInString(body) > 4096 {
		return b, bad("Param text['body'] must be at most 4096 characters long.")
	}
	b.bubble.Text = body
	b.say(body)
	return b, nil
}
