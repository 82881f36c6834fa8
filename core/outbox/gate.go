package outbox

import (
	"time"

	"golang.org/x/time/rate"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// gate holds the limits of one account.
type gate struct {
	slots chan struct{}
	rate  *rate.Limiter
}

// gateOf returns the limits of an account.
func (d *Dispatcher) gateOf(account canon.ID, caps connector.Capabilities) *gate {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.gates[account]
	if g == nil {
		size := caps.Concurrency
		if size <= 0 {
			size = 8
		}
		g = &gate{slots: make(chan struct{}, size)}
		if caps.Rate > 0 {
			g.rate = rate.NewLimiter(rate.Limit(caps.Rate), max(1, int(caps.Rate)))
		}
		d.gates[account] = g
	}
	return g
}

// enter waits for a place; false when the dispatcher stops.
func (d *Dispatcher) enter(g *gate, line Line) bool {
	for wait := d.quiet(line); wait > 0; wait = d.quiet(line) {
		if !d.sleep(wait) {
			return false
		}
	}
	if g.rate != nil && g.rate.Wait(d.ctx) != nil {
		return false
	}
	select {
	case g.slots <- struct{}{}:
		return true
	case <-d.ctx.Done():
		return false
	}
}

func (g *gate) leave() { <-g.slots }

// quiet is how long a line must still keep quiet.
func (d *Dispatcher) quiet(line Line) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(time.Until(d.still[line.Account.ID]), time.Until(d.still[line.Link]))
}

// pause keeps an account or a whole link quiet for a while, as the platform
// asked.
func (d *Dispatcher) pause(id canon.ID, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if until := time.Now().Add(wait); until.After(d.still[id]) {
		d.still[id] = until
	}
}

// Opened says that a link was opened anew: rows that waited for that go on.
func (d *Dispatcher) Opened(accounts ...canon.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range accounts {
		if c := d.mends[id]; c != nil {
			close(c)
			delete(d.mends, id)
		}
		delete(d.gates, id) // its limits may be others now
	}
}

// opened is closed when an account's link is opened anew.
func (d *Dispatcher) opened(account canon.ID) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.mends[account]
	if c == nil {
		c = make(chan struct{})
		d.mends[account] = c
	}
	return c
}

// sleepUntil waits until a row is due; one that needs a sign-in only until its
// link is opened anew.
func (d *Dispatcher) sleepUntil(row store.OutboxRow, needsLogin bool) bool {
	wait := time.Until(time.UnixMilli(row.Due))
	if row.Due == 0 || wait <= 0 {
		return true
	}
	if needsLogin {
		return d.sleepOr(wait, d.opened(row.Account))
	}
	return d.sleep(wait)
}

// sleep waits; false when the dispatcher stops.
func (d *Dispatcher) sleep(wait time.Duration) bool { return d.sleepOr(wait, nil) }

func (d *Dispatcher) sleepOr(wait time.Duration, early <-chan struct{}) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-early:
	case <-d.ctx.Done():
		return false
	}
	return true
}
