package orchestrate

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"parley/core/canon"
	"parley/core/store"
)

// handleLanes decides about the first n arrivals of each lane and commits.
func (o *Orchestrator) handleLanes(ctx context.Context, tenant canon.ID, book *Book, lanes []*queue, n []int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while handling: %v\n%s", r, debug.Stack())
		}
	}()
	keys := make([]store.LaneKey, len(lanes))
	for i, q := range lanes {
		keys[i] = q.key
	}
	read, err := o.store.For(tenant).Lanes(ctx, keys)
	if err != nil {
		return err
	}
	now := o.store.Now()
	glance(read, n, now)
	var scenes []*scene
	var done, blocked []int64
	refused := map[canon.ID]int64{}
	seenPeer := map[peerKey]*store.Lane{}
	async := false
	var quiet []*scene
	for i, q := range lanes {
		l := read[i]
		sharePerson(seenPeer, l)
		s := o.scene(ctx, book, l, now)
		if book.IsBlocked(l.Contact.ID, now) {
			for _, a := range q.all[:n[i]] {
				blocked = append(append(blocked, a.N), a.also...)
				refused[l.Contact.ID]++
				s.heard = append(s.heard, a.env.EventID)
			}
			quiet = append(quiet, s)
			continue
		}
		for j, a := range q.all[:n[i]] {
			done = append(append(done, a.N), a.also...)
			s.handle(a.env)
			if r := s.round(); r != nil && !r.Owner.Kind.Open() {
				n[i] = j + 1 // what follows begins anew, in a change of its own
			}
			if j+1 == n[i] {
				break
			}
		}
		if s.ch.Came || s.ch.Lane.Round != nil && (len(s.ch.Messages) > 0 || s.ch.Opened) {
			scenes = append(scenes, s)
			async = async || s.ch.Turn != nil
		} else {
			quiet = append(quiet, s)
		}
	}
	err = o.commit(ctx, tenant, scenes, func(t *store.Tx) error {
		for contact, by := range refused {
			if err := t.CountBlocked(contact, by); err != nil {
				return err
			}
		}
		return errors.Join(t.Handled(done, store.InboxHandled), t.Handled(blocked, store.InboxBlocked))
	})
	if err == nil {
		for _, s := range quiet {
			o.unheld(s)
		}
	}
	if err == nil && async {
		if err := o.Turns(ctx, tenant); err != nil {
			o.log.Warn("cannot start a bot yet", "tenant", tenant, "err", err)
		}
	}
	return err
}

type peerKey struct {
	account canon.ID
	peer    canon.RemoteID
}

// sharePerson keeps two new threads of one person in one batch from making the
// person twice.
func sharePerson(seen map[peerKey]*store.Lane, l *store.Lane) {
	if !l.Fresh || !l.FreshIdentity {
		return
	}
	k := peerKey{l.Thread.Account, l.Thread.Key.Peer}
	if first := seen[k]; first != nil {
		l.FreshContact, l.FreshIdentity = false, false
		l.Contact, l.Identity = first.Contact, first.Identity
		l.Thread.Contact, l.Thread.Identity = first.Thread.Contact, first.Thread.Identity
		return
	}
	seen[k] = l
}
