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

	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
	results chan []store.Sent // of one call each

	// free hands lanes to goroutines that sent before: a fresh one would grow its
	// stack anew for every message.
	free chan laneOf

	mu    sync.Mutex
	lanes map[canon.ID]*lane         // by thread
	known map[canon.ID]bool          // rows in a lane
	gates map[canon.ID]*gate         // by account
	still map[canon.ID]time.Time     // account or link → until when the platform wants quiet
	mends map[canon.ID]chan struct{} // account → closed when its link is opened anew
}

// lane holds the rows of one thread that are not done, in order.
type lane struct {
	rows    []store.OutboxRow
	running bool
}

// NewDispatcher returns a dispatcher; Start makes it work.
func NewDispatcher(o Options) *Dispatcher {
	ctx, stop := context.WithCancel(context.Background())
	d := &Dispatcher{
		store: o.Store, lines: o.Lines, node: o.Node, log: o.Log, poke: o.Poke, note: o.Note, open: o.Open, fitter: o.Fit, ctx: ctx, stop: stop,
		results: make(chan []store.Sent, 1024), free: make(chan laneOf), lanes: map[canon.ID]*lane{}, known: map[canon.ID]bool{}, gates: map[canon.ID]*gate{},
		still: map[canon.ID]time.Time{}, mends: map[canon.ID]chan struct{}{},
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

// Start begins recording results.
func (d *Dispatcher) Start() {
	d.work.Add(1)
	go func() {
		defer d.work.Done()
		d.record()
	}()
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
		l := d.lanes[r.Thread]
		if l == nil {
			l = &lane{}
			d.lanes[r.Thread] = l
		}
		l.rows = append(l.rows, r)
		if !l.running {
			l.running = true
			d.work.Add(1)
			select {
			case d.free <- laneOf{r.Thread, l}:
			default:
				go d.serve(laneOf{r.Thread, l})
			}
		}
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

// laneOf is the lane of a thread.
type laneOf struct {
	thread canon.ID
	lane   *lane
}

// idleFor is how long a goroutine without a lane waits for the next.
const idleFor = 10 * time.Second

// serve runs lanes, one after the other, until none came for a while.
func (d *Dispatcher) serve(next laneOf) {
	t := time.NewTimer(idleFor)
	defer t.Stop()
	for {
		d.run(next.thread, next.lane)
		d.work.Done()
		t.Reset(idleFor)
		select {
		case next = <-d.free:
		case <-t.C:
			return
		case <-d.ctx.Done():
			return
		}
	}
}

// run sends the rows of a lane in turn until none is left.
func (d *Dispatcher) run(thread canon.ID, l *lane) {
	for {
		d.mu.Lock()
		if len(l.rows) == 0 || d.ctx.Err() != nil {
			delete(d.lanes, thread)
			for _, r := range l.rows {
				delete(d.known, r.ID)
			}
			d.mu.Unlock()
			return
		}
		row := l.rows[0]
		d.mu.Unlock()
		d.deliver(row)
		d.mu.Lock()
		l.rows = l.rows[1:]
		delete(d.known, row.ID)
		d.mu.Unlock()
	}
}
