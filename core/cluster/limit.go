package cluster

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bounds how often something happens, by key.
type Limits interface {
	// Allow reports whether something may happen once more: at most burst at
	// once, and per so many a second on average.
	Allow(key string, per float64, burst int) bool
}

// maxKeys bounds how many keys are remembered; beyond it the oldest half of a
// minute is forgotten.
const maxKeys = 100_000

// LocalLimits is the in-process side of Limits. Safe for concurrent use.
type LocalLimits struct {
	mu  sync.Mutex
	all map[string]*bucket
	now func() time.Time
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// NewLocalLimits returns limits that nothing has touched.
func NewLocalLimits() *LocalLimits {
	return &LocalLimits{all: map[string]*bucket{}, now: time.Now}
}

// Allow takes from the key's bucket.
func (l *LocalLimits) Allow(key string, per float64, burst int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.all[key]
	if b == nil {
		if len(l.all) >= maxKeys {
			l.forget(now)
		}
		b = &bucket{limiter: rate.NewLimiter(rate.Limit(per), burst)}
		l.all[key] = b
	}
	b.used = now
	return b.limiter.AllowN(now, 1)
}

func (l *LocalLimits) forget(now time.Time) {
	for key, b := range l.all {
		if now.Sub(b.used) > 30*time.Second {
			delete(l.all, key)
		}
	}
	if len(l.all) >= maxKeys {
		clear(l.all)
	}
}
