package played

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"parley/admin/api"
	"parley/admin/auth"
	"parley/bots/rules"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/rendition"
	"parley/core/secret"
	"parley/core/sound"
	"parley/core/store"
)

// Setup is what a test wants of its hub. Driver and Values must be given.
type Setup struct {
	Driver connector.Driver
	Values connector.Values // of the form of the link
	// Accounts are the accounts on the link as the platform names them; none: one
	// account of a driver that does not ask for its name.
	Accounts []canon.RemoteID
	Bot      orchestrate.BotKind // who answers, as its kind comes delivered; nil: the rule bot
	Language string              // of bot and agent; "": English
	Away     bool                // the agent takes nothing unasked: who wants a person stays in the queue
	Clock    func() time.Time    // of the hub; nil: time.Now
	Database string              // address of the hub's; "": SQLite of its own
	Also     []connector.Driver  // of links added later, by Add
	Pulse    time.Duration       // how often platforms are asked whether links hold; 0: as in earnest
	API      bool                // serve what the application asks as well
	HTTPS    bool                // in front of the hub; what posts callbacks must trust comes with Client
}

// Hub is a running hub with one tenant, one link, one bot and one agent. Its
// methods fail the test when something goes wrong.
type Hub struct {
	Core    *hub.Hub
	Store   *store.Store
	Tenant  canon.ID
	Link    canon.ID
	Account canon.ID // the first
	Agent   canon.ID
	URL     string // the public address

	t      testing.TB
	setup  Setup
	dir    string // of the data
	api    *api.API
	auth   *auth.Auth
	box    *secret.Box
	server *httptest.Server
	log    logbook
}

// Start runs a hub on an empty database until the test ends.
func Start(t testing.TB, setup Setup) *Hub {
	t.Helper()
	if setup.Bot == nil {
		setup.Bot = rules.New()
	}
	if setup.Language == "" {
		setup.Language = "en"
	}
	if setup.Database == "" {
		setup.Database = "sqlite"
	}
	if len(setup.Accounts) == 0 {
		setup.Accounts = []canon.RemoteID{"main"}
	}
	ctx := t.Context()
	h := &Hub{t: t, setup: setup, box: secret.NewBox(secret.NewMasterKey()), dir: t.TempDir()}
	h.Store = must(store.Open(ctx, store.Options{URL: cmp.Or(setup.Database, "sqlite"), DataDir: h.dir, Log: h.log.logger(), Clock: setup.Clock}))(t)
	t.Cleanup(func() { h.Store.Close() })
	h.Tenant = must(h.Store.EnsureDefaultTenant(ctx, h.box))(t).ID
	h.people()
	h.serve()
	if err := h.Core.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		h.Core.Stop(ctx)
		if t.Failed() {
			t.Logf("the hub's log:\n%s", h.log.text())
		}
	})
	return h
}

// serve makes the hub and answers at its public address.
func (h *Hub) serve() {
	h.t.Helper()
	h.server = httptest.NewUnstartedServer(nil)
	h.URL = "http://" + h.server.Listener.Addr().String()
	if h.setup.HTTPS {
		h.URL = "https://" + h.server.Listener.Addr().String()
	}
	storage := must(file.OpenDisk(h.t.TempDir()))(h.t)
	h.Core = hub.New(hub.Options{
		Store: h.Store, Box: h.box, PublicURL: h.URL, Log: h.log.logger(),
		Egress:     must(egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}))(h.t),
		Storage:    storage,
		Intake:     must(file.NewIntake(storage, file.IntakeOptions{Dir: h.t.TempDir()}))(h.t),
		Files:      file.NewSigner(h.URL, h.box.Signer("files")),
		Connectors: must(connector.NewRegistry(append([]connector.Driver{h.setup.Driver}, h.setup.Also...)...))(h.t),
		PulseEvery: h.setup.Pulse, Renditions: rendition.New(), Convert: sound.Find(),
		Bots: []orchestrate.BotKind{h.setup.Bot},
		From: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
	})
	h.server.Config.Handler = h.Core.Handler()
	if h.setup.API {
		h.server.Config.Handler = h.application()
	}
	if h.setup.HTTPS {
		h.server.StartTLS()
	} else {
		h.server.Start()
	}
	h.t.Cleanup(h.server.Close)
}

// Client trusts the hub's certificate.
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

// Install has the hub set its callback at the platform.
func (h *Hub) Install() {
	h.t.Helper()
	if err := h.Conn().(connector.Installer).Install(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
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
