package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Replayed is what came of handling raw callbacks again.
type Replayed struct {
	Dead     int  `json:"dead" doc:"Could not be handled"`
	Unrouted int  `json:"unrouted" doc:"Came before the account was linked"`
	Unknown  int  `json:"unknown" doc:"Were not understood when they came"`
	Refused  int  `json:"refused" doc:"Callbacks that could not be read at all"`
	Again    int  `json:"again" doc:"Of all these, how many are handled once more"`
	Still    int  `json:"still" doc:"Of those not understood or read, how many still are not"`
	More     bool `json:"more" doc:"There is more: ask again"`
}

type replayInput struct {
	ByID
	Body struct {
		Days int  `json:"days" minimum:"1" maximum:"30" doc:"Of how many days"`
		Dry  bool `json:"dry,omitempty" doc:"Only count"`
	}
}

func (a *API) addReplay() {
	add(a, route{method: "POST", path: "/accounts/{id}/callbacks/replay", tag: "Channels", may: auth.TroubleWrite, act: "callbacks.replayed", summary: "Handle callbacks of the last days again",
		doc: "After a fix: what could not be read or handled, was not understood, or came before the account was linked. What was handled stays as it is, and no event takes effect twice. Looks at 1000 of each kind at most."},
		func(ctx context.Context, c *call, in *replayInput) (*answer[Replayed], error) {
			v, err := c.scope.Account(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			r := replayer{a: a, c: c, v: v, dry: in.Body.Dry, since: ms(c.scope.Now().AddDate(0, 0, -in.Body.Days))}
			if err := r.letters(ctx, store.InboxDead, &r.out.Dead); err != nil {
				return nil, err
			}
			if err := r.letters(ctx, store.InboxUnrouted, &r.out.Unrouted); err != nil {
				return nil, err
			}
			if err := r.puzzles(ctx); err != nil {
				return nil, err
			}
			if err := r.refused(ctx); err != nil {
				return nil, err
			}
			if r.dry {
				return &answer[Replayed]{r.out}, nil
			}
			a.Desk.Wake(c.who.Tenant)
			return &answer[Replayed]{r.out}, c.note(ctx, in.ID.String(), "")
		})
}

func ms(t time.Time) int64 { return t.UnixMilli() }

// replayer handles again, or only counts, what of an account needs it.
type replayer struct {
	a     *API
	c     *call
	v     core.Account
	dry   bool
	since int64
	out   Replayed
}

// letters goes through the dead or the unrouted.
func (r *replayer) letters(ctx context.Context, state store.InboxState, found *int) error {
	before := int64(0)
	for looked := 0; looked < maxReplay; {
		all, err := r.c.scope.Letters(ctx, state, before, 200)
		if err != nil {
			return err
		}
		for _, l := range all {
			before = l.N
			if l.Received < r.since {
				return nil
			}
			ours := l.Account == r.v.ID || l.Account.IsZero() && l.Link == r.v.Link && envelopeOf(l.Envelope).Account == r.v.RemoteID
			if !ours {
				continue
			}
			*found++
			r.out.Again++
			if !r.dry {
				if err := r.c.scope.Replay(ctx, l.N, r.v.ID); err != nil {
					return err
				}
			}
		}
		if looked += len(all); len(all) < 200 {
			return nil
		}
	}
	r.out.More = true
	return nil
}

// puzzles goes through what was not understood, and asks the connector again.
func (r *replayer) puzzles(ctx context.Context) error {
	all, err := r.c.scope.Puzzles(ctx, r.v.Link, r.since, 0, maxReplay)
	if err != nil {
		return err
	}
	r.out.More = r.out.More || len(all) == maxReplay
	for _, p := range all {
		was := envelopeOf(p.Envelope)
		if _, unknown := was.Event.(canon.Unknown); !unknown || p.Account != r.v.ID {
			continue
		}
		r.out.Unknown++
		now, ok, err := r.understand(ctx, p, was)
		if err != nil {
			return err
		}
		if ok && !r.dry {
			ok, err = r.c.scope.Understood(ctx, p, now)
		}
		if err != nil {
			return err
		}
		if ok {
			r.out.Again++
		} else {
			r.out.Still++
		}
	}
	return nil
}

// refused goes through callbacks that could not be read.
func (r *replayer) refused(ctx context.Context) error {
	all, err := r.c.scope.RefusedOf(ctx, r.v.Link, r.since)
	if err != nil {
		return err
	}
	for _, x := range all {
		r.out.Refused++
		ok, err := r.a.retake(ctx, r.c, r.v, x.N, x.Raw, r.dry)
		if err != nil {
			return err
		}
		if ok {
			r.out.Again++
		} else {
			r.out.Still++
		}
	}
	return nil
}

// retake takes in a callback that could not be read when it came, or only sees
// whether it could be now.
func (a *API) retake(ctx context.Context, c *call, v core.Account, n int64, raw []byte, dry bool) (bool, error) {
	if dry {
		_, err := a.Links.Again(ctx, c.who.Tenant, v.Link, raw)
		_, open := a.Links.Conn(c.who.Tenant, v.Link)
		return err == nil && open, nil
	}
	ok, err := a.Links.Retake(ctx, c.who.Tenant, v.Link, raw)
	switch {
	case store.Unavailable(err):
		return false, err
	case err != nil || !ok:
		return false, nil // it still cannot be read
	}
	return true, c.scope.Reread(ctx, n)
}

// understand is an arrival as its connector reads it now; ok is false where it
// reads no more than before.
func (r *replayer) understand(ctx context.Context, p store.Puzzle, was canon.Envelope) (now canon.Envelope, ok bool, err error) {
	raw, err := r.c.scope.RawOf(ctx, r.v.Link, p.N)
	if err != nil || raw == nil {
		return now, false, err
	}
	all, err := r.a.Links.Again(ctx, r.c.who.Tenant, r.v.Link, raw)
	if err != nil {
		return now, false, nil // it is still not understood
	}
	for _, e := range all {
		if _, unknown := e.Event.(canon.Unknown); e.EventID == was.EventID && !unknown {
			e.ID, e.Ticket = was.ID, nil // a permission to answer is long over
			return e, true, nil
		}
	}
	return now, false, nil
}
