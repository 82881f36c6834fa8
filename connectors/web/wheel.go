package web

import (
	"sync"
	"time"
)

// beatEvery is how often a socket is asked whether it is still there. Proxies
// commonly cut what is silent for 30 to 60 seconds.
const beatEvery = 25

// wheel asks all sockets of a link for a sign of life with one goroutine: each
// socket hangs in one of beatEvery slots, and every second one slot is served.
type wheel struct {
	mu      sync.Mutex
	slots   [beatEvery][]*socket
	next    int // slot the next socket goes to
	turned  int // slot served last
	running bool
	stopped bool
	done    chan struct{}
}

func newWheel() *wheel { return &wheel{done: make(chan struct{})} }

// add hangs a socket in, or reports that the link has closed.
func (w *wheel) add(s *socket) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false
	}
	if !w.running {
		w.running = true
		go w.run()
	}
	s.slot, s.place = w.next, len(w.slots[w.next])
	w.slots[w.next] = append(w.slots[w.next], s)
	w.next = (w.next + 1) % beatEvery
	return true
}

// remove takes a socket out; the last of its slot takes its place.
func (w *wheel) remove(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slot := w.slots[s.slot]
	if s.place >= len(slot) || slot[s.place] != s {
		return // taken out by stop
	}
	last := len(slot) - 1
	slot[s.place] = slot[last]
	slot[s.place].place = s.place
	slot[last] = nil
	w.slots[s.slot] = slot[:last]
}

func (w *wheel) run() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-tick.C:
			w.turn()
		}
	}
}

// turn serves the next slot. A beat never blocks.
func (w *wheel) turn() {
	w.mu.Lock()
	w.turned = (w.turned + 1) % beatEvery
	sockets := append([]*socket(nil), w.slots[w.turned]...)
	w.mu.Unlock()
	for _, s := range sockets {
		s.beat()
	}
}

// stop ends the wheel and returns the sockets that hung in it.
func (w *wheel) stop() []*socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return nil
	}
	w.stopped = true
	close(w.done)
	var all []*socket
	for i, slot := range w.slots {
		all = append(all, slot...)
		w.slots[i] = nil
	}
	return all
}
