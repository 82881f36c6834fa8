package telegram

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/connectors/emulate"
)

var _ emulate.Phone = (*Platform)(nil)

// Platform is the kind of channel.
func (p *Platform) Platform() string { return "telegram" }

// Customers lists the private chats, then who is in the groups and writes to
// business accounts: "501", "501@-4000002", "501@biz1".
func (p *Platform) Customers() []emulate.Customer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []emulate.Customer
	for _, id := range p.order {
		out = append(out, emulate.Customer{ID: decimal(id), Name: p.users[id].name, Lang: p.users[id].lang})
	}
	var rest []emulate.Customer
	for _, c := range p.chats {
		if c.kind == "private" && c.key.business == "" || c.moved != 0 {
			continue
		}
		for _, name := range p.names(c) {
			id, _, _ := strings.Cut(name, "@")
			n, _ := strconv.ParseInt(id, 10, 64)
			title := c.title
			if c.key.business != "" {
				title = p.users[p.business[c.key.business].owner].name
			}
			rest = append(rest, emulate.Customer{ID: name, Name: p.users[n].name + " · " + title, Lang: p.users[n].lang})
		}
	}
	slices.SortFunc(rest, func(a, b emulate.Customer) int { return strings.Compare(a.ID, b.ID) })
	return append(out, rest...)
}

// find reads a customer's name: who, in which chat and topic.
func (p *Platform) find(customer string) (*user, *chat, int64, error) {
	who, where, there := strings.Cut(customer, "@")
	id, err := strconv.ParseInt(who, 10, 64)
	u := p.users[id]
	if err != nil || u == nil {
		return nil, nil, 0, fmt.Errorf("there is no customer %q", customer)
	}
	key, topic := chatKey{id: id}, int64(0)
	if there {
		where, t, _ := strings.Cut(where, "#")
		topic, _ = strconv.ParseInt(t, 10, 64)
		if p.business[where] != nil {
			key.business = where
		} else if key.id, err = strconv.ParseInt(where, 10, 64); err != nil {
			return nil, nil, 0, fmt.Errorf("there is no chat %q", where)
		}
	}
	c := p.chats[key]
	if c == nil {
		return nil, nil, 0, fmt.Errorf("there is no chat for %q", customer)
	}
	return u, c, topic, nil
}

// Watch calls changed after a screen changed.
func (p *Platform) Watch(changed func(customer string)) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastWatcher++
	n := p.lastWatcher
	p.watchers[n] = changed
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, n)
	}
}

var (
	errStart   = errors.New("the chat shows the button START first: press it")
	errBlocked = errors.New("you have blocked this bot: unblock it with START")
	errGone    = errors.New("this message does not exist any more")
	errNotYour = errors.New("you can change your own messages only")
)

// Do carries out what a customer does.
func (p *Platform) Do(_ context.Context, customer string, act emulate.Act) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, c, topic, err := p.find(customer)
	if err != nil {
		return err
	}
	mine := c.kind == "private" && c.key.business == ""
	switch {
	case mine && act.Kind == emulate.ActFollow:
		p.start(u, c, act.Value)
		return nil
	case mine && !u.started:
		return errStart
	case mine && u.blocked:
		return errBlocked
	}
	l := &line{from: u.id, topic: topic}
	switch act.Kind {
	case emulate.ActText:
		l.text = act.Text
	case emulate.ActReply:
		l.text, l.replyTo = act.Text, lineID(act.Target)
	case emulate.ActLocation:
		where := map[string]any{"latitude": act.Lat, "longitude": act.Lon}
		l.more = map[string]any{"location": where}
		if act.Text != "" {
			l.more["venue"] = map[string]any{"location": where, "title": act.Text, "address": act.Text}
		}
	case emulate.ActContact:
		if act.Name == "" || act.Value == "" {
			return emulate.ErrNobody
		}
		l.more = map[string]any{"contact": map[string]any{"phone_number": act.Value, "first_name": act.Name}}
	case emulate.ActMedia:
		p.attach(l, act)
	case emulate.ActPress:
		return p.press(u, c, topic, act)
	case emulate.ActReact:
		return p.reactAs(u, c, act)
	case emulate.ActEdit, emulate.ActRecall:
		return p.amend(u, c, act)
	case emulate.ActLeave:
		p.leave(u, c)
		return nil
	default:
		return fmt.Errorf("there is no %q in Telegram", act.Kind)
	}
	p.post(c, l)
	return nil
}

