package conntest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/core/connector"
)

func checkStream(l *lab) {
	s := l.suite.Stream
	if s == nil {
		return
	}
	if len(s.Cases) == 0 {
		l.find("the table of streams is empty")
	}
	for i, c := range s.Cases {
		// What was there before, and what arrives while the stream runs.
		for _, live := range []bool{false, true} {
			if (i > 0 || live) && !l.open() {
				return
			}
			l.at = c.Name
			if live {
				l.at += ", arriving live"
			}
			l.stream(c, live)
		}
		for _, crash := range []string{"before", "after"} {
			if !l.open() {
				return
			}
			l.at = c.Name + ", a crash " + crash + " the commit"
			l.crashStream(c, crash == "before")
		}
	}
}

// feed lets the case happen at the platform.
func (l *lab) feed(c StreamCase) bool {
	if err := c.Feed(l.emu); err != nil {
		l.find("the suite cannot feed its platform: %v", err)
		return false
	}
	return true
}

// early finds that the platform was told of more than is durable.
func (l *lab) early() {
	if l.suite.Stream.Told == nil {
		return
	}
	if n, durable := l.suite.Stream.Told(l.emu), l.hub.count(); n > durable {
		l.find("the platform was told that we hold %d, when %d were committed", n, durable)
	}
}

// stream plays one case to its end.
func (l *lab) stream(c StreamCase, live bool) {
	l.hub.set(nil, nil, l.early)
	if !live && !l.feed(c) {
		return
	}
	run := l.start(l.hub.at())
	if live && !l.feed(c) {
		return
	}
	if !run.until(func() bool { return l.hub.count() >= c.Envelopes }) {
		l.find("%d envelopes of %d were committed%s", l.hub.count(), c.Envelopes, run.outcome())
	}
	run.stop()
	l.early()
	if n := l.hub.count(); n > c.Envelopes {
		l.find("%d envelopes were committed, the case makes %d", n, c.Envelopes)
	}
	stored := l.hub.stored()
	l.complete(stored)
	if text, err := batchText(connector.Batch{Envelopes: stored}); err != nil {
		l.find("an envelope cannot be written: %v", err)
	} else if !live {
		l.golden("stream", c.Name, ".json", text)
	}
	// From the cursors nothing comes again; from none, nothing new.
	for _, from := range []connector.Cursors{l.hub.at(), nil} {
		rows := l.hub.count()
		if !l.reopen() {
			return
		}
		var commits atomic.Int64
		l.hub.set(nil, nil, func() { commits.Add(1) })
		again := l.start(from)
		if from == nil && c.Envelopes > 0 {
			// A platform that gives nothing twice commits nothing here: no breach.
			again.within(time.Second, func() bool { return commits.Load() > 0 })
		}
		again.stop()
		if n := l.hub.count(); n != rows {
			l.find("run again it stored %d rows more: the event id changes from run to run", n-rows)
		}
	}
}

// crashStream breaks the first commit, before or after it became durable, and
// starts the stream anew.
func (l *lab) crashStream(c StreamCase, before bool) {
	if c.Envelopes == 0 || !l.feed(c) {
		return
	}
	var failed atomic.Bool
	once := func() error {
		if failed.CompareAndSwap(false, true) {
			return errAway
		}
		return nil
	}
	if before {
		l.hub.set(once, nil, nil)
	} else {
		l.hub.set(nil, once, nil)
	}
	run := l.start(l.hub.at())
	run.until(failed.Load)
	run.stop()
	l.early()
	l.hub.set(nil, nil, nil)
	if !l.reopen() {
		return
	}
	again := l.start(l.hub.at())
	if !again.until(func() bool { return l.hub.count() >= c.Envelopes }) {
		l.find("after it %d envelopes of %d are stored%s", l.hub.count(), c.Envelopes, again.outcome())
	}
	again.stop()
	if n := l.hub.count(); n > c.Envelopes {
		l.find("after it %d rows are stored, the case makes %d", n, c.Envelopes)
	}
}

// running is a stream at work.
type running struct {
	lab    *lab
	cancel context.CancelFunc
	done   chan error
	err    error
	ended  bool
}

func (l *lab) start(from connector.Cursors) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{lab: l, cancel: cancel, done: make(chan error, 1)}
	conn := l.conn.(connector.Streamer)
	go func() {
		_, err := call(l, "Run", func() (struct{}, error) {
			return struct{}{}, conn.Run(ctx, from, make(chan connector.Wake), l.hub)
		})
		r.done <- err
	}()
	return r
}

// until waits for what, for the stream's end or for the deadline.
func (r *running) until(what func() bool) bool { return r.within(deadline, what) }

func (r *running) within(d time.Duration, what func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	until(ctx, func() bool {
		select {
		case r.err = <-r.done:
			r.ended = true
		default:
		}
		return r.ended || what()
	})
	return what()
}

func (r *running) outcome() string {
	if r.ended {
		return fmt.Sprintf("; Run ended with: %v", r.err)
	}
	return ""
}

// stop ends the stream; it must end when its context does.
func (r *running) stop() {
	r.cancel()
	if r.ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	select {
	case err := <-r.done:
		r.ended, r.err = true, err
		if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errAway) {
			r.lab.output("the error of Run", err.Error())
		}
	case <-ctx.Done():
		r.lab.find("Run does not end when its context does")
	}
}
