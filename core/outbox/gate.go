package outbox

import (
	"time"

	"golang.org/x/time/rate"

	"parley/core/canon"
	"parley/core/connector"
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
func (d *Dispatcher) enter(g *gate) bool {
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

// sleep waits; false when the dispatcher stops.
func (d *Dispatcher) sleep(wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.ctx.Done():
		return false
	}
	return true
}
