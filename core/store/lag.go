package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Lag says what of a tenant waits, and what needs a person. Counts stop at
// LagCounted.
type Lag struct {
	Inbox  time.Time // when the longest waiting arrival came; zero: nothing waits
	Outbox time.Time // when the longest open row was made; zero: nothing is open
	Feed   time.Time // when the longest unnumbered entry was made; zero: none
	// Dead and Unrouted count arrivals that were given up, or belong to no
	// account; Failed the rows of the last day that did not leave, or may not
	// have.
	Dead, Unrouted, Failed int
}

// LagCounted is where the counts of a Lag stop.
const LagCounted = 1000

// Lag looks at what waits.
func (c Scope) Lag(ctx context.Context) (Lag, error) {
	var l Lag
	for q, into := range map[string]*time.Time{
		"SELECT received FROM inbox WHERE tenant = $1 AND state = 0 ORDER BY n LIMIT 1": &l.Inbox,
		"SELECT created FROM outbox WHERE tenant = $1 AND state < 2 ORDER BY n LIMIT 1": &l.Outbox,
		"SELECT at FROM feed WHERE tenant = $1 AND seq IS NULL ORDER BY n LIMIT 1":      &l.Feed,
	} {
		oldest, err := list(ctx, c.s, scalar[int64], q, c.tenant)
		if err != nil {
			return l, fmt.Errorf("look at what waits: %w", err)
		}
		if len(oldest) > 0 {
			*into = at(oldest[0])
		}
	}
	count := func(into *int, q string, args ...any) error {
		n, err := one(ctx, c.s, func(rows *sql.Rows) (int, error) {
			var n int
			err := rows.Scan(&n)
			return n, err
		}, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) AS found", q, LagCounted), append([]any{c.tenant}, args...)...)
		*into = n
		return err
	}
	for _, err := range []error{
		count(&l.Dead, "inbox WHERE tenant = $1 AND state > 1 AND state = 2"),
		count(&l.Unrouted, "inbox WHERE tenant = $1 AND state > 1 AND state = 3"),
		count(&l.Failed, "outbox WHERE tenant = $1 AND state IN (5, 6) AND created > $2", ms(c.s.Now().Add(-24*time.Hour))),
	} {
		if err != nil {
			return l, fmt.Errorf("count what needs a person: %w", err)
		}
	}
	return l, nil
}
