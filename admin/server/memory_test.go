package server

import (
	"runtime/metrics"
	"testing"
	"time"
)

// What a burst took goes back to the system when it is over, though the heap
// is far below the size at which garbage is collected.
func TestTheMemoryOfABurstIsGivenBack(t *testing.T) {
	pace()
	released := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/released:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	const burst = 40 << 20
	kept := make([][]byte, 0, burst>>20)
	for range burst >> 20 {
		kept = append(kept, make([]byte, 1<<20))
	}
	before := released()
	clear(kept)
	go giveBack(t.Context(), 5*time.Millisecond)
	for end := time.Now().Add(30 * time.Second); released() < before+burst/2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d MiB were given back before, %d MiB are now", before>>20, released()>>20)
		}
	}
}
