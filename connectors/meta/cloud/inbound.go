package cloud

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// Decode reads every message, state and change of a callback. What cannot be
// read is kept as it came, beside the rest of its batch: refusing the whole
// would have the platform repeat it for a week.
func (c *Conn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	entries, err := graph.Notice(v.Body(), "whatsapp_business_account")
	if err != nil {
		return connector.Batch{}, err
	}
	var out connector.Batch
	for _, e := range entries {
		for _, change := range e.Changes {
			d := decoder{c: c, account: c.account, at: graph.Time(e.Time, v.Raw().Arrived)}
			out.Envelopes = append(out.Envelopes, d.change(change)...)
		}
	}
	return out, nil
}

// decoder reads one change.
type decoder struct {
	c       *Conn
	account canon.RemoteID
	at      time.Time // of the callback, where an update tells no time
	people  map[graph.Word]person
}

func (d *decoder) change(ch graph.Change) []canon.Envelope {
	var n news
	if err := json.Unmarshal(ch.Value, &n); err != nil {
		return []canon.Envelope{d.wide(ch.Field, ch.Value)}
	}
	if n.Metadata.Number != "" {
		d.account = canon.RemoteID(n.Metadata.Number)
	}
	d.people = map[graph.Word]person{}
	for _, p := range n.Contacts {
		d.people[p.Number], d.people[p.User] = p, p
	}
	var out []canon.Envelope
	for _, raw := range n.Messages {
		out = append(out, d.message(raw, false))
	}
	for _, raw := range n.Echoes {
		out = append(out, d.message(raw, true))
	}
	for _, raw := range n.Statuses {
		out = append(out, d.status(raw))
	}
	for _, raw := range n.Calls {
		out = append(out, d.call(raw))
	}
	if len(out) == 0 {
		// A change of the account: a template's fate, a number's quality.
		out = append(out, d.wide(ch.Field, ch.Value))
	}
	return out
}

// wide is news about the account itself, which no customer is part of.
func (d *decoder) wide(field string, raw json.RawMessage) canon.Envelope {
	return d.envelope(d.account, graph.Digest(raw), d.at, graph.Unknown(field, raw))
}

func (d *decoder) envelope(peer canon.RemoteID, id string, at time.Time, event canon.Event) canon.Envelope {
	return canon.Envelope{
		Account: d.account, Thread: canon.ThreadKey{Account: d.account, Peer: peer},
		From: canon.Peer{ID: peer}, EventID: id, Time: at, Event: event,
	}
}

// groupPrefix marks peers that are groups.
const groupPrefix = "group:"

// message reads a customer's message, or one sent from the business's phone.
func (d *decoder) message(raw json.RawMessage, ours bool) canon.Envelope {
	var m incoming
	err := json.Unmarshal(raw, &m)
	if err != nil && json.Unmarshal(raw, &m.head) != nil {
		return d.wide("message", raw)
	}
	who := m.From
	if who == "" {
		who = m.User
	}
	peer := canon.RemoteID(who)
	switch {
	case m.Group != "":
		peer = groupPrefix + canon.RemoteID(m.Group)
	case ours:
		peer = canon.RemoteID(m.To)
	}
	if peer == "" || m.ID == "" {
		return d.wide("message", raw)
	}
	event := canon.Event(canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(m.ID), Parts: []canon.Part{opaque(m.Type, raw)}}})
	if err == nil {
		event = m.event(raw)
	}
	e := d.envelope(peer, m.ID, graph.Time(m.At, d.at), event)
	e.Order = e.Time.Unix()
	e.From = d.person(who)
	if ours {
		e.From = canon.Peer{ID: d.account, Ours: true}
		return e
	}
	e.Entry = m.entry()
	d.c.threads.Heard(e.Thread, canon.RemoteID(m.ID), e.Time, d.c.env.Clock())
	return e
}

// person names who wrote; WhatsApp has verified the number.
func (d *decoder) person(who graph.Word) canon.Peer {
	p := d.people[who]
	if p.Number == "" && allDigits(string(who)) {
		p.Number = who
	}
	out := canon.Peer{ID: canon.RemoteID(who), Name: p.Profile.Name, Verified: true}
	if out.Name == "" {
		out.Name = p.Profile.Username
	}
	if p.Number != "" {
		out.Phone = "+" + strings.TrimPrefix(string(p.Number), "+")
		out.Also = append(out.Also, canon.Alias{Kind: "phone", ID: canon.RemoteID(out.Phone), Verified: true})
	}
	if p.User != "" {
		out.Also = append(out.Also, canon.Alias{Kind: "user", ID: canon.RemoteID(p.User), Verified: true})
	}
	return out
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// entry is the advertisement the customer came from.
func (m *incoming) entry() *canon.Entry {
	switch {
	case m.Referral != nil && (m.Referral.Source != "" || m.Referral.URL != ""):
		value := m.Referral.Source
		if value == "" {
			value = string(m.Referral.Click)
		}
		return &canon.Entry{Kind: "referral", Value: value, Title: m.Referral.Headline, URL: m.Referral.URL}
	case m.Context.Referred.Product != "":
		return &canon.Entry{Kind: "page", Value: m.Context.Referred.Product, Title: "Product"}
	}
	return nil
}

func opaque(name string, raw json.RawMessage) canon.Opaque {
	if name == "" {
		name = "message"
	}
	return canon.Opaque{Name: connector.Length{Max: 100, Unit: connector.Runes}.Head(name, ""), Raw: raw}
}
