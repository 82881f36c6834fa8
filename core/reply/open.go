package reply

import (
	"context"
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

// held is one event with its open tries, oldest first, or between two of them.
type held struct {
	event event
	tries []*Try
	// left are the tries that nobody answered in time: the platform hangs up and
	// calls again. While until is not over, the next is awaited.
	left  []*Try
	until time.Time
	// changed is closed, and made anew, when a try comes or none is awaited any more.
	changed chan struct{}
}

// maxLeft is how many tries of an event may be left unanswered.
const maxLeft = 2

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
	t := &Try{open: o, lane: lane, event: ev, replier: replier, raw: raw, began: time.Now(), handed: make(chan Answer, 1), released: make(chan struct{})}
	for _, h := range o.lanes[lane] {
		if h.event == ev {
			h.tries = append(h.tries, t)
			h.change()
			return t
		}
	}
	o.lanes[lane] = append(o.lanes[lane], &held{event: ev, tries: []*Try{t}, changed: make(chan struct{})})
	return t
}

// change tells those who await the next try to look again.
func (h *held) change() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// Next returns the try to answer on a lane: of the callback that has waited
// longest the newest, for the platform may have given up the others. Between two
// tries it waits for the second. It is nil when none is open and none will be, or
// ctx ended, and not taken before its Claim.
func (o *Open) Next(ctx context.Context, lane Lane) *Try {
	for {
		t, changed := o.look(lane)
		if t != nil || changed == nil {
			return t
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// look returns an open try of a lane, or what tells that one may have come.
func (o *Open) look(lane Lane) (t *Try, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, h := range o.lanes[lane] {
		if n := len(h.tries); n > 0 {
			return h.tries[n-1], nil
		}
		if changed == nil {
			changed = h.changed
		}
	}
	return nil, changed
}

// claim takes a try for good and releases the others of its event; false when
// it is not open any more.
func (o *Open) claim(t *Try) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.remove(t, false) {
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
		for _, t := range slices.Concat(h.tries, h.left) {
			close(t.released)
		}
		h.change()
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

// leave takes one try off, left unanswered if it will come again; false when
// somebody claimed or released it already.
func (o *Open) leave(t *Try, again bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.remove(t, again)
}

// remove takes one try off its event. The event goes with its last one, unless
// the platform will call about it again.
func (o *Open) remove(t *Try, again bool) bool {
	for i, h := range o.lanes[t.lane] {
		if h.event != t.event {
			continue
		}
		j := slices.Index(h.tries, t)
		if j < 0 {
			return false
		}
		h.tries = slices.Delete(h.tries, j, j+1)
		if again && o.park(h, t) || len(h.tries) > 0 {
			return true
		}
		h.change()
		o.cut(t.lane, i)
		return true
	}
	return false
}

// park keeps the event of a try that will be repeated.
func (o *Open) park(h *held, t *Try) bool {
	repeater, ok := t.replier.(connector.Repeater)
	if !ok || len(h.left) >= maxLeft {
		return false
	}
	within := repeater.Repeats(t.raw)
	if within <= 0 {
		return false
	}
	t.repeats = t.began.Add(within)
	h.left = append(h.left, t)
	if t.repeats.After(h.until) {
		h.until = t.repeats
	}
	time.AfterFunc(time.Until(t.repeats), func() { o.expire(t.lane, h) })
	return true
}

// expire ends an event whose next try did not come.
func (o *Open) expire(lane Lane, h *held) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(h.tries) == 0 && !time.Now().Before(h.until) && slices.Contains(o.lanes[lane], h) {
		o.end(lane, h.event)
	}
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
