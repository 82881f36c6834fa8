package orchestrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// maxSnooze is how far ahead a conversation may be put to sleep.
const maxSnooze = 366 * 24 * time.Hour

var (
	errNotServed = &core.Fault{Kind: core.FaultConflict, Code: "not_served",
		Text:   connector.Text{EN: "Nobody has taken this conversation yet.", ZH: "该会话尚未被客服接手。"},
		Remedy: connector.Text{EN: "Take it, then snooze it.", ZH: "请先接手会话，再稍后处理。"}}
	errSnoozeTime = core.Invalid("snooze_time", "body.until", connector.Text{EN: "The time is past, or more than a year away.", ZH: "时间已过，或超过一年。"},
		connector.Text{EN: "Choose a time within the next year, or none: then it sleeps until the customer writes.", ZH: "请选择一年以内的时间；不填则等到客户再次发来消息。"})
)

// Snooze puts an agent's conversation to sleep until a time (zero: none) or the
// customer's next message, whichever is first. While it sleeps it stays its
// owner's, and does not count among what they have in progress; nobody waits in
// it, and it is not closed for being idle. Another time replaces the earlier one;
// the same changes nothing.
func (o *Orchestrator) Snooze(ctx context.Context, tenant, conversation canon.ID, until time.Time, by canon.ID, why string) (core.Conversation, error) {
	until = until.Truncate(time.Millisecond).UTC()
	err := o.atDesk(ctx, tenant, conversation, func(_ *store.Tx, s *scene) error {
		r := s.round()
		switch {
		case r.Owner.Kind == core.StatusClosed:
			return errClosed
		case r.Owner.Kind != core.StatusAgent:
			return errNotServed
		case !until.IsZero() && (!until.After(s.now) || until.After(s.now.Add(maxSnooze))):
			return errSnoozeTime
		case r.Snooze != nil && r.Snooze.Until.Equal(until) && r.Snooze.Why == why:
			return nil
		}
		if r.Snooze == nil {
			s.load = append(s.load, loadChange{r.Owner.ID, -1})
		}
		r.Snooze, r.WaitingSince = &core.Snooze{Until: until, By: by, At: s.now, Why: why}, time.Time{}
		s.line(core.Message{From: core.FromEvent, Sender: by, Event: &core.LineEvent{Kind: "snoozed", Until: until, Detail: why}})
		s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedSnoozed, Actor: by, Conversation: r.ID, Subject: r.ID})
		return nil
	})
	if err != nil {
		return core.Conversation{}, err
	}
	o.Drain(tenant) // whose it is has room for another
	return o.view(ctx, tenant, conversation)
}

// Unsnooze wakes a conversation now; one that does not sleep stays as it is.
func (o *Orchestrator) Unsnooze(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error) {
	err := o.atDesk(ctx, tenant, conversation, func(_ *store.Tx, s *scene) error {
		if s.round().Snooze != nil {
			s.wake("agent", by)
		}
		return nil
	})
	if err != nil {
		return core.Conversation{}, err
	}
	return o.view(ctx, tenant, conversation)
}

// wake returns a conversation that sleeps to its owner, or to a queue when the
// owner serves no more. how is "time", "customer" or "agent".
func (s *scene) wake(how string, by canon.ID) {
	r := s.round()
	r.Snooze = nil
	r.LastAt = s.now // it comes back on top, and is not closed for having been idle
	s.load = append(s.load, loadChange{r.Owner.ID, 1})
	if r.Asked.After(r.Answered) {
		r.WaitingSince = s.now
	}
	s.line(core.Message{From: core.FromEvent, Sender: by, Event: &core.LineEvent{Kind: "woken", Detail: how}})
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedWoken, Actor: by, Conversation: r.ID, Subject: r.ID})
	s.last = append(s.last, func(t *store.Tx, s *scene) error {
		r := s.round()
		if r.Owner.Kind != core.StatusAgent {
			return nil // it changed hands as it woke
		}
		name, serves, err := t.AgentName(s.ctx, r.Owner.ID)
		if err != nil || serves {
			return err
		}
		s.orphan(core.Reason{Code: "owner_gone", Text: name}, canon.ID{})
		return nil
	})
}

// wakeDue wakes what has slept long enough, each once: whether one still sleeps
// is decided in the transaction that wakes it.
func (o *Orchestrator) wakeDue(ctx context.Context, tenant canon.ID) error {
	due, err := o.store.For(tenant).DueSnoozes(ctx, 200)
	if err != nil {
		return err
	}
	return o.each(ctx, tenant, "wake", due, func(s *scene) {
		if r := s.round(); r.Snooze != nil && !r.Snooze.Until.IsZero() && !r.Snooze.Until.After(s.now) {
			s.wake("time", canon.ID{})
		}
	})
}
