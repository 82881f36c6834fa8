package orchestrate

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/outbox"
	"parley/core/reply"
	"parley/core/store"
)

// Options configure an Orchestrator.
type Options struct {
	Store  *store.Store
	Books  *Books
	Outbox *outbox.Dispatcher
	Lines  outbox.Lines
	Log    *slog.Logger
	// Open keeps the callbacks that wait for an answer; nil: none.
	Open *reply.Open
	// Poke is called after something was committed, to wake the feed.
	Poke func(tenant canon.ID)
	// Signal passes something on that is never stored.
	Signal func(tenant canon.ID, s feed.Passing)
	// TurnTime bounds a bot that does not answer at once; 0: 30 seconds.
	TurnTime time.Duration
	// Picture brings a picture of the customer of a thread into the files; nil:
	// customers have none.
	Picture func(ctx context.Context, tenant, thread canon.ID, face Face, old canon.ID) (canon.ID, error)
	// RateURL is the address of the page on which a customer rates a
	// conversation, with a score chosen but not given; nil: there is no page.
	RateURL func(tenant, conversation canon.ID, score int) string
}

// Face is where a customer's picture is: at an Address, or where the connector
// alone can bring it from.
type Face struct {
	Address string
	Bring   func(context.Context) (io.ReadCloser, error)
}

// Orchestrator handles what arrives and what agents do. Safe for concurrent
// use.
type Orchestrator struct {
	store    *store.Store
	books    *Books
	outbox   *outbox.Dispatcher
	lines    outbox.Lines
	log      *slog.Logger
	open     *reply.Open
	poke     func(canon.ID)
	signal   func(canon.ID, feed.Passing)
	turnTime time.Duration

	paces    paces
	lookups  lookups
	speakers speakers
	picture  func(ctx context.Context, tenant, thread canon.ID, face Face, old canon.ID) (canon.ID, error)
	rateURL  func(tenant, conversation canon.ID, score int) string

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	starting sync.Mutex // held while pending turns are read and started

	mu     sync.Mutex
	shifts map[canon.ID]*shift  // by tenant
	turns  map[canon.ID]running // bots at work, by conversation
	// bulking are the tenants whose bulks are worked on, bulkAgain those that got
	// another meanwhile.
	bulking, bulkAgain map[canon.ID]bool
}

// New returns an orchestrator; it works as soon as Wake is called.
func New(o Options) *Orchestrator {
	ctx, stop := context.WithCancel(context.Background())
	x := &Orchestrator{
		store: o.Store, books: o.Books, outbox: o.Outbox, lines: o.Lines, log: o.Log, open: o.Open, poke: o.Poke, signal: o.Signal,
		turnTime: o.TurnTime, picture: o.Picture, rateURL: o.RateURL, ctx: ctx, stop: stop, shifts: map[canon.ID]*shift{}, turns: map[canon.ID]running{},
		bulking: map[canon.ID]bool{}, bulkAgain: map[canon.ID]bool{},
	}
	if x.open == nil {
		x.open = &reply.Open{}
	}
	if x.turnTime == 0 {
		x.turnTime = 30 * time.Second
	}
	if x.poke == nil {
		x.poke = func(canon.ID) {}
	}
	if x.signal == nil {
		x.signal = func(canon.ID, feed.Passing) {}
	}
	return x
}

// Stop ends handling after the batch under way.
func (o *Orchestrator) Stop() {
	o.stop()
	o.work.Wait()
}

// shift is one tenant's handling: one goroutine that works while there is
// something to do.
type shift struct {
	wake chan struct{}
}

// Wake says that a tenant has something to handle. It never blocks.
func (o *Orchestrator) Wake(tenant canon.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.shifts[tenant]
	if s == nil {
		if o.ctx.Err() != nil {
			return
		}
		s = &shift{wake: make(chan struct{}, 1)}
		o.shifts[tenant] = s
		o.work.Add(1)
		go o.serve(tenant, s)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// serve handles a tenant's arrivals until the orchestrator stops.
func (o *Orchestrator) serve(tenant canon.ID, s *shift) {
	defer o.work.Done()
	for {
		select {
		case <-s.wake:
		case <-o.ctx.Done():
			return
		}
		for o.ctx.Err() == nil {
			again, err := o.batch(tenant)
			if err != nil {
				o.log.Error("cannot handle what arrived, trying again", "tenant", tenant, "err", err)
				again = time.Second
			}
			if again < 0 {
				break
			}
			if again > 0 {
				t := time.NewTimer(again)
				select {
				case <-t.C:
				case <-s.wake:
				case <-o.ctx.Done():
				}
				t.Stop()
			}
		}
	}
}

// accountOf returns an account with what its channel can carry.
func (o *Orchestrator) capabilities(tenant, account canon.ID, key canon.ThreadKey) connector.Capabilities {
	line, ok := o.lines.LineOf(tenant, account)
	if !ok {
		return connector.Capabilities{}
	}
	return line.Conn.Capabilities(key)
}

func senderOf(from core.From, id canon.ID, name string) connector.Sender {
	return connector.Sender{Kind: string(from), ID: id, Name: name}
}
