package wecom_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// cache is what all nodes share.
type cache struct {
	now    func() time.Time
	mu     sync.Mutex
	values map[string]string
	ends   map[string]time.Time
	fills  sync.Mutex
}

func newCache(now func() time.Time) *cache {
	return &cache{now: now, values: map[string]string{}, ends: map[string]time.Time{}}
}

func (c *cache) Get(_ context.Context, key string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[key]
	return v, ok && c.now().Before(c.ends[key]), nil
}

func (c *cache) Set(_ context.Context, key, value string, ttl time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key], c.ends[key] = value, c.now().Add(ttl)
	return nil
}

func (c *cache) Delete(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.values, key)
	return nil
}

func (c *cache) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	c.fills.Lock()
	defer c.fills.Unlock()
	if v, ok, _ := c.Get(ctx, key); ok {
		return v, nil
	}
	v, ttl, err := fill(ctx)
	if err != nil {
		return "", err
	}
	return v, c.Set(ctx, key, v, ttl)
}

// table is a played platform with what nodes of a hub share.
type table struct {
	*stage
	t     *testing.T
	clock *clock
	cache *cache
	mu    sync.Mutex
	light connector.State // of the link
	of    map[canon.RemoteID]connector.State
}

func newTable(t *testing.T, kind string, o played.Options) *table {
	c := newClock()
	o.Clock = c.Now
	b := &table{stage: play(kind, o), t: t, clock: c, cache: newCache(c.Now), of: map[canon.RemoteID]connector.State{}}
	t.Cleanup(b.Close)
	return b
}

// node opens the link as one node of the hub.
func (b *table) node(d connector.Driver) connector.Conn {
	b.t.Helper()
	return b.opened(d, b.Config(), b.Accounts())
}

func (b *table) opened(d connector.Driver, config connector.Values, accounts []connector.Account) connector.Conn {
	b.t.Helper()
	values, bad := d.Spec().Form.Complete(config)
	if len(bad) > 0 {
		b.t.Fatal(bad)
	}
	conn, err := d.Open(b.t.Context(), connector.Link{Config: values, Accounts: accounts, HookURL: "https://hub.example.com/hooks/1"}, connector.Env{
		HTTP: b.srv.Client(), Cache: b.cache, Clock: b.clock.Now, Log: slog.New(slog.DiscardHandler),
		State: func(s connector.State) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if s.Account != "" {
				b.of[s.Account] = s
			} else {
				b.light = s
			}
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return conn
}

func (b *table) kf() connector.Conn { return b.node(wecom.NewKFPolling(time.Hour)) }

func (b *table) health() connector.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.light
}

// healthOf is the light of one account.
func (b *table) healthOf(account canon.RemoteID) connector.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of[account]
}

func thread() canon.ThreadKey {
	return canon.ThreadKey{Account: played.Account, Peer: played.Customer}
}

func post(words string) connector.Request {
	return connector.Request{Key: canon.NewID(), Attempt: 1, Thread: thread(), Message: canon.TextMessage(words)}
}

// calls counts the calls of an operation.
func (b *table) calls(op string) int {
	n := 0
	for _, c := range b.Log.All() {
		if c.Op == op {
			n++
		}
	}
	return n
}

// store is the hub's side of a stream: rows by event id, and cursors, durable
// together.
type store struct {
	mu      sync.Mutex
	rows    map[string]bool
	order   []canon.Envelope
	cursors connector.Cursors
	// crash is asked before and after each commit became durable.
	crash func(before bool) error
}

func newStore() *store {
	return &store{rows: map[string]bool{}, cursors: connector.Cursors{}}
}

var errCrash = errors.New("the process is killed")

func (s *store) Commit(ctx context.Context, all []canon.Envelope, cursors connector.Cursors) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.crash != nil {
		if err := s.crash(true); err != nil {
			return err
		}
	}
	s.mu.Lock()
	for _, e := range all {
		if key := string(e.Account) + "/" + e.EventID; !s.rows[key] {
			s.rows[key] = true
			s.order = append(s.order, e)
		}
	}
	maps.Copy(s.cursors, cursors)
	s.mu.Unlock()
	if s.crash != nil {
		return s.crash(false)
	}
	return nil
}

func (s *store) Signal(context.Context, canon.ThreadKey, canon.Signal) {}

func (s *store) events() []canon.Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]canon.Envelope(nil), s.order...)
}

func (s *store) at() connector.Cursors {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.cursors)
}

// run starts a stream; what it returns is had from the channel.
func run(ctx context.Context, conn connector.Conn, s *store, wakes <-chan connector.Wake) <-chan error {
	done := make(chan error, 1)
	go func() { done <- conn.(connector.Streamer).Run(ctx, s.at(), wakes, s) }()
	return done
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 15 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// hooked gives the platform a callback address that hands nudges to the stream,
// as the core does.
func (b *table) hooked(conn connector.Conn) chan connector.Wake {
	b.t.Helper()
	wakes := make(chan connector.Wake, 64)
	hook := conn.(connector.Webhook)
	srv := newServer(b.t, func(w http.ResponseWriter, raw connector.Raw) {
		raw.Arrived = b.clock.Now()
		opened, err := hook.Unseal(raw)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if opened.Answer != nil {
			_, _ = w.Write(opened.Answer.Body)
			return
		}
		batch, err := hook.Decode(context.Background(), connector.Seal(raw, opened))
		if err != nil {
			w.WriteHeader(hook.Ack(raw, connector.Refused).Status)
			return
		}
		for _, wake := range batch.Wakes {
			select {
			case wakes <- wake:
			default:
			}
		}
		w.WriteHeader(hook.Ack(raw, connector.Committed).Status)
	})
	if err := b.SetCallback(b.t.Context(), b.kind, srv); err != nil {
		b.t.Fatal(err)
	}
	return wakes
}
