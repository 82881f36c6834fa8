// Package smallhub runs a whole hub in this process, on SQLite, with one account
// of one channel, the rule bot as it is delivered, and one agent: for tests that
// play a platform's customer on one side and the agent on the other. It talks
// to this machine alone and is never part of the product.
package smallhub

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
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

// The core's words, for tests of connectors, which do not see it.
type (
	Conversation = core.Conversation
	Message      = core.Message
)

// FromCustomer tells what a customer said.
func FromCustomer(m Message) bool { return m.From == core.FromCustomer }

// Hub is a running hub. Its methods fail the test when something goes wrong.
type Hub struct {
	*hub.Hub
	URL    string // the public address
	Tenant canon.ID
	Agent  canon.ID
	Link   canon.ID

	t      *testing.T
	driver connector.Driver
	store  *store.Store
	box    *secret.Box
}

// Start runs a hub with one account of a driver until the test ends.
func Start(t *testing.T, driver connector.Driver, config connector.Values) *Hub {
	t.Helper()
	ctx := context.Background()
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: quiet})
	must(t, err)
	h := &Hub{t: t, driver: driver, store: s, box: secret.NewBox(secret.NewMasterKey()), Link: canon.NewID()}
	tenant, err := s.EnsureDefaultTenant(ctx, h.box)
	must(t, err)
	h.Tenant = tenant.ID

	var handler http.Handler = http.NotFoundHandler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	h.URL = srv.URL
	registry, err := connector.NewRegistry(driver)
	must(t, err)
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	must(t, err)
	storage, err := file.OpenDisk(t.TempDir())
	must(t, err)
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()})
	must(t, err)
	h.Hub = hub.New(hub.Options{
		Store: s, Box: h.box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner(h.URL, h.box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{rules.New()}, PublicURL: h.URL, Log: quiet,
		From: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
	})
	handler = h.Handler()
	h.people(config)
	must(t, h.Hub.Start(ctx))
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		h.Stop(end)
		srv.Close()
		s.Close()
	})
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// people makes the account with its bot, and the agent.
func (h *Hub) people(config connector.Values) {
	h.t.Helper()
	ctx := context.Background()
	h.save(config, true)
	must(h.t, h.store.For(h.Tenant).Write(ctx, func(t *store.Tx) error {
		bot, err := t.AddBot(core.Bot{Kind: rules.Kind, Name: "Bot", Draft: rules.New().Blank("en")}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := t.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		account := core.Account{ID: canon.NewID(), Link: h.Link, Kind: h.driver.Spec().Kind, Name: "Account", RemoteID: "main", Bot: bot.ID}
		if _, _, err := t.AddAccount(ctx, account, canon.ID{}); err != nil {
			return err
		}
		agent, err := t.AddAgent(ctx, core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: "en", MaxLoad: 20}, "x", canon.ID{})
		if err != nil {
			return err
		}
		h.Agent = agent.ID
		_, err = t.StoreState(ctx, agent.ID, core.AgentOnline, canon.ID{})
		return err
	}))
}

// save writes the link's form.
func (h *Hub) save(config connector.Values, fresh bool) {
	h.t.Helper()
	form := h.driver.Spec().Form
	values, bad := form.Complete(config)
	if len(bad) > 0 {
		h.t.Fatalf("the form refuses it: %v", bad)
	}
	ctx := context.Background()
	key, err := h.store.For(h.Tenant).DataKey(ctx)
	must(h.t, err)
	row := store.LinkRow{Link: core.Link{ID: h.Link, Kind: h.driver.Spec().Kind, Name: "Link"}}
	row.Config, row.Sealed, err = store.SealValues(h.box, key, h.Tenant, h.Link, form, values)
	must(h.t, err)
	must(h.t, h.store.For(h.Tenant).Write(ctx, func(t *store.Tx) error { return t.SaveLink(row, fresh) }))
}

// Change saves another form and opens the link anew, as its page does.
func (h *Hub) Change(config connector.Values) {
	h.t.Helper()
	h.save(config, false)
	must(h.t, h.Reload(context.Background(), h.Tenant, h.Link))
}

// Eventually waits for something to become true.
func (h *Hub) Eventually(what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// Conversations are those of all customers.
func (h *Hub) Conversations() []Conversation {
	h.t.Helper()
	page, err := h.store.For(h.Tenant).Conversations(context.Background(), store.ListQuery{Limit: 200})
	must(h.t, err)
	return page.Items
}

// Messages are the lines of a conversation's thread, oldest first, without the
// hub's own notes.
func (h *Hub) Messages(c Conversation) []Message {
	h.t.Helper()
	all, err := h.store.For(h.Tenant).Messages(context.Background(), c.Thread, 0, 200)
	must(h.t, err)
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(m Message) bool { return m.From == core.FromEvent })
}

// With is the conversation in which a customer said something.
func (h *Hub) With(text string) (c Conversation, said Message, ok bool) {
	h.t.Helper()
	for _, c := range h.Conversations() {
		for _, m := range h.Messages(c) {
			if m.From == core.FromCustomer && strings.Contains(m.Content.Fallback(), text) {
				return c, m, true
			}
		}
	}
	return Conversation{}, Message{}, false
}

// Heard waits until a customer has said something, and returns it.
func (h *Hub) Heard(text string) (Conversation, Message) {
	h.t.Helper()
	var c Conversation
	var m Message
	h.Eventually("the hub hears "+text, func() (ok bool) { c, m, ok = h.With(text); return ok })
	return c, m
}

// Mine tells that the agent has a conversation now.
func (h *Hub) Mine(c Conversation) bool {
	h.t.Helper()
	return slices.ContainsFunc(h.Conversations(), func(now Conversation) bool {
		return now.ID == c.ID && now.Owner.Kind == core.StatusAgent && now.Owner.ID == h.Agent
	})
}

// Take gives a conversation to the agent.
func (h *Hub) Take(c Conversation) {
	h.t.Helper()
	_, err := h.Desk.Take(context.Background(), h.Tenant, c.ID, h.Agent)
	must(h.t, err)
}

// Say has the agent say something, and returns it as it was accepted.
func (h *Hub) Say(c Conversation, content canon.Message) Message {
	h.t.Helper()
	m, err := h.Desk.Post(context.Background(), h.Tenant, c.ID, orchestrate.Post{Agent: h.Agent, Content: content})
	must(h.t, err)
	return m
}

// Message reads a message anew.
func (h *Hub) Message(id canon.ID) Message {
	h.t.Helper()
	m, err := h.store.For(h.Tenant).Message(context.Background(), id)
	must(h.t, err)
	return m
}

// File stores a file for the agent to send.
func (h *Hub) File(name, mime string, body []byte) canon.ID {
	h.t.Helper()
	f, err := h.Upload(context.Background(), h.Tenant, file.Claim{Name: name, MIME: mime, Size: int64(len(body)), Keep: true}, h.Agent, canon.ID{}, bytes.NewReader(body))
	must(h.t, err)
	return f.ID
}

// State is the light of the link, as it was last written down.
func (h *Hub) State() connector.State {
	h.t.Helper()
	row, err := h.store.For(h.Tenant).Link(context.Background(), h.Link)
	must(h.t, err)
	return connector.State{Health: row.State.Health, Code: row.State.Code, Text: row.State.Text, Remedy: row.State.Remedy}
}
