package graph

import (
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
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
	Closed bool      // the platform said that the window is closed
	Since  time.Time // when that was heard, or the message
}

// Heard notes a customer's message of at, now; an older one changes nothing.
func (t *Threads) Heard(key canon.ThreadKey, id canon.RemoteID, at, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil || len(t.now) >= maxThreads {
		t.now = map[canon.ThreadKey]Heard{}
	}
	if h := t.now[key]; !at.Before(h.At) {
		t.now[key] = Heard{At: at, ID: id, Since: now}
	}
}

// Closed notes that the platform refused a message because of the time.
func (t *Threads) Closed(key canon.ThreadKey, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil {
		t.now = map[canon.ThreadKey]Heard{}
	}
	h := t.now[key]
	h.Closed, h.Since = true, now
	t.now[key] = h
}

// Last returns what is remembered of a thread.
func (t *Threads) Last(key canon.ThreadKey) (Heard, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.now[key]
	return h, ok
}

// Window is a window as it stands on a thread; w says how long it is.
func (t *Threads) Window(key canon.ThreadKey, w connector.Window) connector.Window {
	h, ok := t.Last(key)
	if !ok {
		return w
	}
	w.Since, w.Closes = h.Since, h.At.Add(w.For)
	if h.Closed && w.Closes.After(h.Since) || h.At.IsZero() {
		w.Closes = h.Since
	}
	return w
}
