package fake

import (
	nethttp "net/http"
	"time"
)

// FaultKind is a way to misbehave on the wire.
type FaultKind int

// The ways. Every kind but LoseAnswer and Late happens before the call is taken.
const (
	Answers    FaultKind = iota // answers Status with Answer instead of taking the call (After: having taken it)
	HangUp                      // cuts the connection, nothing taken
	Hang                        // never answers, nothing taken, until the caller gives up
	LoseAnswer                  // takes the call and cuts the connection
	Late                        // takes the call, and answers only when the caller gave up
)

// Fault is a misbehaviour for one call.
type Fault struct {
	Kind       FaultKind
	Status     int
	Answer     Reply
	After      bool // Answers: the call is taken all the same
	RetryAfter time.Duration
	Op         string // only for calls of this operation; "" for any
}

// RateLimit answers 429 with a wait.
func RateLimit(wait time.Duration) Fault {
	return Fault{Status: nethttp.StatusTooManyRequests, RetryAfter: wait}
}

// NotTaken answers a status and says that nothing was taken.
func NotTaken(status int) Fault {
	no := false
	return Fault{Status: status, Answer: Reply{Taken: &no}}
}

// Status answers a status and says nothing more.
func Status(status int) Fault { return Fault{Status: status} }

// Misbehave queues faults; each serves one call.
func (p *Platform) Misbehave(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, faults...)
}

// fault takes the next fault out of the queue, if it is meant for this call.
func (p *Platform) fault(c Call) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) == 0 || p.faults[0].Op != "" && p.faults[0].Op != c.Op {
		return Fault{}
	}
	f := p.faults[0]
	p.faults = p.faults[1:]
	return f
}

// end ends a call without an answer.
func (f Fault) end(w nethttp.ResponseWriter, r *nethttp.Request) {
	if f.Kind == Hang || f.Kind == Late {
		<-r.Context().Done() // until the caller gives up
		return
	}
	if conn, _, err := w.(nethttp.Hijacker).Hijack(); err == nil {
		_ = conn.Close()
	}
}
