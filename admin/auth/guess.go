package auth

import (
	"net/netip"
	"sync"
	"time"
)

// rate says how guessing slows down: free tries, then waits that double.
type rate struct {
	free int
	most time.Duration
}

var (
	rateAccount = rate{5, 15 * time.Minute}
	rateAddress = rate{30, 5 * time.Minute}
	rateDevice  = rate{10, 15 * time.Minute}
)

const (
	// forgive is how long a key must rest for one of its tries to be forgotten.
	forgive = 5 * time.Minute
	// maxKeys bounds the memory of a limiter.
	maxKeys = 100_000
)

// limiter counts tries by key: a token bucket whose tokens come back slower
// with every miss. Safe for concurrent use.
type limiter struct {
	mu   sync.Mutex
	keys map[string]*tries
}

type tries struct {
	n     int
	last  time.Time
	until time.Time
}

func newLimiter() *limiter { return &limiter{keys: map[string]*tries{}} }

// take counts a try under a key before it is made, so that parallel tries
// count too. It returns how long to wait when there have been too many.
func (l *limiter) take(key string, r rate, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.keys[key]
	if t == nil {
		l.makeRoom(now)
		t = &tries{}
		l.keys[key] = t
	}
	if wait := t.until.Sub(now); wait > 0 {
		return wait
	}
	since := t.last
	if t.until.After(since) {
		since = t.until // waiting is no rest
	}
	if rested := int(now.Sub(since) / forgive); t.n > 0 && rested > 0 {
		t.n = max(0, t.n-rested)
	}
	t.n++
	t.last = now
	if over := t.n - r.free; over >= 0 {
		wait := r.most
		if over < 20 {
			wait = min(wait, time.Second<<over)
		}
		t.until = now.Add(wait)
	}
	return 0
}

// giveBack takes the newest try off a key: it was right.
func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.keys[key]; t != nil {
		t.n, t.until = max(0, t.n-1), time.Time{}
	}
}

// forget clears a key.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.keys, key)
}

// makeRoom drops keys that have rested; when none have, any that do not wait.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.keys) < maxKeys {
		return
	}
	for k, t := range l.keys {
		if now.Sub(t.last) > time.Hour {
			delete(l.keys, k)
		}
	}
	for k, t := range l.keys {
		if len(l.keys) < maxKeys*9/10 {
			return
		}
		if now.After(t.until) {
			delete(l.keys, k)
		}
	}
}

// network is what counts as one address: a whole /64 of IPv6.
func network(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
