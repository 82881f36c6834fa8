package orchestrate

import (
	"context"
	"errors"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// albumKey finds the message an album became, so that a late member joins it.
func albumKey(group string) string { return "album:" + group }

// album handles the first n arrivals of a lane, which are one album, as one
// message; those that come after it was handled become an edit of it.
func (o *Orchestrator) album(ctx context.Context, tenant canon.ID, book *Book, q *queue, n int, th core.Thread) error {
	members := q.all[:n]
	if !th.ID.IsZero() && !book.IsBlocked(th.Contact, o.store.Now()) {
		joined, err := o.join(ctx, tenant, members, th)
		if err != nil || joined {
			return err
		}
	}
	first := members[0]
	whole := first.env.Event.(canon.Posted)
	whole.Message.Parts = partsOf(members)
	if whole.Message.ClientID == "" {
		whole.Message.ClientID = albumKey(first.env.Group)
	}
	first.env.Event = whole
	for _, a := range members[1:] {
		first.also = append(first.also, a.N)
	}
	return o.handleLanes(ctx, tenant, book, []*queue{{lane: q.lane, key: q.key, all: []arrival{first}}}, []int{1})
}

// join adds members to the message their album became before. It reports false
// when there is none.
func (o *Orchestrator) join(ctx context.Context, tenant canon.ID, members []arrival, th core.Thread) (bool, error) {
	errNone := errors.New("no such album")
	err := o.onThread(ctx, tenant, th.ID, func(t *store.Tx, s *scene) error {
		m, found, err := t.MessageByClient(ctx, th.ID, albumKey(members[0].env.Group))
		if err != nil {
			return err
		}
		if !found {
			return errNone
		}
		ns := make([]int64, len(members))
		for i, a := range members {
			ns[i] = a.N
		}
		if err := t.Handled(ns, store.InboxHandled); err != nil || !m.Recalled.IsZero() {
			return err
		}
		known := len(m.Content.Parts)
		m.Content.Parts = append(m.Content.Parts, partsOf(members)...)
		m.Rev = s.number()
		s.fetchesFrom(&m, known)
		s.retell(m)
		s.change(m)
		return t.Rewrite(ctx, m, nil)
	})
	if errors.Is(err, errNone) {
		return false, nil
	}
	return true, err
}

func partsOf(members []arrival) []canon.Part {
	var out []canon.Part
	for _, a := range members {
		if p, ok := a.env.Event.(canon.Posted); ok {
			out = append(out, p.Message.Parts...)
		}
	}
	return out
}
