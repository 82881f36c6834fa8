package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/reply"
	"parley/core/store"
)

// Options configure a Dispatcher.
type Options struct {
	Store *store.Store
	Lines Lines
	Node  string // name of this process, never used twice
	Log   *slog.Logger
	// Open keeps the callbacks whose response can carry a row; nil: none.
	Open *reply.Open
	// Poke is called after something was recorded, to wake the feed.
	Poke func(tenant canon.ID)
	// Fit makes files fit; nil: what does not fit goes as a link.
	Fit Fitter
	// Note is called with the outcome of every attempt, for health lights.
	Note func(line Line, err *connector.Error)
}

// Dispatcher sends what was committed: in order on each thread, side by side
// across threads, within each account's limits. Safe for concurrent use.
type Dispatcher struct {
	store *store.Store
	lines Lines
	node  string
	log   *slog.Logger
	poke  func(canon.ID)
	note  func(Line, *connector.Error)
	open  *reply.Open

	fitter Fitter
	// Unreact is told of a message whose reaction of ours did not leave; it is set
	// before anything is sent.
	Unreact func(ctx context.Context, tenant, message canon.ID) error

	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
	results chan []store.Sent // of one call each

	// free hands lanes to goroutines that sent before: a fresh one would grow its
	// stack anew for every message.
	free  chan *lane
	alarm chan struct{} // somebody sleeps who wakes before all others

	mu        sync.Mutex
	lanes     map[canon.ID]*lane     // by thread
	known     map[canon.ID]bool      // rows in a lane
	crews     map[canon.ID]*crew     // by account
	sleepers  sleepers               // lanes whose first row is not due
	mended    uint64                 // how often a link was
	gates     map[canon.ID]*gate     // by account
	still     map[canon.ID]time.Time // account or link → until when the platform wants quiet, or takes nothing
	recovered map[canon.ID]recovered // by tenant
}

// NewDispatcher returns a dispatcher; Start makes it work.
func NewDispatcher(o Options) *Dispatcher {
	ctx, stop := context.WithCancel(context.Background())
	d := &Dispatcher{
		store: o.Store, lines: o.Lines, node: o.Node, log: o.Log, poke: o.Poke, note: o.Note, open: o.Open, fitter: o.Fit, ctx: ctx, stop: stop,
		results: make(chan []store.Sent, 1024), free: make(chan *lane), alarm: make(chan struct{}, 1), lanes: map[canon.ID]*lane{}, known: map[canon.ID]bool{},
		crews: map[canon.ID]*crew{}, gates: map[canon.ID]*gate{}, still: map[canon.ID]time.Time{}, recovered: map[canon.ID]recovered{},
	}
	if d.open == nil {
		d.open = &reply.Open{}
	}
	if d.poke == nil {
		d.poke = func(canon.ID) {}
	}
	if d.note == nil {
		d.note = func(Line, *connector.Error) {}
	}
	return d
}

// Start begins recording results, and waking what sleeps.
func (d *Dispatcher) Start() {
	d.work.Go(d.record)
	d.work.Go(d.wake)
}

// Stop lets calls under way finish until ctx ends, records them, and returns.
func (d *Dispatcher) Stop(ctx context.Context) {
	d.stop()
	done := make(chan struct{})
	go func() {
		d.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Offer hands committed rows over. Rows already known are ignored.
func (d *Dispatcher) Offer(rows []store.OutboxRow) {
	if d.ctx.Err() != nil {
		return // stopping: they are committed and the next start sends them
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range rows {
		if d.known[r.ID] {
			continue
		}
		d.known[r.ID] = true
		w := waiting{OutboxRow: r, orphan: r.State == canon.Sending && r.Holder != d.node}
		if l := d.lanes[r.Thread]; l != nil {
			l.rows = append(l.rows, w)
			continue
		}
		l := &lane{thread: r.Thread, account: r.Account, rows: []waiting{w}, at: awake}
		d.lanes[r.Thread] = l
		d.begin(l)
	}
}

// idle reports whether nothing waits on a thread.
func (d *Dispatcher) idle(thread canon.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lanes[thread] == nil
}

// Waiting is how many rows this process holds.
func (d *Dispatcher) Waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.known)
}
