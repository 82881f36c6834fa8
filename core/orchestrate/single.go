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

// single handles the head of a lane in a transaction of its own: an album, an
// event that changes what stands in the thread already, what may rate a
// conversation that is over, or a message of ours that may be one the hub itself
// has sent.
func (o *Orchestrator) single(ctx context.Context, tenant canon.ID, book *Book, q *queue) {
	n := 1
	if _, posted := q.head().env.Event.(canon.Posted); posted && q.head().env.Group != "" {
		n = q.album()
	}
	o.ended(ctx, tenant, q, n, retryStale(func() error { return o.one(ctx, tenant, book, q, n) }))
}

func (o *Orchestrator) one(ctx context.Context, tenant canon.ID, book *Book, q *queue, n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while handling: %v\n%s", r, debug.Stack())
		}
	}()
	a := q.head()
	scope := o.store.For(tenant)
	if r, ok := a.env.Event.(canon.Receipt); ok {
		// A report may come in on another thread than what it is about: a bounce.
		return o.receipt(ctx, tenant, q.key.Account, r, a)
	}
	th, _, err := scope.ThreadByKey(ctx, q.key.Account, q.key.Key)
	fault, isFault := core.AsFault(err)
	if err != nil && (!isFault || fault.Kind != core.FaultNotFound) {
		return err
	}
	if mayRate(a.env) {
		if done, err := o.rated(ctx, tenant, book, q, th); err != nil || done {
			return err
		}
		return o.handleLanes(ctx, tenant, book, []*queue{{lane: q.lane, key: q.key, all: []arrival{a}}}, []int{1})
	}
	if ev, posted := a.env.Event.(canon.Posted); posted {
		if a.env.Group == "" {
			return o.echo(ctx, tenant, book, q, th.ID, ev.Message)
		}
		return o.album(ctx, tenant, book, q, n, th)
	}
	target, terr := o.target(ctx, scope, q, &th, err == nil, a.env.Event)
	if terr != nil {
		return terr
	}
	if err != nil && target.ID.IsZero() {
		// It is about a thread nobody has: kept in the inbox, nothing to change.
		return scope.Write(ctx, func(t *store.Tx) error { return t.Handled([]int64{a.N}, store.InboxHandled) })
	}
	if book.IsBlocked(th.Contact, o.store.Now()) {
		return scope.Write(ctx, func(t *store.Tx) error {
			return errors.Join(t.CountBlocked(th.Contact, 1), t.Handled([]int64{a.N}, store.InboxBlocked))
		})
	}
	return o.onThread(ctx, tenant, th.ID, func(t *store.Tx, s *scene) error {
		if err := t.Handled([]int64{a.N}, store.InboxHandled); err != nil {
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
			if ev.Kind == canon.MemberMoved {
				to := th.Key
				to.Peer = ev.Member.ID
				if _, err := t.MoveThread(th, to); err != nil {
					return err
				}
			}
			s.event("membership", string(ev.Kind))
		case canon.Call:
			s.event("call", string(ev.Kind))
		case canon.Session:
			s.event("session", string(ev.Kind))
			if s.atTheirDesk(ev.Kind) {
				t.After(func() { o.Drain(tenant) })
			}
		case canon.Unknown:
			if ev.Says != (canon.Words{}) {
				s.note(core.LineEvent{Kind: "told", Says: &ev.Says})
				break
			}
			s.event("unknown", ev.Name)
		}
		return nil
	})
}

// target is the message an event is about, none when nobody has it. What was put
// on a message or taken back may be told without its topic: then it is looked for
// on the peer's other threads, and th becomes the one it stands on.
func (o *Orchestrator) target(ctx context.Context, scope store.Scope, q *queue, th *core.Thread, known bool, ev canon.Event) (m core.Message, err error) {
	remote := targetOf(ev)
	if remote == "" {
		return m, nil
	}
	none := func(err error) bool {
		f, ok := core.AsFault(err)
		return ok && f.Kind == core.FaultNotFound
	}
	if known {
		if m, err = scope.MessageByRemote(ctx, th.ID, remote); err == nil || !none(err) {
			return m, err
		}
	}
	if _, edited := ev.(canon.Edited); edited {
		return core.Message{}, nil
	}
	if m, err = scope.MessageOfPeer(ctx, q.key.Account, q.key.Key.Peer, remote); err != nil {
		if none(err) {
			err = nil
		}
		return core.Message{}, err
	}
	*th, _, err = scope.Thread(ctx, m.Thread)
	return m, err
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

// event puts a small line into an open conversation.
func (s *scene) event(kind, detail string) { s.note(core.LineEvent{Kind: kind, Detail: detail}) }

func (s *scene) note(e core.LineEvent) {
	if s.round() != nil {
		s.line(core.Message{From: core.FromEvent, Event: &e})
	}
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
	s.fetches(&m)
	s.retell(m)
	s.change(m)
	return t.Rewrite(ctx, m, &was)
}

// retell keeps the list's line about the newest message true after it changed.
func (s *scene) retell(m core.Message) {
	if r := s.round(); r != nil && r.ID == m.Conversation && r.LastAt.Equal(m.At) && r.LastFrom == string(m.From) {
		r.LastText = ""
		if m.Recalled.IsZero() {
			r.LastText = summary(m.Content)
		}
	}
}

func (s *scene) revoked(ctx context.Context, t *store.Tx, m core.Message) error {
	if m.ID.IsZero() || !m.Recalled.IsZero() {
		return nil
	}
	m.Recalled, m.Rev = s.now, s.number()
	s.retell(m)
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
	err = o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		l, err := find(t)
		if err != nil {
			return err
		}
		s := o.scene(ctx, book, l, t.Now())
		if err := do(t, s); err != nil {
			return err
		}
		return o.conclude(t, s)
	})
	if err != nil {
		return err
	}
	o.poke(tenant)
	return nil
}

// conclude writes what was decided, in the transaction it was decided in.
func (o *Orchestrator) conclude(t *store.Tx, scenes ...*scene) error {
	changes := make([]*store.Change, len(scenes))
	for i, s := range scenes {
		for len(s.last) > 0 {
			f := s.last[0]
			s.last = s.last[1:]
			if err := f(t, s); err != nil {
				return err
			}
		}
		s.promise()
		changes[i] = s.ch
	}
	if err := t.Apply(changes...); err != nil {
		return err
	}
	for _, s := range scenes {
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
		t.After(func() { o.committed(s) })
	}
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
