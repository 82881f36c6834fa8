package telegram

import "strings"

// AddGroup makes a group with the bot in it; a forum has topics. It returns the
// group's id.
func (p *Platform) AddGroup(title string, topics ...string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := -4_000_000 - int64(len(p.chats))
	c := &chat{kind: "group", title: title, next: 1 + int64(p.o.First)}
	if len(topics) > 0 {
		id, c.kind, c.topics = -1_004_000_000_000-int64(len(p.chats)), "supergroup", map[int64]string{}
		for i, name := range topics {
			c.topics[int64(i+2)] = name
		}
	}
	c.key = chatKey{id: id}
	p.chats[c.key] = c
	return id
}

// Migrate makes a supergroup of a group, whose members and bot go along; its
// messages keep their numbers in the group alone. It returns the new id.
func (p *Platform) Migrate(group int64) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.chats[chatKey{id: group}]
	id := -1_004_900_000_000 + group
	fresh := &chat{key: chatKey{id: id}, kind: "supergroup", title: old.title, next: 1 + int64(p.o.First)}
	p.chats[fresh.key] = fresh
	by := p.userJSON(p.users[p.order[0]])
	note := func(c *chat, field string, other int64) {
		p.push("message", decimal(c.key.id), map[string]any{
			"message_id": c.next, "date": p.o.Clock().Unix(), "chat": p.chatJSON(c), "from": by, field: other,
		})
		c.next++
	}
	note(old, "migrate_to_chat_id", id)
	note(fresh, "migrate_from_chat_id", group)
	old.moved = id
	return id
}

// Connect has a customer's counterpart, the owner of a business account, connect
// the bot to it. It returns the connection's id.
func (p *Platform) Connect(owner int64) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &connection{id: "biz" + decimal(int64(len(p.business)+1)), owner: owner}
	p.business[c.id] = c
	for _, id := range p.order {
		if id != owner {
			key := chatKey{c.id, id}
			p.chats[key] = &chat{key: key, kind: "private", user: id, next: 1 + int64(p.o.First)}
		}
	}
	p.push("business_connection", decimal(owner), map[string]any{
		"id": c.id, "user": p.userJSON(p.users[owner]), "user_chat_id": owner, "date": p.o.Clock().Unix(), "is_enabled": true,
		"rights": map[string]any{"can_reply": true, "can_read_messages": true, "can_delete_sent_messages": true},
	})
	return c.id
}

// Kick takes the bot out of a group.
func (p *Platform) Kick(group int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chats[chatKey{id: group}]
	c.kicked = true
	p.standing(c, p.users[p.order[0]], "member", "kicked")
}

// Deactivate deletes the account of a customer; NoVoice has them refuse voice
// messages.
func (p *Platform) Deactivate(user int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[user].deactivated = true
}

// NoVoice has a customer refuse voice messages.
func (p *Platform) NoVoice(user int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[user].noVoice = true
}

// AddFile puts a file at Telegram and returns its id. size is what is said of
// it; 0 is that of the body.
func (p *Platform) AddFile(kind, name, mime string, body []byte, size int64) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.keep(kind, name, mime, body)
	if size > 0 {
		f.size = size
	}
	return f.id
}

// standing tells the bot that its place in a chat changed.
func (p *Platform) standing(c *chat, by *user, from, to string) {
	p.push("my_chat_member", decimal(c.key.id), map[string]any{
		"chat": p.chatJSON(c), "from": p.userJSON(by), "date": p.o.Clock().Unix(),
		"old_chat_member": map[string]any{"user": p.botJSON(), "status": from},
		"new_chat_member": map[string]any{"user": p.botJSON(), "status": to},
	})
}

// post appends a message of a customer and tells the bot.
func (p *Platform) post(c *chat, l *line) *line {
	p.append(c, l)
	l.entities = append(l.entities, found(l.text)...)
	kind := "message"
	if c.key.business != "" {
		kind = "business_message"
	}
	p.push(kind, decimal(c.key.id), p.messageJSON(l, true))
	p.changed(c)
	return l
}

// found marks the command and the addresses in a customer's words, as clients do.
func found(text string) []entity {
	var out []entity
	if word, _, _ := strings.Cut(text, " "); strings.HasPrefix(word, "/") && len(word) > 1 {
		out = append(out, entity{Type: "bot_command", Length: units(word)})
	}
	at := 0
	for _, word := range strings.SplitAfter(text, " ") {
		if bare := strings.TrimSpace(word); strings.HasPrefix(bare, "https://") || strings.HasPrefix(bare, "http://") {
			out = append(out, entity{Type: "url", Offset: at, Length: units(bare)})
		}
		at += units(word)
	}
	return out
}

// Album has a customer send several pictures at once: one message each, of one
// media group.
func (p *Platform) Album(user int64, caption string, pictures ...[]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chats[chatKey{id: user}]
	group := decimal(13_000_000_000_000_000 + c.next)
	for i, body := range pictures {
		l := &line{from: user, kind: "photo", file: p.keep("photo", "photo.jpg", "image/jpeg", body), captioned: true, group: group}
		if i == 0 {
			l.text = caption
		}
		p.post(c, l)
	}
}

// changed tells the watchers that a chat looks different.
func (p *Platform) changed(c *chat) {
	names := p.names(c)
	for _, w := range p.watchers {
		p.work.Go(func() {
			for _, name := range names {
				w(name)
			}
		})
	}
}

// names are the customers who see a chat, as Phone names them.
func (p *Platform) names(c *chat) []string {
	if c.user != 0 && c.key.business == "" {
		return []string{decimal(c.user)}
	}
	var out []string
	for _, id := range p.order {
		switch {
		case c.key.business == "":
			out = append(out, decimal(id)+"@"+decimal(c.key.id))
		case c.user == id:
			out = append(out, decimal(id)+"@"+c.key.business)
		}
	}
	return out
}

// Lines are the words of a chat as the customer reads them, oldest first, with
// ">" before those of the bot.
func (p *Platform) Lines(customer string) []string {
	var out []string
	for _, b := range p.Screen(customer).Bubbles {
		words := b.Text
		for _, m := range b.Media {
			words = strings.TrimSpace("[" + m.Kind + "] " + words)
		}
		for _, c := range b.Cards {
			words = strings.TrimSpace("[" + c.Kind + "] " + c.Title + " " + words)
		}
		if b.From == "them" {
			words = ">" + words
		}
		if !b.Recalled {
			out = append(out, words)
		}
	}
	return out
}
