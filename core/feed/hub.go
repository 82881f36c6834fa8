package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Hub fans out the feeds of all tenants of this process. Safe for concurrent
// use.
type Hub struct {
	store *store.Store
	log   *slog.Logger

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	tenants map[canon.ID]*stream
}

// NewHub returns a hub over a store.
func NewHub(s *store.Store, log *slog.Logger) *Hub {
	ctx, stop := context.WithCancel(context.Background())
	return &Hub{store: s, log: log, ctx: ctx, stop: stop, tenants: map[canon.ID]*stream{}}
}

// Stop ends all following.
func (h *Hub) Stop() {
	h.stop()
	h.work.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.tenants {
		s.closeAll()
	}
}

// Poke says that something was committed in a tenant. It never blocks.
func (h *Hub) Poke(tenant canon.ID) {
	s := h.stream(tenant)
	if s == nil {
		return
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// stream returns a tenant's stream, started; nil when the hub has stopped.
func (h *Hub) stream(tenant canon.ID) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.tenants[tenant]
	if s == nil {
		if h.ctx.Err() != nil {
			return nil
		}
		s = newStream(h, tenant)
		h.tenants[tenant] = s
		h.work.Add(1)
		go func() {
			defer h.work.Done()
			s.run()
		}()
	}
	return s
}

// Watch calls wake when the thread changed or an agent types.
func (h *Hub) Watch(tenant, account canon.ID, key canon.ThreadKey, wake func(connector.Notice)) (stop func()) {
	s := h.stream(tenant)
	if s == nil {
		return func() {}
	}
	stop = s.watch(address{account, string(store.LaneOf(key))}, wake)
	s.begin()
	return stop
}

// Pass hands a signal on.
func (h *Hub) Pass(tenant canon.ID, p Passing) {
	if s := h.stream(tenant); s != nil {
		s.pass(p)
	}
}

// Since returns filled entries after a number, oldest first. resync is true
// when the number lies beyond what is kept, or ahead of what was given: the
// follower must load everything anew.
func (h *Hub) Since(ctx context.Context, tenant canon.ID, since int64, limit int) (items []*Item, last int64, resync bool, err error) {
	scope := h.store.For(tenant)
	if err := h.number(ctx, tenant); err != nil {
		return nil, 0, false, err
	}
	last, oldest, err := scope.FeedSeq(ctx)
	if err != nil {
		return nil, 0, false, err
	}
	if since > last || since < oldest-1 || oldest == 0 && since < last {
		return nil, last, true, nil
	}
	entries, err := scope.FeedSince(ctx, since, limit)
	if err != nil {
		return nil, 0, false, err
	}
	if len(entries) > 0 && entries[0].Seq != since+1 || len(entries) == 0 && since < last {
		return nil, last, true, nil // forgotten a moment ago
	}
	items, err = fill(ctx, scope, missed(entries, h.store.Now()))
	return items, last, false, err
}

// number gives numbers to what was committed without one.
func (h *Hub) number(ctx context.Context, tenant canon.ID) error {
	if h.store.Dialect() == store.SQLite {
		return nil // numbered in the transaction that wrote it
	}
	for {
		_, n, err := h.store.For(tenant).Sequence(ctx, 500)
		if err != nil || n < 500 {
			return err
		}
	}
}

// lookAgain is how often a stream looks without being woken: another node may
// have committed something.
const lookAgain = 2 * time.Second
