package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"parley/core/canon"
)

const (
	// maxRefused is how many callbacks of a link are kept that nobody could read,
	// the newest, and maxRefusedRaw how large each may be, in bytes.
	maxRefused    = 500
	maxRefusedRaw = 1 << 20
)

// Refused is an authentic callback its connector could not read.
type Refused struct {
	N        int64
	Raw      []byte
	Received int64
	Trouble  string
}

// Refuse keeps such a callback, to be read again after a fix. One that the
// platform repeats is kept once.
func (c Scope) Refuse(ctx context.Context, link canon.ID, raw []byte, trouble string) error {
	if len(raw) > maxRefusedRaw {
		return nil
	}
	sum := sha256.Sum256(raw)
	return c.Write(ctx, func(t *Tx) error {
		n, err := t.exec("UPDATE inbox SET tries = tries + 1, trouble = $4 WHERE tenant = $1 AND state = 5 AND state > 1 AND link = $2 AND lane = $3", c.tenant, link, sum[:16], trouble)
		if err != nil || n > 0 {
			return err
		}
		if err := t.do("INSERT INTO inbox (tenant, link, lane, envelope, raw, received, state, tries, trouble) VALUES ($1, $2, $3, '', $4, $5, 5, 1, $6)",
			c.tenant, link, sum[:16], raw, ms(t.Now()), trouble); err != nil {
			return err
		}
		return t.do(fmt.Sprintf(`DELETE FROM inbox WHERE tenant = $1 AND state = 5 AND state > 1 AND link = $2
			AND n < (SELECT n FROM inbox WHERE tenant = $1 AND state = 5 AND state > 1 AND link = $2 ORDER BY n DESC LIMIT 1 OFFSET %d)`, maxRefused-1), c.tenant, link)
	})
}

// RefusedOf lists what a link could not read since a time (milliseconds), oldest
// first.
func (c Scope) RefusedOf(ctx context.Context, link canon.ID, since int64) ([]Refused, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Refused, error) {
		var r Refused
		err := rows.Scan(&r.N, &r.Raw, &r.Received, &r.Trouble)
		return r, err
	}, "SELECT n, raw, received, trouble FROM inbox WHERE tenant = $1 AND state = 5 AND state > 1 AND link = $2 AND received >= $3 ORDER BY n", c.tenant, link, since)
	if err != nil {
		return nil, fmt.Errorf("read refused callbacks: %w", err)
	}
	return out, nil
}

// Reread forgets a refused callback that was read after all.
func (c Scope) Reread(ctx context.Context, n int64) error {
	return c.Write(ctx, func(t *Tx) error {
		return t.do("DELETE FROM inbox WHERE tenant = $1 AND n = $2 AND state = 5", c.tenant, n)
	})
}
