package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Session is a signed-in browser. Hash is the SHA-256 of the secret in its
// cookie; the secret itself is kept nowhere.
type Session struct {
	Hash    []byte
	Agent   canon.ID
	Created time.Time
	Seen    time.Time
	Expires time.Time
	Address string
	Browser string
	// Bare says that the session may do nothing but set up the second factor
	// that the tenant asks for.
	Bare bool
}

const sessionCols = "hash, agent, created, seen, expires, address, browser, bare"

func scanSession(rows *sql.Rows) (Session, error) {
	var s Session
	var created, seen, expires, bare int64
	err := rows.Scan(&s.Hash, &s.Agent, &created, &seen, &expires, &s.Address, &s.Browser, &bare)
	s.Created, s.Seen, s.Expires, s.Bare = at(created), at(seen), at(expires), bare != 0
	return s, err
}

// Session finds a session that has not expired, of an agent who may sign in.
func (c Scope) Session(ctx context.Context, hash []byte) (Session, bool, error) {
	s, err := one(ctx, c.s, scanSession, "SELECT "+sessionCols+" FROM sessions WHERE tenant = $1 AND hash = $2 AND expires > $3", c.tenant, hash, ms(c.s.Now()))
	if errors.Is(err, errNone) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read session: %w", err)
	}
	return s, true, nil
}

// SessionsOf lists the sessions of an agent, newest first.
func (c Scope) SessionsOf(ctx context.Context, agent canon.ID) ([]Session, error) {
	out, err := list(ctx, c.s, scanSession, "SELECT "+sessionCols+" FROM sessions WHERE tenant = $1 AND agent = $2 AND expires > $3 ORDER BY created DESC, hash LIMIT 200", c.tenant, agent, ms(c.s.Now()))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// Alive returns, of the hashes given, those of sessions and tokens that may
// still follow what happens, as map keys.
func (c Scope) Alive(ctx context.Context, hashes [][]byte) (map[string]bool, error) {
	now := ms(c.s.Now())
	alive := map[string]bool{}
	for _, q := range []string{
		"SELECT hash FROM sessions WHERE tenant = $1 AND expires > $2 AND bare = 0 AND hash IN (%s)",
		"SELECT hash FROM tokens WHERE tenant = $1 AND (expires = 0 OR expires > $2) AND hash IN (%s)",
	} {
		found, err := listIn(ctx, c.s, scalar[[]byte], q, []any{c.tenant, now}, hashes)
		if err != nil {
			return nil, fmt.Errorf("read sessions: %w", err)
		}
		for _, h := range found {
			alive[string(h)] = true
		}
	}
	return alive, nil
}

// AddSession keeps a new session, and forgets the agent's expired ones. Whether
// it is bare follows from the tenant's settings and is returned with it.
func (t *Tx) AddSession(ctx context.Context, s Session) (Session, error) {
	if err := t.lockTenant(ctx); err != nil { // so that a change of the settings comes before or after
		return s, err
	}
	v, err := t.ReadTenant(ctx)
	if err != nil {
		return s, err
	}
	f, err := t.SecondFactor(ctx, s.Agent)
	if err != nil {
		return s, err
	}
	s.Bare = v.Settings.RequireSecondFactor && !f.On()
	if _, err := t.exec("DELETE FROM sessions WHERE tenant = $1 AND agent = $2 AND expires <= $3", t.tenant, s.Agent, ms(t.Now())); err != nil {
		return s, err
	}
	_, err = t.exec("INSERT INTO sessions (tenant, hash, agent, created, seen, expires, address, browser, bare) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.tenant, s.Hash, s.Agent, ms(s.Created), ms(s.Seen), ms(s.Expires), s.Address, cutRunes(s.Browser, 300), flag(s.Bare))
	return s, err
}

// SeeSession notes that a session is in use.
func (t *Tx) SeeSession(hash []byte, expires time.Time) error {
	_, err := t.exec("UPDATE sessions SET seen = $3, expires = $4 WHERE tenant = $1 AND hash = $2", t.tenant, hash, ms(t.Now()), ms(expires))
	return err
}

// EndSession ends one session of an agent and reports whether there was one.
func (t *Tx) EndSession(ctx context.Context, agent canon.ID, hash []byte) (bool, error) {
	n, err := t.exec("DELETE FROM sessions WHERE tenant = $1 AND agent = $2 AND hash = $3", t.tenant, agent, hash)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.announce(core.FeedSignedOut, agent, agent, nil)
}

// EndSessions ends the sessions of an agent but the one kept (nil: none).
func (t *Tx) EndSessions(ctx context.Context, agent canon.ID, keep []byte) error {
	if keep == nil {
		keep = []byte{}
	}
	n, err := t.exec("DELETE FROM sessions WHERE tenant = $1 AND agent = $2 AND hash <> $3", t.tenant, agent, keep)
	if err != nil || n == 0 {
		return err
	}
	return t.announce(core.FeedSignedOut, agent, agent, nil)
}
