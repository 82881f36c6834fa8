package played

import (
	"sync/atomic"
	"time"
)

// Clock is the time as it passes, and can be turned on. Hub and platform are
// given the same one. The zero value tells the real time.
type Clock struct{ ahead atomic.Int64 }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Pass turns the clock on.
func (c *Clock) Pass(d time.Duration) { c.ahead.Add(int64(d)) }
