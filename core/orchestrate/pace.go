package orchestrate

import (
	"sync"
	"time"

	"parley/core/canon"
)

// paces keeps how long it takes between two conversations handed out of a
// team's queue, for an estimate of waiting. It is a guess kept in memory: a new
// process begins without one.
type paces struct {
	mu sync.Mutex
	m  map[queueOf]*pace
}

type queueOf struct{ tenant, team canon.ID }

type pace struct {
	last time.Time
	mean time.Duration
}

// handed notes that the head of a queue got somebody.
func (p *paces) handed(tenant, team canon.ID, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil {
		p.m = map[queueOf]*pace{}
	}
	key := queueOf{tenant, team}
	x := p.m[key]
	if x == nil {
		p.m[key] = &pace{last: now}
		return
	}
	if gap := now.Sub(x.last); gap < time.Hour { // a longer one is a pause, not a pace
		if x.mean == 0 {
			x.mean = gap
		} else {
			x.mean += (gap - x.mean) / 4
		}
	}
	x.last = now
}

// Pace is how long a team lately takes for one place of its queue; 0 when that
// is not known.
func (o *Orchestrator) Pace(tenant, team canon.ID) time.Duration {
	o.paces.mu.Lock()
	defer o.paces.mu.Unlock()
	x := o.paces.m[queueOf{tenant, team}]
	if x == nil {
		return 0
	}
	return x.mean
}
