package emulate

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// FaultKind is a way to misbehave on the wire.
type FaultKind int

// The ways. Those up to Hang take nothing of the call; the others take it all the
// same.
const (
	Answer     FaultKind = iota // answer Status with Body in place of taking the call
	HangUp                      // cut the connection
	Hang                        // never answer, until the caller gives up
	LoseAnswer                  // take the call and cut the connection
	Late                        // take the call, and answer only when the caller gave up
	Slow                        // take the call, and answer as ever after Wait; of calls over HTTP
	// ExpiredToken ends every token before the call is looked at, which is then
	// refused as the platform refuses it; where tokens end.
	ExpiredToken
	// Of callbacks, see Postman:
	Redeliver // bring it a second time, as it was, after it was answered
	Reorder   // let the next one overtake it
)

// Fault is a misbehaviour for one call.
type Fault struct {
	Kind   FaultKind
	Op     string // only for calls of this operation, as the platform names it; "" for any
	Status int    // with Answer
	Header http.Header
	Body   []byte
	Wait   time.Duration // the wait a limit of rate asks for, which the platform writes its own way; with Slow, until the answer
}

// Taken says that the call is carried out though its answer goes wrong.
func (f Fault) Taken() bool { return f.Kind == LoseAnswer || f.Kind == Late || f.Kind == Slow }

// Delays waits where the fault is no more than a slow answer, and reports whether
// it is: then the answer goes as ever.
func (f Fault) Delays(r *http.Request) bool {
	if f.Kind != Slow {
		return false
	}
	select {
	case <-time.After(f.Wait):
	case <-r.Context().Done():
	}
	return true
}

// Faults is a queue of misbehaviour. The zero value behaves; safe for
// concurrent use.
type Faults struct {
	mu     sync.Mutex
	next   []Fault
	expire func()
}

// Tokens says how a platform's tokens are ended, for ExpiredToken. It is called
// without a lock of the platform's.
func (q *Faults) Tokens(expire func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire = expire
}

// Expires tells whether the platform has tokens that end.
func (q *Faults) Expires() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.expire != nil
}

// Misbehave queues faults; each serves one call.
func (q *Faults) Misbehave(faults ...Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next = append(q.next, faults...)
}

// Behave forgets the faults that are left.
func (q *Faults) Behave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next = nil
}

// Take returns the first fault meant for a call of op, and removes it. One that
// ends tokens has ended them by then, and is not told of.
func (q *Faults) Take(op string) (Fault, bool) {
	for {
		f, expire, ok := q.take(op)
		if !ok || f.Kind != ExpiredToken {
			return f, ok
		}
		if expire != nil {
			expire()
		}
	}
}

func (q *Faults) take(op string) (Fault, func(), bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.next, func(f Fault) bool { return f.Op == "" || f.Op == op })
	if i < 0 {
		return Fault{}, nil, false
	}
	f := q.next[i]
	q.next = slices.Delete(q.next, i, i+1)
	return f, q.expire, true
}

// End ends a call the way the fault says. For faults that take the call, call
// it after the call was carried out.
func (f Fault) End(w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case Answer:
		for k, v := range f.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write(f.Body) // whoever asked hung up
	case Hang, Late:
		<-r.Context().Done()
	default:
		if c, ok := w.(http.Hijacker); ok {
			if conn, _, err := c.Hijack(); err == nil {
				_ = conn.Close()
			}
		}
	}
}
