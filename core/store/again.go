package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/core/canon"
)

// lookBack is over how many arrivals of the installation Puzzles looks back, so
// that its cost is bounded.
const lookBack = 200_000

// Puzzle is an arrival that was handled without being understood.
type Puzzle struct {
	N        int64
	Account  canon.ID
	Envelope []byte
	Received int64
}

// Puzzles lists what came on a link since a time (milliseconds) and was not
// understood, newest first, before number before (0: from the newest).
func (c Scope) Puzzles(ctx context.Context, link canon.ID, since, before int64, limit int) ([]Puzzle, error) {
	if before == 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Puzzle, error) {
		var p Puzzle
		err := rows.Scan(&p.N, &p.Account, &p.Envelope, &p.Received)
		return p, err
	}, fmt.Sprintf(`SELECT n, account, envelope, received FROM inbox WHERE tenant = $1 AND link = $2 AND state = 1 AND account IS NOT NULL AND received >= $3 AND n < $4
		AND n > (SELECT coalesce(max(n), 0) - %d FROM inbox) AND envelope LIKE '%%"type":"unknown"%%' ORDER BY n DESC LIMIT $5`, lookBack), c.tenant, link, since, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read what was not understood: %w", err)
	}
	return out, nil
}

// RawOf is the callback an arrival came in; nil when none is kept.
func (c Scope) RawOf(ctx context.Context, link canon.ID, n int64) ([]byte, error) {
	type row struct {
		raw      []byte
		received int64
	}
	scan := func(rows *sql.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.raw, &r.received)
		return r, err
	}
	// Members of one callback were written together: the raw stands on the first.
	found, err := list(ctx, c.s, scan, "SELECT raw, received FROM inbox WHERE tenant = $1 AND link = $2 AND n <= $3 AND n > $4 ORDER BY n DESC LIMIT 200", c.tenant, link, n, n-2000)
	if err != nil {
		return nil, fmt.Errorf("read a callback: %w", err)
	}
	for _, r := range found {
		if r.received != found[0].received {
			break
		}
		if len(r.raw) > 0 {
			return r.raw, nil
		}
	}
	return nil, nil
}

// Understood puts an arrival back to be handled, as it is understood now. What
// remembers its event is told, so that a repeat by the platform stays one. It
// reports false when another was faster.
func (c Scope) Understood(ctx context.Context, p Puzzle, e canon.Envelope) (won bool, err error) {
	encoded, err := e.AppendJSON(nil)
	if err != nil {
		return false, fmt.Errorf("encode envelope %s: %w", e.ID, err)
	}
	body, err := contentHash(e)
	if err != nil {
		return false, err
	}
	err = c.Write(ctx, func(t *Tx) error {
		n, err := t.exec("UPDATE inbox SET envelope = $3, lane = $4, state = 0, tries = 0, due = 0 WHERE tenant = $1 AND n = $2 AND state = 1 AND envelope = $5",
			c.tenant, p.N, string(encoded), LaneOf(e.Thread), string(p.Envelope))
		if won = n == 1; err != nil || !won {
			return err
		}
		_, err = t.exec("UPDATE seen SET content = $4 WHERE tenant = $1 AND account = $2 AND hash = $3", c.tenant, p.Account, dedupeKey(e.EventID), body)
		return err
	})
	return won, err
}
