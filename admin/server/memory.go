package server

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// heapFloor is the size of the heap, in bytes, below which collecting garbage
// is not worth its time. A hub at rest lives on a tenth of it: with Go's own
// setting, a burst of callbacks would spend a third of the processor on
// collecting a heap that small over and over.
const heapFloor = 64 << 20

const (
	// restEvery is how often it is looked whether the hub rests.
	restEvery = 5 * time.Second
	// restBelow is how many bytes a hub at rest allocates meanwhile at most.
	restBelow = 2 << 20
	// worthBack is how many bytes are worth giving back.
	worthBack = 8 << 20
)

// PaceCollector lets the heap grow to 64 MiB before garbage is collected, and
// to twice what is alive beyond that; GOGC in the environment overrules it. What
// a start or a burst took is given back to the system once the hub rests, until
// ctx ends.
func PaceCollector(ctx context.Context) {
	if os.Getenv("GOGC") == "" {
		pace()
	}
	go giveBack(ctx, restEvery)
}

// giveBack returns memory in use by nothing when little is allocated: the floor
// of the heap alone would keep the garbage of a burst for as long as it is quiet.
func giveBack(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		metrics.Read(sample)
		allocated, alive := sample[0].Value.Uint64(), sample[1].Value.Uint64()
		held := sample[2].Value.Uint64() + sample[3].Value.Uint64() + sample[4].Value.Uint64()
		if allocated-before < restBelow && held > alive+worthBack {
			debug.FreeOSMemory()
		}
		before = allocated
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
