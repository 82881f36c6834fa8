package outbox

import (
	"container/heap"
	"slices"
	"time"

	"parley/core/canon"
)

// nap is how long the first row of a lane has to wait.
type nap struct {
	until time.Time
	// early: or until its link is mended; so often had any been when this was
	// decided.
	early  bool
	mended uint64
}

// awake is the place of a lane that does not sleep.
const awake = -1

// rest lays a lane to sleep; false when it need not. d.mu is held.
func (d *Dispatcher) rest(l *lane, n nap) bool {
	if n.early && n.mended != d.mended {
		l.rows[0].Due = 0
		return false
	}
	if d.ctx.Err() != nil || !time.Now().Before(n.until) {
		return false
	}
	l.until, l.early = n.until, n.early
	heap.Push(&d.sleepers, l)
	if l.at == 0 {
		select {
		case d.alarm <- struct{}{}:
		default:
		}
	}
	return true
}

// wake puts lanes to work when they are due, until the dispatcher stops.
func (d *Dispatcher) wake() {
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for {
		d.mu.Lock()
		for len(d.sleepers) > 0 && !time.Now().Before(d.sleepers[0].until) {
			d.begin(heap.Pop(&d.sleepers).(*lane))
		}
		wait := time.Hour
		if len(d.sleepers) > 0 {
			wait = time.Until(d.sleepers[0].until)
		}
		d.mu.Unlock()
		t.Reset(wait)
		select {
		case <-t.C:
		case <-d.alarm:
		case <-d.ctx.Done():
			d.mu.Lock()
			for _, l := range d.sleepers {
				d.drop(l)
			}
			d.sleepers = nil
			d.mu.Unlock()
			return
		}
	}
}

// Mended says that a link works again, with its accounts: it was opened anew, or
// its platform says so. Rows that waited for that go on.
func (d *Dispatcher) Mended(link canon.ID, accounts ...canon.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mended++
	delete(d.still, link)
	for _, id := range accounts {
		delete(d.still, id)
		delete(d.gates, id) // its limits may be others now
	}
	var up []*lane
	for _, l := range d.sleepers {
		if l.early && slices.Contains(accounts, l.account) {
			up = append(up, l)
		}
	}
	for _, l := range up {
		heap.Remove(&d.sleepers, l.at)
		l.rows[0].Due = 0
		d.begin(l)
	}
}

// sleepers are lanes by when they wake: a heap.
type sleepers []*lane

func (s sleepers) Len() int           { return len(s) }
func (s sleepers) Less(i, j int) bool { return s[i].until.Before(s[j].until) }
func (s sleepers) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].at, s[j].at = i, j
}

// Push appends; only container/heap calls it.
func (s *sleepers) Push(x any) {
	l := x.(*lane)
	l.at = len(*s)
	*s = append(*s, l)
}

// Pop takes the last off; only container/heap calls it.
func (s *sleepers) Pop() any {
	last := len(*s) - 1
	l := (*s)[last]
	(*s)[last] = nil
	*s, l.at = (*s)[:last], awake
	return l
}
