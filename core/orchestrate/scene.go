package orchestrate

import (
	"context"
	"errors"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/outbox"
	"parley/core/reply"
	"parley/core/store"
)

// scene is one lane while it is decided about: every method changes the lane
// in memory and notes what must be written. commit writes it all.
type scene struct {
	o       *Orchestrator
	ctx     context.Context
	book    *Book
	tenant  canon.ID
	now     time.Time
	ch      *store.Change
	account core.Account
	feed    []core.FeedEntry
	load    []loadChange
	after   canon.RemoteID // the customer's newest message, for channels that answer to it
	person  bool           // the peer of the thread spoke for itself: it is no group
	face    string         // address of their picture, where the platform told
	hold    bool           // what is said is kept until the customer writes again
	unnamed []speaker      // of a group, whose names are not known
	heard   []string       // the platform's ids of the events handled, whose callbacks may wait
	last    []func(*store.Tx, *scene) error
	clocks  store.Clocks // towards goals, as they were
	anew    bool         // goals or hours changed: they are counted anew
}

type loadChange struct {
	agent canon.ID
	by    int
}

func (o *Orchestrator) scene(ctx context.Context, book *Book, l *store.Lane, now time.Time) *scene {
	s := &scene{
		o: o, ctx: ctx, book: book, tenant: book.Tenant.ID, now: now, ch: store.Began(l),
		account: book.Accounts[l.Thread.Account],
	}
	s.clocks = s.ch.WasClocks
	return s
}

// clone returns a copy that can be decided further without changing this one:
// a transaction that is run again starts from the same scene.
func (s *scene) clone() *scene {
	c := *s
	ch := *s.ch
	lane := *s.ch.Lane
	if lane.Round != nil {
		round := *lane.Round
		lane.Round = &round
	}
	ch.Lane = &lane
	ch.Messages = append([]core.Message(nil), ch.Messages...)
	ch.Outbox = append([]store.OutboxRow(nil), ch.Outbox...)
	ch.Owners = append([]core.OwnerChange(nil), ch.Owners...)
	c.ch = &ch
	c.unnamed = append([]speaker(nil), s.unnamed...)
	c.feed = append([]core.FeedEntry(nil), s.feed...)
	c.load = append([]loadChange(nil), s.load...)
	return &c
}

func (s *scene) round() *store.Round { return s.ch.Lane.Round }

// number takes the next number of the thread.
func (s *scene) number() int64 {
	s.ch.Lane.Thread.Rev++
	return s.ch.Lane.Thread.Rev
}

// open begins a conversation on the lane.
func (s *scene) open(owner core.Owner, reason core.Reason) {
	l := s.ch.Lane
	r := &store.Round{Conversation: core.Conversation{
		ID: canon.NewID(), Thread: l.Thread.ID, Account: l.Thread.Account, Contact: l.Contact.ID,
		Owner: owner, Lease: 1, Created: s.now, LastAt: s.now, Reason: reason, Locale: l.Contact.Locale,
		Tags: []canon.ID{}, Colleagues: []canon.ID{},
	}}
	if owner.Kind == core.StatusBot {
		r.Bot = owner.ID
		r.Version = s.book.Bots[owner.ID].Version
	}
	l.Round = r
	l.Thread.Conversation = r.ID
	s.ch.Opened = true
	s.noteOwner(core.Owner{}, canon.ID{})
	s.line(core.Message{From: core.FromEvent, Event: &core.LineEvent{Kind: "opened", Owner: &s.ch.Owners[len(s.ch.Owners)-1]}})
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedOpened, Conversation: r.ID, Subject: r.ID})
}