func lineID(bubble string) int64 {
	n, _ := strconv.ParseInt(bubble, 10, 64) // what is no number is no message
	return n
}

// start presses START, with the parameter of a link t.me/bot?start=…
func (p *Platform) start(u *user, c *chat, parameter string) {
	if u.blocked {
		u.blocked = false
		p.standing(c, u, "kicked", "member")
	}
	u.started = true
	p.post(c, &line{from: u.id, text: strings.TrimSpace("/start " + parameter)})
}

func (p *Platform) leave(u *user, c *chat) {
	if c.kind == "private" {
		u.blocked = true
		p.standing(c, u, "member", "kicked")
		return
	}
	p.post(c, &line{from: u.id, more: map[string]any{"left_chat_member": p.userJSON(u)}})
}

// attach gives a message a file. What an application calls a picture, a voice
// and so on is what the customer chose to send it as.
func (p *Platform) attach(l *line, act emulate.Act) {
	kinds := map[string]string{"image": "photo", "voice": "voice", "audio": "audio", "video": "video", "sticker": "sticker", "animation": "animation"}
	l.kind = kinds[act.Media]
	if l.kind == "" {
		l.kind = "document"
	}
	l.file = p.keep(l.kind, act.Name, act.MIME, act.File)
	l.text, l.captioned = act.Text, true
	if act.Album != "" {
		l.group = "129" + act.Album
	}
}

// press presses a button of a message or of the keyboard.
func (p *Platform) press(u *user, c *chat, topic int64, act emulate.Act) error {
	if act.Target == "" {
		for _, row := range c.menu {
			for _, b := range row {
				if b.Text != act.Value {
					continue
				}
				c.menu = nil // one_time_keyboard
				l := &line{from: u.id, topic: topic, text: b.Text}
				if b.Location {
					l.text, l.more = "", map[string]any{"location": map[string]any{"latitude": act.Lat, "longitude": act.Lon}}
				}
				p.post(c, l)
				return nil
			}
		}
		return errGone
	}
	l := c.line(lineID(act.Target))
	if l == nil {
		return errGone
	}
	for _, row := range l.buttons {
		for _, b := range row {
			if b.Data == act.Value && b.Data != "" {
				id := "39" + decimal(u.id) + decimal(int64(len(p.queries))+l.id*1000+p.lastUpdate)
				p.queries[id] = query{p.o.Clock()}
				p.push("callback_query", decimal(c.key.id), map[string]any{
					"id": id, "from": p.userJSON(u), "message": p.messageJSON(l, false), "chat_instance": "-" + decimal(u.id), "data": b.Data,
				})
				return nil
			}
		}
	}
	return errGone
}

func (p *Platform) reactAs(u *user, c *chat, act emulate.Act) error {
	l := c.line(lineID(act.Target))
	if l == nil {
		return errGone
	}
	list := func(emoji string) []any {
		if emoji == "" {
			return []any{}
		}
		return []any{map[string]any{"type": "emoji", "emoji": emoji}}
	}
	before := l.reactions[u.id]
	l.reactions[u.id] = act.Value
	p.push("message_reaction", decimal(c.key.id), map[string]any{
		"chat": p.chatJSON(c), "message_id": l.id, "user": p.userJSON(u), "date": p.o.Clock().Unix(), "old_reaction": list(before), "new_reaction": list(act.Value),
	})
	p.changed(c)
	return nil
}

// amend edits or deletes a customer's message. Of a deleted one a bot hears only
// in a business chat.
func (p *Platform) amend(u *user, c *chat, act emulate.Act) error {
	l := c.line(lineID(act.Target))
	switch {
	case l == nil:
		return errGone
	case l.from != u.id:
		return errNotYour
	}
	if act.Kind == emulate.ActRecall {
		l.gone = true
		if c.key.business != "" {
			p.push("deleted_business_messages", decimal(c.key.id), map[string]any{"business_connection_id": c.key.business, "chat": p.chatJSON(c), "message_ids": []int64{l.id}})
		}
		p.changed(c)
		return nil
	}
	l.text, l.edited, l.entities = act.Text, p.o.Clock(), found(act.Text)
	kind := "edited_message"
	if c.key.business != "" {
		kind = "edited_business_message"
	}
	p.push(kind, decimal(c.key.id), p.messageJSON(l, true))
	p.changed(c)
	return nil
}
