package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"parley/core/alert"
	"parley/core/canon"
	"parley/core/cluster"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/feed"
	"parley/core/file"
	"parley/core/ingest"
	"parley/core/orchestrate"
	"parley/core/outbox"
	"parley/core/rate"
	"parley/core/rendition"
	"parley/core/reply"
	"parley/core/secret"
	"parley/core/store"
)

// Options are what a hub is made of.
type Options struct {
	Store      *store.Store
	Box        *secret.Box
	Egress     *egress.Client
	Storage    file.Storage
	Intake     *file.Intake
	Files      *file.Signer
	Connectors *connector.Registry
	Bots       []orchestrate.BotKind
	PublicURL  string // without a slash at the end
	// From returns the address a request came from, behind trusted proxies.
	From func(*http.Request) netip.Addr
	Log  *slog.Logger
	// Wakes and Presence reach all nodes; nil: this process alone.
	Wakes    cluster.Wakes
	Presence cluster.Presence
	Limits   cluster.Limits
	// Convert turns recordings into other formats; nil: channels do without.
	Convert connector.Converter
	// Renditions makes files fit channels; nil: they go as links.
	Renditions *rendition.Maker
	// PulseEvery is how often platforms are asked whether links hold; 0:
	// connector.PulseEvery.
	PulseEvery time.Duration
	// KeepFeed is how long the feed remembers; who comes back later loads
	// everything anew. 0: for ever.
	KeepFeed time.Duration
	// TurnTime bounds a bot that does not answer at once; 0: 30 seconds.
	TurnTime time.Duration
}

// Hub is the running core. Safe for concurrent use.
type Hub struct {
	o      Options
	node   string
	Feed   *feed.Hub
	Desk   *orchestrate.Orchestrator
	Books  *orchestrate.Books
	Outbox *outbox.Dispatcher
	Door   *ingest.Door
	Leases *cluster.Leases

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu       sync.RWMutex
	links    map[canon.ID]*openLink // by link
	accounts map[canon.ID]*openLink // by account
	moods    map[canon.ID]*mood     // by link

	absence *absence

	alerts     *alert.Sender
	pulseEvery time.Duration

	knocks  *secret.Signer // of what the hub sends to its own address
	outside *http.Client   // reaches our own address the way a platform would

	rates *rate.Links // addresses customers rate at

	filling keyed // fills of one kept value, one at a time
}

// New returns a hub; Start opens it.
func New(o Options) *Hub {
	ctx, stop := context.WithCancel(context.Background())
	h := &Hub{
		o: o, node: canon.NewID().String(), ctx: ctx, stop: stop,
		knocks: o.Box.Signer("knock"), outside: o.Egress.HTTPClient(egress.API),
		rates: rate.NewLinks(o.PublicURL, o.Box.Signer("rating")),
		links: map[canon.ID]*openLink{}, accounts: map[canon.ID]*openLink{}, moods: map[canon.ID]*mood{},
	}
	local := &cluster.Local{}
	if o.Wakes == nil {
		h.o.Wakes = local
	}
	if o.Presence == nil {
		h.o.Presence = local
	}
	if o.Limits == nil {
		h.o.Limits = cluster.NewLocalLimits()
	}
	h.Leases = cluster.NewLeases(o.Store, h.node, o.Log)
	h.Feed = feed.NewHub(o.Store, o.Log)
	h.Books = orchestrate.NewBooks(o.Store, o.Bots, o.Log)
	open := &reply.Open{}
	var fits outbox.Fitter
	if o.Renditions != nil {
		fits = fitter{h, o.Renditions}
	}
	h.Outbox = outbox.NewDispatcher(outbox.Options{Fit: fits, Store: o.Store, Lines: h, Node: h.node, Log: o.Log, Open: open, Poke: h.poke, Note: h.noteSent})
	h.Desk = orchestrate.New(orchestrate.Options{Store: o.Store, Books: h.Books, Outbox: h.Outbox, Lines: h, Log: o.Log, Open: open, Poke: h.poke, Signal: h.Feed.Pass, TurnTime: o.TurnTime, Picture: h.picture, RateURL: h.rates.URL})
	h.Outbox.Unreact = h.Desk.Unreact
	h.Door = ingest.NewDoor(ingest.Options{Store: o.Store, Lines: h, Log: o.Log, Open: open, Wake: h.wakeInbox, From: o.From, Knocks: h.knocks, Note: h.noteTaken})
	h.o.Wakes.Listen(cluster.TopicInbox, h.Desk.Wake)
	h.o.Wakes.Listen(cluster.TopicFeed, h.Feed.Poke)
	h.o.Wakes.Listen(cluster.TopicSettings, h.Books.Forget)
	h.pulseEvery = cmp.Or(o.PulseEvery, connector.PulseEvery)
	h.alerts = alert.New(alert.Options{Store: o.Store, Box: o.Box, HTTP: h.outside, PageURL: o.PublicURL, Log: o.Log,
		Line: func(tenant, account canon.ID) (connector.Conn, connector.Account, bool) {
			line, ok := h.LineOf(tenant, account)
			return line.Conn, line.Account, ok && !line.Paused
		}})
	h.absence = newAbsence(h)
	h.o.Presence.Watch(h.absence.moved)
	return h
}

