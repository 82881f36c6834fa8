package orchestrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// recountAtATime is how many conversations are counted anew in one sweep.
const recountAtATime = 200

// promise keeps the clocks of a conversation: they run while a customer waits for a
// person, in the opening hours of the team it is with. Somebody's reply ends the
// one until then; the other, until it is closed, only pauses while the customer is
// the one to answer. Both pause while the conversation sleeps. It may be asked
// again for the same change.
func (s *scene) promise() {
	r := s.round()
	if r == nil {
		return
	}
	r.Clocks = store.Clocks{}
	was, goals := s.clocks, s.book.Goals(r.Owner.Team)
	if r.Owner.Kind == core.StatusClosed || goals == (core.Goals{}) {
		return
	}
	next := core.DueNext
	if r.Replied.IsZero() {
		next = core.DueFirst
	}
	reply, waits := was.Reply, !r.WaitingSince.IsZero()
	if reply.For != "" && (r.Answered.UnixMilli() > reply.Began || !waits && r.Snooze == nil) {
		reply = store.Clock{} // kept, or nobody's any more
	}
	if reply.For != "" {
		next = reply.For
	}
	r.Clocks.Reply = s.clock(reply, next, goals.Within(next))
	r.Clocks.Resolved = s.clock(was.Resolved, core.DueResolved, goals.Resolved)
}

// clock goes on with a clock, or begins one, as the conversation is now.
func (s *scene) clock(c store.Clock, goal core.DueFor, within int) store.Clock {
	r, now := s.round(), s.now.UnixMilli()
	waits := !r.WaitingSince.IsZero()
	if within == 0 || c.For == "" && !waits {
		return store.Clock{}
	}
	if c.For == "" {
		since := r.WaitingSince.UnixMilli()
		c = store.Clock{For: goal, Began: since, Since: since} // of no minutes yet: it is counted below
	}
	anew := s.anew || c.Within != within
	if moved := r.Owner.Team != s.ch.WasOwner.Team && !s.ch.Opened; c.Since > 0 && (!waits || moved) {
		// So far by the hours of who had it.
		cal, zone := s.book.hours(s.ch.WasOwner.Team)
		c.Spent += between(cal, zone, time.UnixMilli(c.Since), s.now).Milliseconds()
		c.Since, anew = now, true
	}
	if c.Within = within; !waits {
		c.Since, c.Due = 0, 0
		return c
	}
	if c.Since == 0 {
		c.Since, anew = now, true
	}
	if anew {
		cal, zone := s.book.hours(r.Owner.Team)
		c.Due = 0
		if due := after(cal, zone, time.UnixMilli(c.Since), time.Duration(within)*time.Minute-time.Duration(c.Spent)*time.Millisecond); !due.IsZero() {
			c.Due = due.UnixMilli()
		}
	}
	return c
}

// missed tells of goals that were missed, each once: whether one was told of is
// decided in the transaction that tells.
func (o *Orchestrator) missed(ctx context.Context, tenant canon.ID) error {
	due, err := o.store.For(tenant).Missed(ctx, 200)
	if err != nil {
		return err
	}
	return o.each(ctx, tenant, "count the goals of", due, func(s *scene) {
		s.promise() // as far as is known now
		for _, c := range []*store.Clock{&s.clocks.Reply, &s.clocks.Resolved} {
			now := s.round().Clocks.Reply
			if c == &s.clocks.Resolved {
				now = s.round().Clocks.Resolved
			}
			if now.Missed(s.now) {
				c.Told = true
				s.overdue(now)
			}
		}
	})
}

// overdue tells of one goal.
func (s *scene) overdue(c store.Clock) {
	r := s.round()
	s.line(core.Message{From: core.FromEvent, Event: &core.LineEvent{Kind: "overdue", Detail: string(c.For), Until: time.UnixMilli(c.Due).UTC()}})
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedOverdue, Conversation: r.ID, Subject: r.ID})
}

// recount counts a little of what waits anew, after goals or hours changed.
func (o *Orchestrator) recount(ctx context.Context, tenant canon.ID, book *Book) error {
	from, to, rounds, err := o.store.For(tenant).Recounting(ctx, recountAtATime)
	if err != nil || from == (store.Recount{}) {
		return err
	}
	var changed []canon.ID
	for i := range rounds {
		s := o.scene(ctx, book, &store.Lane{Round: &rounds[i]}, o.store.Now())
		s.anew = true
		if s.promise(); rounds[i].Clocks != s.clocks {
			changed = append(changed, rounds[i].ID)
		}
	}
	err = o.each(ctx, tenant, "count the goals of", changed, func(s *scene) {
		s.anew = true
		if s.promise(); s.round().Clocks != s.clocks {
			s.number() // who read the thread before decides again
			s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedConversation, Conversation: s.round().ID, Subject: s.round().ID})
		}
	})
	if err != nil {
		return err
	}
	return o.store.For(tenant).Write(ctx, func(t *store.Tx) error { return t.Recounted(from, to) })
}
