package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// InboxState is what became of an arrived envelope.
type InboxState int64

// The states of an arrived envelope.
const (
	InboxWaiting  InboxState = 0
	InboxHandled  InboxState = 1
	InboxDead     InboxState = 2
	InboxUnrouted InboxState = 3 // nobody linked its account
	InboxBlocked  InboxState = 4
	InboxRefused  InboxState = 5 // a callback nobody could read: it has no envelope
)

// Arrived is an envelope waiting to be handled.
type Arrived struct {
	N        int64
	Link     canon.ID
	Account  canon.ID
	Lane     string // 16 bytes
	Envelope []byte
	Received int64 // milliseconds
	Tries    int
	Due      int64
	Flagged  bool // its key was used before for other content
}

// Waiting returns arrived envelopes after n that wait to be handled, in the
// order they were committed.
func (c Scope) Waiting(ctx context.Context, after int64, limit int) ([]Arrived, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Arrived, error) {
		var a Arrived
		var lane []byte
		var trouble string
		err := rows.Scan(&a.N, &a.Link, &a.Account, &lane, &a.Envelope, &a.Received, &a.Tries, &a.Due, &trouble)
		a.Lane, a.Flagged = string(lane), trouble != "" && a.Tries == 0
		return a, err
	}, `SELECT n, link, account, lane, envelope, received, tries, due, trouble FROM inbox
		WHERE tenant = $1 AND state = 0 AND n > $2 ORDER BY n LIMIT $3`, c.tenant, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read what waits: %w", err)
	}
	return out, nil
}

// ErrHandled says that another worker handled an arrival first.
var ErrHandled = errors.New("handled by another worker")

// Handled marks arrived envelopes as done. The transaction fails with ErrHandled
// when one of them was handled already.
func (t *Tx) Handled(ns []int64, state InboxState) error {
	for len(ns) > 0 {
		size := chunk(len(ns), 1)
		args := []any{t.tenant, int64(state)}
		for _, n := range ns[:size] {
			args = append(args, n)
		}
		all := func(changed int64, err error) error {
			if err == nil && changed < int64(size) {
				return ErrHandled
			}
			return err
		}
		if err := t.doFor(all, "UPDATE inbox SET state = $2 WHERE tenant = $1 AND state = 0 AND n IN ("+inList(3, size)+")", args...); err != nil {
			return err
		}
		ns = ns[size:]
	}
	return nil
}

// Postpone keeps a failed envelope for another try, or declares it dead. One
// that another worker handled meanwhile stays handled.
func (t *Tx) Postpone(n int64, due int64, dead bool, trouble string) error {
	state := InboxWaiting
	if dead {
		state = InboxDead
	}
	_, err := t.exec("UPDATE inbox SET tries = tries + 1, due = $3, state = $4, trouble = $5 WHERE tenant = $1 AND n = $2 AND state = 0",
		t.tenant, n, due, int64(state), trouble)
	return err
}

// Aside puts a waiting envelope off and on a lane of its own, so that nothing
// else waits for it.
func (t *Tx) Aside(n int64, lane string, due int64, trouble string) error {
	_, err := t.exec("UPDATE inbox SET lane = $3, tries = tries + 1, due = $4, trouble = $5 WHERE tenant = $1 AND n = $2 AND state = 0",
		t.tenant, n, []byte(lane), due, trouble)
	return err
}

// Letter is an envelope that needs a person: dead, unrouted or blocked.
type Letter struct {
	N        int64
	Link     canon.ID
	Account  canon.ID
	State    InboxState
	Envelope []byte
	Received int64
	Tries    int
	Trouble  string
}

// Letters lists envelopes of a state, newest first, before number before (0:
// from the newest).
func (c Scope) Letters(ctx context.Context, state InboxState, before int64, limit int) ([]Letter, error) {
	if before == 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Letter, error) {
		var l Letter
		err := rows.Scan(&l.N, &l.Link, &l.Account, &l.State, &l.Envelope, &l.Received, &l.Tries, &l.Trouble)
		return l, err
	}, `SELECT n, link, account, state, envelope, received, tries, trouble FROM inbox
		WHERE tenant = $1 AND state = $2 AND state > 1 AND n < $3 ORDER BY n DESC LIMIT $4`, c.tenant, int64(state), before, limit)
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	return out, nil
}

