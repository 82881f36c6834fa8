package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"
)

// IdempotencyLife is how long the answer to a repeated request is kept.
const IdempotencyLife = 24 * time.Hour

// Answered is what became of an earlier request with the same key.
type Answered struct {
	// Known says there was one; Same that it was this very request.
	Known, Same bool
	// Status is 0 while the earlier request is still under way.
	Status int
	Body   []byte
}

// Begin reserves a key for a request, or tells what became of the earlier one.
func (c Scope) Begin(ctx context.Context, key string, request []byte) (Answered, error) {
	var out Answered
	err := c.Write(ctx, func(t *Tx) error {
		out = Answered{}
		now := ms(t.Now())
		if _, err := t.exec("DELETE FROM idempotency WHERE tenant = $1 AND at < $2", c.tenant, now-IdempotencyLife.Milliseconds()); err != nil {
			return err
		}
		n, err := t.exec("INSERT INTO idempotency (tenant, key, request, status, body, at) VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT DO NOTHING", c.tenant, key, request, []byte{}, now)
		if err != nil || n == 1 {
			return err
		}
		type row struct {
			request, body []byte
			status        int
		}
		was, err := list(ctx, t, func(rows *sql.Rows) (row, error) {
			var r row
			err := rows.Scan(&r.request, &r.status, &r.body)
			return r, err
		}, "SELECT request, status, body FROM idempotency WHERE tenant = $1 AND key = $2", c.tenant, key)
		if err != nil || len(was) == 0 {
			return err
		}
		out = Answered{Known: true, Same: bytes.Equal(was[0].request, request), Status: was[0].status, Body: was[0].body}
		return nil
	})
	if err != nil {
		return Answered{}, fmt.Errorf("reserve the idempotency key: %w", err)
	}
	return out, nil
}

// Finish keeps the answer to a request; status 0 gives the key back, so that
// the request may be tried again.
func (c Scope) Finish(ctx context.Context, key string, status int, body []byte) error {
	return c.Write(ctx, func(t *Tx) error {
		if status == 0 {
			_, err := t.exec("DELETE FROM idempotency WHERE tenant = $1 AND key = $2", c.tenant, key)
			return err
		}
		if body == nil {
			body = []byte{}
		}
		_, err := t.exec("UPDATE idempotency SET status = $3, body = $4 WHERE tenant = $1 AND key = $2", c.tenant, key, status, body)
		return err
	})
}
