package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// noneFor is for how long an account without any device is not asked for again:
// another node may have been told of its first.
const noneFor = 30 * time.Second

// devices remembers the devices of a link's accounts, sealed, in the database all
// nodes share.
type devices struct {
	h   *Hub
	l   *openLink
	key []byte // the tenant's data key; nil for a link that is only tried

	mu   sync.Mutex
	none map[canon.ID]time.Time // accounts that had no device then
}

func (d *devices) scope(account canon.ID) secret.Scope {
	return secret.Scope{Tenant: d.l.tenant.String(), Account: account.String(), Field: "device"}
}

// nameOf names a device without telling its token.
func nameOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// register keeps, or forgets, what a callback told of. A device of an account
// that is not linked is passed over.
func (d *devices) register(ctx context.Context, all []connector.Registered) error {
	if d.key == nil || d.l.gone.Load() {
		return nil
	}
	var here []canon.ID
	err := d.h.o.Store.For(d.l.tenant).Write(ctx, func(t *store.Tx) error {
		here = here[:0]
		for _, r := range all {
			account, ok := d.l.account(r.Thread.Account)
			if !ok {
				continue
			}
			if r.Gone {
				if err := t.DropDevice(account, nameOf(r.Device.Token)); err != nil {
					return err
				}
				continue
			}
			plain, err := json.Marshal(r.Device)
			if err != nil {
				return fmt.Errorf("write a device: %w", err)
			}
			sealed, err := d.h.o.Box.Seal(d.key, d.scope(account), plain)
			if err != nil {
				return fmt.Errorf("seal a device: %w", err)
			}
			if err := t.PutDevice(store.Device{Account: account, Name: nameOf(r.Device.Token), Key: r.Thread, Sealed: sealed}, connector.MaxDevices); err != nil {
				return err
			}
			here = append(here, account)
		}
		return nil
	})
	if err == nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, account := range here {
			delete(d.none, account)
		}
	}
	return err
}

// Of lists the devices of a thread.
func (d *devices) Of(ctx context.Context, key canon.ThreadKey) ([]connector.Device, error) {
	account, ok := d.l.account(key.Account)
	if d.key == nil || !ok || d.idle(account) {
		return nil, nil
	}
	scope := d.h.o.Store.For(d.l.tenant)
	rows, err := scope.Devices(ctx, account, key)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		any, err := scope.AnyDevice(ctx, account)
		if err == nil && !any {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.none == nil {
				d.none = map[canon.ID]time.Time{}
			}
			d.none[account] = time.Now()
		}
		return nil, err
	}
	out := make([]connector.Device, len(rows))
	for i, row := range rows {
		plain, err := d.h.o.Box.Open(d.key, d.scope(account), row.Sealed)
		if err != nil {
			return nil, fmt.Errorf("open a device: %w", err)
		}
		if err := json.Unmarshal(plain, &out[i]); err != nil {
			return nil, fmt.Errorf("read a device: %w", err)
		}
	}
	return out, nil
}

// idle tells that an account had no device a moment ago: most have none, and
// then sending costs no question.
func (d *devices) idle(account canon.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.none[account]
	return ok && time.Since(at) < noneFor
}

// Drop forgets tokens that lead nowhere.
func (d *devices) Drop(ctx context.Context, remote canon.RemoteID, tokens []string) error {
	account, ok := d.l.account(remote)
	if d.key == nil || !ok {
		return nil
	}
	return d.h.o.Store.For(d.l.tenant).Write(ctx, func(t *store.Tx) error {
		for _, token := range tokens {
			if err := t.DropDevice(account, nameOf(token)); err != nil {
				return err
			}
		}
		return nil
	})
}
