package messaging

import (
	"context"
	"encoding/json"
	"strconv"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// Decode reads every event of a callback, also those of conversations another
// app answers (standby). What cannot be read is kept as it came, beside the rest
// of its batch.
func (c *Conn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	entries, err := graph.Notice(v.Body(), c.product.object)
	if err != nil {
		return connector.Batch{}, err
	}
	var out connector.Batch
	for _, e := range entries {
		d := decoder{c: c, account: canon.RemoteID(e.ID), at: graph.Time(e.Time, v.Raw().Arrived)}
		for _, raw := range e.Messaging {
			out.Envelopes = append(out.Envelopes, d.event(raw)...)
		}
		for _, raw := range e.Standby {
			out.Envelopes = append(out.Envelopes, d.event(raw)...)
		}
		for _, ch := range e.Changes { // the feed, comments: nobody asked for them
			out.Envelopes = append(out.Envelopes, d.strange(ch.Field, ch.Value))
		}
	}
	return out, nil
}

// event reads one messaging event; a report on several messages is several.
func (d *decoder) event(raw json.RawMessage) []canon.Envelope {
	var h happening
	if json.Unmarshal(raw, &h) != nil {
		return []canon.Envelope{d.strange("messaging", raw)}
	}
	d.peer = canon.RemoteID(h.Sender.ID)
	if d.peer == d.account || h.Message != nil && h.Message.Echo {
		d.peer = canon.RemoteID(h.Recipient.ID)
	}
	if d.peer == "" {
		return []canon.Envelope{d.strange("messaging", raw)}
	}
	d.when = graph.Time(h.At, d.at)
	switch {
	case h.Message != nil && h.Message.ID != "":
		return []canon.Envelope{d.message(h.Message, raw)}
	case h.Postback != nil:
		return []canon.Envelope{d.postback(h.Postback, raw)}
	case h.Reaction != nil && h.Reaction.ID != "":
		return []canon.Envelope{d.reaction(h.Reaction)}
	case h.Edit != nil && h.Edit.ID != "" && h.Edit.Text != "":
		e := canon.Edited{Target: canon.RemoteID(h.Edit.ID), Message: canon.TextMessage(h.Edit.Text)}
		return []canon.Envelope{d.envelope("edit:"+h.Edit.ID+":"+strconv.FormatInt(int64(h.Edit.N), 10), e)}
	case h.Delivery != nil && (len(h.Delivery.IDs) > 0 || h.Delivery.Watermark > 0):
		return d.delivered(h.Delivery)
	case h.Read != nil && (h.Read.ID != "" || h.Read.Watermark > 0):
		return []canon.Envelope{d.seen(h.Read)}
	case h.Passed != nil:
		return []canon.Envelope{d.control(h.Passed, raw)}
	case h.Taken != nil:
		return []canon.Envelope{d.control(h.Taken, raw)}
	case h.Referral != nil:
		e := d.envelope(graph.Digest(raw), canon.Membership{Kind: canon.MemberOpened})
		e.Entry = h.Referral.entry()
		return []canon.Envelope{e}
	}
	return []canon.Envelope{d.envelope(graph.Digest(raw), graph.Unknown(nameOf(raw), raw))}
}

// nameOf is the first word of an event that is none of its frame.
func nameOf(raw json.RawMessage) string {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return "messaging"
	}
	name := ""
	for k := range all {
		if k != "sender" && k != "recipient" && k != "timestamp" && (name == "" || k < name) {
			name = k
		}
	}
	return name
}

// message reads a message of the customer, or of the account itself.
func (d *decoder) message(m *message, raw json.RawMessage) canon.Envelope {
	id := canon.RemoteID(m.ID)
	switch {
	case m.Deleted:
		return d.envelope("unsend:"+m.ID, canon.Revoked{Target: id})
	case m.Echo:
		if _, err := canon.ParseID(m.Metadata); err == nil {
			// The hub sent it: the echo tells of the row that it left.
			return d.envelope("echo:"+m.ID, canon.Receipt{Target: canon.RemoteID(m.Metadata), RemoteID: id, State: canon.Sent})
		}
		e := d.envelope("echo:"+m.ID, m.posted(raw))
		e.From = canon.Peer{ID: d.account, Ours: true}
		return e
	}
	e := d.envelope(m.ID, nil)
	e.Order = d.when.UnixMilli()
	if m.Referral != nil {
		e.Entry = m.Referral.entry()
	}
	if m.Quick != nil && m.Quick.Payload != "" {
		e.Event = canon.Action{Kind: canon.ActionButton, Value: m.Quick.Payload, Label: m.Text}
	} else {
		e.Event = m.posted(raw)
	}
	d.c.threads.Heard(e.Thread, id, e.Time, d.c.env.Clock())
	return e
}

