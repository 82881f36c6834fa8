package played_test

import (
	"sync"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
)

// Two agents who have one conversation answer at the same moment, sixty
// times: of each two one gets through, and the other is told before.
func TestU06_OfTwoWhoAnswerAtOnceOneIsTold(t *testing.T) {
	w := newTown(t, chance(t))
	w.post(w.http.Says("customer-1", "hello"))
	var c core.Conversation
	w.Until("there is a conversation", func() (ok bool) {
		if all := w.Conversations(); len(all) > 0 {
			c, ok = all[0], true
		}
		return ok
	})
	mei, lin, at := w.agents[0], w.agents[1], "/conversations/"+c.ID.String()
	w.Must(mei, "POST", at+"/take", nil, nil)
	w.Must(mei, "POST", at+"/colleagues", map[string]any{"agent": lin}, nil)
	callers := map[canon.ID]*callerOf{mei: {w.Hub.Caller(), false}, lin: {w.Hub.Caller(), false}}
	answers := func() (n int, newest int64) {
		for _, m := range w.Thread(c) {
			newest = max(newest, m.Pos)
			if m.From == core.FromAgent {
				n++
			}
		}
		return n, newest
	}
	for range 60 { // as much as is read of a thread below
		before, newest := answers()
		var both sync.WaitGroup
		for who, x := range callers {
			both.Go(func() {
				x.sent = x.Does(who, "POST", at+"/messages", map[string]any{"text": "I am on it", "seen": newest}, nil)
			})
		}
		both.Wait()
		if after, _ := answers(); callers[mei].sent == callers[lin].sent || after != before+1 {
			t.Fatalf("Mei's is sent: %v; Lin's is sent: %v; %d answers more", callers[mei].sent, callers[lin].sent, after-before)
		}
	}
	// Who was told sends theirs all the same.
	w.Must(lin, "POST", at+"/messages", map[string]any{"text": "Mine too"}, nil)
}

type callerOf struct {
	*played.Caller
	sent bool
}