// Start opens every link, takes up what an earlier process left, and begins to
// work. A link that does not open is shown as such and stops nobody.
func (h *Hub) Start(ctx context.Context) error {
	tenants, err := h.o.Store.Tenants(ctx)
	if err != nil {
		return err
	}
	if h.o.Store.Dialect() == store.SQLite {
		if err := h.o.Store.ForgetLeases(ctx); err != nil {
			return fmt.Errorf("free the leases of an ended process: %w", err)
		}
	}
	h.Outbox.Start()
	for _, t := range tenants {
		if err := h.openAll(ctx, t.ID); err != nil {
			return err
		}
		if err := h.absence.begin(ctx, t.ID); err != nil {
			return err
		}
		if err := h.Outbox.Recover(ctx, t.ID); err != nil {
			return fmt.Errorf("take up the outbox: %w", err)
		}
		if err := h.Desk.Turns(ctx, t.ID); err != nil {
			return fmt.Errorf("take up bots' turns: %w", err)
		}
		h.Desk.Wake(t.ID)
	}
	h.work.Go(h.findable)
	h.work.Add(2)
	go func() {
		defer h.work.Done()
		h.every(h.upkeep)
	}()
	go func() {
		defer h.work.Done()
		h.every(h.slowly)
	}()
	return nil
}

// Stop closes streamers, lets what is under way finish until ctx ends, and
// closes the links. What is not finished is durable and goes on at the next
// start.
func (h *Hub) Stop(ctx context.Context) {
	h.stop()
	h.mu.RLock()
	open := make([]*openLink, 0, len(h.links))
	for _, l := range h.links {
		open = append(open, l)
	}
	h.mu.RUnlock()
	for _, l := range open {
		l.halt()
	}
	h.absence.stop()
	h.Desk.Stop()
	h.Outbox.Stop(ctx)
	h.Feed.Stop()
	h.work.Wait()
	for _, l := range open {
		if err := l.conn.Close(ctx); err != nil {
			h.o.Log.Warn("a link did not close", "link", l.id, "kind", l.kind, "err", err)
		}
	}
	h.saveMoods(context.WithoutCancel(ctx))
}

// every does something about every second until the hub stops.
func (h *Hub) every(do func(n int)) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-t.C:
			do(n)
		case <-h.ctx.Done():
			return
		}
	}
}

// upkeep does what no event brings about and the database alone decides.
func (h *Hub) upkeep(n int) {
	h.eachTenant(func(tenant canon.ID) error {
		h.Desk.Wake(tenant)
		return errors.Join(h.Outbox.Look(h.ctx, tenant), h.Desk.Turns(h.ctx, tenant), h.Desk.Sweep(h.ctx, tenant))
	})
	if n%5 == 0 {
		h.saveMoods(h.ctx)
	}
}

// slowly does what waits for platforms: it must not hold up the rest.
func (h *Hub) slowly(int) {
	h.eachTenant(func(tenant canon.ID) error {
		return errors.Join(h.Outbox.Chores(h.ctx, tenant), h.fetchDue(h.ctx, tenant), h.alerts.Round(h.ctx, tenant), h.indexContacts(tenant), h.forget(tenant), h.Shred(h.ctx, tenant))
	})
}

// A slice is a write of a few milliseconds; a thousand a second are more than a
// hub writes in the long run.
const (
	forgetAtATime = 200
	forgetSlices  = 5
)

