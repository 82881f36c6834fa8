package reply

import (
	"slices"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Lane is the thread a callback is about.
type Lane struct {
	Account canon.ID
	Key     canon.ThreadKey
}

// remembered is how long an event is known to have been ended: longer than any
// platform goes on repeating one that is being handled.
const remembered = time.Minute

// Open is the set of callbacks that are held. The zero value is empty; safe for
// concurrent use.
type Open struct {
	mu    sync.Mutex
	lanes map[Lane][]*held
	ended map[event]time.Time
	swept time.Time
}

// event is what all tries of one callback have in common.
type event struct {
	account canon.ID
	id      string
}

// held is one event with its open tries, oldest first.
type held struct {
	event event
	tries []*Try
}

// Hold registers a callback about an event of a lane. It returns nil when the
// event needs no answer any more: one of its tries had it, or nothing is going
// to be said. Every Try ends with Await, or with Drop.
func (o *Open) Hold(lane Lane, id string, replier connector.Replier, raw connector.Raw) *Try {
	o.mu.Lock()
	defer o.mu.Unlock()
	ev := event{lane.Account, id}
	o.sweep()
	if _, over := o.ended[ev]; over {
		return nil
	}
	if o.lanes == nil {
		o.lanes = map[Lane][]*held{}
	}
	t := &Try{open: o, lane: lane, event: ev, replier: replier, raw: raw, handed: make(chan Answer, 1), released: make(chan struct{})}
	for _, h := range o.lanes[lane] {
		if h.event == ev {
			h.tries = append(h.tries, t)
			return t
		}
	}
	o.lanes[lane] = append(o.lanes[lane], &held{ev, []*Try{t}})
	return t
}

// Look returns the try to answer on a lane: of the callback that has waited
// longest the newest, for the platform may have given up the others. It is nil
// when none is open, and not taken before its Claim.
func (o *Open) Look(lane Lane) *Try {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.lanes[lane]
	if len(all) == 0 {
		return nil
	}
	return all[0].tries[len(all[0].tries)-1]
}

// claim takes a try for good and releases the others of its event; false when
// it is not open any more.
func (o *Open) claim(t *Try) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.remove(t) {
		return false
	}
	o.end(t.lane, t.event)
	return true
}

// Release lets the callbacks about an event go: nothing will be said to it.
func (o *Open) Release(lane Lane, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end(lane, event{lane.Account, id})
}

// Waiting is how many callbacks are held on a lane.
func (o *Open) Waiting(lane Lane) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, h := range o.lanes[lane] {
		n += len(h.tries)
	}
	return n
}

// end releases what is left of an event and remembers it.
func (o *Open) end(lane Lane, ev event) {
	if o.ended == nil {
		o.ended = map[event]time.Time{}
	}
	o.ended[ev] = time.Now()
	all := o.lanes[lane]
	for i, h := range all {
		if h.event != ev {
			continue
		}
		for _, t := range h.tries {
			close(t.released)
		}
		o.cut(lane, i)
		return
	}
}

// cut takes the event at place i off a lane.
func (o *Open) cut(lane Lane, i int) {
	rest := slices.Delete(o.lanes[lane], i, i+1)
	if len(rest) == 0 {
		delete(o.lanes, lane)
		return
	}
	o.lanes[lane] = rest
}

// leave takes one try off; false when somebody claimed or released it already.
func (o *Open) leave(t *Try) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.remove(t)
}

func (o *Open) remove(t *Try) bool {
	for i, h := range o.lanes[t.lane] {
		if h.event != t.event {
			continue
		}
		j := slices.Index(h.tries, t)
		if j < 0 {
			return false
		}
		h.tries = slices.Delete(h.tries, j, j+1)
		if len(h.tries) == 0 {
			o.cut(t.lane, i)
		}
		return true
	}
	return false
}

// sweep forgets events that ended long ago.
func (o *Open) sweep() {
	now := time.Now()
	if now.Sub(o.swept) < remembered {
		return
	}
	o.swept = now
	for ev, at := range o.ended {
		if now.Sub(at) > remembered {
			delete(o.ended, ev)
		}
	}
}
