package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// sightingsKept is how many sites are kept of an account, the newest: anybody
// can name any site.
const sightingsKept = 20

// Saw notes that a page asked for the chat of an account.
func (t *Tx) Saw(account canon.ID, s core.Sighting) error {
	if err := t.do(`INSERT INTO sightings (tenant, account, site, page, allowed, first, last) VALUES ($1, $2, $3, $4, $5, $6, $6)
		ON CONFLICT (tenant, account, site) DO UPDATE SET page = excluded.page, allowed = excluded.allowed, last = excluded.last`,
		t.tenant, account, s.Site, s.Page, flag(s.Allowed), ms(t.Now())); err != nil {
		return err
	}
	return t.do(`DELETE FROM sightings WHERE tenant = $1 AND account = $2 AND site NOT IN
		(SELECT site FROM sightings WHERE tenant = $1 AND account = $2 ORDER BY last DESC, site LIMIT $3)`, t.tenant, account, sightingsKept)
}

// Sightings lists the sites whose pages asked for the chat of an account, the
// newest first.
func (c Scope) Sightings(ctx context.Context, account canon.ID) ([]core.Sighting, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Sighting, error) {
		var s core.Sighting
		var allowed, first, last int64
		err := rows.Scan(&s.Site, &s.Page, &allowed, &first, &last)
		s.Allowed, s.First, s.Last = allowed != 0, at(first), at(last)
		return s, err
	}, "SELECT site, page, allowed, first, last FROM sightings WHERE tenant = $1 AND account = $2 ORDER BY last DESC, site", c.tenant, account)
	if err != nil {
		return nil, fmt.Errorf("list sightings: %w", err)
	}
	return out, nil
}
