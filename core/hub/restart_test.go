package hub_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// What was acknowledged is handled after a stop that waits for nothing, once.
func TestR01_EverythingAcknowledgedIsHandledAfterARestart(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		acked := map[string][]string{}
		for round := range 3 {
			var mu sync.Mutex
			var busy sync.WaitGroup
			for i := range 30 {
				peer := fmt.Sprintf("p%d", i%10)
				text := fmt.Sprintf("m%d-%d", round, i)
				busy.Add(1)
				go func() {
					defer busy.Done()
					e := r.says(peer, text)
					for range 2 { // every second post is a repeat
						if r.deliver(e) == 200 {
							mu.Lock()
							acked[peer] = append(acked[peer], text)
							mu.Unlock()
						}
					}
				}()
			}
			busy.Wait()
			r.crash()
		}
		for peer, texts := range acked {
			want := map[string]bool{}
			for _, text := range texts {
				want["you said "+text] = true
			}
			eventually(t, peer+" is answered", func() bool { return len(r.p.texts(peer)) >= len(want) })
			got := map[string]int{}
			for _, text := range r.p.texts(peer) {
				got[text]++
			}
			for text := range want {
				if got[text] != 1 {
					t.Errorf("%s was told %q %d times", peer, text, got[text])
				}
			}
		}
	})
}

// Settings may change at any time: a callback that comes while the old link is
// being closed finds the new one.
func TestChangingALinkRefusesNoCallback(t *testing.T) {
	r := newRig(t, "sqlite", true)
	codes := make(chan int, 1)
	r.p.closing = func() { codes <- r.deliver(r.says("ann", "hello")) }
	r.reload()
	r.p.closing = nil
	if code := <-codes; code != 200 {
		t.Fatalf("answered %d", code)
	}
	r.seesText("ann", "you said hello")
}

// Rows that waited out of turn do not count as sent when the hub stops.
func TestStoppingLosesNothingThatWasQueued(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		entered := make(chan struct{}, 8)
		release := make(chan struct{})
		r.p.when(func(connector.Request) error {
			entered <- struct{}{}
			<-release
			return nil
		})
		r.send("ann", "one")
		<-entered
		r.send("ann", "two")
		r.send("ann", "three")
		eventually(t, "all are handled", func() bool { return r.waiting() == 0 })
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.stop(10 * time.Second) // waits for the call under way
		}()
		close(release)
		<-ended
		r.p.when(nil)
		r.openStore()
		r.start()
		r.seesText("ann", "you said one", "you said two", "you said three")
		if _, ok := r.line("ann", "you said three"); !ok {
			t.Fatal("not in the thread")
		}
		r.inState("ann", "you said three", canon.Sent)
	})
}
