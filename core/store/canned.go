package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

const cannedCols = "id, agent, shortcut, title, body, folder, uses"

func scanCanned(rows *sql.Rows) (core.Canned, error) {
	var v core.Canned
	err := rows.Scan(&v.ID, &v.Owner, &v.Shortcut, &v.Title, &v.Body, &v.Folder, &v.Uses)
	return v, err
}

// CannedOf lists the shared phrases and an agent's own after an id, oldest
// first.
func (c Scope) CannedOf(ctx context.Context, agent, after canon.ID, limit int) ([]core.Canned, error) {
	out, err := list(ctx, c.s, scanCanned, "SELECT "+cannedCols+" FROM canned WHERE tenant = $1 AND id > $2 AND (agent IS NULL OR agent = $3) ORDER BY id LIMIT $4", c.tenant, after[:], agent[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list phrases: %w", err)
	}
	return out, nil
}

// Canned reads one phrase.
func (c Scope) Canned(ctx context.Context, id canon.ID) (core.Canned, error) {
	v, err := one(ctx, c.s, scanCanned, "SELECT "+cannedCols+" FROM canned WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("phrase")
	}
	if err != nil {
		return v, fmt.Errorf("read phrase: %w", err)
	}
	return v, nil
}

// SaveCanned adds a phrase (zero id) or stores its words.
func (t *Tx) SaveCanned(v core.Canned, by canon.ID) (core.Canned, error) {
	var err error
	if v.ID.IsZero() {
		v.ID = canon.NewID()
		_, err = t.exec("INSERT INTO canned (tenant, id, agent, shortcut, title, body, folder) VALUES ($1, $2, $3, $4, $5, $6, $7)", t.tenant, v.ID, v.Owner, v.Shortcut, v.Title, v.Body, v.Folder)
	} else {
		_, err = t.exec("UPDATE canned SET agent = $3, shortcut = $4, title = $5, body = $6, folder = $7 WHERE tenant = $1 AND id = $2", t.tenant, v.ID, v.Owner, v.Shortcut, v.Title, v.Body, v.Folder)
	}
	if err != nil || !v.Owner.IsZero() {
		return v, err // an agent's own phrases are nobody else's news
	}
	return v, t.announce(core.FeedSettings, by, v.ID, v)
}

// UseCanned counts that a phrase was used.
func (t *Tx) UseCanned(id canon.ID) error {
	_, err := t.exec("UPDATE canned SET uses = uses + 1 WHERE tenant = $1 AND id = $2", t.tenant, id)
	return err
}

// DeleteCanned removes a phrase.
func (t *Tx) DeleteCanned(id, by canon.ID) error {
	n, err := t.exec("DELETE FROM canned WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("phrase")
	}
	return t.announce(core.FeedSettings, by, id, nil)
}
