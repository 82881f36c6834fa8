package store

import "time"

const (
	// least is how long work that can wait lets callbacks go first while any
	// come, and lone the same while they come one at a time: a lone caller's next
	// one is not held up by its last.
	least = 5 * time.Millisecond
	lone  = 25 * time.Millisecond
	// maxPatience is how long it does so while callbacks alone would keep the
	// writer busy: then they are a burst, and handled when it is over.
	maxPatience = time.Second
	// busyFrom is the share of the writer's time from which callbacks begin to be
	// a burst.
	busyFrom = 0.4
	// window is the time the share is taken over.
	window = 50 * time.Millisecond
	// quiet is how long no callback has come when it is work's turn at once, and
	// hurry the same while such work takes up busyWith of the writer's time.
	quiet = 2 * time.Millisecond
	hurry = 150 * time.Microsecond
	// busyWith is the share of the writer's time from which handling is what
	// callbacks wait for in the end, so that the writer must not idle.
	busyWith = 0.4
	// gathering is how long a group waits for more at most.
	gathering = 400 * time.Microsecond
)

// courtesy lets callbacks go before work that can wait (WriteLater), within
// bounds: those who post are waited for by a platform, and between two of their
// groups there is always a moment in which none stands in line.
type courtesy struct {
	waits *job      // has let others go first
	began time.Time // when it began to
	seen  time.Time // when the newest callback came

	crowd float64 // how many callbacks come at once, lately

	share  float64       // of its time the writer lately spent on callbacks
	behind bool          // it lately spent much of it on other work
	busy   time.Duration // spent on them in the window that began at from
	others time.Duration // spent on other work in it
	from   time.Time
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
			c.began = time.Now()
		}
	}
	still := quiet
	if c.behind {
		still = hurry
	}
	wait := min(c.left(time.Now()), still)
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
		c.began = time.Time{} // nobody came: its turn
		return nil, true
	}
}

// left is how long the work that waits still lets others go first.
func (c *courtesy) left(now time.Time) time.Duration {
	if c.began.IsZero() || now.Sub(c.seen) > window {
		return 0
	}
	patience := least
	if c.crowd < 2 {
		patience = lone
	}
	if over := c.share - busyFrom; over > 0 {
		patience += time.Duration(over / (1 - busyFrom) * float64(maxPatience))
	}
	return patience - now.Sub(c.began)
}

// gather takes along who waits already, and waits a moment while fewer do than
// half the crowd: those who were just answered are on their way again, and small
// groups would keep the writer too busy to ever make large ones.
func (c *courtesy) gather(w *writer, group []*job) []*job {
	var late <-chan time.Time
	for len(group) < maxGroup {
		select {
		case j := <-w.s.jobs:
			group = append(group, j)
			continue
		default:
		}
		if 2*len(group) >= int(c.crowd) {
			return group
		}
		if late == nil {
			t := time.NewTimer(gathering)
			defer t.Stop()
			late = t.C
		}
		select {
		case j := <-w.s.jobs:
			group = append(group, j)
		case <-late:
			return group
		}
	}
	return group
}

// admit adds the work that waited to a group when its turn has come, and with it
// what stands behind.
func (c *courtesy) admit(w *writer, group []*job) []*job {
	if c.waits == nil || c.left(time.Now()) > 0 {
		return group
	}
	group = append(group, c.waits)
	c.waits = nil
	for {
		select {
		case j := <-w.s.later:
			group = append(group, j)
		default:
			return group
		}
	}
}

// spent notes how long a group took, and how many wait for the next.
func (c *courtesy) spent(group []*job, waiting int, began, ended time.Time) {
	callbacks := 0
	for _, j := range group {
		if j.accept != nil {
			callbacks++
		}
	}
	took := ended.Sub(began)
	if callbacks > 0 {
		c.seen = ended
		c.crowd += (float64(callbacks+waiting) - c.crowd) / 8
	}
	if callbacks == len(group) {
		c.busy += took
	} else {
		c.others += took
	}
	if whole := ended.Sub(c.from); whole >= window {
		// What other work took is nobody's: callbacks could not have come by.
		c.behind = float64(c.others) > busyWith*float64(whole)
		c.share = min(1, float64(c.busy)/float64(max(whole-c.others, time.Millisecond)))
		c.busy, c.others, c.from = 0, 0, ended
	}
}
