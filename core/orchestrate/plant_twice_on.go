//go:build rigged

package orchestrate

import (
	"os"
	"time"

	"parley/core/canon"
	"parley/core/store"
)

// glance is the planted bug "twice": whether a conversation is open is known as of a moment
// ago, as where each message has a worker of its own, and two look before either
// has written. Only rigs build with it.
func glance(lanes []*store.Lane, n []int, now time.Time) {
	if os.Getenv("PARLEY_TEST_PLANT") != "twice" {
		return
	}
	for i, l := range lanes {
		n[i] = min(n[i], 1)
		if l.Round != nil && now.Sub(l.Round.Created) < 300*time.Millisecond {
			l.Round, l.Thread.Conversation = nil, canon.ID{}
		}
	}
}
