// Package played runs a whole hub in the test's own process against a played
// platform: one tenant, one account of the connector under test, the rule bot
// and one agent. It is for tests alone, and never starts a browser or a second
// process.
package played

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/bots/rules"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/secret"
	"parley/core/store"
)

// Hub is a running hub with https in front of it.
type Hub struct {
	t       testing.TB
	Core    *hub.Hub
	Store   *store.Store
	Tenant  canon.ID
	Account canon.ID
	Link    canon.ID
	Agent   canon.ID
	server  *httptest.Server
	log     logbook
}

// Start opens a hub on an empty SQLite database and links one account with the
// values of the form; what a platform must trust comes with Client.
func Start(t testing.TB, driver connector.Driver, values connector.Values) *Hub {
	t.Helper()
	h := &Hub{t: t}
	ctx := t.Context()
	box := secret.NewBox(secret.NewMasterKey())
	h.Store = must(store.Open(ctx, store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: h.logger()}))(t)
	t.Cleanup(func() { h.Store.Close() })
	tenant := must(h.Store.EnsureDefaultTenant(ctx, box))(t)
	h.Tenant = tenant.ID
	var handler http.Handler
	h.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(h.server.Close)
	storage := must(file.OpenDisk(t.TempDir()))(t)
	registry := must(connector.NewRegistry(driver))(t)
	out := must(egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}))(t)
	h.Core = hub.New(hub.Options{
		Store: h.Store, Box: box, Egress: out, Storage: storage, Intake: must(file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()}))(t),
		Files: file.NewSigner(h.server.URL, box.Signer("files")), Connectors: registry, Bots: []orchestrate.BotKind{rules.New()}, PublicURL: h.server.URL,
		From: func(*http.Request) netip.Addr { return netip.Addr{} }, Log: h.logger(),
	})
	handler = h.Core.Handler()
	h.link(driver, box, values)
	if err := h.Core.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.Core.Stop(ctx)
		if t.Failed() {
			t.Logf("the hub's log:\n%s", h.log.text())
		}
	})
	return h
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// link stores the link, its account, the bot and the agent.
func (h *Hub) link(driver connector.Driver, box *secret.Box, values connector.Values) {
	h.t.Helper()
	form := driver.Spec().Form
	complete, bad := form.Complete(values)
	if len(bad) > 0 {
		h.t.Fatalf("the form refuses the values: %v", bad)
	}
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: driver.Spec().Kind, Name: "Tea House"}}
	key := must(h.Store.For(h.Tenant).DataKey(h.t.Context()))(h.t)
	var err error
	if link.Config, link.Sealed, err = store.SealValues(box, key, h.Tenant, link.ID, form, complete); err != nil {
		h.t.Fatal(err)
	}
	draft := must(json.Marshal(rules.Blank("en")))(h.t)
	h.write(func(tx *store.Tx) error {
		if err := tx.SaveLink(link, true); err != nil {
			return err
		}
		bot, err := tx.AddBot(core.Bot{Kind: "rules", Name: "Assistant", Draft: draft}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := tx.PublishBot(h.t.Context(), bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		account := core.Account{ID: canon.NewID(), Link: link.ID, Kind: link.Kind, Name: link.Name, Bot: bot.ID}
		account.RemoteID = canon.RemoteID(account.ID.String())
		if _, _, err := tx.AddAccount(h.t.Context(), account, canon.ID{}); err != nil {
			return err
		}
		h.Link, h.Account = link.ID, account.ID
		agent, err := tx.AddAgent(h.t.Context(), core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: "en", MaxLoad: 9}, "x", canon.ID{})
		if err != nil {
			return err
		}
		h.Agent = agent.ID
		_, err = tx.StoreState(h.t.Context(), h.Agent, core.AgentAway, canon.ID{})
		return err
	})
}

func (h *Hub) write(do func(*store.Tx) error) {
	h.t.Helper()
	if err := h.Store.For(h.Tenant).Write(h.t.Context(), do); err != nil {
		h.t.Fatal(err)
	}
}

// Client trusts the hub's certificate: the platform posts callbacks with it.
func (h *Hub) Client() *http.Client { return h.server.Client() }

// Hook is the callback address of the link.
func (h *Hub) Hook() string { return h.Core.HookURL(h.Link) }

// Conn is the open link.
func (h *Hub) Conn() connector.Conn {
	h.t.Helper()
	conn, ok := h.Core.Conn(h.Tenant, h.Link)
	if !ok {
		h.t.Fatal("the link is not open")
	}
	return conn
}

// Until waits for something to become true.
func (h *Hub) Until(what string, ok func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			h.t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Conversation is the newest one with a customer.
func (h *Hub) Conversation(peer canon.RemoteID) (core.Conversation, bool) {
	h.t.Helper()
	scope := h.Store.For(h.Tenant)
	contact, ok, err := scope.ContactOfPeer(h.t.Context(), h.Account, peer)
	if err != nil || !ok {
		return core.Conversation{}, false
	}
	all := must(scope.ContactConversations(h.t.Context(), contact, canon.ID{}, 1))(h.t)
	if len(all) == 0 {
		return core.Conversation{}, false
	}
	return all[0], true
}

// Lines are the messages with a customer, oldest first, without events and notes.
func (h *Hub) Lines(peer canon.RemoteID) []core.Message {
	h.t.Helper()
	c, ok := h.Conversation(peer)
	if !ok {
		return nil
	}
	all := must(h.Store.For(h.Tenant).Messages(h.t.Context(), c.Thread, 0, 200))(h.t)
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(m core.Message) bool { return m.From == core.FromEvent || m.From == core.FromNote })
}

// Take gives the conversation to the agent once somebody is wanted.
func (h *Hub) Take(peer canon.RemoteID) core.Conversation {
	h.t.Helper()
	h.Until("people have the conversation", func() bool {
		c, ok := h.Conversation(peer)
		return ok && c.Owner.Kind == core.StatusQueue
	})
	c, _ := h.Conversation(peer)
	return must(h.Core.Desk.Take(h.t.Context(), h.Tenant, c.ID, h.Agent))(h.t)
}

// Say posts as the agent and waits until the platform took it, or not.
func (h *Hub) Say(c core.Conversation, replyTo canon.ID, parts ...canon.Part) core.Message {
	h.t.Helper()
	m := must(h.Core.Desk.Post(h.t.Context(), h.Tenant, c.ID, orchestrate.Post{Agent: h.Agent, Content: canon.Message{Parts: parts}, ReplyTo: replyTo}))(h.t)
	h.Until(fmt.Sprintf("%q is sent or not", m.Content.Fallback()), func() bool {
		now, err := h.Store.For(h.Tenant).Message(h.t.Context(), m.ID)
		m.State, m.Failure = now.State, now.Failure
		return err == nil && m.State != canon.Queued && m.State != canon.Sending
	})
	return m
}

// Upload stores a file of the agent's.
func (h *Hub) Upload(kind canon.MediaKind, name, mime string, body []byte) canon.Media {
	h.t.Helper()
	f := must(h.Core.Upload(h.t.Context(), h.Tenant, file.Claim{Name: name, MIME: mime, Size: int64(len(body)), Keep: true}, h.Agent, canon.ID{}, bytes.NewReader(body)))(h.t)
	return canon.Media{Kind: kind, File: f.ID, Name: f.Name, MIME: mime, Size: f.Size}
}

// logbook keeps what the hub logs for a test that fails.
type logbook struct {
	mu  sync.Mutex
	all strings.Builder
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *logbook) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

func (h *Hub) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
