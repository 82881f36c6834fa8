package web

import (
	"sync"
	"time"

	"parley/core/canon"
)

// presence is what this node knows of a visitor who is here now.
type presence struct {
	sockets int
	posts   bucket
	typed   bucket // when the last live text was passed on
}

// visitors counts who is here. Entries go as soon as they tell nothing.
type visitors struct {
	mu    sync.Mutex
	all   map[canon.RemoteID]*presence
	swept time.Time
}

// enter takes one of a visitor's places; first says that nobody was there.
func (v *visitors) enter(peer canon.RemoteID, most int) (first, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.get(peer)
	if p.sockets >= most {
		return false, false
	}
	p.sockets++
	return p.sockets == 1, true
}

// leave gives the place back; last says that nobody is left.
func (v *visitors) leave(peer canon.RemoteID) (last bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.get(peer)
	p.sockets--
	if p.sockets > 0 {
		return false
	}
	if p.posts.at.IsZero() {
		delete(v.all, peer)
	}
	return true
}

// post spends one of a visitor's stored events.
func (v *visitors) post(peer canon.RemoteID, now time.Time, rate, burst float64) (time.Duration, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sweep(now, rate)
	return v.get(peer).posts.take(now, rate, burst)
}

// mayType reports whether a live text may pass now.
func (v *visitors) mayType(peer canon.RemoteID, now time.Time, every time.Duration) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	p, here := v.all[peer]
	if !here {
		return false // nobody types without being here
	}
	// Several may come at once: a busy machine delivers back to back what was sent
	// in time, and the newest of them is what stands in the box.
	_, ok := p.typed.take(now, 1/every.Seconds(), typingBurst)
	return ok
}

// typingBurst is how many live texts may pass at once: what the panel sends in
// five seconds.
const typingBurst = 20

func (v *visitors) get(peer canon.RemoteID) *presence {
	p := v.all[peer]
	if p == nil {
		p = new(presence)
		v.all[peer] = p
	}
	return p
}

// sweep forgets, once a minute, visitors who left and whose bucket is full.
func (v *visitors) sweep(now time.Time, rate float64) {
	if now.Sub(v.swept) < time.Minute {
		return
	}
	v.swept = now
	for peer, p := range v.all {
		if p.sockets == 0 && p.posts.idle(now, rate) {
			delete(v.all, peer)
		}
	}
}
