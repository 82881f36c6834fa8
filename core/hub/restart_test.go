package hub_test

import (
	"fmt"
	"sync"
	"sync/atomic"
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

// Settings may change under load: no callback finds the link gone meanwhile.
func TestChangingALinkRefusesNoCallback(t *testing.T) {
	r := newRig(t, "sqlite", true)
	stop := make(chan struct{})
	var refused, taken atomic.Int64
	var busy sync.WaitGroup
	for w := range 4 {
		busy.Add(1)
		go func() {
			defer busy.Done()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if r.deliver(r.says(fmt.Sprintf("w%d", w), fmt.Sprint(i))) == 200 {
					taken.Add(1)
				} else {
					refused.Add(1)
				}
			}
		}()
	}
	for n := 0; n < 30 || taken.Load() < 30 && refused.Load() == 0; n++ { // a loaded machine may reload before the first callback comes
		r.reload()
	}
	close(stop)
	busy.Wait()
	if refused.Load() > 0 || taken.Load() == 0 {
		t.Fatalf("%d refused, %d taken", refused.Load(), taken.Load())
	}
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
