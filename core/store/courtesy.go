package store

import "time"

const (
	// least is how long work that can wait lets callbacks go first, and more
	// with the square of how many come in together, times patience: a few are
	// no burst. Nothing waits longer than maxPatience.
	least       = 10 * time.Millisecond
	patience    = 125 * time.Microsecond
	maxPatience = 500 * time.Millisecond
	// quiet is how long no callback has come when it is work's turn at once.
	quiet = 2 * time.Millisecond
	// recent is for how long a group of callbacks tells how many there are.
	recent = 50 * time.Millisecond
)

// courtesy lets callbacks go before work that can wait (WriteLater), within
// bounds: those who post are waited for by a platform, and between two of their
// groups there is always a moment in which none stands in line.
type courtesy struct {
	waits *job      // has let others go first
	due   time.Time // when its patience ends
	group int       // how many callbacks come together lately
	seen  time.Time // when the newest did
}

// next waits for a job. nil means that it is the turn of the one that waits;
// false that the store is closing.
func (c *courtesy) next(w *writer) (*job, bool) {
	select {
	case j := <-w.s.jobs:
		return j, true
	default:
	}
	if c.waits == nil {
		select {
		case j := <-w.s.jobs:
			return j, true
		case <-w.quit:
			return nil, false
		case c.waits = <-w.s.later:
			n := c.lately()
			if n > 0 {
				c.due = time.Now().Add(min(least+time.Duration(n*n)*patience, maxPatience))
			} else {
				c.due = time.Time{}
			}
		}
	}
	wait := min(time.Until(c.due), quiet)
	if wait <= 0 {
		return nil, true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case j := <-w.s.jobs:
		return j, true
	case <-w.quit:
		return nil, false
	case <-t.C:
		c.due = time.Time{}
		return nil, true
	}
}

// lately is how many callbacks come together, 0 when they stopped coming.
func (c *courtesy) lately() int {
	if time.Since(c.seen) > recent {
		return 0
	}
	return c.group
}

// gather takes along who waits already.
func (c *courtesy) gather(w *writer, group []*job) []*job {
	for len(group) < maxGroup {
		select {
		case j := <-w.s.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// admit adds the work that waited to a group when its turn has come.
func (c *courtesy) admit(group []*job) []*job {
	callbacks := 0
	for _, j := range group {
		if j.accept != nil {
			callbacks++
		}
	}
	if callbacks > 0 {
		c.group, c.seen = max(callbacks, c.lately()*7/8), time.Now()
	}
	if c.waits != nil && !time.Now().Before(c.due) {
		group = append(group, c.waits)
		c.waits = nil
	}
	return group
}
