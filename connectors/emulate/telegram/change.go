package telegram

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

const notModified = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

// edit changes the text or the caption of a message.
func (p *Platform) edit(q *request, what string) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	l := c.line(q.number("message_id"))
	switch {
	case l == nil:
		return nil, bad("message to edit not found")
	case l.from != 0:
		return nil, bad("message can't be edited")
	case what == "text" && (l.file != nil || l.more != nil):
		return nil, bad("there is no text in the message to edit")
	case what == "caption" && l.file == nil:
		return nil, bad("there is no caption in the message to edit")
	}
	fresh := *l
	fresh.entities = nil
	if what == "text" {
		f = p.readText(q, &fresh)
	} else {
		f = p.readCaption(q, &fresh)
	}
	if f != nil {
		return nil, f
	}
	if raw := q.text("reply_markup"); raw != "" {
		fresh.buttons = nil
		if f := p.readMarkup(q, c, &fresh); f != nil {
			return nil, f
		}
	}
	if fresh.text == l.text && slices.Equal(fresh.entities, l.entities) && q.text("reply_markup") == "" {
		return nil, bad(notModified)
	}
	l.text, l.entities, l.buttons, l.edited = fresh.text, fresh.entities, fresh.buttons, p.o.Clock()
	p.changed(c)
	return p.messageJSON(l, true), nil
}

func (p *Platform) deleteMessage(q *request) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	l := c.line(q.number("message_id"))
	switch {
	case l == nil:
		return nil, bad("message to delete not found")
	case p.o.Clock().Sub(l.at) > 48*time.Hour:
		return nil, bad("message can't be deleted")
	}
	l.gone = true
	p.changed(c)
	return true, nil
}

func (p *Platform) deleteBusiness(q *request) (any, *failure) {
	business := q.text("business_connection_id")
	if p.business[business] == nil {
		return nil, bad("BUSINESS_CONNECTION_INVALID")
	}
	var ids []int64
	if json.Unmarshal([]byte(q.text("message_ids")), &ids) != nil || len(ids) == 0 {
		return nil, bad("message identifiers are not specified")
	}
	found := false
	for key, c := range p.chats {
		for _, id := range ids {
			if l := c.line(id); l != nil && key.business == business {
				l.gone, found = true, true
				p.changed(c)
			}
		}
	}
	if !found {
		return nil, bad("message to delete not found")
	}
	return true, nil
}

// reactions are the emoji of ReactionTypeEmoji.
var reactions = strings.Fields("❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡")

func (p *Platform) react(q *request) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	l := c.line(q.number("message_id"))
	if l == nil {
		return nil, bad("message to react not found")
	}
	var all []struct{ Type, Emoji string }
	if raw := q.text("reaction"); raw != "" && json.Unmarshal([]byte(raw), &all) != nil {
		return nil, bad("can't parse reaction types JSON object")
	}
	if len(all) == 0 {
		delete(l.reactions, 0)
		p.changed(c)
		return true, nil
	}
	if all[0].Type != "emoji" || !slices.Contains(reactions, all[0].Emoji) {
		return nil, bad("REACTION_INVALID")
	}
	l.reactions[0] = all[0].Emoji
	p.changed(c)
	return true, nil
}

// query is a pressed button that waits for its answer.
type query struct {
	at time.Time
}

// callbackLife is how long a press can be answered.
const callbackLife = 15 * time.Minute

func (p *Platform) answerCallback(q *request) (any, *failure) {
	id := q.text("callback_query_id")
	known, ok := p.queries[id]
	if !ok || p.o.Clock().Sub(known.at) > callbackLife {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	delete(p.queries, id)
	return true, nil
}

// Unanswered is how many pressed buttons still show a clock.
func (p *Platform) Unanswered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queries)
}

func (p *Platform) readBusiness(q *request) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	if c.key.business == "" {
		return nil, bad("BUSINESS_CONNECTION_INVALID")
	}
	l := c.line(q.number("message_id"))
	if l == nil {
		return nil, bad("message to read not found")
	}
	l.read = true
	p.changed(c)
	return true, nil
}
