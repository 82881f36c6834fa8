package http

import (
	nethttp "net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
)

// maxID is how long, in bytes, a name given by the platform may be.
const maxID = 255

func bad(field, what string) *Problem {
	return &Problem{nethttp.StatusBadRequest, "bad_field", field, what}
}

// accept fills in what may be left out, takes away what only the hub may say,
// and refuses what cannot be kept.
func (c *Conn) accept(e *canon.Envelope, arrived time.Time) *Problem {
	e.ID, e.Raw = canon.ID{}, ""
	if e.Account == "" {
		e.Account = c.account
	}
	if e.Thread.Account == "" {
		e.Thread.Account = e.Account
	}
	if e.Thread.Peer == "" {
		e.Thread.Peer = e.From.ID
	}
	if e.From.ID == "" {
		e.From.ID = e.Thread.Peer
	}
	if e.Time.IsZero() {
		e.Time = arrived.UTC()
	}
	switch {
	case e.EventID == "":
		return bad("event_id", "Give every event an id of its own; the same id again means the same event.")
	case len(e.EventID) > maxID:
		return bad("event_id", "An id may have 255 bytes at most.")
	case e.Thread.Peer == "":
		return bad("from.id", "Say who wrote: from.id or thread.peer.")
	case e.Thread.Account != e.Account:
		return bad("thread.account", "It must be the account of the envelope, or left out.")
	case len(e.Account) > maxID || len(e.Thread.Peer) > maxID || len(e.Thread.Thread) > maxID || len(e.From.ID) > maxID:
		return bad("thread", "Ids of account, peer, thread and sender may have 255 bytes at most.")
	}
	if p := acceptPerson(&e.From); p != nil {
		return p
	}
	if p := acceptVisit(e.Visit); p != nil {
		return p
	}
	return c.acceptEvent(e)
}

func (c *Conn) acceptEvent(e *canon.Envelope) *Problem {
	switch ev := e.Event.(type) {
	case canon.Posted:
		if p := c.acceptMessage(e.Thread, &ev.Message); p != nil {
			return p
		}
		e.Event = ev
	case canon.Edited:
		if ev.Target == "" {
			return bad("event.target", "Name the message that was edited by its remote_id.")
		}
		if p := c.acceptMessage(e.Thread, &ev.Message); p != nil {
			return p
		}
		e.Event = ev
	case canon.Revoked:
		if ev.Target == "" {
			return bad("event.target", "Name the message that was taken back by its remote_id.")
		}
	case canon.Reacted:
		if ev.Target == "" {
			return bad("event.target", "Name the message reacted to by its remote_id.")
		}
	case canon.Receipt:
		if ev.Target == "" {
			return bad("event.target", "Name the message by the remote_id you answered when you took it, or by its key.")
		}
		if !slices.Contains(c.caps.Receipts, ev.State) {
			return bad("event.state", "Write sent, delivered, read or failed.")
		}
	case canon.Membership:
		if ev.Kind == "" {
			return bad("event.kind", "Say what happened: subscribed, unsubscribed, blocked, joined, left, opened or closed.")
		}
	case canon.Action:
		if ev.Kind == "" {
			return bad("event.kind", "Say what was pressed: button, menu, scan or form.")
		}
	case canon.Call:
		if ev.Kind == "" || ev.Call == "" {
			return bad("event.call", "Name the call and what happened: offered, accepted, rejected, ended or missed.")
		}
	case canon.Session:
		if ev.Kind == "" {
			return bad("event.kind", "Say what happened: taken, returned or ended.")
		}
	case canon.Unknown:
		if ev.Name == "" {
			return bad("event.type", "Name the type of the event.")
		}
		if slices.Contains(eventTypes, ev.Name) {
			return bad("event", "The content does not fit an event of type "+ev.Name+". See docs/http-connector.md.")
		}
	}
	return nil
}

// eventTypes are the tags this version knows: content that does not fit one is
// a mistake of the sender, not something new.
var eventTypes = []string{"posted", "edited", "revoked", "reacted", "receipt", "membership", "action", "call", "session", "unknown"}

var partTypes = []string{"text", "media", "location", "sticker", "contact", "choices", "template", "card", "opaque"}

func (c *Conn) acceptMessage(thread canon.ThreadKey, m *canon.Message) *Problem {
	m.ID = canon.ID{}
	if m.ReplyTo != nil {
		m.ReplyTo.ID = canon.ID{}
	}
	if len(m.Parts) == 0 {
		return bad("event.message.parts", "A message needs at least one part.")
	}
	if len(m.RemoteID) > maxID {
		return bad("event.message.remote_id", "An id may have 255 bytes at most.")
	}
	for i, part := range m.Parts {
		at := func(field string) string { return "event.message.parts[" + strconv.Itoa(i) + "]" + field }
		switch p := part.(type) {
		case canon.Text:
			if p.HTML != "" {
				p.HTML = c.clean().Sanitize(p.HTML)
				m.Parts[i] = p
			}
			for j := range p.Spans {
				p.Spans[j].URL = openable(p.Spans[j].URL)
			}
			if p.Body == "" {
				return bad(at(".body"), "A text needs its words in body, also when html is given.")
			}
		case canon.Media:
			if p.URL == "" && p.RemoteID == "" && p.State != canon.MediaExpired {
				return bad(at(".url"), "Give the address where the file can be fetched.")
			}
			if handed(p.RemoteID) {
				ours, ok := c.taken(thread, p)
				if !ok {
					return bad(at(".remote_id"), "No file of this thread has this handle any more. Put it once again.")
				}
				m.Parts[i] = ours
				continue
			}
			m.Parts[i] = foreign(p)
		case canon.Sticker:
			p.Image = foreign(p.Image)
			m.Parts[i] = p
		case canon.Card:
			p.Image, p.URL = foreign(p.Image), openable(p.URL)
			m.Parts[i] = p
		case canon.Choices:
			for j := range p.Options {
				p.Options[j].URL = openable(p.Options[j].URL)
			}
		case canon.Template:
			for j := range p.Params {
				p.Params[j].File = canon.ID{}
			}
		case canon.Opaque:
			if p.Name == "" {
				return bad(at(".type"), "Name the type of the part.")
			}
			if slices.Contains(partTypes, p.Name) {
				return bad(at(""), "The content does not fit a part of type "+p.Name+". See docs/http-connector.md.")
			}
		}
	}
	return nil
}

// openable is an address that an agent may click on, or nothing.
func openable(address string) string {
	for _, scheme := range []string{"https:", "http:", "mailto:", "tel:"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			return address
		}
	}
	return ""
}

// foreign takes away the claim that a file is already ours: it is still to be
// fetched, if there is one.
func foreign(m canon.Media) canon.Media {
	m.File = canon.ID{}
	if (m.URL != "" || m.RemoteID != "") && m.State == canon.MediaReady {
		m.State = canon.MediaPending
	}
	return m
}