// own gives the conversation to another owner under a new lease.
func (s *scene) own(to core.Owner, reason core.Reason, by canon.ID, kind core.FeedKind) {
	r := s.round()
	from := r.Owner
	if r.Snooze != nil { // awake for whoever has it now; what is over does not wake
		r.Snooze = nil
		s.load = append(s.load, loadChange{from.ID, 1})
	}
	r.Owner, r.Reason = to, reason
	r.Lease++
	if from.Kind == core.StatusAgent {
		s.load = append(s.load, loadChange{from.ID, -1})
	}
	switch to.Kind {
	case core.StatusQueue:
		if r.Queued.IsZero() {
			r.Queued = s.now
		}
		r.WaitingSince = s.now
	case core.StatusAgent:
		if r.Picked.IsZero() {
			r.Picked = s.now
		}
		if r.WaitingSince.IsZero() && r.Asked.After(r.Answered) {
			r.WaitingSince = s.now
		}
	case core.StatusBot:
		r.WaitingSince = time.Time{}
		r.Misses = 0
		if r.Bot != to.ID {
			r.Memory = nil // what one bot remembers means nothing to another
		}
		r.Bot, r.Version = to.ID, s.book.Bots[to.ID].Version
	case core.StatusClosed:
		r.WaitingSince = time.Time{}
		r.Closed = s.now
		s.ch.Lane.Thread.Conversation = canon.ID{}
		s.ch.NoSilence = true
	}
	if to.Kind != core.StatusBot {
		s.ch.NoSilence, s.ch.Silence, s.ch.Turn = true, time.Time{}, nil
	}
	change := s.noteOwner(from, by)
	s.line(core.Message{From: core.FromEvent, Sender: by, Event: &core.LineEvent{Kind: "owner", Owner: change}})
	s.feed = append(s.feed, core.FeedEntry{Kind: kind, Actor: by, Conversation: r.ID, Subject: r.ID})
}

func (s *scene) noteOwner(from core.Owner, by canon.ID) *core.OwnerChange {
	r := s.round()
	s.ch.Owners = append(s.ch.Owners, core.OwnerChange{Lease: r.Lease, At: s.now, From: from, To: r.Owner, By: by, Reason: r.Reason})
	c := s.ch.Owners[len(s.ch.Owners)-1]
	return &c
}

// line appends a message to the thread.
func (s *scene) line(m core.Message) *core.Message {
	r := s.round()
	if m.ID.IsZero() {
		m.ID = canon.NewID()
	}
	m.Content.ID = m.ID
	if m.Content.Parts == nil {
		m.Content.Parts = []canon.Part{}
	}
	m.Thread, m.Conversation, m.At = s.ch.Lane.Thread.ID, r.ID, s.now
	m.Pos = s.number()
	m.Rev = m.Pos
	s.ch.Lane.Thread.Pos = m.Pos
	s.ch.Messages = append(s.ch.Messages, m)
	if m.From != core.FromEvent && m.From != core.FromNote {
		r.LastAt, r.LastFrom = s.now, string(m.From)
		r.LastText = summary(m.Content)
	}
	if m.From == core.FromNote {
		r.LastAt = s.now
	}
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedMessage, Actor: agentOf(m), Conversation: r.ID, Subject: m.ID})
	return &s.ch.Messages[len(s.ch.Messages)-1]
}

func agentOf(m core.Message) canon.ID {
	if m.From == core.FromAgent || m.From == core.FromNote {
		return m.Sender
	}
	return canon.ID{}
}

func summary(m canon.Message) string {
	text := m.Fallback()
	if text == "" {
		text = m.Subject
	}
	return text
}

// say appends a message of ours and the rows that send it.
func (s *scene) say(m core.Message, lease int64, replyTo canon.RemoteID) (*core.Message, []outbox.Note, error) {
	return s.sayAs(m, m.Content, lease, replyTo)
}

