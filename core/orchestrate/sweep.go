package orchestrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/store"
)

// Sweep does what time alone brings about: bots that asked to be woken by
// silence, conversations to be closed, queues with somebody free. The hub calls
// it about every second.
func (o *Orchestrator) Sweep(ctx context.Context, tenant canon.ID) error {
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return err
	}
	if err := o.silences(ctx, tenant); err != nil {
		return err
	}
	set := book.Settings()
	if set.IdleClose > 0 {
		for _, status := range []core.Status{core.StatusBot, core.StatusAgent} {
			if err := o.closeIdle(ctx, tenant, status, time.Duration(set.IdleClose)*time.Second, "idle"); err != nil {
				return err
			}
		}
	}
	if set.SilentClose > 0 {
		for _, status := range []core.Status{core.StatusBot, core.StatusAgent} {
			if err := o.closeIdle(ctx, tenant, status, time.Duration(set.SilentClose)*time.Second, "silent"); err != nil {
				return err
			}
		}
	}
	return o.drain(ctx, tenant)
}

// silences asks bots about customers who stayed silent.
func (o *Orchestrator) silences(ctx context.Context, tenant canon.ID) error {
	due, err := o.store.For(tenant).DueTimers(ctx, 100)
	if err != nil {
		return err
	}
	for _, d := range due {
		err := o.atDesk(ctx, tenant, d.Conversation, func(_ *store.Tx, s *scene) error {
			s.ch.NoSilence = true
			if silent(s.round(), d.Due) {
				s.ask(asked{Cause: CauseSilence, Pos: s.ch.Lane.Thread.Pos})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// closeIdle closes conversations in which nothing happened for so long. With
// "silent" only those in which the customer was the one to answer.
func (o *Orchestrator) closeIdle(ctx context.Context, tenant canon.ID, status core.Status, age time.Duration, how string) error {
	before := o.store.Now().Add(-age)
	idle, err := o.store.For(tenant).Idle(ctx, status, before, 200)
	if err != nil {
		return err
	}
	for _, r := range idle {
		if how == "silent" && r.Asked.After(r.Answered) {
			continue
		}
		err := o.atDesk(ctx, tenant, r.ID, func(_ *store.Tx, s *scene) error {
			now := s.round()
			if now == nil || !now.Owner.Kind.Open() || now.LastAt.After(before) {
				return nil // somebody spoke in between
			}
			return s.end(how, canon.ID{})
		})
		if err != nil {
			return err
		}
	}
	return nil
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
	for _, team := range teams {
		for {
			heads, err := scope.Queued(ctx, team, 1)
			if err != nil {
				return err
			}
			if len(heads) == 0 {
				break
			}
			given, err := o.give(ctx, tenant, book, team, heads[0])
			if err != nil {
				return err
			}
			if !given {
				break
			}
		}
	}
	return nil
}

// give hands the head of a queue to somebody who is free, if anybody is.
func (o *Orchestrator) give(ctx context.Context, tenant canon.ID, book *Book, team, conversation canon.ID) (given bool, err error) {
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
		since := r.WaitingSince
		s.own(core.Owner{Kind: core.StatusAgent, ID: agent, Team: team}, core.Reason{Code: "assigned", Text: name, Steps: []string{"“" + name + "” became free and has the smallest load"}}, canon.ID{}, core.FeedAssigned)
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