// Replay puts a dead, unrouted or blocked envelope back to be handled, for an
// account when one is given. An envelope that the account has had already, in a
// repeat the platform made after it was linked, is only marked as handled.
func (c Scope) Replay(ctx context.Context, n int64, account canon.ID) error {
	return c.Write(ctx, func(t *Tx) error {
		found, err := list(ctx, t, func(rows *sql.Rows) (Letter, error) {
			var l Letter
			err := rows.Scan(&l.Account, &l.State, &l.Envelope)
			return l, err
		}, "SELECT account, state, envelope FROM inbox WHERE tenant = $1 AND n = $2 AND state > 1 AND state <> 5", c.tenant, n)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Account.IsZero() && account.IsZero() {
			return core.NotFound("dead letter")
		}
		l, state := found[0], InboxWaiting
		if account.IsZero() {
			account = l.Account
		}
		if l.State == InboxUnrouted {
			if err := t.exists(ctx, "accounts", account, "account", "account"); err != nil {
				return err
			}
			again, err := t.knownTo(account, l.Envelope)
			if err != nil {
				return err
			}
			if again {
				state = InboxHandled
			}
		}
		_, err = t.exec("UPDATE inbox SET state = $3, tries = 0, due = 0, account = $4 WHERE tenant = $1 AND n = $2", c.tenant, n, int64(state), account)
		return err
	})
}

// knownTo remembers an envelope's key for an account, and reports whether the
// account had it already.
func (t *Tx) knownTo(account canon.ID, envelope []byte) (bool, error) {
	var e canon.Envelope
	if err := json.Unmarshal(envelope, &e); err != nil {
		return false, fmt.Errorf("decode the envelope: %w", err)
	}
	body, err := contentHash(e)
	if err != nil {
		return false, err
	}
	n, err := t.exec("INSERT INTO seen (tenant, account, hash, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", t.tenant, account, dedupeKey(e.EventID), body)
	return n == 0, err
}

// Drop gives a dead letter up.
func (c Scope) Drop(ctx context.Context, n int64) error {
	return c.Write(ctx, func(t *Tx) error {
		changed, err := t.exec("UPDATE inbox SET state = 1, trouble = 'dropped: ' || trouble WHERE tenant = $1 AND n = $2 AND state > 1", c.tenant, n)
		if err == nil && changed == 0 {
			return core.NotFound("dead letter")
		}
		return err
	})
}

// Callback is one received callback, for the account page.
type Callback struct {
	N        int64
	Account  canon.ID
	Raw      []byte
	Received int64
	State    InboxState
	Trouble  string
}

// Callbacks lists raw callbacks of a link, newest first. It looks back over
// the last 200,000 arrivals of the installation, so that its cost is bounded.
func (c Scope) Callbacks(ctx context.Context, link canon.ID, before int64, limit int) ([]Callback, error) {
	if before == 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Callback, error) {
		var b Callback
		err := rows.Scan(&b.N, &b.Account, &b.Raw, &b.Received, &b.State, &b.Trouble)
		return b, err
	}, `SELECT n, account, raw, received, state, trouble FROM inbox
		WHERE tenant = $1 AND link = $2 AND n < $3 AND n > (SELECT coalesce(max(n), 0) - 200000 FROM inbox) ORDER BY n DESC LIMIT $4`, c.tenant, link, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read callbacks: %w", err)
	}
	return out, nil
}

// Cursors returns how far a link has read.
func (c Scope) Cursors(ctx context.Context, link canon.ID) (map[string]string, error) {
	type pair struct{ name, value string }
	all, err := list(ctx, c.s, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.name, &p.value)
		return p, err
	}, "SELECT name, value FROM cursors WHERE tenant = $1 AND link = $2", c.tenant, link)
	if err != nil {
		return nil, fmt.Errorf("read cursors: %w", err)
	}
	out := make(map[string]string, len(all))
	for _, p := range all {
		out[p.name] = p.value
	}
	return out, nil
}