// getStarted is the payload of the button that opens a conversation; Install
// sets it.
const getStarted = "parley:start"

func (d *decoder) postback(p *postback, raw json.RawMessage) canon.Envelope {
	id := "postback:" + p.ID
	if p.ID == "" { // pages of before version 8 tell none
		id = graph.Digest(raw)
	}
	e := d.envelope(id, canon.Action{Kind: canon.ActionButton, Value: p.Payload, Label: p.Title})
	e.Order = d.when.UnixMilli()
	if p.Payload == "" {
		e.Event = graph.Unknown("postback", raw)
	}
	if p.Payload == getStarted {
		e.Event = canon.Membership{Kind: canon.MemberOpened}
	}
	if p.Referral != nil {
		e.Entry = p.Referral.entry()
	}
	d.c.threads.Heard(e.Thread, canon.RemoteID(p.ID), e.Time, d.c.env.Clock())
	return e
}

// names are what Instagram calls reactions it gives no emoji of.
var names = map[string]string{"love": "❤️", "like": "👍", "dislike": "👎", "laugh": "😆", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠"}

func (d *decoder) reaction(r *reaction) canon.Envelope {
	emoji := r.Emoji
	if emoji == "" {
		emoji = names[r.Reaction]
	}
	removed := r.Action == "unreact"
	if emoji == "" && !removed {
		emoji = "❔"
	}
	id := "reaction:" + r.ID + ":" + r.Action + ":" + strconv.FormatInt(d.when.UnixMilli(), 10)
	return d.envelope(id, canon.Reacted{Target: canon.RemoteID(r.ID), Emoji: emoji, Removed: removed})
}

// delivered tells of each message by its id, or of all up to a time.
func (d *decoder) delivered(v *delivery) []canon.Envelope {
	var out []canon.Envelope
	for _, id := range v.IDs {
		if id != "" {
			out = append(out, d.envelope("delivered:"+id, canon.Receipt{Target: canon.RemoteID(id), State: canon.Delivered}))
		}
	}
	if out == nil {
		out = append(out, d.envelope("delivered:"+string(d.peer)+":"+strconv.FormatInt(int64(v.Watermark), 10),
			canon.Receipt{State: canon.Delivered, Until: graph.Time(v.Watermark, d.at)}))
	}
	return out
}

func (d *decoder) seen(r *read) canon.Envelope {
	if r.ID != "" {
		return d.envelope("read:"+r.ID, canon.Receipt{Target: canon.RemoteID(r.ID), State: canon.Read, Through: true})
	}
	return d.envelope("read:"+string(d.peer)+":"+strconv.FormatInt(int64(r.Watermark), 10), canon.Receipt{State: canon.Read, Until: graph.Time(r.Watermark, d.at)})
}

// control tells who has the conversation now: we, another app or the inbox, or
// nobody.
func (d *decoder) control(h *control, raw json.RawMessage) canon.Envelope {
	s := canon.Session{Kind: canon.SessionTaken, Desk: string(h.New), Reason: h.Metadata}
	switch {
	case h.New == "" || d.c.app != "" && string(h.New) == d.c.app:
		s.Kind, s.Desk = canon.SessionReturned, string(h.Previous)
	case d.c.app == "" && h.New != graph.Word(d.c.product.inbox) && h.Previous == graph.Word(d.c.product.inbox):
		s.Kind, s.Desk = canon.SessionReturned, string(h.Previous)
	}
	if s.Desk == d.c.product.inbox {
		s.Desk = "inbox"
	}
	return d.envelope(graph.Digest(raw), s)
}
