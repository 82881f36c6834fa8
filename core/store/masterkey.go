package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/secret"
)

// The rows of the table platform that belong to the master key.
const (
	rowKeyCheck   = "master_key_check"
	rowSigningKey = "signing_key" // wrapped
)

// Unlock compares the key with the one the database was made with, remembers it
// on the first start, and returns the box that signs with the installation's
// signing key. A wrong key is secret.ErrWrongKey, and nothing is changed.
//
// The tenants' wrapped keys are read along with it and kept: a process goes on
// with the master key it was started with while that is changed beside it.
func (s *Store) Unlock(ctx context.Context, box *secret.Box) (*secret.Box, error) {
	var signing []byte
	var keys []tenantKey
	err := s.For(canon.ID{}).Write(ctx, func(t *Tx) error {
		first, err := t.exec("INSERT INTO platform (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", rowKeyCheck, base64.StdEncoding.EncodeToString(box.CheckValue()))
		if err != nil {
			return err
		}
		check, _, err := t.keyCheck(ctx)
		if err != nil {
			return err
		}
		if err := box.VerifyCheck(check); err != nil {
			return err
		}
		// One that has a check value and no signing key is of a version that
		// signed with the master key; its signatures must go on counting.
		signing = box.SigningKey()
		if first == 1 {
			signing = box.NewSigningKey()
		}
		if _, err := t.exec("INSERT INTO platform (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", rowSigningKey, base64.StdEncoding.EncodeToString(signing)); err != nil {
			return err
		}
		if signing, err = t.signingKey(ctx); err != nil {
			return err
		}
		keys, err = t.tenantKeys(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("check the master key: %w", err)
	}
	for _, k := range keys {
		s.keys.Store(k.tenant, k.wrapped)
	}
	return box.Signing(signing)
}

// DataKey returns the tenant's wrapped data key, for sealing and opening: the
// one Unlock read, which the box it was called with opens.
func (c Scope) DataKey(ctx context.Context) ([]byte, error) {
	if key, ok := c.s.keys.Load(c.tenant); ok {
		return slices.Clone(key.([]byte)), nil
	}
	key, err := one(ctx, c.s, scalar[[]byte], "SELECT data_key FROM tenants WHERE id = $1", c.tenant)
	if errors.Is(err, errNone) {
		return nil, core.NotFound("tenant")
	}
	if err != nil {
		return nil, fmt.Errorf("read data key: %w", err)
	}
	return key, nil
}

// Rotate moves the tenants' data keys and the signing key from one master key
// to another, and the check value with them, in one transaction that each
// tenant's audit tells of. It returns how many tenants there are. With
// newSigning nothing signed before counts any more. When the database is sealed
// with another key than box, it is secret.ErrWrongKey.
func (s *Store) Rotate(ctx context.Context, box, next *secret.Box, newSigning bool) (tenants int, err error) {
	err = s.For(canon.ID{}).Write(ctx, func(t *Tx) error {
		check, _, err := t.keyCheck(ctx)
		if err != nil {
			return err
		}
		if err := box.VerifyCheck(check); err != nil {
			return err
		}
		signing, err := t.signingKey(ctx)
		if err != nil {
			return err
		}
		if signing, err = box.RewrapSigningKey(signing, next); err != nil {
			return err
		}
		if newSigning {
			signing = next.NewSigningKey()
		}
		keys, err := t.tenantKeys(ctx)
		if err != nil {
			return err
		}
		for _, k := range keys {
			wrapped, err := box.Rewrap(k.tenant.String(), k.wrapped, next)
			if err != nil {
				return err
			}
			if _, err := t.exec("UPDATE tenants SET data_key = $2 WHERE id = $1", k.tenant, wrapped); err != nil {
				return err
			}
			in := &Tx{w: t.w, shared: t.shared, tenant: k.tenant, ctx: t.ctx}
			if err := in.Audit(core.Audit{Name: "command line", Action: "master_key.rotated"}); err != nil {
				return err
			}
		}
		tenants = len(keys)
		for name, value := range map[string][]byte{rowKeyCheck: next.CheckValue(), rowSigningKey: signing} {
			if _, err := t.exec("UPDATE platform SET value = $2 WHERE name = $1", name, base64.StdEncoding.EncodeToString(value)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("rotate the master key: %w", err)
	}
	return tenants, nil
}

type tenantKey struct {
	tenant  canon.ID
	wrapped []byte
}

func (t *Tx) tenantKeys(ctx context.Context) ([]tenantKey, error) {
	return list(ctx, t, func(rows *sql.Rows) (tenantKey, error) {
		var k tenantKey
		err := rows.Scan(&k.tenant, &k.wrapped)
		return k, err
	}, "SELECT id, data_key FROM tenants ORDER BY id")
}

// keyCheck reads the check value of the master key and holds off all who would
// change it; false while there is none.
func (t *Tx) keyCheck(ctx context.Context) ([]byte, bool, error) {
	return t.platform(ctx, rowKeyCheck)
}

func (t *Tx) signingKey(ctx context.Context) ([]byte, error) {
	key, ok, err := t.platform(ctx, rowSigningKey)
	if err == nil && !ok {
		err = errors.New("the database has no signing key")
	}
	return key, err
}

func (t *Tx) platform(ctx context.Context, name string) ([]byte, bool, error) {
	text, err := one(ctx, t, scalar[string], "SELECT value FROM platform WHERE name = $1 "+t.w.forUpdate(), name)
	if errors.Is(err, errNone) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", name, err)
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", name, err)
	}
	return value, true, nil
}

// KeyCheck reads the check value of the master key without changing anything:
// before a database is migrated or written by somebody with the wrong key. It is
// nil where there is no database, or one that was never started.
func KeyCheck(ctx context.Context, o Options) ([]byte, error) {
	r, err := OpenRaw(ctx, o)
	if errors.Is(err, ErrNoDatabase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tables, err := r.tables(ctx, r.db)
	if err != nil || !slices.Contains(tables, "platform") {
		return nil, err
	}
	return r.keyCheck(ctx)
}

func (r *Raw) keyCheck(ctx context.Context) ([]byte, error) {
	var text string
	err := r.db.QueryRowContext(ctx, "SELECT value FROM platform WHERE name = 'master_key_check'").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the check value of the master key: %w", err)
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read the check value of the master key: %w", err)
	}
	return value, nil
}
