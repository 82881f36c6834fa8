package meta

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// act carries out what a customer does in a chat, with the lock held.
func (p *Platform) perform(c *chat, a emulate.Act) error {
	product := productOf(c.account)
	switch a.Kind {
	case emulate.ActText:
		return p.says(c, product, a.Text, nil)
	case emulate.ActReply:
		return p.says(c, product, a.Text, c.line(a.Target))
	case emulate.ActMedia:
		return p.sendsFile(c, product, a)
	case emulate.ActLocation:
		return p.sendsPlace(c, product, a)
	case emulate.ActContact:
		return p.sendsPerson(c, product, a)
	case emulate.ActPress:
		return p.presses(c, product, a)
	case emulate.ActReact:
		return p.reacts(c, product, a)
	case emulate.ActEdit:
		return p.edits(c, product, a)
	case emulate.ActRecall:
		return p.recalls(c, product, a)
	case emulate.ActRead:
		return p.reads(c, product)
	case emulate.ActFollow:
		return p.enters(c, product, a.Value)
	}
	return errors.New("this app does not have that")
}

// mine appends what the customer sends.
func (p *Platform) mine(c *chat, product Product, b emulate.Bubble) *line {
	b.From, b.At = "me", p.now()
	if product == WhatsApp {
		b.ID = fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz%04d", p.next())
	} else {
		b.ID = fmt.Sprintf("m_toDnmD8zCe5HVsRtF9mXYKj8mJEM%04d", p.next())
	}
	l := &line{Bubble: b, text: b.Text}
	c.lines = append(c.lines, l)
	c.heard = p.now()
	return l
}

func (p *Platform) says(c *chat, product Product, words string, about *line) error {
	if words == "" {
		return errors.New("write something first")
	}
	b := emulate.Bubble{Text: words}
	if about != nil {
		b.ReplyTo = about.text
	}
	l := p.mine(c, product, b)
	if product == WhatsApp {
		m := map[string]any{"type": "text", "text": map[string]any{"body": words}}
		if about != nil {
			m["context"] = map[string]any{"from": "15550783881", "id": about.ID}
		}
		p.cloudSays(c, l.ID, m)
		return nil
	}
	m := map[string]any{"mid": l.ID, "text": words}
	if about != nil {
		m["reply_to"] = map[string]any{"mid": about.ID}
	}
	p.pageEvent(c, product, true, map[string]any{"message": m})
	return nil
}

func (p *Platform) sendsFile(c *chat, product Product, a emulate.Act) error {
	f := &file{name: a.Name, mime: a.MIME, body: a.File, open: product != WhatsApp}
	p.keep(f, c.account)
	kind := a.Media
	if kind == "" {
		kind = "file"
	}
	l := p.mine(c, product, emulate.Bubble{Text: a.Text, Media: []emulate.Media{f.shown(kind)}})
	if product != WhatsApp {
		sent := map[string]string{"voice": "audio", "sticker": "image"}[kind]
		if sent == "" {
			sent = kind
		}
		p.pageEvent(c, product, true, map[string]any{"message": map[string]any{"mid": l.ID, "attachments": []any{map[string]any{"type": sent, "payload": map[string]any{"url": p.address(f)}}}}})
		return nil
	}
	m := map[string]any{"id": f.id, "mime_type": a.MIME, "sha256": "q83vEjRWeJASNFZ4kBI0VniQEjRWeJA="}
	if a.Text != "" {
		m["caption"] = a.Text
	}
	sent := map[string]string{"voice": "audio", "file": "document"}[kind]
	if sent == "" {
		sent = kind
	}
	if kind == "voice" {
		m["voice"] = true
	}
	if sent == "document" {
		m["filename"] = a.Name
	}
	p.cloudSays(c, l.ID, map[string]any{"type": sent, sent: m})
	return nil
}

// address is where Meta's CDN has a file. The platform learns its own address
// from the calls it gets.
func (p *Platform) address(f *file) string { return p.origin() + "/files/" + f.id }

