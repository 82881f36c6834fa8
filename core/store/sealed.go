package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// SealedLink is a link as the hub opens it.
type SealedLink struct {
	ID       canon.ID
	Kind     string
	Name     string
	Config   connector.Values
	Secrets  map[string][]byte // field → sealed
	Paused   bool
	Accounts []core.Account
}

// SealedLinks reads links with their accounts; no ids: all of the tenant.
func (c Scope) SealedLinks(ctx context.Context, ids ...canon.ID) ([]SealedLink, error) {
	scan := func(rows *sql.Rows) (SealedLink, error) {
		var l SealedLink
		var config, secrets []byte
		var paused int64
		if err := rows.Scan(&l.ID, &l.Kind, &l.Name, &config, &secrets, &paused); err != nil {
			return l, err
		}
		l.Paused = paused != 0
		return l, errors.Join(json.Unmarshal(config, &l.Config), json.Unmarshal(secrets, &l.Secrets))
	}
	q := "SELECT id, kind, name, config, secrets, paused FROM links WHERE tenant = $1"
	var out []SealedLink
	var err error
	if len(ids) == 0 {
		out, err = list(ctx, c.s, scan, q, c.tenant)
	} else {
		out, err = listIn(ctx, c.s, scan, q+" AND id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	}
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	for i := range out {
		out[i].Accounts, err = list(ctx, c.s, func(rows *sql.Rows) (core.Account, error) {
			var a core.Account
			var paused int64
			err := rows.Scan(&a.ID, &a.Link, &a.Kind, &a.Name, &a.RemoteID, &paused)
			a.Paused = paused != 0
			return a, err
		}, "SELECT id, link, kind, name, remote_id, paused FROM accounts WHERE tenant = $1 AND link = $2 ORDER BY id", c.tenant, out[i].ID)
		if err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
	}
	return out, nil
}

// SetHealth keeps the light of a link, and when a message last came and went
// (zero times leave them).
func (c Scope) SetHealth(ctx context.Context, link canon.ID, state *connector.State, lastIn, lastOut time.Time) error {
	return c.Write(ctx, func(t *Tx) error {
		if state != nil {
			body, err := json.Marshal(core.LinkState{Health: state.Health, Code: state.Code, Text: state.Text, Remedy: state.Remedy, At: state.At})
			if err != nil {
				return err
			}
			if _, err := t.exec("UPDATE links SET health = $3 WHERE tenant = $1 AND id = $2", c.tenant, link, string(body)); err != nil {
				return err
			}
			t.Feed(core.FeedEntry{Kind: core.FeedAccount, Subject: link})
		}
		if _, err := t.exec("UPDATE links SET last_in = $3 WHERE tenant = $1 AND id = $2 AND last_in < $3", c.tenant, link, ms(lastIn)); err != nil {
			return err
		}
		_, err := t.exec("UPDATE links SET last_out = $3 WHERE tenant = $1 AND id = $2 AND last_out < $3", c.tenant, link, ms(lastOut))
		return err
	})
}

// GetCached reads a small value of a link that has not run out, sealed.
func (c Scope) GetCached(ctx context.Context, link canon.ID, name string) (string, bool, error) {
	all, err := list(ctx, c.s, scalar[string], "SELECT value FROM cached WHERE tenant = $1 AND link = $2 AND name = $3 AND expires > $4", c.tenant, link, name, ms(c.s.Now()))
	if err != nil {
		return "", false, fmt.Errorf("read a kept value: %w", err)
	}
	if len(all) == 0 {
		return "", false, nil
	}
	return all[0], true, nil
}

// SetCached keeps a small sealed value of a link; one that has run out already
// is forgotten.
func (c Scope) SetCached(ctx context.Context, link canon.ID, name, sealed string, until time.Time) error {
	return c.Write(ctx, func(t *Tx) error {
		if !until.After(t.Now()) {
			_, err := t.exec("DELETE FROM cached WHERE tenant = $1 AND link = $2 AND name = $3", c.tenant, link, name)
			return err
		}
		_, err := t.exec(`INSERT INTO cached (tenant, link, name, value, expires) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, link, name) DO UPDATE SET value = excluded.value, expires = excluded.expires`, c.tenant, link, name, sealed, ms(until))
		return err
	})
}
