package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

func sqliteURL(testing.TB) string     { return "sqlite" }
func postgresURL(t testing.TB) string { return migrated.Postgres(t) }

// dialects runs a test on both databases.
func dialects(t *testing.T, do func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) { do(t, newRig(t, sqliteURL)) })
	t.Run("postgres", func(t *testing.T) { do(t, newRig(t, postgresURL)) })
}

// rig is the API over a real store and a hub that is played.
type rig struct {
	t *testing.T
	// closeStore takes the database away.
	closeStore func() error
	dsn        string
	store      *store.Store
	box        *secret.Box
	auth       *auth.Auth
	hash       *auth.Hasher
	hub        *playedHub
	api        *API
	http       *httptest.Server
	log        *lockedBuffer
	clock      *clock
	hashed     string
}

// clock is the database's: the real one, or one that stands still until it is
// moved.
type clock struct {
	mu    sync.Mutex
	still time.Time
}

func (k *clock) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.still.IsZero() {
		return time.Now()
	}
	return k.still
}

// pass lets time pass; from then on the clock stands still.
func (k *clock) pass(d time.Duration) {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.still = now.Add(d)
}

func newRig(t *testing.T, url func(testing.TB) string) *rig {
	t.Helper()
	log, k := &lockedBuffer{}, &clock{}
	address, dir := url(t), t.TempDir()
	if address == "sqlite" {
		migrated.SQLite(t, dir)
	}
	s, err := store.Open(context.Background(), store.Options{URL: address, DataDir: dir, Clock: k.now})
	if err != nil {
		t.Fatal(err)
	}
	closing := sync.OnceValue(s.Close)
	t.Cleanup(func() { closing() })
	if address == "sqlite" {
		address = "file:" + filepath.Join(dir, "parley.db")
	}
	r := &rig{t: t, closeStore: closing, dsn: address, store: s, box: secret.NewBox(secret.NewMasterKey()), hash: auth.NewHasher(2), log: log, clock: k}
	if _, err := s.EnsureDefaultTenant(context.Background(), r.box); err != nil {
		t.Fatal(err)
	}
	r.auth = auth.New(auth.Config{Store: s, Box: r.box, Devices: r.box.Signer("known browser"), Hasher: r.hash})
	r.hub = newPlayedHub(s)
	connectors, err := connector.NewRegistry(playedDriver{})
	if err != nil {
		t.Fatal(err)
	}
	r.http = httptest.NewUnstartedServer(nil)
	r.api, err = New(Config{Store: s, Box: r.box, Auth: r.auth, Desk: r.hub, Links: r.hub, Feed: r.hub.feed, Files: r.hub,
		Connectors: connectors, Bots: []orchestrate.BotKind{playedBot{}}, PublicURL: "http://" + r.http.Listener.Addr().String(), Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.api.Close)
	r.http.Config.Handler = r.api
	r.http.Start()
	t.Cleanup(r.http.Close)
	return r
}

// caller is somebody who sends requests.
type caller struct {
	r       *rig
	name    string
	tenant  canon.ID
	agent   canon.ID
	token   string
	cookies map[string]string
	header  map[string]string
}

// reply is an answer.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
	log    func() string
}

func (c *caller) do(method, path string, body any) reply {
	c.r.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.r.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	if !strings.HasPrefix(path, "/api") && !strings.HasPrefix(path, "/livez") && !strings.HasPrefix(path, "/readyz") && !strings.HasPrefix(path, "/metrics") {
		path = prefix + path
	}
	req, err := http.NewRequest(method, c.r.http.URL+path, reader)
	if err != nil {
		c.r.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for k, v := range c.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.r.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.r.t.Fatal(err)
	}
	for _, k := range res.Cookies() {
		if c.cookies == nil {
			c.cookies = map[string]string{}
		}
		if k.MaxAge < 0 {
			delete(c.cookies, k.Name)
		} else {
			c.cookies[k.Name] = k.Value
		}
	}
	return reply{c.r.t, res.StatusCode, res.Header, raw, c.r.logged}
}

// with returns the caller sending one header more.
func (c *caller) with(name, value string) *caller {
	d := *c
	d.header = map[string]string{name: value}
	for k, v := range c.header {
		d.header[k] = v
	}
	d.header[name] = value
	return &d
}

func (p reply) want(status int) reply {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d, want %d: %s\n%s", p.status, status, p.body, p.log())
	}
	return p
}

func (p reply) into(v any) reply {
	p.t.Helper()
	if err := json.Unmarshal(p.body, v); err != nil {
		p.t.Fatalf("%v in %s", err, p.body)
	}
	return p
}

func (p reply) problem() Problem {
	p.t.Helper()
	if ct := p.header.Get("Content-Type"); ct != "application/problem+json" {
		p.t.Fatalf("Content-Type %q of an error, want application/problem+json: %s", ct, p.body)
	}
	var out Problem
	p.into(&out)
	if out.Status != p.status || out.Code == "" || out.RequestID == "" || out.RequestID != p.header.Get("X-Request-Id") {
		p.t.Fatalf("an incomplete problem: %s", p.body)
	}
	return out
}

const testPassword = "correct horse 8 battery"

// program makes a token.
func (r *rig) program(tenant canon.ID, role core.Role) *caller {
	r.t.Helper()
	_, text, err := r.auth.CreateToken(context.Background(), tenant, string(role)+" token", role, r.store.Now().AddDate(1, 0, 0))
	if err != nil {
		r.t.Fatal(err)
	}
	return &caller{r: r, name: string(role) + " token", tenant: tenant, token: text}
}

// nobody sends requests without any credential.
func (r *rig) nobody() *caller { return &caller{r: r, name: "anonymous"} }

// home is the tenant that exists from the first start.
func (r *rig) home() canon.ID {
	r.t.Helper()
	t, _, err := r.store.TenantBySlug(context.Background(), store.DefaultSlug)
	if err != nil {
		r.t.Fatal(err)
	}
	return t.ID
}

// logged is everything written to the log so far.
func (r *rig) logged() string {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	return r.log.Buffer.String()
}
