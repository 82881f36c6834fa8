package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"parley/core/canon"
)

// Chore is something to do once after a send.
type Chore struct {
	Row     OutboxRow
	Kind    string
	Receipt json.RawMessage
	Tries   int
}

// Chores returns the chores that are due.
func (c Scope) Chores(ctx context.Context, limit int) ([]Chore, error) {
	type due struct {
		id      canon.ID
		kind    string
		receipt []byte
		tries   int
	}
	all, err := list(ctx, c.s, func(rows *sql.Rows) (due, error) {
		var d due
		err := rows.Scan(&d.id, &d.kind, &d.receipt, &d.tries)
		return d, err
	}, "SELECT outbox, kind, receipt, tries FROM chores WHERE tenant = $1 AND due <= $2 ORDER BY due LIMIT $3", c.tenant, ms(c.s.Now()), limit)
	if err != nil {
		return nil, fmt.Errorf("read chores: %w", err)
	}
	out := make([]Chore, 0, len(all))
	for _, d := range all {
		rows, err := list(ctx, c.s, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.id = $2", c.tenant, d.id)
		if err != nil {
			return nil, fmt.Errorf("read the outbox: %w", err)
		}
		if len(rows) == 1 {
			out = append(out, Chore{Row: rows[0], Kind: d.kind, Receipt: d.receipt, Tries: d.tries})
		}
	}
	return out, nil
}

// ChoreDone ends a chore, or puts it off until due.
func (t *Tx) ChoreDone(outbox canon.ID, kind string, due int64) error {
	if due == 0 {
		_, err := t.exec("DELETE FROM chores WHERE tenant = $1 AND outbox = $2 AND kind = $3", t.tenant, outbox, kind)
		return err
	}
	_, err := t.exec("UPDATE chores SET tries = tries + 1, due = $4 WHERE tenant = $1 AND outbox = $2 AND kind = $3", t.tenant, outbox, kind, due)
	return err
}
