package web

import "time"

// bucket is a token bucket; its zero value is full. Guard it from outside.
type bucket struct {
	spent float64
	at    time.Time
}

// take spends one token, or reports how long until there is one.
func (b *bucket) take(now time.Time, rate, burst float64) (wait time.Duration, ok bool) {
	if !b.at.IsZero() {
		b.spent = max(0, b.spent-now.Sub(b.at).Seconds()*rate)
	}
	b.at = now
	if b.spent+1 > burst {
		return time.Duration((b.spent + 1 - burst) / rate * float64(time.Second)), false
	}
	b.spent++
	return 0, true
}

// idle reports whether the bucket is as good as new.
func (b *bucket) idle(now time.Time, rate float64) bool {
	return b.spent <= now.Sub(b.at).Seconds()*rate
}
