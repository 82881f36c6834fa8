package telegram

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
)

// reading is one update being read.
type reading struct {
	*conn
	update
	arrived time.Time
	out     []canon.Envelope
}

// envelopes says what happened by an update. One that holds something nobody
// taught us is canon.Unknown; only the echo of what the bot itself sent is
// nothing.
func (c *conn) envelopes(u update, arrived time.Time) []canon.Envelope {
	r := &reading{conn: c, update: u, arrived: arrived.UTC()}
	known := false
	switch u.kind {
	case "message", "business_message":
		known = r.message()
	case "edited_message", "edited_business_message":
		known = r.edited()
	case "callback_query":
		known = r.callback()
	case "message_reaction":
		known = r.reaction()
	case "my_chat_member":
		known = r.member()
	case "deleted_business_messages":
		known = r.deleted()
	case "business_connection":
		known = r.business()
	}
	if !known {
		r.out = nil
		r.unknown()
	}
	return r.out
}

// add appends an envelope. The event's id is made of the update's and of what
// it is about, for the numbers of updates may begin anew after a quiet week.
func (r *reading) add(at place, from canon.Peer, date int64, about string, e canon.Event) *canon.Envelope {
	r.out = append(r.out, canon.Envelope{
		Account: r.account, Thread: at.key(r.account), From: from,
		EventID: strconv.FormatInt(r.id, 10) + "/" + about, Time: r.time(date), Order: r.id, Event: e,
	})
	return &r.out[len(r.out)-1]
}

// time is the platform's, unless it does not say or it is no date.
func (r *reading) time(date int64) time.Time {
	if date <= 0 || date > 253402300799 { // the last second of the year 9999
		return r.arrived
	}
	return time.Unix(date, 0).UTC()
}

// unknown keeps the update as it came, where it seems to belong.
func (r *reading) unknown() {
	var where struct {
		Chat     chat          `json:"chat"`
		From     tgbotapi.User `json:"from"`
		User     tgbotapi.User `json:"user"`
		Date     int64         `json:"date"`
		Business string        `json:"business_connection_id"`
	}
	if json.Unmarshal(r.body, &where) != nil {
		where.Chat = chat{}
	}
	at := place{chat: cmp.Or(where.Chat.ID, where.From.ID, where.User.ID, r.bot), business: where.Business}
	from := person(&where.From)
	if where.From.ID == 0 {
		from = canon.Peer{ID: peerID(at.chat)}
	}
	r.add(at, from, where.Date, cmp.Or(r.kind, "empty"), canon.Unknown{Name: cmp.Or(r.kind, "update"), Raw: bytes.Clone(r.body)})
}

// person is a user of Telegram, for whom Telegram vouches.
func person(u *tgbotapi.User) canon.Peer {
	if u == nil {
		return canon.Peer{}
	}
	p := canon.Peer{ID: peerID(u.ID), Name: strings.TrimSpace(u.FirstName + " " + u.LastName), Locale: u.LanguageCode, Verified: true}
	if u.UserName != "" {
		p.Name = cmp.Or(p.Name, "@"+u.UserName)
		p.Also = []canon.Alias{{Kind: "user", ID: canon.RemoteID("@" + u.UserName)}}
	}
	return p
}

// crowd is a group or channel that speaks for itself.
func crowd(c chat) canon.Peer { return canon.Peer{ID: peerID(c.ID), Name: c.name()} }

func (c chat) name() string {
	return cmp.Or(c.Title, strings.TrimSpace(c.First+" "+c.Last), at(c.User))
}

func at(user string) string {
	if user == "" {
		return ""
	}
	return "@" + user
}

func (m *message) place() place {
	p := place{chat: m.Chat.ID, business: m.Business}
	if m.Direct != nil {
		p.direct = m.Direct.ID
	}
	if m.InTopic { // else the number is that of a reply's first message
		p.topic = m.Topic
	}
	return p
}

func (m *message) id() canon.RemoteID { return messageID(m.Chat.ID, m.ID) }

// sender is who wrote a message. In a chat of a business account, everybody but
// the customer is the account itself: its owner, on a phone or by another bot.
func (c *conn) sender(m *message) canon.Peer {
	if m.SenderAs != nil {
		return crowd(*m.SenderAs)
	}
	if m.From == nil {
		return crowd(m.Chat)
	}
	p := person(m.From)
	p.Ours = m.From.ID == c.bot || m.Business != "" && m.From.ID != m.Chat.ID
	return p
}

