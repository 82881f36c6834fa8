package reply

import (
	"context"
	"time"

	"parley/core/connector"
)

// Outcome is what became of an answer given to a Try.
type Outcome int

// The outcomes of an answer.
const (
	Written   Outcome = iota // the response left with it
	Unwritten                // surely nothing of it left: it may be sent otherwise
	Unknown                  // the connection broke while it was written
)

// Try is one open callback.
type Try struct {
	open     *Open
	lane     Lane
	event    event
	replier  connector.Replier
	raw      connector.Raw
	began    time.Time
	repeats  time.Time // when the platform will have called again; zero: it will not
	handed   chan Answer
	released chan struct{}
}

// Answer is a response to be written; Wrote must be told what became of it.
type Answer struct {
	Reply connector.Reply
	wrote chan Outcome
}

// Wrote reports what became of the answer. Only the first report counts.
func (a Answer) Wrote(o Outcome) {
	select {
	case a.wrote <- o:
	default:
	}
}

// Await holds the callback until a message is given to it, the event is
// released, limit passes or ctx ends (whoever called hung up). It reports false
// when there is nothing to write. Once a message has been given it is returned,
// whatever else happens: it must be written or reported as unwritten.
func (t *Try) Await(ctx context.Context, limit time.Duration) (Answer, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case h := <-t.handed:
		return h, true
	case <-t.released:
		return Answer{}, false
	case <-timer.C:
	case <-ctx.Done():
	}
	if t.open.leave(t, true) {
		return Answer{}, false
	}
	select { // somebody claimed it in that very moment, and gives at once
	case h := <-t.handed:
		return h, true
	case <-t.released:
		return Answer{}, false
	}
}

// Linger keeps a callback that was left unanswered, and will be repeated, open
// until the platform hangs up (ctx ends), its event is released or it should have
// been repeated. For others it returns at once. Call it after Await.
func (t *Try) Linger(ctx context.Context) {
	if t.repeats.IsZero() {
		return
	}
	timer := time.NewTimer(time.Until(t.repeats))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-t.released:
	case <-timer.C:
	}
}

// Drop lets the callback go without waiting.
func (t *Try) Drop() {
	if t.open.leave(t, false) {
		return
	}
	select {
	case h := <-t.handed:
		h.Wrote(Unwritten)
	case <-t.released:
	}
}

// Limit is how long after its arrival the callback may be kept open.
func (t *Try) Limit() time.Duration { return t.replier.Hold() }

// Render is the response that carries a request; Status 0 when this request
// cannot travel in a response.
func (t *Try) Render(r connector.Request) connector.Reply { return t.replier.Reply(t.raw, r) }

// Claim takes the callback: of all who try, for all tries of one event, exactly
// one is told true, and must Give at once.
func (t *Try) Claim() bool { return t.open.claim(t) }

// Release lets the callback and its repetitions go without a message.
func (t *Try) Release() { t.open.Release(t.lane, t.event.id) }

// Give hands a response over, after Claim, and returns what became of it.
func (t *Try) Give(ctx context.Context, reply connector.Reply) Outcome {
	h := Answer{reply, make(chan Outcome, 1)}
	t.handed <- h
	select {
	case o := <-h.wrote:
		return o
	case <-ctx.Done():
		return Unknown
	}
}
