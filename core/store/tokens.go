package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

const tokenCols = "id, name, role, prefix, created, used, expires"

func scanToken(rows *sql.Rows) (core.Token, error) {
	var v core.Token
	var created, used, expires int64
	err := rows.Scan(&v.ID, &v.Name, &v.Role, &v.Prefix, &created, &used, &expires)
	v.Created, v.LastUsed, v.Expires = at(created), at(used), at(expires)
	return v, err
}

// Tokens lists API tokens after an id, oldest first.
func (c Scope) Tokens(ctx context.Context, after canon.ID, limit int) ([]core.Token, error) {
	out, err := list(ctx, c.s, scanToken, "SELECT "+tokenCols+" FROM tokens WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return out, nil
}

// Token reads one API token.
func (c Scope) Token(ctx context.Context, id canon.ID) (core.Token, error) {
	v, err := one(ctx, c.s, scanToken, "SELECT "+tokenCols+" FROM tokens WHERE tenant = $1 AND id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("token")
	}
	if err != nil {
		return v, fmt.Errorf("read token: %w", err)
	}
	return v, nil
}

// TokenByHash finds a token that has not expired by the SHA-256 of its secret.
func (c Scope) TokenByHash(ctx context.Context, hash []byte) (core.Token, bool, error) {
	v, err := one(ctx, c.s, scanToken, "SELECT "+tokenCols+" FROM tokens WHERE tenant = $1 AND hash = $2 AND (expires = 0 OR expires > $3)", c.tenant, hash, ms(c.s.Now()))
	if errors.Is(err, errNone) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("read token: %w", err)
	}
	return v, true, nil
}

// AddToken keeps a new token by the hash of its secret.
func (t *Tx) AddToken(v core.Token, hash []byte) (core.Token, error) {
	v.ID, v.Created = canon.NewID(), t.Now()
	_, err := t.exec("INSERT INTO tokens (tenant, id, hash, name, role, prefix, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		t.tenant, v.ID, hash, v.Name, string(v.Role), v.Prefix, ms(v.Created), ms(v.Expires))
	return v, err
}

// UseToken notes that a token is in use.
func (t *Tx) UseToken(id canon.ID) error {
	_, err := t.exec("UPDATE tokens SET used = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, ms(t.Now()))
	return err
}

// RenameToken changes what a token is called.
func (t *Tx) RenameToken(id canon.ID, name string) error {
	n, err := t.exec("UPDATE tokens SET name = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, name)
	if err == nil && n == 0 {
		return core.NotFound("token")
	}
	return err
}

// DeleteToken ends a token at once.
func (t *Tx) DeleteToken(id canon.ID) error {
	n, err := t.exec("DELETE FROM tokens WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err == nil && n == 0 {
		return core.NotFound("token")
	}
	return err
}
