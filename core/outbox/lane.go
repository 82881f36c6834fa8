package outbox

import (
	"time"

	"parley/core/canon"
	"parley/core/store"
)

// lane holds the rows of one thread that are not done, in order. It is at work,
// stands in line for its account's crew, or sleeps until its first row is due.
type lane struct {
	thread, account canon.ID
	rows            []waiting

	at    int       // its place among those that sleep; awake: it does not
	until time.Time // when it wakes
	early bool      // also when its link is mended
}

// waiting is a row and what this process knows of it.
type waiting struct {
	store.OutboxRow
	orphan     bool // somebody else was sending it
	needsLogin bool // its last try failed for want of a sign-in
}

// crewSize is how many lanes of one account are at work at once at most: more
// than any platform takes calls side by side, so that some are claimed and
// recorded while others are sent, and few enough that an outage of hours costs
// no more goroutines than a quiet day.
const crewSize = 128

// crew is who works on the lanes of one account.
type crew struct {
	working int
	line    []*lane // waits for a place
}

// begin has a lane worked on as soon as there is a place; d.mu is held.
func (d *Dispatcher) begin(l *lane) {
	c := d.crews[l.account]
	if c == nil {
		c = &crew{}
		d.crews[l.account] = c
	}
	if c.working >= crewSize {
		c.line = append(c.line, l)
		return
	}
	c.working++
	d.work.Add(1)
	select {
	case d.free <- l:
	default:
		go d.serve(l)
	}
}

// relieve gives the place a lane of an account had to the next in line, or ends
// it; d.mu is held.
func (d *Dispatcher) relieve(account canon.ID) *lane {
	c := d.crews[account]
	if len(c.line) > 0 {
		next := c.line[0]
		c.line[0] = nil
		c.line = c.line[1:]
		return next
	}
	if c.working--; c.working == 0 {
		delete(d.crews, account)
	}
	return nil
}

// idleFor is how long a goroutine without a lane waits for the next.
const idleFor = 10 * time.Second

// serve works on lanes, one after the other, until none came for a while.
func (d *Dispatcher) serve(l *lane) {
	t := time.NewTimer(idleFor)
	defer t.Stop()
	for {
		for l != nil {
			l = d.run(l)
		}
		d.work.Done()
		t.Reset(idleFor)
		select {
		case l = <-d.free:
		case <-t.C:
			return
		case <-d.ctx.Done():
			return
		}
	}
}

// run sends the rows of a lane in turn until none is left or the first has to
// wait. It returns the lane to go on with.
func (d *Dispatcher) run(l *lane) (next *lane) {
	for {
		d.mu.Lock()
		if len(l.rows) == 0 || d.ctx.Err() != nil {
			d.drop(l)
			next = d.relieve(l.account)
			d.mu.Unlock()
			return next
		}
		row := l.rows[0]
		d.mu.Unlock()
		nap := d.deliver(&row)
		d.mu.Lock()
		if nap == nil {
			l.rows = l.rows[1:]
			delete(d.known, row.ID)
			d.mu.Unlock()
			continue
		}
		l.rows[0] = row
		if d.rest(l, *nap) {
			next = d.relieve(l.account)
			d.mu.Unlock()
			return next
		}
		d.mu.Unlock()
	}
}

// drop forgets a lane; what it holds is committed, and found again. d.mu is
// held.
func (d *Dispatcher) drop(l *lane) {
	delete(d.lanes, l.thread)
	for _, r := range l.rows {
		delete(d.known, r.ID)
	}
}
