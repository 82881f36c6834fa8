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
		var hidden atomic.Pointer[ambush]
		// The platform has taken the call and has not answered yet: the hub dies
		// exactly between sending and recording.
		fatal := func(fake.Call) {
			if a := hidden.Load(); a != nil {
				a.strike(t)
			}
		}
		api := start(t, h)
		p := linkHTTP(t, h, api, answerer(t, api), fake.WithClient(eachItsOwn), fake.WithHook(fatal))
		a := lay(h, chance, kills, 8)
		hidden.Store(a)
		questions := asked{}
		a.during(t, func() {
			questions.eachAsks(t, a, 20, func(peer string, n int) error {
				id := fmt.Sprintf("%s-q%d", peer, n)
				if err := (poster{newLedger(), p.postHTTP}).deliver(t.Context(), id, peer, theQuestion); err != nil {
					return err
				}
				return rig.Until(t.Context(), time.Minute, func() (bool, error) { return len(p.Seen(canon.RemoteID(peer))) > n, nil })
			})
		})
		allSent(t, api)
		var seen []shown
		for _, line := range p.Seen("") {
			seen = append(seen, shown{string(line.Thread.Peer), line.Key})
		}
		for _, what := range shownOnce(seen, questions) {
			t.Error(what)
		}
		again := len(p.Calls()) - len(seen)
		t.Logf("%d kills between send and record, %d questions, %d calls repeated under their key", kills, questions.sum(), again)
		if again == 0 {
			t.Error("no call was repeated: the kills hit nothing")
		}
	})
}

// asked is how many questions each customer asked.
type asked map[string]int

func (a asked) sum() (n int) {
	for _, one := range a {
		n += one
	}
	return n
}

// eachAsks lets customers ask side by side, each the next question when the
// last is answered, at least three and until the ambush has no kills left. ask
// asks question n (from 0) and returns when its answer was seen. Called again,
// it goes on.
func (questions asked) eachAsks(t *testing.T, a *ambush, customers int, ask func(peer string, n int) error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range customers {
		peer := fmt.Sprintf("peer-%d", i)
		n := questions[peer]
		all.Go(func() {
			for ; n < 3 || a.left.Load() > 0 && t.Context().Err() == nil; n++ {
				if err := ask(peer, n); err != nil {
					t.Errorf("%s has no answer to question %d: %v", peer, n+1, err)
					return
				}
			}
			mu.Lock()
			questions[peer] = n
			mu.Unlock()
		})
	}
	all.Wait()
}

// allSent waits until all words of bots have left: nothing may come late.
func allSent(t *testing.T, api *rig.API) {
	t.Helper()
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
}

// shown is one message as its customer saw it, with what names it there.
type shown struct{ to, key string }

// shownOnce says which customers saw more or fewer answers than they asked
// questions, and which message was shown twice.
func shownOnce(seen []shown, questions asked) []string {
	var wrong []string
	answers, keys := map[string]int{}, map[string]bool{}
	for _, one := range seen {
		answers[one.to]++
		if keys[one.key] {
			wrong = append(wrong, fmt.Sprintf("%s saw the message of key %s twice", one.to, one.key))
		}
		keys[one.key] = true
	}
	for peer, n := range questions {
		if answers[peer] != n {
			wrong = append(wrong, fmt.Sprintf("%s asked %d questions and saw %d answers", peer, n, answers[peer]))
		}
	}
	return wrong
}

func TestR05_TheJudgeSeesSilenceAndDoubling(t *testing.T) {
	questions := asked{"a": 2, "b": 1}
	for _, c := range []struct {
		name  string
		seen  []shown
		wrong int
	}{
		{"as it should be", []shown{{"a", "1"}, {"a", "2"}, {"b", "3"}}, 0},
		{"no answer", []shown{{"a", "1"}, {"a", "2"}}, 1},
		{"sent again under a new key", []shown{{"a", "1"}, {"a", "2"}, {"a", "4"}, {"b", "3"}}, 1},
		{"shown again under its key", []shown{{"a", "1"}, {"a", "1"}, {"b", "3"}}, 1},
	} {
		if got := shownOnce(c.seen, questions); len(got) != c.wrong {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
