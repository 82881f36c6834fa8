package orchestrate

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// single handles the head of a lane in a transaction of its own: an event that
// changes what stands in the thread already.
func (o *Orchestrator) single(ctx context.Context, tenant canon.ID, q *queue) {
	a := q.head()
	err := o.one(ctx, tenant, q, a)
	switch {
	case err == nil:
		q.all = q.all[1:]
	case ctx.Err() != nil || store.Unavailable(err):
		q.held = true
	default:
		o.fail(ctx, tenant, q, a, err)
	}
}

func (o *Orchestrator) one(ctx context.Context, tenant canon.ID, q *queue, a arrival) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while handling: %v\n%s", r, debug.Stack())
		}
	}()
	scope := o.store.For(tenant)
	if r, ok := a.env.Event.(canon.Receipt); ok {
		// A report may come in on another thread than what it is about: a bounce.
		return o.receipt(ctx, tenant, q.key.Account, r, a.N)
	}
	th, _, err := scope.ThreadByKey(ctx, q.key.Account, q.key.Key)
	fault, isFault := core.AsFault(err)
	if err != nil && (!isFault || fault.Kind != core.FaultNotFound) {
		return err
	}
	if err != nil {
		// It is about a thread nobody has: kept in the inbox, nothing to change.
		return scope.Write(ctx, func(t *store.Tx) error { return handled(t, []int64{a.N}, store.InboxHandled) })
	}
	var target core.Message
	if remote := targetOf(a.env.Event); remote != "" {
		if target, err = scope.MessageByRemote(ctx, th.ID, remote); err != nil {
			if f, ok := core.AsFault(err); !ok || f.Kind != core.FaultNotFound {
				return err
			}
		}
	}
	err = o.onThread(ctx, tenant, th.ID, func(t *store.Tx, s *scene) error {
		if err := handled(t, []int64{a.N}, store.InboxHandled); err != nil {
			return err
		}
		switch ev := a.env.Event.(type) {
		case canon.Edited:
			return s.edited(ctx, t, target, ev)
		case canon.Revoked:
			return s.revoked(ctx, t, target)
		case canon.Reacted:
			return s.reacted(ctx, t, target, ev)
		case canon.Membership:
			s.event("membership", string(ev.Kind))
		case canon.Call:
			s.event("call", string(ev.Kind))
		case canon.Session:
			s.event("session", string(ev.Kind))
		case canon.Unknown:
			s.event("unknown", ev.Name)
		}
		return nil
	})
	return err
}

func targetOf(e canon.Event) canon.RemoteID {
	switch e := e.(type) {
	case canon.Edited:
		return e.Target
	case canon.Revoked:
		return e.Target
	case canon.Reacted:
		return e.Target
	}
	return ""
}

// receipt raises what a platform reports on, wherever it was sent.
func (o *Orchestrator) receipt(ctx context.Context, tenant, account canon.ID, r canon.Receipt, n int64) error {
	return o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		if err := handled(t, []int64{n}, store.InboxHandled); err != nil {
			return err
		}
		moved, err := t.Receipt(ctx, account, r)
		if err != nil {
			return err
		}
		for _, id := range moved {
			m, err := t.Message(ctx, id)
			if err != nil {
				return err
			}
			if r.State == canon.Failed {
				if err := t.SetTrouble(m.Conversation, true); err != nil {
					return err
				}
			}
			t.Feed(core.FeedEntry{Kind: core.FeedChanged, Conversation: m.Conversation, Subject: id})
		}
		t.After(func() { o.poke(tenant) })
		return nil
	})
}

// event puts a small line into an open conversation.
func (s *scene) event(kind, detail string) {
	if s.round() == nil {
		return
	}
	s.line(core.Message{From: core.FromEvent, Event: &core.LineEvent{Kind: kind, Detail: detail}})
}

func (s *scene) change(m core.Message) {
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedChanged, Conversation: m.Conversation, Subject: m.ID})
}

func (s *scene) edited(ctx context.Context, t *store.Tx, m core.Message, ev canon.Edited) error {
	if m.ID.IsZero() || m.From != core.FromCustomer {
		return nil
	}
	was := m.Content
	m.Content = ev.Message
	m.Content.ID, m.Content.RemoteID = m.ID, was.RemoteID
	m.Edited, m.Rev = s.now, s.number()
	s.change(m)
	return t.Rewrite(ctx, m, &was)
}

func (s *scene) revoked(ctx context.Context, t *store.Tx, m core.Message) error {
	if m.ID.IsZero() || !m.Recalled.IsZero() {
		return nil
	}
	m.Recalled, m.Rev = s.now, s.number()
	s.change(m)
	return t.Rewrite(ctx, m, nil)
}

func (s *scene) reacted(ctx context.Context, t *store.Tx, m core.Message, ev canon.Reacted) error {
	if m.ID.IsZero() {
		return nil
	}
	var kept []core.Reaction
	for _, r := range m.Reactions {
		if r.From != core.FromCustomer || ev.Emoji != "" && r.Emoji != ev.Emoji {
			kept = append(kept, r)
		}
	}
	if !ev.Removed && ev.Emoji != "" {
		kept = append(kept, core.Reaction{Emoji: ev.Emoji, From: core.FromCustomer, By: s.ch.Lane.Contact.ID})
	}
	m.Reactions, m.Rev = kept, s.number()
	s.change(m)
	return t.Rewrite(ctx, m, nil)
}

// onThread decides about one thread inside a transaction that keeps others off
// it.
func (o *Orchestrator) onThread(ctx context.Context, tenant, thread canon.ID, do func(*store.Tx, *scene) error) error {
	return o.within(ctx, tenant, func(t *store.Tx) (*store.Lane, error) { return t.LaneOfThread(ctx, thread) }, do)
}

// atDesk decides about one conversation inside a transaction that keeps others
// off its thread.
func (o *Orchestrator) atDesk(ctx context.Context, tenant, conversation canon.ID, do func(*store.Tx, *scene) error) error {
	return o.within(ctx, tenant, func(t *store.Tx) (*store.Lane, error) { return t.LaneOfConversation(ctx, conversation) }, do)
}

func (o *Orchestrator) within(ctx context.Context, tenant canon.ID, find func(*store.Tx) (*store.Lane, error), do func(*store.Tx, *scene) error) error {
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return err
	}
	var offered []store.OutboxRow
	err = o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		offered = nil
		l, err := find(t)
		if err != nil {
			return err
		}
		s := o.scene(ctx, book, l, t.Now())
		if err := do(t, s); err != nil {
			return err
		}
		for len(s.last) > 0 {
			f := s.last[0]
			s.last = s.last[1:]
			if err := f(t, s); err != nil {
				return err
			}
		}
		if err := t.Apply(s.ch); err != nil {
			return err
		}
		for _, lc := range s.load {
			change := t.Take
			if lc.by < 0 {
				change = t.Release
			}
			if err := change(lc.agent); err != nil {
				return err
			}
		}
		for _, e := range s.feed {
			t.Feed(e)
		}
		offered = s.ch.Outbox
		return nil
	})
	if err != nil {
		return err
	}
	o.outbox.Offer(offered)
	o.poke(tenant)
	return nil
}

// refusal turns what a channel says no to into a fault for the agent.
func refusal(err error) error {
	var e *connector.Error
	if !errors.As(err, &e) {
		return err
	}
	return &core.Fault{Kind: core.FaultInvalid, Code: e.Code, Field: "content", Text: e.Shown,
		Remedy: connector.Text{EN: "Change the message, or use another channel.", ZH: "请修改消息内容，或换一个渠道联系客户。"}}
}
