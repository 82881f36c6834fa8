package hub

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/core/connector"
	"parley/core/file"
	"parley/core/secret"
	"parley/core/store"
)

// cache keeps small values of a link, sealed, in the database all nodes share.
type cache struct {
	h   *Hub
	l   *openLink
	key []byte // the tenant's data key; nil for a link that is only tried
}

func (c cache) scope(name string) secret.Scope {
	return secret.Scope{Tenant: c.l.tenant.String(), Account: c.l.id.String(), Field: "cache:" + name}
}

// idle tells that nothing is kept: the link is only tried, or is deleted.
func (c cache) idle() bool { return c.key == nil || c.l.gone.Load() }

// Get reads a value that has not run out.
func (c cache) Get(ctx context.Context, name string) (string, bool, error) {
	if c.idle() {
		return "", false, nil
	}
	text, ok, err := c.h.o.Store.For(c.l.tenant).Cached(ctx, c.l.id, name)
	if err != nil || !ok {
		return "", false, err
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", false, fmt.Errorf("kept value %q: %w", name, err)
	}
	plain, err := c.h.o.Box.Open(c.key, c.scope(name), sealed)
	if err != nil {
		return "", false, fmt.Errorf("kept value %q: %w", name, err)
	}
	return string(plain), true, nil
}

// Set keeps a value for a while.
func (c cache) Set(ctx context.Context, name, value string, ttl time.Duration) error {
	if c.idle() {
		return nil
	}
	sealed, err := c.h.o.Box.Seal(c.key, c.scope(name), []byte(value))
	if err != nil {
		return fmt.Errorf("keep %q: %w", name, err)
	}
	text := base64.StdEncoding.EncodeToString(sealed)
	return c.h.o.Store.For(c.l.tenant).Write(ctx, func(t *store.Tx) error {
		return t.Cache(c.l.id, name, text, t.Now().Add(ttl))
	})
}

// Delete forgets a value.
func (c cache) Delete(ctx context.Context, name string) error {
	if c.idle() {
		return nil
	}
	return c.h.o.Store.For(c.l.tenant).Write(ctx, func(t *store.Tx) error { return t.Cache(c.l.id, name, "", time.Time{}) })
}

// keep keeps, or forgets, what a callback brought.
func (c cache) keep(ctx context.Context, k connector.Kept) error {
	if k.Value == "" {
		return c.Delete(ctx, k.Name)
	}
	return c.Set(ctx, k.Name, k.Value, k.For)
}

// Once returns a value, made by fill when there is none. Concurrent callers of
// this process share one fill.
func (c cache) Once(ctx context.Context, name string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	unlock := c.h.filling.lock(c.l.id.String() + "/" + name)
	defer unlock()
	if v, ok, err := c.Get(ctx, name); err != nil || ok {
		return v, err
	}
	v, ttl, err := fill(ctx)
	if err != nil {
		return "", err
	}
	return v, c.Set(ctx, name, v, ttl)
}

// keyed is a set of locks by name.
type keyed struct {
	mu sync.Mutex
	m  map[string]*sync.Mutex
}

func (k *keyed) lock(name string) (unlock func()) {
	k.mu.Lock()
	if k.m == nil {
		k.m = map[string]*sync.Mutex{}
	}
	l := k.m[name]
	if l == nil {
		l = &sync.Mutex{}
		k.m[name] = l
	}
	k.mu.Unlock()
	l.Lock()
	return l.Unlock
}

func asRefusal(err error, out **file.Refusal) bool { return errors.As(err, out) }
