package email

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/core/connector"
)

// TestHungUpOn: a server that hangs up on a session that had long rested is
// signed in to again without a word; one that hangs up at once is reported.
func TestHungUpOn(t *testing.T) {
	for _, tc := range []struct {
		name   string
		rested time.Duration
		quiet  bool
	}{{"after an hour", time.Hour, true}, {"at once", 0, false}} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBox(t)
			c := b.open(t).(*conn)
			var ahead atomic.Int64
			c.env.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			var mu sync.Mutex
			var conns []net.Conn
			dial := c.env.Dial
			c.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dial(ctx, network, address)
				mu.Lock()
				defer mu.Unlock()
				conns = append(conns, conn)
				return conn, err
			}
			h := newHub()
			r := start(c, h)
			<-b.states // of the first look
			b.Deliver(t, "jane@example.com", letterOf(1))
			h.wait(t, 1)
			<-b.states // of the one that found the mail: now it rests
			ahead.Store(int64(tc.rested))
			mu.Lock()
			conns[0].Close()
			mu.Unlock()
			if !tc.quiet {
				err := <-r.done
				var e *connector.Error
				if !errors.As(err, &e) || e.Class != connector.Transient {
					t.Errorf("Run ended with %v", err)
				}
				return
			}
			b.Deliver(t, "jane@example.com", letterOf(2))
			h.wait(t, 2)
			r.stop(t)
			for len(b.states) > 0 {
				if s := <-b.states; s.Health != connector.HealthGood {
					t.Errorf("state %+v", s)
				}
			}
		})
	}
}
