package conntest

import (
	"context"
	"sync"
	"time"

	"parley/core/connector"
)

// mood is what a Conn reported of itself.
type mood struct {
	mu    sync.Mutex
	good  bool
	times int // how often it became good
}

func (m *mood) seen(h connector.Health) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.good = h == connector.HealthGood
	if m.good {
		m.times++
	}
}

func (m *mood) now() (good bool, times int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.good, m.times
}

// liven keeps the stream of a Conn going that sends over it, as the core does.
// The rule of streams runs them by itself.
func (l *lab) liven() {
	conn, ok := l.conn.(connector.Streamer)
	if !ok || !l.suite.Live || l.rule == "stream" {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	l.stopLive = func() {
		cancel()
		<-done
	}
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_, _ = call(l, "Run", func() (struct{}, error) {
				return struct{}{}, conn.Run(ctx, l.hub.at(), make(chan connector.Wake), l.hub)
			}) // call looks at the error; it is run again
			select {
			case <-time.After(5 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
}

// still ends it.
func (l *lab) still() {
	if l.stopLive != nil {
		l.stopLive()
		l.stopLive = nil
	}
	l.mood.seen(connector.HealthUnknown)
}

// ready waits until the stream stands, or is known to be cut when the network is
// down.
func (l *lab) ready() {
	if l.stopLive == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	until(ctx, func() bool {
		good, _ := l.mood.now()
		return good != l.net.isDown()
	})
}

// mend heals the network; what was open on it is opened anew.
func (l *lab) mend() {
	_, before := l.mood.now()
	l.net.heal()
	if l.stopLive == nil {
		return
	}
	l.net.cut()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	until(ctx, func() bool {
		good, times := l.mood.now()
		return good && times > before
	})
}
