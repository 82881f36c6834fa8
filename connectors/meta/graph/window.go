package graph

import (
	"sync"
	"time"

	"parley/core/canon"
)

// maxThreads bounds how many threads are remembered.
const maxThreads = 50_000

// Threads remembers when customers last wrote and what. It is a hint for what
// is shown, and may be lost: the platform itself refuses what comes too late.
// Safe for concurrent use.
type Threads struct {
	mu  sync.Mutex
	now map[canon.ThreadKey]Heard
}

// Heard is a customer's newest message.
type Heard struct {
	At     time.Time
	ID     canon.RemoteID
	Closed bool // the platform said that the window is closed
}

// Heard notes a customer's message; an older one changes nothing.
func (t *Threads) Heard(key canon.ThreadKey, id canon.RemoteID, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil || len(t.now) >= maxThreads {
		t.now = map[canon.ThreadKey]Heard{}
	}
	if h := t.now[key]; !at.Before(h.At) {
		t.now[key] = Heard{At: at, ID: id}
	}
}

// Closed notes that the platform refused a message because of the time.
func (t *Threads) Closed(key canon.ThreadKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h, ok := t.now[key]; ok {
		h.Closed = true
		t.now[key] = h
	}
}

// Last returns what is remembered of a thread.
func (t *Threads) Last(key canon.ThreadKey) (Heard, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.now[key]
	return h, ok
}

// Closes is when a window that long ends on a thread; zero when nothing is
// remembered.
func (t *Threads) Closes(key canon.ThreadKey, length time.Duration, now time.Time) time.Time {
	h, ok := t.Last(key)
	switch {
	case !ok:
		return time.Time{}
	case h.Closed && h.At.Add(length).After(now):
		return now
	}
	return h.At.Add(length)
}