// echo tells a message that the bot sent for a business account.
func (c *conn) echo(m *message) bool { return m.SenderBot != nil && m.SenderBot.ID == c.bot }

func (r *reading) callback() bool {
	var q callback
	if json.Unmarshal(r.body, &q) != nil || q.ID == "" || q.Message == nil || q.Message.Chat.ID == 0 {
		return false
	}
	a := canon.Action{Kind: canon.ActionButton, Value: q.Data, Target: q.Message.id()}
	if q.Message.Markup != nil {
		for _, row := range q.Message.Markup.Inline {
			for _, b := range row {
				if b.Data == q.Data {
					a.Label = b.Text
				}
			}
		}
	}
	// The date of the message is not that of the press, which nobody tells.
	r.add(q.Message.place(), person(&q.From), 0, "callback/"+q.ID, a)
	return true
}

// reaction tells what was put on and what was taken off.
func (r *reading) reaction() bool {
	var c reactionChange
	if json.Unmarshal(r.body, &c) != nil || c.Chat.ID == 0 || c.Message == 0 {
		return false
	}
	from := person(c.User)
	if c.User == nil && c.Actor != nil {
		from = crowd(*c.Actor)
	} else if c.User == nil {
		from = crowd(c.Chat)
	}
	target := messageID(c.Chat.ID, c.Message)
	change := func(some, others []reaction, removed bool, sign string) {
		for _, x := range some {
			if !x.in(others) {
				r.add(place{chat: c.Chat.ID}, from, c.Date, "reaction/"+string(target)+sign+x.shown(), canon.Reacted{Target: target, Emoji: x.shown(), Removed: removed})
			}
		}
	}
	change(c.Old, c.New, true, "-")
	change(c.New, c.Old, false, "+")
	return len(r.out) > 0
}

func (x reaction) in(all []reaction) bool {
	for _, y := range all {
		if x == y {
			return true
		}
	}
	return false
}

// shown is the emoji of a reaction; a custom one is a picture without a sign of
// its own.
func (x reaction) shown() string {
	switch x.Type {
	case "paid":
		return "⭐"
	case "custom_emoji":
		return "✨"
	}
	return x.Emoji
}

// member is a change of the bot's own standing: blocked or unblocked by a
// customer, brought into or out of a group.
func (r *reading) member() bool {
	var c memberChange
	if json.Unmarshal(r.body, &c) != nil || c.Chat.ID == 0 || c.New.Status == "" {
		return false
	}
	was, is := inside(c.Old.Status), inside(c.New.Status)
	e := canon.Membership{}
	switch private := c.Chat.Type == "private"; {
	case private && !is:
		e.Kind = canon.MemberBlocked
	case private && !was:
		e.Kind = canon.MemberSubscribed
	case was == is:
		return false // other rights in a group
	case is:
		e = canon.Membership{Kind: canon.MemberJoined, Member: r.self()}
	default:
		e = canon.Membership{Kind: canon.MemberLeft, Member: r.self()}
	}
	r.add(place{chat: c.Chat.ID}, person(&c.From), c.Date, "member/"+string(peerID(c.Chat.ID)), e)
	return true
}

func inside(status string) bool { return status != "left" && status != "kicked" && status != "" }

func (c *conn) self() canon.Peer { return canon.Peer{ID: peerID(c.bot), Ours: true} }

func (r *reading) deleted() bool {
	var d deleted
	if json.Unmarshal(r.body, &d) != nil || d.Chat.ID == 0 || len(d.Messages) == 0 {
		return false
	}
	for _, id := range d.Messages {
		target := messageID(d.Chat.ID, id)
		r.add(place{chat: d.Chat.ID, business: d.Business}, crowd(d.Chat), 0, "deleted/"+string(target), canon.Revoked{Target: target})
	}
	return true
}

// business tells that a business account took the bot on or let it go.
func (r *reading) business() bool {
	var b businessConnection
	if json.Unmarshal(r.body, &b) != nil || b.User.ID == 0 {
		return false
	}
	name := "business_connected"
	if !b.Enabled {
		name = "business_disconnected"
	}
	r.add(place{chat: b.User.ID}, person(&b.User), b.Date, "business/"+b.ID, canon.Unknown{Name: name, Raw: bytes.Clone(r.body)})
	return true
}