// sayAs is say where the customer is sent something else than what stands in the
// thread.
func (s *scene) sayAs(m core.Message, sent canon.Message, lease int64, replyTo canon.RemoteID) (*core.Message, []outbox.Note, error) {
	r := s.round()
	if m.ID.IsZero() {
		m.ID = canon.NewID()
	}
	m.Content.ID = m.ID
	if m.Content.Subject == "" {
		m.Content.Subject = r.Subject
	}
	sent.ID, sent.Subject = m.ID, m.Content.Subject
	rows, notes, err := s.o.outbox.Rows(s.ctx, s.tenant, outbox.Letter{
		Thread: s.ch.Lane.Thread.ID, Key: s.ch.Lane.Thread.Key, Conversation: r.ID, Account: r.Account, Lease: lease,
		Message: sent, ReplyTo: replyTo, After: s.after, Asked: r.Asked, Sender: senderOf(m.From, m.Sender, m.Name),
	})
	if err != nil {
		return nil, nil, err
	}
	line := s.line(m)
	s.offer(line, notes)
	// Rows that an earlier row of this very change must precede wait for it.
	if len(s.ch.Outbox) > 0 {
		for i := range rows {
			rows[i].State, rows[i].Tries, rows[i].Holder = canon.Queued, 0, ""
		}
	}
	if s.hold {
		for i := range rows {
			rows[i].State, rows[i].Tries, rows[i].Holder = canon.Held, 0, ""
		}
	}
	s.ch.Outbox = append(s.ch.Outbox, rows...)
	if m.From != core.FromSystem {
		r.Answered = s.now // what the hub says by itself answers nobody
	}
	return line, notes, nil
}

// system says something in the hub's own name. A channel that is not linked any
// more cannot be told; that never stops what is being decided.
func (s *scene) system(text string) {
	if text == "" {
		return
	}
	if _, _, err := s.say(core.Message{From: core.FromSystem, Content: canon.TextMessage(text)}, 0, ""); err != nil {
		s.o.log.Debug("a line of the hub cannot be sent", "account", s.account.ID, "err", err)
	}
}

// commit writes the scenes in one transaction. The parts that need the
// transaction's own view (who is free, which place in the queue) are decided in
// it, on clones.
func (o *Orchestrator) commit(ctx context.Context, tenant canon.ID, scenes []*scene, also func(*store.Tx) error) error {
	err := o.store.For(tenant).WriteLater(ctx, func(t *store.Tx) error {
		changes := make([]*store.Change, 0, len(scenes))
		final := make([]*scene, 0, len(scenes))
		for _, s := range scenes {
			if len(s.last) > 0 {
				s = s.clone()
				for _, f := range s.last {
					if err := f(t, s); err != nil {
						return err
					}
				}
			}
			s.promise()
			changes = append(changes, s.ch)
			final = append(final, s)
		}
		if err := t.Apply(changes...); err != nil {
			return err
		}
		for _, s := range final {
			for _, l := range s.load {
				change := t.Take
				if l.by < 0 {
					change = t.Release
				}
				if err := change(l.agent); err != nil {
					return err
				}
			}
			for _, e := range s.feed {
				t.Feed(e)
			}
			t.After(func() { o.committed(s) })
		}
		if also != nil {
			return also(t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	o.poke(tenant)
	return nil
}

// committed is called by the writer when a scene is durable, so that rows reach
// their lane in the order of commit.
func (o *Orchestrator) committed(s *scene) {
	o.outbox.Offer(s.ch.Released)
	o.outbox.Offer(s.ch.Outbox)
	o.lookUp(s)
	o.askNames(s)
	if len(s.ch.Outbox) == 0 && s.ch.Turn == nil {
		o.unheld(s) // nothing is going to be said
	}
	if len(s.ch.Owners) > 0 && !s.ch.Opened {
		o.silence(s.round().ID)
	}
}

// retryStale runs f again while somebody else changed the lane in between.
func retryStale(f func() error) error {
	for try := 0; ; try++ {
		err := f()
		if err == nil || !errors.Is(err, store.ErrStale) || try >= 8 {
			return err
		}
	}
}

// unheld lets go the callbacks that waited for what the scene would say.
func (o *Orchestrator) unheld(s *scene) {
	for _, event := range s.heard {
		o.open.Release(reply.Lane{Account: s.ch.Lane.Thread.Account, Key: s.ch.Lane.Thread.Key}, event)
	}
}
