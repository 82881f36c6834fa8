package hub

import (
	"context"
	"time"

	"parley/core/canon"
)

const (
	// findableEvery is how often it is looked whether there is anything to do.
	findableEvery = 2 * time.Second
	// findableRest is how many times as long as a piece of work took the next one
	// waits: whoever accepts messages has the machine.
	findableRest = 3
)

// findable keeps the words of messages for the search, on one node, until the hub stops. New messages are found before that too.
func (h *Hub) findable() {
	for h.ctx.Err() == nil {
		err := h.Leases.Hold(h.ctx, "search", func(held context.Context, _ int64) error {
			for {
				h.eachTenant(func(tenant canon.ID) error {
					return h.rested(held, h.o.Store.For(tenant).IndexMessages)
				})
				if !pause(held, findableEvery) {
					return held.Err()
				}
			}
		})
		if err != nil && h.ctx.Err() == nil {
			h.o.Log.Warn("the search falls behind, trying again", "err", err)
			pause(h.ctx, findableEvery)
		}
	}
}

// rested works piece by piece until nothing is left to do, and rests in between.
func (h *Hub) rested(ctx context.Context, piece func(context.Context) (bool, error)) error {
	for {
		began := time.Now()
		more, err := piece(ctx)
		if err != nil || !more {
			return err
		}
		if !pause(ctx, findableRest*time.Since(began)) {
			return nil
		}
	}
}

// pause waits; false when ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
