package feed

import (
	"slices"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// address finds the watchers of a thread, also before it is stored.
type address struct {
	account canon.ID
	lane    string
}

// stream is one tenant's feed in this process.
type stream struct {
	hub    *Hub
	tenant canon.ID
	wake   chan struct{}

	mu        sync.Mutex
	log       log
	followers map[*Follower]bool
	watchers  map[address][]*watcher
	threads   map[canon.ID]address // where the watchers of a stored thread stand
	next      int64                // number of the next entry to give out; 0: not begun
	typing    map[typist]standing
}

type watcher struct {
	mu   sync.Mutex // never two calls at once
	wake func(connector.Notice)
	gone bool
}

func newStream(h *Hub, tenant canon.ID) *stream {
	return &stream{hub: h, tenant: tenant, wake: make(chan struct{}, 1), followers: map[*Follower]bool{}, watchers: map[address][]*watcher{},
		threads: map[canon.ID]address{}, typing: map[typist]standing{}}
}

// add takes a follower in, behind entry number after where all since is kept.
func (s *stream) add(f *Follower, after int64) (whole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followers[f] = true
	f.at = s.log.end()
	if after == s.next-1 {
		return true
	}
	if at, ok := s.log.after(after); ok {
		f.at = at
		f.rouse()
		return true
	}
	return false
}

// remove lets a follower go; what nobody may read any more is forgotten.
func (s *stream) remove(f *Follower) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.followers, f)
	if len(s.followers) == 0 {
		s.log.clear()
	}
}

func (s *stream) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.followers {
		f.gone = true
		close(f.wake)
	}
	clear(s.followers)
	s.log.clear()
}

// rouse tells a follower that there is something; the stream is locked.
func (f *Follower) rouse() {
	if f.gone {
		return
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (s *stream) watch(at address, wake func(connector.Notice)) (stop func()) {
	w := &watcher{wake: wake}
	s.mu.Lock()
	s.watchers[at] = append(s.watchers[at], w)
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		left := slices.DeleteFunc(s.watchers[at], func(x *watcher) bool { return x == w })
		if len(left) == 0 {
			delete(s.watchers, at)
		} else {
			s.watchers[at] = left
		}
		s.mu.Unlock()
		w.mu.Lock()
		w.gone = true
		w.mu.Unlock()
	}
}

func (w *watcher) call(n connector.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.gone {
		w.wake(n)
	}
}

// run reads what was committed and gives it out until the hub stops.
func (s *stream) run() {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-s.wake:
		case <-tick.C:
		case <-s.hub.ctx.Done():
			return
		}
		if err := s.advance(); err != nil && s.hub.ctx.Err() == nil {
			s.hub.log.Warn("cannot read the feed, trying again", "tenant", s.tenant, "err", err)
		}
	}
}

// idle reports whether nobody listens.
func (s *stream) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.followers) == 0 && len(s.watchers) == 0
}

// begin settles where a stream starts, before the first follower reads what was
// committed until then by itself: between the two nothing may be missed.
func (s *stream) begin() {
	s.mu.Lock()
	begun := s.next != 0
	s.mu.Unlock()
	if begun {
		return
	}
	last, _, err := s.hub.store.For(s.tenant).FeedSeq(s.hub.ctx)
	if err != nil {
		return // the first round of run begins it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == 0 {
		s.next = last + 1
	}
}

// skip moves past what nobody listened to. It reports whether anybody does.
func (s *stream) skip() (listened bool, err error) {
	s.mu.Lock()
	begun := s.next != 0
	s.mu.Unlock()
	if begun && !s.idle() {
		return true, nil
	}
	last, _, err := s.hub.store.For(s.tenant).FeedSeq(s.hub.ctx)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == 0 || len(s.followers) == 0 && len(s.watchers) == 0 {
		s.next = last + 1
		return false, nil
	}
	return true, nil // somebody came while we looked: they get it all
}

func (s *stream) advance() error {
	h := s.hub
	if err := h.number(h.ctx, s.tenant); err != nil {
		return err
	}
	if listened, err := s.skip(); err != nil || !listened {
		return err
	}
	for {
		s.mu.Lock()
		next := s.next
		s.mu.Unlock()
		entries, err := h.store.For(s.tenant).FeedSince(h.ctx, next-1, 200)
		if err != nil || len(entries) == 0 {
			return err
		}
		items, err := fill(h.ctx, h.store.For(s.tenant), entries)
		if err != nil {
			return err
		}
		s.give(items)
		if len(entries) < 200 {
			return nil
		}
	}
}

// give puts items into the log for the followers and wakes the watchers of
// changed threads.
func (s *stream) give(items []*Item) {
	changed := map[canon.ID]bool{}
	s.mu.Lock()
	for _, item := range items {
		if item.Entry.Kind == core.FeedErased {
			s.log.clear() // what was said is in it, too
		}
		s.put(item)
		if item.Message != nil && item.Entry.Kind == core.FeedMessage {
			s.said(item.Message)
		}
	}
	s.rouse()
	s.next = items[len(items)-1].Entry.Seq + 1
	watched := len(s.watchers) > 0
	s.mu.Unlock()
	if !watched {
		return
	}
	for _, item := range items {
		if c := item.Conversation; c != nil && !changed[c.Thread] {
			changed[c.Thread] = true
			s.tell(c.Thread, connector.Notice{Changed: true})
		}
	}
}

// put adds an item to the log, if anybody follows; s.mu is held.
func (s *stream) put(item *Item) {
	if len(s.followers) > 0 {
		s.log.add(item)
	}
}

// rouse tells the followers that there is something; s.mu is held.
func (s *stream) rouse() {
	for f := range s.followers {
		f.rouse()
	}
}

// tell wakes the watchers of a thread.
func (s *stream) tell(thread canon.ID, n connector.Notice) {
	at, ok := s.whereabouts(thread)
	if !ok {
		return
	}
	s.mu.Lock()
	all := slices.Clone(s.watchers[at])
	s.mu.Unlock()
	for _, w := range all {
		w.call(n)
	}
}

// maxThreads bounds how many addresses of threads are remembered.
const maxThreads = 50_000

func (s *stream) whereabouts(thread canon.ID) (address, bool) {
	s.mu.Lock()
	at, ok := s.threads[thread]
	s.mu.Unlock()
	if ok {
		return at, true
	}
	account, lane, err := s.hub.store.For(s.tenant).ThreadAddress(s.hub.ctx, thread)
	if err != nil {
		return address{}, false
	}
	at = address{account, lane}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.threads) >= maxThreads {
		clear(s.threads)
	}
	s.threads[thread] = at
	return at, true
}

func (s *stream) pass(p Passing) {
	s.mu.Lock()
	s.note(p)
	s.put(&Item{Signal: &p})
	s.rouse()
	watched := len(s.watchers) > 0
	s.mu.Unlock()
	if p.ToCustomer && watched {
		s.tell(p.Thread, connector.Notice{Signal: p.Signal, Sender: p.Sender})
	}
}
