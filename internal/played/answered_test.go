package played_test

import (
	"sync"
	"testing"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// Two agents who have one conversation answer at the same moment, sixty
// times: of each two one gets through, and the other is told before.
func TestU06_OfTwoWhoAnswerAtOnceOneIsTold(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	platform, err := fake.New(secret, fake.WithoutLog())
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	w := played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}, API: true})
	owner := w.Caller()
	if a, err := platform.Post(t.Context(), w.Hook(), platform.Says("customer-1", "hello")); err != nil || !a.Accepted() {
		t.Fatalf("the customer's event is not taken: %v %d", err, a.Status)
	}
	var second struct{ ID canon.ID }
	owner.Must(canon.ID{}, "POST", "/agents", map[string]any{"name": "Lin", "email": "lin@example.com", "role": "agent"}, &second)
	var c core.Conversation
	w.Until("there is a conversation", func() (ok bool) {
		if all := w.Conversations(); len(all) > 0 {
			c, ok = all[0], true
		}
		return ok
	})
	mei, lin, at := w.Agent, second.ID, "/conversations/"+c.ID.String()
	owner.Must(mei, "POST", at+"/take", nil, nil)
	owner.Must(mei, "POST", at+"/colleagues", map[string]any{"agent": lin}, nil)
	callers := map[canon.ID]*callerOf{mei: {w.Caller(), false}, lin: {w.Caller(), false}}
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
	owner.Must(lin, "POST", at+"/messages", map[string]any{"text": "Mine too"}, nil)
}

type callerOf struct {
	*played.Caller
	sent bool
}
