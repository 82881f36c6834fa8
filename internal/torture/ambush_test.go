package torture

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"parley/internal/bench/rig"
)

// ambush kills a hub where somebody outside has just seen what it does, and
// starts it again.
type ambush struct {
	h    *rig.Hub
	odds int // one in so many is a kill

	left atomic.Int64
	up   atomic.Bool // no hub is killed while it starts
	dead chan struct{}

	mu     sync.Mutex
	chance *rand.Rand
}

// lay lays an ambush of some kills on a hub that runs.
func lay(h *rig.Hub, chance *rand.Rand, kills, odds int) *ambush {
	a := &ambush{h: h, odds: odds, dead: make(chan struct{}, 1), chance: rand.New(rand.NewPCG(chance.Uint64(), 5))}
	a.left.Store(int64(kills))
	a.up.Store(true)
	return a
}

// strike may kill the hub; it reports whether it did.
func (a *ambush) strike(t *testing.T) bool {
	a.mu.Lock()
	hit := a.chance.IntN(a.odds) == 0
	a.mu.Unlock()
	if !hit || a.left.Load() <= 0 || !a.up.CompareAndSwap(true, false) {
		return false
	}
	a.left.Add(-1)
	if err := a.h.Kill(); err != nil {
		t.Error(err)
	}
	a.dead <- struct{}{}
	return true
}

// more asks for more kills.
func (a *ambush) more(kills int) { a.left.Add(int64(kills)) }

// during starts the hub again after every kill, until do returns. Then no more
// kills come, and the hub runs.
func (a *ambush) during(t *testing.T, do func()) {
	again := func() {
		if err := a.h.Start(t.Context()); err != nil {
			t.Errorf("start after a kill: %v", err)
		}
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		do()
	}()
	for {
		select {
		case <-a.dead:
			again()
			a.up.Store(true)
		case <-over:
			if !a.up.CompareAndSwap(true, false) {
				<-a.dead
				again()
			}
			return
		}
	}
}
