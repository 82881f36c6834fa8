package played_test

import (
	"slices"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
)

// TestMeta_ACallbackThatComesAgainAfterEightDaysStandsOnce: Meta repeats what it
// thinks was not taken for seven days, and what is late comes later still. The
// window is counted from when it was written.
func TestMeta_ACallbackThatComesAgainAfterEightDaysStandsOnce(t *testing.T) {
	t.Parallel()
	clock := &played.Clock{}
	r := newMetaAt(t, metaChannels()["whatsapp"], clock, playedmeta.Options{Clock: clock.Now, Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
	r.p.Hold()
	r.Says("long ago")
	var old [][]byte
	r.p.Release(func(bodies [][]byte) [][]byte { old = bodies; return bodies })
	r.hears("what was said", func(m core.Message) bool { return m.Content.Plain() == "long ago" })
	clock.Pass(8 * 24 * time.Hour)
	r.p.Hold()
	r.Says("today")
	r.p.Release(func(bodies [][]byte) [][]byte { return slices.Concat(old, bodies, old) })
	r.hears("what is said now", func(m core.Message) bool { return m.Content.Plain() == "today" })
	n := 0
	for _, c := range r.Conversations() {
		for _, m := range r.Hub.Lines(c) {
			if m.Content.Plain() == "long ago" {
				n++
			}
		}
	}
	if n != 1 {
		t.Errorf("it stands %d times", n)
	}
	key := canon.ThreadKey{Account: r.c.accounts[0], Peer: canon.RemoteID(r.c.customer)}
	if w := r.Conn().Capabilities(key).Window; w.Closes.Sub(r.Store.Now()) < 23*time.Hour {
		t.Errorf("the window of who wrote just now closes %s", w.Closes)
	}
}
