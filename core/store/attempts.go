package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"parley/core/canon"
)

// Attempt is one try to send a row, for the operator.
type Attempt struct {
	Outbox  canon.ID        `json:"outbox"`
	Try     int             `json:"try"`
	At      time.Time       `json:"at"`
	Millis  int64           `json:"millis"`
	State   canon.Delivery  `json:"state"`
	Failure json.RawMessage `json:"failure,omitempty"`
	Trace   json.RawMessage `json:"trace,omitempty"`
}

// Attempts lists the attempts of a message with their redacted exchanges.
func (c Scope) Attempts(ctx context.Context, message canon.ID) ([]Attempt, error) {
	scan := func(rows *sql.Rows) (Attempt, error) {
		var a Attempt
		var when int64
		var failure, trace []byte
		err := rows.Scan(&a.Outbox, &a.Try, &when, &a.Millis, &a.State, &failure, &trace)
		a.At = at(when)
		if len(failure) > 0 {
			a.Failure = failure
		}
		if len(trace) > 0 {
			a.Trace = trace
		}
		return a, err
	}
	out, err := list(ctx, c.s, scan, `SELECT a.outbox, a.try, a.at, a.took, a.state, a.failure, a.trace FROM outbox o JOIN attempts a ON a.tenant = o.tenant AND a.outbox = o.id
		WHERE o.tenant = $1 AND o.message = $2 ORDER BY a.at, a.try`, c.tenant, message)
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	// The newest attempt of a row that went well stands on the row itself.
	type last struct {
		state int64
		a     Attempt
	}
	rows, err := list(ctx, c.s, func(rows *sql.Rows) (last, error) {
		var l last
		var ended int64
		var trace []byte
		err := rows.Scan(&l.a.Outbox, &l.a.Try, &ended, &l.state, &trace)
		l.a.At, l.a.State = at(ended), deliveryOf(l.state)
		if len(trace) > 0 {
			l.a.Trace = trace
		}
		return l, err
	}, "SELECT id, tries, ended, state, trace FROM outbox WHERE tenant = $1 AND message = $2 AND state IN (2, 3, 4) ORDER BY n", c.tenant, message)
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	for _, l := range rows {
		out = append(out, l.a)
	}
	return out, nil
}
