package orchestrate

import (
	"cmp"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// handle applies one simple event to the lane.
func (s *scene) handle(e canon.Envelope) {
	fault(e.Event)
	s.came(e)
	switch ev := e.Event.(type) {
	case canon.Posted:
		if e.From.Ours {
			s.ours(ev.Message)
			return
		}
		s.posted(e, ev.Message)
	case canon.Action:
		s.action(e, ev)
	case canon.Membership:
		s.arrived(e)
	}
}

// came notes what every envelope brings along.
func (s *scene) came(e canon.Envelope) {
	s.learn(e)
	if e.Ticket != nil && len(e.Ticket.Opaque) > 0 { // without: the open response is the ticket
		s.ch.Tickets = append(s.ch.Tickets, store.Ticket{ID: e.ID, Ticket: *e.Ticket})
	}
	s.heard = append(s.heard, e.EventID)
}

// learn takes from an envelope what it tells of the person.
func (s *scene) learn(e canon.Envelope) {
	l := s.ch.Lane
	p := e.From
	if p.Ours {
		return
	}
	s.ch.Seen = true
	if _, wrote := e.Event.(canon.Posted); wrote {
		s.ch.Wrote = true
	}
	if p.ID == l.Thread.Key.Peer {
		s.person, s.face = true, cmp.Or(p.Avatar, s.face)
		s.ch.Person = cmp.Or(store.PersonOf(p), s.ch.Person)
		l.Identity.Person = s.ch.Person
	}
	if c := l.Contact; p.ID == l.Thread.Key.Peer && p.Phone != "" && c.Phone == "" && !l.FreshContact {
		s.told(store.Details{Phone: p.Phone}) // shared later than at first sight
	}
	if !l.FreshContact && !l.FreshIdentity || p.ID != l.Thread.Key.Peer && l.Identity.Name != "" {
		return
	}
	if l.FreshIdentity {
		l.Identity.Name = cmp.Or(p.Name, l.Identity.Name)
		l.Identity.Verified = l.Identity.Verified || p.Verified
	}
	if l.FreshContact {
		c := &l.Contact
		c.Name, c.Locale = cmp.Or(p.Name, c.Name), cmp.Or(p.Locale, c.Locale)
		c.Phone, c.Email = cmp.Or(p.Phone, c.Phone), cmp.Or(p.Email, c.Email)
		c.Seen = s.now
	}
}

// ensure opens a conversation when none is open. It reports whether it did.
func (s *scene) ensure(e canon.Envelope) bool {
	if s.round() != nil {
		s.visit(e)
		return false
	}
	owner, reason := s.first()
	s.open(owner, reason)
	r := s.round()
	s.cameBy(e)
	if e.From.Locale != "" {
		r.Locale = e.From.Locale
	} else if r.Visit != nil && r.Locale == "" {
		r.Locale = r.Visit.Language
	}
	if owner.Kind == core.StatusQueue {
		s.enqueue(owner.Team, reason, "", "", true)
	}
	return true
}

// cameBy keeps with a new conversation how the customer came, now or when they
// opened the chat before.
func (s *scene) cameBy(e canon.Envelope) {
	r := s.round()
	r.Entry, r.Visit = e.Entry, e.Visit
	if came := s.ch.Lane.Came; came != nil {
		r.Entry, r.Visit = cmp.Or(r.Entry, came.Entry), cmp.Or(r.Visit, came.Visit)
	}
}

// visit keeps the first entry and visit a conversation learns of.
func (s *scene) visit(e canon.Envelope) {
	r := s.round()
	if r.Entry == nil && e.Entry != nil && s.ch.Opened {
		r.Entry = e.Entry
	}
	if r.Visit == nil && e.Visit != nil && s.ch.Opened {
		r.Visit = e.Visit
	}
}

// posted is a message of the customer.
func (s *scene) posted(e canon.Envelope, m canon.Message) {
	if !complete(m) {
		return
	}
	s.ensure(e)
	r := s.round()
	if o, ok := s.picked(m.Plain()); ok && s.stillBots() {
		s.after = cmp.Or(m.RemoteID, s.after)
		s.choose(s.wrote(m), o)
		return
	}
	if r.Subject == "" {
		r.Subject = m.Subject
	}
	if m.Locale != "" {
		r.Locale = m.Locale
	}
	s.after = cmp.Or(m.RemoteID, s.after)
	line := s.wrote(m)
	if e.From.ID != "" && e.From.ID != s.ch.Lane.Thread.Key.Peer {
		s.speaks(e.From, line) // in a group, who of it speaks
	}
	s.fetches(line)
	if r.Owner.Kind == core.StatusBot && s.stillBots() {
		if isAutomatic(m) {
			return // a machine wrote it: two machines must not talk to each other
		}
		s.ask(asked{Cause: CauseMessage, Message: &line.Content, ID: line.ID, Pos: line.Pos, Text: m.Plain()})
	}
}

// stillBots reports whether the bot will own the conversation when this change
// is committed: a handoff decided earlier in the same change ends its turn.
func (s *scene) stillBots() bool { return len(s.last) == 0 }

// isAutomatic reports whether a machine wrote a mail (RFC 3834).
func isAutomatic(m canon.Message) bool {
	for _, h := range m.Headers {
		if h.Name == "auto" && h.Value != "" && h.Value != "no" {
			return true
		}
	}
	return false
}

// wrote appends the customer's line and counts it.
func (s *scene) wrote(m canon.Message) *core.Message {
	r := s.round()
	if r.Snooze != nil {
		s.wake("customer", canon.ID{})
	}
	line := s.line(core.Message{From: core.FromCustomer, Sender: s.ch.Lane.Contact.ID, Name: s.ch.Lane.Contact.Name, Content: m})
	r.Asked = s.now
	s.letGo()
	r.Unread++
	if r.WaitingSince.IsZero() && (r.Owner.Kind == core.StatusAgent || r.Owner.Kind == core.StatusQueue) {
		r.WaitingSince = s.now
	}
	return line
}

// fetches notes the media whose bytes are still at the platform.
func (s *scene) fetches(m *core.Message) { s.fetchesFrom(m, 0) }

func (s *scene) fetchesFrom(m *core.Message, from int) {
	for i, p := range m.Content.Parts {
		if i < from {
			continue
		}
		if media, ok := canon.MediaOf(p); ok && media.File.IsZero() && media.State == canon.MediaPending {
			s.ch.Fetches = append(s.ch.Fetches, store.Fetch{Message: m.ID, Part: i, Account: s.account.ID})
		}
	}
}

// ours is a message sent for the account outside the hub: on the owner's phone,
// at the platform's own desk. Whoever wrote it has the conversation now, so the
// bot is silent.
func (s *scene) ours(m canon.Message) {
	r := s.round()
	if r == nil {
		s.open(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, core.Reason{Code: reasonOutside})
		r = s.round()
	} else if r.Owner.Kind == core.StatusBot {
		s.own(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, core.Reason{Code: reasonOutside}, canon.ID{}, core.FeedAssigned)
	}
	s.line(core.Message{From: core.FromAgent, Content: m})
	r.Answered, r.WaitingSince = s.now, time.Time{}
}

// action is a button, menu, scan or form.
func (s *scene) action(e canon.Envelope, a canon.Action) {
	if a.Kind == canon.ActionForm {
		s.form(e, a)
		return
	}
	opened := s.ensure(e)
	r := s.round()
	label := cmp.Or(strings.TrimSpace(a.Label), s.labelOf(a.Value), a.Value)
	if label == HumanAsk {
		label = sayHuman.In(s.language()) // a button without words
	}
	if a.Kind == canon.ActionScan && opened {
		// A scan only opens the door; its value is the entry.
		if r.Entry == nil {
			r.Entry = &canon.Entry{Kind: "qr", Value: a.Value, Title: a.Label}
		}
		if r.Owner.Kind == core.StatusBot {
			s.ask(asked{Cause: CauseOpened, Value: a.Value})
		}
		return
	}
	o := option{Label: label, Value: a.Value}
	if a.Value == "" {
		o = s.offered(label) // some platforms give back the words alone
	}
	s.choose(s.wrote(canon.TextMessage(label)), o)
}

// form is what a customer left while nobody served: it becomes a queued
// conversation.
func (s *scene) form(e canon.Envelope, a canon.Action) {
	var body []string
	var told store.Details
	for _, f := range a.Fields {
		value := strings.TrimSpace(f.Value)
		if value == "" {
			continue
		}
		body = append(body, cmp.Or(f.Label, f.Name)+": "+value)
		take(&told, f.Name, value)
	}
	if len(body) == 0 {
		return
	}
	s.told(told)
	if s.round() == nil {
		reason := core.Reason{Code: "left_message"}
		s.open(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, reason)
		s.cameBy(e)
		s.enqueue(s.account.Team, reason, "", "", true)
	} else if s.round().Owner.Kind == core.StatusBot {
		s.wrote(canon.TextMessage(strings.Join(body, "\n")))
		s.handoff(Handoff{Reason: "left_message"})
		return
	}
	s.wrote(canon.TextMessage(strings.Join(body, "\n")))
}

// take reads a field of a form that tells how to reach somebody.
func take(d *store.Details, name, value string) {
	switch name {
	case "name":
		d.Name = value
	case "email":
		d.Email = value
	case "phone":
		d.Phone = value
	}
}

// told keeps how a customer says to reach them.
func (s *scene) told(d store.Details) {
	c := &s.ch.Lane.Contact
	if s.ch.Lane.FreshContact {
		c.Name, c.Email, c.Phone = cmp.Or(d.Name, c.Name), cmp.Or(d.Email, c.Email), cmp.Or(d.Phone, c.Phone)
		return
	}
	if was := s.ch.Learned; was != nil {
		d = store.Details{Name: cmp.Or(d.Name, was.Name), Email: cmp.Or(d.Email, was.Email), Phone: cmp.Or(d.Phone, was.Phone)}
	}
	if d != (store.Details{}) {
		s.ch.Learned = &d
	}
}

// answers keeps what a customer said of themselves before the chat.
func (s *scene) answers(v *canon.Visit) {
	if v == nil {
		return
	}
	var told store.Details
	for _, f := range v.Answers {
		take(&told, f.Name, f.Value)
	}
	s.told(told)
}

// arrived is a customer opening the chat or subscribing: the moment of the
// welcome. One who has been here before is not welcomed anew until they write.
func (s *scene) arrived(e canon.Envelope) {
	s.answers(e.Visit)
	if s.round() != nil {
		s.visit(e)
		return
	}
	// People are not called before the customer says something.
	if owner, _ := s.first(); !s.ch.Lane.Fresh || owner.Kind != core.StatusBot {
		if e.Visit != nil {
			s.ch.Lane.Came, s.ch.Came = &store.Came{Entry: e.Entry, Visit: e.Visit}, true
		}
		return
	}
	s.ensure(e)
	q := asked{Cause: CauseOpened}
	if e.Entry != nil {
		q.Value = e.Entry.Value
	}
	s.ask(q)
}
