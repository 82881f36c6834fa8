package telegram

import (
	"slices"
	"strconv"
	"time"
)

type user struct {
	id          int64
	name, nick  string
	lang        string
	started     bool // has written to the bot
	blocked     bool // has blocked the bot
	deactivated bool
	noVoice     bool // takes no voice messages
	face        *file
}

// chatKey tells a chat of a business account from the bot's own chat of the
// same number.
type chatKey struct {
	business string
	id       int64
}

type chat struct {
	key    chatKey
	kind   string // private, group, supergroup
	title  string
	user   int64 // of a private chat
	topics map[int64]string
	moved  int64 // the supergroup it became
	kicked bool
	next   int64
	lines  []*line
	typing time.Time // until when "typing" is shown
	menu   [][]button
	lastIn time.Time // the customer's last message
}

// connection is a business account the bot serves.
type connection struct {
	id    string
	owner int64
}

// line is a message of a chat.
type line struct {
	id        int64
	chat      *chat
	topic     int64
	from      int64 // 0: the bot, -1: the business account's owner
	at        time.Time
	text      string
	captioned bool // text is a caption
	entities  []entity
	file      *file
	kind      string         // "photo", "voice"… of file
	more      map[string]any // location, contact, venue, sticker
	buttons   [][]button
	replyTo   int64
	reactions map[int64]string // by user; 0: the bot
	edited    time.Time
	gone      bool
	read      bool
	group     string
}

type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url,omitempty"`
}

type button struct {
	Text     string `json:"text"`
	Data     string `json:"callback_data,omitempty"`
	URL      string `json:"url,omitempty"`
	Location bool   `json:"request_location,omitempty"`
}

func (p *Platform) addUser(id int64, name, nick, lang string) {
	p.users[id] = &user{id: id, name: name, nick: nick, lang: lang}
	p.order = append(p.order, id)
	key := chatKey{id: id}
	p.chats[key] = &chat{key: key, kind: "private", user: id, next: 1 + int64(p.o.First)}
}

func (p *Platform) userJSON(u *user) map[string]any {
	out := map[string]any{"id": u.id, "is_bot": false, "first_name": u.name, "language_code": u.lang}
	if u.nick != "" {
		out["username"] = u.nick
	}
	return out
}

func (p *Platform) botJSON() map[string]any {
	return map[string]any{"id": p.bot, "is_bot": true, "first_name": p.o.Name, "username": p.o.Username}
}

func (p *Platform) chatJSON(c *chat) map[string]any {
	out := map[string]any{"id": c.key.id, "type": c.kind}
	if u := p.users[c.user]; u != nil {
		out["first_name"] = u.name
		if u.nick != "" {
			out["username"] = u.nick
		}
		return out
	}
	out["title"] = c.title
	if len(c.topics) > 0 {
		out["is_forum"] = true
	}
	return out
}

// messageJSON is Message.
func (p *Platform) messageJSON(l *line, deep bool) map[string]any {
	out := map[string]any{"message_id": l.id, "date": l.at.Unix(), "chat": p.chatJSON(l.chat)}
	switch {
	case l.from == 0 && l.chat.key.business != "":
		out["from"] = p.userJSON(p.users[p.business[l.chat.key.business].owner])
		out["sender_business_bot"] = p.botJSON()
	case l.from == 0:
		out["from"] = p.botJSON()
	default:
		out["from"] = p.userJSON(p.users[l.from])
	}
	if l.chat.key.business != "" {
		out["business_connection_id"] = l.chat.key.business
	}
	if l.topic != 0 {
		out["message_thread_id"], out["is_topic_message"] = l.topic, true
	}
	name, entities := "text", "entities"
	if l.captioned {
		name, entities = "caption", "caption_entities"
	}
	if l.text != "" {
		out[name] = l.text
		if len(l.entities) > 0 {
			out[entities] = l.entities
		}
	}
	if l.file != nil {
		out[l.kind] = l.file.json(l.kind)
	}
	for k, v := range l.more {
		out[k] = v
	}
	if l.group != "" {
		out["media_group_id"] = l.group
	}
	if !l.edited.IsZero() {
		out["edit_date"] = l.edited.Unix()
	}
	if len(l.buttons) > 0 {
		out["reply_markup"] = map[string]any{"inline_keyboard": l.buttons}
	}
	if to := l.chat.line(l.replyTo); to != nil && deep {
		out["reply_to_message"] = p.messageJSON(to, false)
	}
	return out
}

func (c *chat) line(id int64) *line {
	i := slices.IndexFunc(c.lines, func(l *line) bool { return l.id == id && !l.gone })
	if i < 0 {
		return nil
	}
	return c.lines[i]
}

// append puts a message into a chat.
func (p *Platform) append(c *chat, l *line) *line {
	l.id, l.chat, l.at, l.reactions = c.next, c, p.o.Clock(), map[int64]string{}
	c.next++
	c.lines = append(c.lines, l)
	if l.from == 0 {
		c.typing = time.Time{}
	} else if l.from == c.user {
		c.lastIn = l.at
	}
	return l
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
