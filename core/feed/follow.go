package feed

import "parley/core/canon"

// Follower reads what happens in a tenant at its own pace: a slow one costs
// no more than a quick one and holds up nobody. One goroutine may use it.
type Follower struct {
	s    *stream
	at   uint64 // place in the log of the next item
	wake chan struct{}
	gone bool // guarded by the stream, as at is
}

// Follow receives everything of a tenant that is committed from now on; and,
// where whole is true, also everything after entry number after. Otherwise what
// lies between is to be read by Since, which this makes sure misses nothing.
func (h *Hub) Follow(tenant canon.ID, after int64) (f *Follower, whole bool) {
	f = &Follower{wake: make(chan struct{}, 1)}
	s := h.stream(tenant)
	if s == nil {
		f.gone = true
		close(f.wake)
		return f, false
	}
	f.s = s
	s.begin()
	whole = s.add(f, after)
	h.Poke(tenant)
	return f, whole
}

// Wake yields when there may be something to take. It is closed when the hub
// stops.
func (f *Follower) Wake() <-chan struct{} { return f.wake }

// Take copies the next items into to and returns how many. missed says that the
// follower is so far behind that some are no longer kept: it is then to read on
// by Since from the last entry it has, and after that to take what comes.
func (f *Follower) Take(to []*Item) (n int, missed bool) {
	if f.s == nil {
		return 0, false
	}
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	if !f.s.followers[f] { // stopped: nothing is kept for it
		return 0, false
	}
	n, whole := f.s.log.from(f.at, to)
	if !whole {
		f.at = f.s.log.end()
		return 0, true
	}
	f.at += uint64(n)
	return n, false
}

// Stop ends following.
func (f *Follower) Stop() {
	if f.s != nil {
		f.s.remove(f)
	}
}