func (p *Platform) sendsPlace(c *chat, product Product, a emulate.Act) error {
	if product == Instagram {
		return errors.New("this app sends no places")
	}
	l := p.mine(c, product, emulate.Bubble{Cards: []emulate.Card{{Kind: "location", Title: a.Text}}})
	if product == WhatsApp {
		p.cloudSays(c, l.ID, map[string]any{"type": "location", "location": map[string]any{"latitude": a.Lat, "longitude": a.Lon, "name": a.Text}})
		return nil
	}
	p.pageEvent(c, product, true, map[string]any{"message": map[string]any{"mid": l.ID, "attachments": []any{map[string]any{
		"type": "location", "title": a.Text, "payload": map[string]any{"coordinates": map[string]any{"lat": a.Lat, "long": a.Lon}},
	}}}})
	return nil
}

// sendsPerson sends somebody's card, which only WhatsApp has.
func (p *Platform) sendsPerson(c *chat, product Product, a emulate.Act) error {
	switch {
	case product != WhatsApp:
		return errors.New("this app sends no contacts")
	case a.Name == "" || a.Value == "":
		return emulate.ErrNobody
	}
	l := p.mine(c, product, emulate.Bubble{Cards: []emulate.Card{{Kind: "contact", Title: a.Name, Text: a.Value}}})
	p.cloudSays(c, l.ID, map[string]any{"type": "contacts", "contacts": []any{map[string]any{
		"name":   map[string]any{"first_name": a.Name, "formatted_name": a.Name},
		"phones": []any{map[string]any{"phone": a.Value, "type": "CELL", "wa_id": strings.TrimPrefix(a.Value, "+")}},
	}}})
	return nil
}

func (p *Platform) presses(c *chat, product Product, a emulate.Act) error {
	at := c.line(a.Target)
	if at == nil {
		return errors.New("there is no such message")
	}
	for _, row := range at.Buttons {
		for _, b := range row {
			if b.Value == a.Value && a.Value != "" {
				p.pressed(c, product, at, b)
				return nil
			}
		}
	}
	return errors.New("there is no such button")
}

func (p *Platform) pressed(c *chat, product Product, at *line, b emulate.Button) {
	l := p.mine(c, product, emulate.Bubble{Text: b.Label})
	if product == WhatsApp {
		kind := "button_reply"
		if len(at.Buttons) > 3 {
			kind = "list_reply"
		}
		p.cloudSays(c, l.ID, map[string]any{
			"type": "interactive", "context": map[string]any{"from": "15550783881", "id": at.ID},
			"interactive": map[string]any{"type": kind, kind: map[string]any{"id": b.Value, "title": b.Label}},
		})
		return
	}
	const quick = "quick:"
	if len(b.Value) > len(quick) && b.Value[:len(quick)] == quick {
		at.Buttons = nil // quick replies vanish once used
		p.pageEvent(c, product, true, map[string]any{"message": map[string]any{"mid": l.ID, "text": b.Label, "quick_reply": map[string]any{"payload": b.Value[len(quick):]}}})
		return
	}
	p.pageEvent(c, product, true, map[string]any{"postback": map[string]any{"mid": l.ID, "title": b.Label, "payload": b.Value}})
}

func (p *Platform) reacts(c *chat, product Product, a emulate.Act) error {
	at := c.line(a.Target)
	if at == nil {
		return errors.New("there is no such message")
	}
	at.Reaction = a.Value
	if product == WhatsApp {
		id := fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz%04d", p.next())
		p.cloudSays(c, id, map[string]any{"type": "reaction", "reaction": map[string]any{"message_id": at.ID, "emoji": a.Value}})
		return nil
	}
	r := map[string]any{"mid": at.ID, "action": "react", "reaction": "other", "emoji": a.Value}
	if a.Value == "" {
		r = map[string]any{"mid": at.ID, "action": "unreact"}
	}
	p.pageEvent(c, product, true, map[string]any{"reaction": r})
	return nil
}

// editFor is how long a message may be changed.
const editFor = 15 * time.Minute

