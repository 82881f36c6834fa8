package emulate

import (
	"slices"
	"sync"
)

// Call is one request as the platform got it, refused ones included.
type Call struct {
	Op     string // as the platform names it: "sendMessage", "message/push"
	Wire   string // how it reads, without what changes from run to run
	Status int    // what was answered; 0: the connection was cut
	Code   string // the platform's error code, "" when it took the call
	// Visible says that a customer saw something new because of it, Text what
	// they read.
	Visible bool
	Text    string
	Peer    string // the customer, when it is about one
	ID      string // the message it made
}

// Calls is a log of calls. The zero value is empty; safe for concurrent use.
type Calls struct {
	mu  sync.Mutex
	all []Call
}

// Add appends a call.
func (l *Calls) Add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, c)
}

// All returns the calls so far, oldest first.
func (l *Calls) All() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}
