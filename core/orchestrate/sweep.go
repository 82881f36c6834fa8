package orchestrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/store"
)

// Sweep does what time alone brings about: bots that asked to be woken by
// silence, conversations to be woken, closed or handed over, goals that are missed,
// queues with somebody free. The hub calls it about every second.
func (o *Orchestrator) Sweep(ctx context.Context, tenant canon.ID) error {
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return err
	}
	set := book.Settings()
	o.Bulks(tenant)
	all := []error{o.silences(ctx, tenant, book), o.wakeDue(ctx, tenant), o.missed(ctx, tenant), o.recount(ctx, tenant, book), o.relieved(ctx, tenant)}
	for _, status := range []core.Status{core.StatusBot, core.StatusAgent} {
		if set.IdleClose > 0 {
			all = append(all, o.closeIdle(ctx, tenant, status, time.Duration(set.IdleClose)*time.Second, "idle"))
		}
		if set.SilentClose > 0 {
			all = append(all, o.closeIdle(ctx, tenant, status, time.Duration(set.SilentClose)*time.Second, "silent"))
		}
	}
	return errors.Join(append(all, o.drain(ctx, tenant))...)
}

// silences asks bots about customers who stayed silent.
func (o *Orchestrator) silences(ctx context.Context, tenant canon.ID, book *Book) error {
	due, err := o.store.For(tenant).DueTimers(ctx, 100)
	if err != nil {
		return err
	}
	for _, d := range due {
		err := o.atDesk(ctx, tenant, d.Conversation, func(t *store.Tx, s *scene) error {
			if stands, err := t.TimerStands(ctx, d); err != nil || !stands {
				return err // they spoke meanwhile
			}
			s.ch.NoSilence = true
			r := s.round()
			if r.Owner.Kind == core.StatusBot && !r.Asked.After(r.Answered) && !book.IsBlocked(r.Contact, s.now) {
				s.ask(asked{Cause: CauseSilence, Pos: s.ch.Lane.Thread.Pos})
			}
			return nil
		})
		if err == nil {
			continue
		}
		if ctx.Err() != nil || store.Unavailable(err) {
			return err
		}
		// One that cannot be carried out must not be tried every second for ever.
		o.log.Error("a bot cannot be woken", "conversation", d.Conversation, "err", firstLine(err.Error()))
		if err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error { return t.ForgetTimer(d) }); err != nil {
			return err
		}
	}
	return nil
}

// closeIdle closes conversations in which nothing happened for so long. With
// "silent" only those in which the customer was the one to answer.
func (o *Orchestrator) closeIdle(ctx context.Context, tenant canon.ID, status core.Status, age time.Duration, how string) error {
	before := o.store.Now().Add(-age)
	idle, err := o.store.For(tenant).Idle(ctx, status, before, how == "silent", 200)
	if err != nil {
		return err
	}
	var all []error
	for _, id := range idle {
		err := o.atDesk(ctx, tenant, id, func(_ *store.Tx, s *scene) error {
			now := s.round()
			if now.Owner.Kind != status || !now.LastAt.Before(before) {
				return nil // somebody spoke in between
			}
			return s.end(how, canon.ID{})
		})
		if err != nil {
			all = append(all, fmt.Errorf("close conversation %s: %w", id, err))
			if ctx.Err() != nil || store.Unavailable(err) {
				break
			}
		}
	}
	return errors.Join(all...)
}

// Drain gives waiting conversations to agents who became free. It returns at
// once; the work is done beside.
func (o *Orchestrator) Drain(tenant canon.ID) {
	if o.ctx.Err() != nil {
		return
	}
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		if err := o.drain(o.ctx, tenant); err != nil && o.ctx.Err() == nil {
			o.log.Warn("cannot hand out the queue yet", "tenant", tenant, "err", err)
		}
	}()
}

func (o *Orchestrator) drain(ctx context.Context, tenant canon.ID) error {
	scope := o.store.For(tenant)
	teams, err := scope.QueuesOf(ctx)
	if err != nil || len(teams) == 0 {
		return err
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return err
	}
	var all []error
	for _, team := range teams {
		if open, _ := book.Open(team, o.store.Now()); !open {
			continue // off hours nobody is called; who is there may take by hand
		}
		for more := true; more; {
			heads, err := scope.Queued(ctx, team, 50)
			if err != nil {
				return err
			}
			more = len(heads) == 50
			for _, head := range heads {
				given, err := o.give(ctx, tenant, team, head)
				if err != nil {
					// It keeps its place and nobody behind it from their turn.
					all = append(all, fmt.Errorf("hand out conversation %s: %w", head, err))
					more = more && ctx.Err() == nil && !store.Unavailable(err) && len(all) < 50
					continue
				}
				if !given {
					more = false
					break
				}
			}
		}
	}
	return errors.Join(all...)
}

// give hands the head of a queue to somebody who is free, if anybody is.
func (o *Orchestrator) give(ctx context.Context, tenant, team, conversation canon.ID) (given bool, err error) {
	err = o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		given = false
		r := s.round()
		if r.Owner.Kind != core.StatusQueue || r.Owner.Team != team {
			given = true // somebody was faster: look at the next
			return nil
		}
		agent, ok, err := t.PickAgent(ctx, team)
		if err != nil || !ok {
			return err
		}
		name, _, err := t.AgentName(ctx, agent)
		if err != nil {
			return err
		}
		given = true
		t.After(func() { o.paces.handed(tenant, team, s.now) })
		since := r.WaitingSince
		s.own(core.Owner{Kind: core.StatusAgent, ID: agent, Team: team}, core.Reason{Code: "assigned", Text: name, Steps: []core.Step{{Code: core.StepBecameFree, Agent: name}}}, canon.ID{}, core.FeedAssigned)
		r.WaitingSince = since // they wait until somebody answers
		s.system(fill(sayAssigned.In(s.language()), "agent", name))
		return nil
	})
	return given, err
}

// Signalled takes a signal of a customer on to those who watch the thread.
func (o *Orchestrator) Signalled(ctx context.Context, tenant, account canon.ID, key canon.ThreadKey, sig canon.Signal) {
	th, _, err := o.store.For(tenant).ThreadByKey(ctx, account, key)
	if err != nil || th.Conversation.IsZero() {
		return // nobody watches a thread that is not there
	}
	if typing, ok := sig.(canon.Typing); ok {
		book, err := o.books.Get(ctx, tenant)
		if err != nil {
			return
		}
		if !book.Settings().LiveTyping {
			typing.Text = ""
			sig = typing
		}
	}
	o.signal(tenant, feed.Passing{Thread: th.ID, Conversation: th.Conversation, Signal: sig, Sender: connector.Sender{Kind: string(core.FromCustomer), ID: th.Contact}})
}

// each does something, named by what, to conversations one after the other; of one
// that fails the others do not suffer.
func (o *Orchestrator) each(ctx context.Context, tenant canon.ID, what string, ids []canon.ID, do func(*scene)) error {
	var all []error
	for _, id := range ids {
		err := o.atDesk(ctx, tenant, id, func(_ *store.Tx, s *scene) error {
			do(s)
			return nil
		})
		if err != nil {
			all = append(all, fmt.Errorf("%s conversation %s: %w", what, id, err))
			if ctx.Err() != nil || store.Unavailable(err) {
				break
			}
		}
	}
	return errors.Join(all...)
}
