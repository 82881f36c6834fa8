package torture

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// An answer reaches the customer once, although the hub is killed between
// sending and recording that it sent.
func TestR05_AnAnswerIsShownOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		kills := long(100, 10)
		dead := make(chan struct{}, kills)
		var left atomic.Int64
		var up atomic.Bool // no hub is killed while it starts
		var mu sync.Mutex  // guards chance
		// The platform has taken the call and has not answered yet: the hub dies
		// exactly between sending and recording.
		fatal := func(fake.Call) {
			mu.Lock()
			hit := chance.IntN(8) == 0
			mu.Unlock()
			if !hit || !up.CompareAndSwap(true, false) {
				return
			}
			if left.Add(-1) < 0 {
				return
			}
			if err := h.Kill(); err != nil {
				t.Error(err)
			}
			dead <- struct{}{}
		}
		api := start(t, h)
		p := linkHTTP(t, h, api, answerer(t, api), fake.WithClient(eachItsOwn), fake.WithHook(fatal))
		left.Store(int64(kills))
		up.Store(true)
		var customers sync.WaitGroup
		questions := map[canon.RemoteID]int{}
		var served atomic.Int64
		over := make(chan struct{})
		for i := range 20 {
			peer := canon.RemoteID(fmt.Sprintf("peer-%d", i))
			customers.Go(func() {
				asked := 0
				for ; asked < 3 || left.Load() > 0 && t.Context().Err() == nil; asked++ {
					id := fmt.Sprintf("%s-q%d", peer, asked)
					if err := (poster{newLedger(), p.postHTTP}).deliver(t.Context(), id, string(peer), "what is the price?"); err != nil {
						t.Error(err)
						return
					}
					if err := rig.Until(t.Context(), time.Minute, func() (bool, error) { return len(p.Seen(peer)) > asked, nil }); err != nil {
						t.Errorf("%s has no answer to question %d: %v", peer, asked+1, err)
						return
					}
					served.Add(1)
				}
				mu.Lock()
				questions[peer] = asked
				mu.Unlock()
			})
		}
		go func() {
			customers.Wait()
			close(over)
		}()
		for running := true; running; {
			select {
			case <-dead:
				if err := h.Start(t.Context()); err != nil {
					t.Errorf("start after a kill: %v", err)
				}
				up.Store(true)
			case <-over:
				running = false
			}
		}
		// Nothing may come late either: all rows must have ended.
		until(t, 30*time.Second, "answers are still on their way", func() (bool, error) {
			all, err := threads(t.Context(), api)
			if err != nil {
				return false, err
			}
			for _, thread := range all {
				for _, m := range thread {
					if m.From == core.FromBot && !slices.Contains([]canon.Delivery{canon.Sent, canon.Delivered, canon.Read}, m.State) {
						return false, fmt.Errorf("a message of the bot is %q", m.State)
					}
				}
			}
			return true, nil
		})
		for _, what := range shownOnce(p.Seen(""), questions) {
			t.Error(what)
		}
		again := len(p.Calls()) - len(p.Seen(""))
		t.Logf("%d kills between send and record, %d questions, %d calls repeated under their key", kills, served.Load(), again)
		if again == 0 {
			t.Error("no call was repeated: the kills hit nothing")
		}
	})
}

// shownOnce says which customers saw more or fewer answers than they asked
// questions, and which key was shown twice.
func shownOnce(seen []fake.Line, questions map[canon.RemoteID]int) []string {
	var wrong []string
	answers, keys := map[canon.RemoteID]int{}, map[string]bool{}
	for _, line := range seen {
		answers[line.Thread.Peer]++
		if keys[line.Key] {
			wrong = append(wrong, fmt.Sprintf("%s saw the message of key %s twice", line.Thread.Peer, line.Key))
		}
		keys[line.Key] = true
	}
	for peer, asked := range questions {
		if answers[peer] != asked {
			wrong = append(wrong, fmt.Sprintf("%s asked %d questions and saw %d answers", peer, asked, answers[peer]))
		}
	}
	return wrong
}

func TestR05_TheJudgeSeesSilenceAndDoubling(t *testing.T) {
	line := func(peer canon.RemoteID, key string) fake.Line {
		return fake.Line{Thread: canon.ThreadKey{Peer: peer}, Key: key}
	}
	asked := map[canon.RemoteID]int{"a": 2, "b": 1}
	for _, c := range []struct {
		name  string
		seen  []fake.Line
		wrong int
	}{
		{"as it should be", []fake.Line{line("a", "1"), line("a", "2"), line("b", "3")}, 0},
		{"no answer", []fake.Line{line("a", "1"), line("a", "2")}, 1},
		{"sent again under a new key", []fake.Line{line("a", "1"), line("a", "2"), line("a", "4"), line("b", "3")}, 1},
		{"shown again under its key", []fake.Line{line("a", "1"), line("a", "1"), line("b", "3")}, 1},
	} {
		if got := shownOnce(c.seen, asked); len(got) != c.wrong {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
