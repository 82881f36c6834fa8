package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/core/canon"
)

// Access is how a person signs in.
type Access struct {
	Agent        canon.ID
	Password     bool      // they have chosen one
	SecondFactor time.Time // since when; zero: none
	Link         time.Time // until when an unused link counts; zero: there is none
}

// Access lists how people sign in, after an id, oldest first.
func (c Scope) Access(ctx context.Context, after canon.ID, limit int) ([]Access, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Access, error) {
		var v Access
		var password, since, until int64
		err := rows.Scan(&v.Agent, &password, &since, &until)
		v.Password, v.SecondFactor, v.Link = password != 0, at(since), at(until)
		return v, err
	}, `SELECT a.id, CASE WHEN a.password = '' THEN 0 ELSE 1 END, coalesce(f.since, 0), coalesce(l.expires, 0) FROM agents a
		LEFT JOIN second_factors f ON f.tenant = a.tenant AND f.agent = a.id
		LEFT JOIN password_links l ON l.tenant = a.tenant AND l.agent = a.id AND l.expires > $2
		WHERE a.tenant = $1 AND a.id > $3 ORDER BY a.id LIMIT $4`, c.tenant, ms(c.s.Now()), after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list how people sign in: %w", err)
	}
	return out, nil
}

// SetPasswordLink keeps the hash of a link by which a person may choose a
// password. A link they had before counts no more.
func (t *Tx) SetPasswordLink(agent canon.ID, hash []byte, expires time.Time) error {
	_, err := t.exec(`INSERT INTO password_links (tenant, agent, hash, expires) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, agent) DO UPDATE SET hash = excluded.hash, expires = excluded.expires`, t.tenant, agent, hash, ms(expires))
	return err
}

// PasswordLink finds whom a link is for, while it counts.
func (c Scope) PasswordLink(ctx context.Context, hash []byte) (agent canon.ID, expires time.Time, ok bool, err error) {
	type row struct {
		agent   canon.ID
		expires int64
	}
	r, err := one(ctx, c.s, func(rows *sql.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.agent, &r.expires)
		return r, err
	}, "SELECT agent, expires FROM password_links WHERE tenant = $1 AND hash = $2 AND expires > $3", c.tenant, hash, ms(c.s.Now()))
	if errors.Is(err, errNone) {
		return r.agent, time.Time{}, false, nil
	}
	if err != nil {
		return r.agent, time.Time{}, false, fmt.Errorf("read password link: %w", err)
	}
	return r.agent, at(r.expires), true, nil
}

// TakePasswordLink uses a link of an agent up; false when it counts no more.
func (t *Tx) TakePasswordLink(agent canon.ID, hash []byte) (bool, error) {
	n, err := t.exec("DELETE FROM password_links WHERE tenant = $1 AND agent = $2 AND hash = $3 AND expires > $4", t.tenant, agent, hash, ms(t.Now()))
	return n == 1, err
}

// voidLinks ends the links of a person: they have a password, or may not sign in.
func (t *Tx) voidLinks(agent canon.ID) error {
	_, err := t.exec("DELETE FROM password_links WHERE tenant = $1 AND agent = $2", t.tenant, agent)
	return err
}
