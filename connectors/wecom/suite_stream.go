package wecom

import (
	"context"
	"maps"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// laneRoom is how many nudges of one corporation may wait. One that finds no room
// is not lost: after so many at once every account is asked.
const laneRoom = 64

// Run fetches what the service accounts of every corporation hold, each
// corporation for itself: one that is slow, or has taken its permission back,
// keeps no other waiting.
func (s *suite) Run(ctx context.Context, from connector.Cursors, wakes <-chan connector.Wake, sink connector.Sink) error {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	lanes := map[canon.RemoteID]chan connector.Wake{}
	lane := func(id canon.RemoteID) chan<- connector.Wake {
		corp, ok := serviceOf(id)
		if !ok {
			return nil
		}
		if lanes[corp] == nil {
			nudges := make(chan connector.Wake, laneRoom)
			lanes[corp] = nudges
			k := s.service(corp)
			at := connector.Cursors{}
			for key, cursor := range from {
				if of, ok := serviceOf(canon.RemoteID(key)); ok && of == corp {
					at[key] = cursor
				}
			}
			running.Go(func() { s.serve(ctx, corp, k, at, nudges, sink) })
		}
		return lanes[corp]
	}
	for key := range from {
		lane(canon.RemoteID(key))
	}
	for _, id := range s.named {
		lane(id)
	}
	timer := time.NewTimer(s.poll)
	defer timer.Stop()
	if err := s.place(ctx, sink); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.arrived:
			if err := s.place(ctx, sink); err != nil {
				return err
			}
		case <-timer.C: // told of on another node
			if err := s.place(ctx, sink); err != nil {
				return err
			}
			timer.Reset(s.poll)
		case w, open := <-wakes:
			if !open {
				wakes = nil
				continue
			}
			select {
			case lane(canon.RemoteID(w.Key)) <- w: // never, where it names no corporation
			default:
			}
		}
	}
}

// The waits before a corporation that failed is asked again, at first and at most.
const (
	firstWait = time.Second
	mostWait  = 2 * time.Minute
)

// serve keeps one corporation's accounts fetched. After a failure it waits, longer
// each time, or until Refresh finds the corporation well.
func (s *suite) serve(ctx context.Context, corp canon.RemoteID, k *kf, at connector.Cursors, nudges <-chan connector.Wake, sink connector.Sink) {
	again := make(chan struct{}, 1)
	s.mu.Lock()
	s.again[corp] = again
	s.mu.Unlock()
	into := &follower{Sink: sink, at: at}
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		began := s.env.Clock()
		_ = k.Run(ctx, maps.Clone(into.at), nudges, into) // it turned the lights
		if ctx.Err() != nil {
			return
		}
		if s.env.Clock().Sub(began) > mostWait {
			wait = firstWait
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-again:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// follower knows the cursors that were committed, for the run after a failure.
type follower struct {
	connector.Sink
	at connector.Cursors
}

// Commit stores envelopes and cursors; those of a commit whose end is not known
// are asked for again, and known by their ids.
func (f *follower) Commit(ctx context.Context, all []canon.Envelope, cursors connector.Cursors) error {
	err := f.Sink.Commit(ctx, all, cursors)
	if err == nil {
		maps.Copy(f.at, cursors)
	}
	return err
}
