package load

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets of about 1.6 % width. The zero value
// is ready; it is not safe for concurrent use.
type Histogram struct {
	counts [64 * sub]uint32
	n      uint64
	max    time.Duration
}

// sub is how many buckets each power of two of nanoseconds has.
const sub = 64

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	h.counts[bucket(d)]++
	h.n++
	h.max = max(h.max, d)
}

func bucket(d time.Duration) int {
	v := uint64(max(d, 1))
	e := bits.Len64(v) - 1
	if e < 6 {
		return int(v)
	}
	return e*sub + int(v>>(e-6))&(sub-1)
}

func floor(b int) time.Duration {
	e, m := b/sub, b%sub
	if e < 6 {
		return time.Duration(b)
	}
	return time.Duration(uint64(sub+m) << (e - 6))
}

// Merge adds what another one counted.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.n += o.n
	h.max = max(h.max, o.max)
}

// Quantile is the duration that a share q of all stays below or at.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := uint64(q * float64(h.n))
	rank = min(rank, h.n-1)
	var seen uint64
	for b, n := range h.counts {
		if seen += uint64(n); seen > rank {
			return min(floor(b+1), h.max)
		}
	}
	return h.max
}

// Summary is a histogram in the figures people ask for, in milliseconds.
type Summary struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Summary reads the usual figures off.
func (h *Histogram) Summary() Summary {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Summary{int(h.n), ms(h.Quantile(0.50)), ms(h.Quantile(0.95)), ms(h.Quantile(0.99)), ms(h.max)}
}
