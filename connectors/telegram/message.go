package telegram

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"parley/core/canon"
)

func (r *reading) read() (*message, bool) {
	var m message
	if json.Unmarshal(r.body, &m) != nil || m.Chat.ID == 0 || m.ID == 0 {
		return nil, false
	}
	return &m, true
}

func (r *reading) message() bool {
	m, ok := r.read()
	switch {
	case !ok:
		return false
	case r.echo(m):
		return true
	case m.MigrateTo != 0:
		r.add(m.place(), r.sender(m), m.Date, "moved/"+string(m.id()), canon.Membership{Kind: canon.MemberMoved, Member: canon.Peer{ID: peerID(m.MigrateTo)}})
		return true
	case len(m.Joined) > 0 || m.Left != nil:
		return r.moved(m)
	case m.WebApp != nil:
		a := canon.Action{Kind: canon.ActionForm, Value: m.WebApp.Data, Label: m.WebApp.Button,
			Fields: []canon.Field{{Name: "data", Label: m.WebApp.Button, Value: m.WebApp.Data}}}
		r.add(m.place(), r.sender(m), m.Date, "form/"+string(m.id()), a)
		return true
	case m.Chat.Type == "private" && startForm.MatchString(m.Text):
		r.start(m)
		return true
	}
	content, ok := r.content(m)
	if !ok {
		return r.service(m)
	}
	e := r.add(m.place(), r.known(m), m.Date, "message/"+string(m.id()), canon.Posted{Message: content})
	e.Group = m.Group
	return true
}

func (r *reading) edited() bool {
	m, ok := r.read()
	if !ok {
		return false
	}
	if r.echo(m) {
		return true
	}
	content, ok := r.content(m)
	if !ok {
		return false
	}
	r.add(m.place(), r.sender(m), max(m.EditDate, m.Date), "edited/"+string(m.id()), canon.Edited{Target: m.id(), Message: content})
	return true
}

// startForm is what a client sends when a customer begins, or opens a link
// https://t.me/bot?start=parameter (1–64 of A-Z, a-z, 0-9, _ and -).
var startForm = regexp.MustCompile(`^/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*$`)

// start is the customer coming through a door. One with a parameter is like a
// scanned code: it opens a conversation also for those who were here before.
func (r *reading) start(m *message) {
	parameter := startForm.FindStringSubmatch(m.Text)[1]
	about := "start/" + string(m.id())
	if parameter == "" {
		r.add(m.place(), r.sender(m), m.Date, about, canon.Membership{Kind: canon.MemberOpened})
		return
	}
	e := r.add(m.place(), r.sender(m), m.Date, about, canon.Action{Kind: canon.ActionScan, Value: parameter})
	e.Entry = &canon.Entry{Kind: "start", Value: parameter}
}

// moved is people coming into a group or leaving it.
func (r *reading) moved(m *message) bool {
	tell := func(kind canon.MembershipKind, who canon.Peer, n int) {
		e := canon.Membership{Kind: kind}
		if who.ID == r.self().ID {
			who = r.self()
		}
		if sender := r.sender(m); who.ID != sender.ID {
			e.Member = who
		}
		r.add(m.place(), r.sender(m), m.Date, string(kind)+"/"+string(m.id())+"/"+strconv.Itoa(n), e)
	}
	for i := range m.Joined {
		tell(canon.MemberJoined, person(&m.Joined[i]), i)
	}
	if m.Left != nil {
		tell(canon.MemberLeft, person(m.Left), 0)
	}
	return true
}

// known is the sender with the phone number, if the message is the contact of
// the sender: Telegram itself finds the user to a number.
func (r *reading) known(m *message) canon.Peer {
	p := r.sender(m)
	if c := m.Contact; c != nil && m.From != nil && c.UserID == m.From.ID && c.PhoneNumber != "" {
		p.Phone = plus(c.PhoneNumber)
		p.Also = append(p.Also, canon.Alias{Kind: "phone", ID: canon.RemoteID(p.Phone), Verified: true})
	}
	return p
}

// content is a message as people read it; ok is false when it is none, but a
// note of the platform.
func (r *reading) content(m *message) (canon.Message, bool) {
	parts := partsOf(m)
	if len(parts) == 0 {
		name, raw := r.rest()
		if !slices.Contains(things, name) {
			return canon.Message{}, false
		}
		parts = []canon.Part{thing(name, raw)}
	}
	out := canon.Message{RemoteID: m.id(), Parts: parts}
	if m.ReplyTo != nil {
		out.ReplyTo = &canon.Ref{RemoteID: messageID(cmp.Or(m.ReplyTo.Chat.ID, m.Chat.ID), m.ReplyTo.ID)}
		out.Quote = cmp.Or(m.ReplyTo.Text, m.ReplyTo.Caption)
	}
	if m.Quote != nil {
		out.Quote = m.Quote.Text
	}
	m.about(&out)
	return out, true
}

// service is a note of the platform, such as a changed title: kept by its name.
func (r *reading) service(m *message) bool {
	name, _ := r.rest()
	name = cmp.Or(name, r.kind)
	r.add(m.place(), r.sender(m), m.Date, "note/"+string(m.id()), canon.Unknown{Name: name, Raw: bytes.Clone(r.body)})
	return true
}

// things are the contents of messages that have no part of their own here.
var things = []string{
	"checklist", "dice", "game", "gift", "giveaway", "giveaway_winners", "invoice", "paid_media", "poll", "rich_message", "story", "successful_payment", "unique_gift",
}

// envelope fields of Message: all that is not its content.
var around = []string{
	"author_signature", "business_connection_id", "chat", "date", "direct_messages_topic", "edit_date", "effect_id", "external_reply", "forward_date",
	"forward_from", "forward_from_chat", "forward_from_message_id", "forward_origin", "forward_sender_name", "forward_signature", "from",
	"guest_bot_caller_chat", "guest_bot_caller_user", "guest_query_id", "has_media_spoiler", "has_protected_content", "is_automatic_forward",
	"is_from_offline", "is_paid_post", "is_topic_message", "link_preview_options", "media_group_id", "message_id", "message_thread_id",
	"paid_star_count", "quote", "reply_markup", "reply_to_checklist_task_id", "reply_to_message", "reply_to_poll_option_id", "reply_to_story",
	"sender_boost_count", "sender_business_bot", "sender_chat", "sender_tag", "show_caption_above_media", "suggested_post_info", "via_bot",
}

// rest is the content of a message that this version does not know by type.
func (r *reading) rest() (string, json.RawMessage) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(r.body, &fields) != nil {
		return "", nil
	}
	name := ""
	for field := range fields {
		if !slices.Contains(around, field) && (name == "" || field < name) {
			name = field
		}
	}
	return name, fields[name]
}

// thing is a content without a part of its own; a rich message is its words.
func thing(name string, raw json.RawMessage) canon.Part {
	if name == "rich_message" {
		if words := richWords(raw); words != "" {
			return canon.Text{Body: words}
		}
	}
	return canon.Opaque{Name: name, Text: wordsOf(raw), Raw: bytes.Clone(raw)}
}

// wordsOf are the words a person would read on a thing: its question, title or
// text, when it has one at its top.
func wordsOf(raw json.RawMessage) string {
	var t struct {
		Question    string `json:"question"`
		Title       string `json:"title"`
		Text        string `json:"text"`
		Description string `json:"description"`
		Emoji       string `json:"emoji"`
	}
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return cmp.Or(t.Question, t.Title, t.Text, t.Description, t.Emoji)
}