func (p *Platform) edits(c *chat, product Product, a emulate.Act) error {
	at := c.line(a.Target)
	switch {
	case at == nil || at.From != "me":
		return errors.New("only your own messages can be changed")
	case p.now().Sub(at.At) > editFor:
		return errors.New("a message can be changed for 15 minutes")
	}
	at.Text, at.text, at.Edited = a.Text, a.Text, true
	switch product {
	case WhatsApp:
		id := fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz%04d", p.next())
		p.cloudSays(c, id, map[string]any{"type": "edit", "edit": map[string]any{"original_message_id": at.ID, "message": map[string]any{"type": "text", "text": map[string]any{"body": a.Text}}}})
	default:
		p.pageEvent(c, product, true, map[string]any{"message_edit": map[string]any{"mid": at.ID, "text": a.Text, "num_edit": p.next()}})
	}
	return nil
}

func (p *Platform) recalls(c *chat, product Product, a emulate.Act) error {
	at := c.line(a.Target)
	if at == nil || at.From != "me" {
		return errors.New("only your own messages can be taken back")
	}
	at.Recalled, at.Text = true, ""
	if product == WhatsApp {
		id := fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz%04d", p.next())
		p.cloudSays(c, id, map[string]any{"type": "revoke", "revoke": map[string]any{"original_message_id": at.ID}})
		return nil
	}
	p.pageEvent(c, product, true, map[string]any{"message": map[string]any{"mid": at.ID, "is_deleted": true}})
	return nil
}

func (p *Platform) reads(c *chat, product Product) error {
	var last *line
	for _, l := range c.lines {
		if l.From != "them" || l.Read {
			continue
		}
		l.Read = true
		last = l
		if product == WhatsApp {
			p.report(c, l, "read", 0, "")
		}
	}
	switch {
	case last == nil || product == WhatsApp:
	case product == Messenger:
		p.pageEvent(c, product, true, map[string]any{"read": map[string]any{"watermark": p.now().UnixMilli()}})
	default:
		p.pageEvent(c, product, true, map[string]any{"read": map[string]any{"mid": last.ID}})
	}
	return nil
}

// enters is a customer coming through a door: an advertisement on WhatsApp, an
// m.me or ig.me link elsewhere.
func (p *Platform) enters(c *chat, product Product, door string) error {
	if product == WhatsApp {
		l := p.mine(c, product, emulate.Bubble{Text: "Hello! Can I get more info on this?"})
		m := map[string]any{"type": "text", "text": map[string]any{"body": l.Text}}
		if door != "" {
			m["referral"] = map[string]any{"source_url": "https://fb.me/" + door, "source_type": "ad", "source_id": door, "headline": "Our new product", "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ" + strconv.Itoa(p.n)}
		}
		p.cloudSays(c, l.ID, m)
		return nil
	}
	c.heard = p.now()
	p.pageEvent(c, product, true, map[string]any{"referral": map[string]any{"ref": door, "source": "SHORTLINK", "type": "OPEN_THREAD"}})
	return nil
}

// ChangesNumber has a customer take another number: chats go on under it, and
// every account they have one with is told, without the list of contacts other
// messages have ("System messages webhook reference").
func (p *Platform) ChangesNumber(from, to string) {
	p.mu.Lock()
	who := *p.people[from]
	delete(p.people, from)
	who.ID = to
	p.people[to] = &who
	for key, c := range p.chats {
		if key.customer != from || productOf(key.account) != WhatsApp {
			continue
		}
		delete(p.chats, key)
		c.customer = to
		p.chats[chatKey{key.account, to}] = c
		p.tell(WhatsApp, cloudNotice(key.account, map[string]any{"messages": []any{map[string]any{
			"from": from, "id": fmt.Sprintf("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz%04d", p.next()), "timestamp": stamp(p.now()), "type": "system",
			"system": map[string]any{"body": "User " + who.Name + " changed from " + from + " to " + to, "wa_id": to, "type": "user_changed_number"},
		}}}))
	}
	p.mu.Unlock()
	p.pump()
}
