package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/core/canon"
)

// Device is a device of a customer, its token sealed.
type Device struct {
	Account canon.ID
	Name    string // of the device in its account: a digest of its token
	Key     canon.ThreadKey
	Sealed  []byte
}

// PutDevice keeps a device, which is nobody else's then, and the newest of its
// thread up to most.
func (t *Tx) PutDevice(d Device, most int) error {
	peer, topic := string(d.Key.Peer), string(d.Key.Thread)
	if err := t.do(`INSERT INTO devices (tenant, account, name, peer, topic, sealed, seen) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant, account, name) DO UPDATE SET peer = excluded.peer, topic = excluded.topic, sealed = excluded.sealed, seen = excluded.seen`,
		t.tenant, d.Account, d.Name, peer, topic, d.Sealed, ms(t.Now())); err != nil {
		return err
	}
	return t.do(`DELETE FROM devices WHERE tenant = $1 AND account = $2 AND peer = $3 AND topic = $4 AND name NOT IN
		(SELECT name FROM devices WHERE tenant = $1 AND account = $2 AND peer = $3 AND topic = $4 ORDER BY seen DESC, name LIMIT $5)`,
		t.tenant, d.Account, peer, topic, most)
}

// DropDevice forgets a device, if it is there.
func (t *Tx) DropDevice(account canon.ID, name string) error {
	return t.do("DELETE FROM devices WHERE tenant = $1 AND account = $2 AND name = $3", t.tenant, account, name)
}

// Devices lists the devices of a thread, the newest first.
func (c Scope) Devices(ctx context.Context, account canon.ID, key canon.ThreadKey) ([]Device, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (Device, error) {
		d := Device{Account: account, Key: key}
		err := rows.Scan(&d.Name, &d.Sealed)
		return d, err
	}, "SELECT name, sealed FROM devices WHERE tenant = $1 AND account = $2 AND peer = $3 AND topic = $4 ORDER BY seen DESC, name", c.tenant, account, string(key.Peer), string(key.Thread))
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	return out, nil
}

// AnyDevice tells whether an account has a device at all.
func (c Scope) AnyDevice(ctx context.Context, account canon.ID) (bool, error) {
	found, err := list(ctx, c.s, scalar[int64], "SELECT 1 FROM devices WHERE tenant = $1 AND account = $2 LIMIT 1", c.tenant, account)
	if err != nil {
		return false, fmt.Errorf("look for devices: %w", err)
	}
	return len(found) > 0, nil
}
