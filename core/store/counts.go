package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/core/canon"
)

// CountSlot is the grain in which what passes on accounts is counted; countKept
// is how long the counts are kept.
const (
	CountSlot = 5 * time.Minute
	countKept = 48 * time.Hour
)

// Count is what passed on an account.
type Count struct {
	Came   int64 // messages and events taken in
	Went   int64 // calls the platform took
	Failed int64 // calls it did not
}

// Add adds another.
func (c *Count) Add(o Count) {
	c.Came, c.Went, c.Failed = c.Came+o.Came, c.Went+o.Went, c.Failed+o.Failed
}

// SlotCount is what passed within the slot that begins At.
type SlotCount struct {
	At time.Time
	Count
}

func slotOf(t time.Time) int64 { return t.UnixMilli() / CountSlot.Milliseconds() }

// Count adds to what passed on an account in the present slot, and forgets what
// is over two days old.
func (t *Tx) Count(account canon.ID, c Count) error {
	slot := slotOf(t.Now())
	if err := t.do(`INSERT INTO account_counts (tenant, account, slot, came, went, failed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant, account, slot) DO UPDATE SET came = account_counts.came + excluded.came, went = account_counts.went + excluded.went, failed = account_counts.failed + excluded.failed`,
		t.tenant, account, slot, c.Came, c.Went, c.Failed); err != nil {
		return err
	}
	return t.do("DELETE FROM account_counts WHERE tenant = $1 AND account = $2 AND slot < $3", t.tenant, account, slotOf(t.Now().Add(-countKept)))
}

// Counts are what passed on an account since a time, by slots, oldest first. At
// most two days are kept: it costs the same after any history.
func (c Scope) Counts(ctx context.Context, account canon.ID, since time.Time) ([]SlotCount, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (SlotCount, error) {
		var v SlotCount
		var slot int64
		err := rows.Scan(&slot, &v.Came, &v.Went, &v.Failed)
		v.At = time.UnixMilli(slot * CountSlot.Milliseconds()).UTC()
		return v, err
	}, "SELECT slot, came, went, failed FROM account_counts WHERE tenant = $1 AND account = $2 AND slot >= $3 ORDER BY slot", c.tenant, account, slotOf(since))
	if err != nil {
		return nil, fmt.Errorf("read what passed on an account: %w", err)
	}
	return out, nil
}

// AccountLag is what of an account waits, or needs a person, among the first
// LagCounted of the tenant's rows of each kind.
type AccountLag struct {
	Inbox, Outbox int       // how many wait
	OldestIn      time.Time // when the longest waiting came; zero: none
	OldestOut     time.Time
	Retries       int // of those that wait to leave, how many were tried before
	Dead          int // arrivals that were given up
	Unsent        int // rows that did not leave, or may not have
	More          bool
}

// AccountLag looks at what waits on an account. It looks at LagCounted rows of
// each kind at most, whatever the history.
func (c Scope) AccountLag(ctx context.Context, account canon.ID) (AccountLag, error) {
	type row struct {
		ours, again bool
		since       int64
	}
	look := func(q string, each func(row)) func() (int, error) {
		return func() (int, error) {
			all, err := list(ctx, c.s, func(rows *sql.Rows) (row, error) {
				var r row
				var whose canon.ID
				var tries int64
				err := rows.Scan(&whose, &tries, &r.since)
				r.ours, r.again = whose == account, tries > 0
				return r, err
			}, fmt.Sprintf(q, LagCounted), c.tenant)
			for _, r := range all {
				if r.ours {
					each(r)
				}
			}
			return len(all), err
		}
	}
	var l AccountLag
	for _, ask := range []func() (int, error){
		look("SELECT account, tries, received FROM inbox WHERE tenant = $1 AND state = 0 ORDER BY n LIMIT %d", func(r row) {
			if l.Inbox++; l.Inbox == 1 {
				l.OldestIn = at(r.since)
			}
		}),
		look("SELECT account, tries, created FROM outbox WHERE tenant = $1 AND state < 2 ORDER BY n LIMIT %d", func(r row) {
			if l.Outbox++; l.Outbox == 1 {
				l.OldestOut = at(r.since)
			}
			if r.again {
				l.Retries++
			}
		}),
		look("SELECT account, tries, received FROM inbox WHERE tenant = $1 AND state > 1 AND state = 2 ORDER BY n DESC LIMIT %d", func(row) { l.Dead++ }),
		look("SELECT account, tries, created FROM outbox WHERE tenant = $1 AND state IN (5, 6) ORDER BY n DESC LIMIT %d", func(row) { l.Unsent++ }),
	} {
		n, err := ask()
		if err != nil {
			return l, fmt.Errorf("look at what waits on an account: %w", err)
		}
		l.More = l.More || n == LagCounted
	}
	return l, nil
}
