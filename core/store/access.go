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
	Link         time.Time // until when an unused link counts or did; zero: there is none
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
		LEFT JOIN password_links l ON l.tenant = a.tenant AND l.agent = a.id
		WHERE a.tenant = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`, c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list how people sign in: %w", err)
	}
	return out, nil
}

// linkKept is how long is known what became of a link that counts no more.
const linkKept = 90 * 24 * time.Hour

// LinkEnd is why a link by which a password is chosen counts no more.
type LinkEnd string

// The ends of links.
const (
	LinkUsed     LinkEnd = "used"
	LinkExpired  LinkEnd = "expired"
	LinkReplaced LinkEnd = "replaced" // by a newer one
	LinkRevoked  LinkEnd = "revoked"  // or the person may not sign in any more
	LinkChanged  LinkEnd = "changed"  // the password was, otherwise
)

// PasswordLink is a link by which a person may choose a password.
type PasswordLink struct {
	Agent   canon.ID
	Expires time.Time // or when it ended
	End     LinkEnd   // empty: it counts
}

// SetPasswordLink keeps the hash of a link by which a person may choose a
// password. A link they had before counts no more.
func (t *Tx) SetPasswordLink(agent canon.ID, hash []byte, expires time.Time) error {
	if _, err := t.EndPasswordLink(agent, LinkReplaced); err != nil {
		return err
	}
	_, err := t.exec("INSERT INTO password_links (tenant, agent, hash, expires) VALUES ($1, $2, $3, $4)", t.tenant, agent, hash, ms(expires))
	return err
}

// PasswordLink finds a link by its hash, also one that counts no more. What ended
// over 90 days ago is not known any more.
func (c Scope) PasswordLink(ctx context.Context, hash []byte) (link PasswordLink, ok bool, err error) {
	link, err = one(ctx, c.s, func(rows *sql.Rows) (PasswordLink, error) {
		var l PasswordLink
		var when int64
		err := rows.Scan(&l.Agent, &when, &l.End)
		l.Expires = at(when)
		return l, err
	}, `SELECT agent, expires, '' FROM password_links WHERE tenant = $1 AND hash = $2
		UNION ALL SELECT agent, at, why FROM ended_password_links WHERE tenant = $1 AND hash = $2`, c.tenant, hash)
	if errors.Is(err, errNone) {
		return PasswordLink{}, false, nil
	}
	if err != nil {
		return PasswordLink{}, false, fmt.Errorf("read password link: %w", err)
	}
	if link.End == "" && !link.Expires.After(c.s.Now()) {
		link.End = LinkExpired
	}
	return link, true, nil
}

// TakePasswordLink uses a link of an agent up; false when it counts no more.
func (t *Tx) TakePasswordLink(agent canon.ID, hash []byte) (bool, error) {
	n, err := t.exec("UPDATE password_links SET expires = expires WHERE tenant = $1 AND agent = $2 AND hash = $3 AND expires > $4", t.tenant, agent, hash, ms(t.Now()))
	if err != nil || n == 0 {
		return false, err
	}
	return t.EndPasswordLink(agent, LinkUsed)
}

// EndPasswordLink ends the link of a person, if they have one that counts.
func (t *Tx) EndPasswordLink(agent canon.ID, why LinkEnd) (counted bool, err error) {
	now := ms(t.Now())
	if _, err := t.exec(`INSERT INTO ended_password_links (tenant, hash, agent, why, at)
		SELECT tenant, hash, agent, CASE WHEN expires <= $3 THEN 'expired' ELSE $4 END, $3 FROM password_links WHERE tenant = $1 AND agent = $2`,
		t.tenant, agent, now, string(why)); err != nil {
		return false, err
	}
	if _, err := t.exec("DELETE FROM ended_password_links WHERE tenant = $1 AND agent = $2 AND at < $3", t.tenant, agent, ms(t.Now().Add(-linkKept))); err != nil {
		return false, err
	}
	live, err := t.exec("DELETE FROM password_links WHERE tenant = $1 AND agent = $2 AND expires > $3", t.tenant, agent, now)
	if err != nil {
		return false, err
	}
	_, err = t.exec("DELETE FROM password_links WHERE tenant = $1 AND agent = $2", t.tenant, agent)
	return live > 0, err
}
