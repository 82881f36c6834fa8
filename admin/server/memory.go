package server

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapFloor is the size of the heap, in bytes, below which collecting garbage
// is not worth its time. A hub at rest lives on a tenth of it: with Go's own
// setting, a burst of callbacks would spend a third of the processor on
// collecting a heap that small over and over.
const heapFloor = 64 << 20

// PaceCollector lets the heap grow to 64 MiB before garbage is collected, and
// to twice what is alive beyond that. GOGC in the environment overrules it.
func PaceCollector() {
	if os.Getenv("GOGC") == "" {
		pace()
	}
}

// pace sets the collector for what is alive now, and again after each
// collection.
func pace() {
	alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(alive)
	debug.SetGCPercent(percentFor(alive[0].Value.Uint64()))
	// Nothing holds this: the next collection finds it dead, and so tells of itself.
	runtime.AddCleanup(new([16]byte), func(struct{}) { pace() }, struct{}{})
}

// percentFor is how much garbage, in percent of what is alive, may gather.
func percentFor(alive uint64) int {
	const least = 1 << 20 // before the first collection nothing is known to be alive
	return max(100, 100*heapFloor/int(max(alive, least))-100)
}