// forget lets go of what the feed has kept for long enough, a slice at a time.
func (h *Hub) forget(tenant canon.ID) error {
	if h.o.KeepFeed == 0 {
		return nil
	}
	before := h.o.Store.Now().Add(-h.o.KeepFeed)
	for range forgetSlices {
		n, err := h.o.Store.For(tenant).PruneFeed(h.ctx, before, forgetAtATime)
		if err != nil || n < forgetAtATime {
			return err
		}
	}
	return nil
}

// indexContacts keeps the words contacts are found by current, a few thousand a
// second after an upgrade; a search does what is left of the newest itself.
func (h *Hub) indexContacts(tenant canon.ID) error {
	for range 5 {
		n, err := h.o.Store.For(tenant).IndexContacts(h.ctx, 500)
		if err != nil || n < 500 {
			return err
		}
	}
	return nil
}

func (h *Hub) eachTenant(do func(canon.ID) error) {
	tenants, err := h.o.Store.Tenants(h.ctx)
	if err != nil {
		if h.ctx.Err() == nil {
			h.o.Log.Warn("cannot read the tenants", "err", err)
		}
		return
	}
	for _, t := range tenants {
		if err := do(t.ID); err != nil && h.ctx.Err() == nil {
			h.o.Log.Warn("a round of upkeep was not finished", "tenant", t.ID, "err", err)
		}
	}
}

// Handler serves callbacks (/hooks/…), our own channels (/chat/…), files
// (/files/…) and the page customers rate at (/rate/…).
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/hooks/", h.Door)
	mux.HandleFunc("/chat/", h.serveChat)
	mux.Handle(file.Path, &file.Handler{Signer: h.o.Files, Catalog: catalog{h.o.Store}, Storage: h.o.Storage, Now: time.Now, Log: h.o.Log})
	mux.Handle(rate.Path, &rate.Handler{Links: h.rates, Desk: h.Desk, Log: h.o.Log})
	return mux
}

// serveChat hands a request under /chat/{account} to the link of the account.
func (h *Hub) serveChat(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/chat/"), "/")
	id, err := canon.ParseID(name)
	if err != nil {
		refuse(w, r, http.StatusNotFound, "not_found", textNoChat)
		return
	}
	h.mu.RLock()
	l := h.accounts[id]
	h.mu.RUnlock()
	if l == nil {
		refuse(w, r, http.StatusNotFound, "not_found", textNoChat)
		return
	}
	server, ok := l.conn.(connector.Server)
	if !ok {
		refuse(w, r, http.StatusNotFound, "not_found", textNoChat)
		return
	}
	if !h.mayBegin(r) {
		w.Header().Set("Retry-After", "10")
		refuse(w, r, http.StatusTooManyRequests, "too_many", textManyNew)
		return
	}
	server.Serve(w, r, h.sink(l))
}

// New chats from one address: as many as a school or an office starts at once.
const (
	beginPer   = 5 // a second
	beginBurst = 300
)

// mayBegin bounds how many chats one address begins. This machine itself is not
// bounded: nobody comes from there but through a proxy that says for whom.
func (h *Hub) mayBegin(r *http.Request) bool {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/session") {
		return true
	}
	from := h.o.From(r)
	return !from.IsValid() || from.IsLoopback() || h.o.Limits.Allow("chat:"+from.String(), beginPer, beginBurst)
}

func (h *Hub) sink(l *openLink) connector.Sink {
	return h.Door.Sink(h.ingestLine(l))
}

func (h *Hub) poke(tenant canon.ID)      { h.o.Wakes.Wake(cluster.TopicFeed, tenant) }
func (h *Hub) wakeInbox(tenant canon.ID) { h.o.Wakes.Wake(cluster.TopicInbox, tenant) }

// Changed says that settings of a tenant changed: every node reads its
// directory anew.
func (h *Hub) Changed(tenant canon.ID) {
	h.o.Wakes.Wake(cluster.TopicSettings, tenant)
	h.poke(tenant)
	h.Desk.Drain(tenant)
}

// Join says that an agent has a live socket, until leave is called.
func (h *Hub) Join(tenant, agent canon.ID) (leave func()) {
	return h.o.Presence.Join(tenant, agent)
}
