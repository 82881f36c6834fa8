package hub_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

func TestABotAnswersEachMessageOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "hello")
		for range 3 {
			if code := r.deliver(e); code != 200 {
				t.Fatalf("callback answered %d", code)
			}
		}
		r.send("ann", "and again")
		r.seesText("ann", "you said hello", "you said and again")
	})
}

func TestTheJourneyFromBotToAgentAndBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		ctx := t.Context()
		if code := r.deliver(r.event("bob", canon.Membership{Kind: canon.MemberOpened})); code != 200 {
			t.Fatal(code)
		}
		r.seesText("bob", "welcome")
		r.send("bob", "human")
		eventually(t, "bob is queued", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
		r.seesText("bob", "welcome", "I am passing you on to a person. You are number 1 in the queue.")
		lin := r.agent("Lin", core.AgentOnline, 5)
		eventually(t, "Lin is assigned", func() bool { return len(r.conversations(core.StatusAgent)) == 1 })
		conv := r.conversations(core.StatusAgent)[0]
		if conv.Owner.ID != lin || conv.Queued.IsZero() || conv.Picked.IsZero() {
			t.Fatalf("owner %+v, times %v %v", conv.Owner, conv.Queued, conv.Picked)
		}
		m, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("how can I help"), ClientID: "c1"})
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("how can I help"), ClientID: "c1"})
		if err != nil || again.ID != m.ID {
			t.Fatalf("the same client id posted twice: %v %v %v", m.ID, again.ID, err)
		}
		eventually(t, "the answer arrives", func() bool {
			got := r.p.texts("bob")
			return len(got) == 4 && got[3] == "how can I help"
		})
		r.send("bob", "thanks")
		eventually(t, "the agent has it", func() bool { return r.conversations(core.StatusAgent)[0].Unread == 1 })
		if _, err := r.hub.Desk.Recall(ctx, r.tenant, m.ID, lin); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the recall reaches the platform", func() bool {
			r.p.mu.Lock()
			defer r.p.mu.Unlock()
			return r.p.seen[len(r.p.seen)-1].op == connector.OpRevoke
		})
		if _, err := r.hub.Desk.Close(ctx, r.tenant, conv.ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("too late")}); err == nil {
			t.Fatal("a closed conversation took a message")
		}
		r.send("bob", "once more")
		eventually(t, "a new round with the bot", func() bool { return len(r.conversations(core.StatusBot)) == 1 })
		a, err := r.store.For(r.tenant).Agent(ctx, lin)
		if err != nil || a.Load != 0 {
			t.Fatalf("load after closing: %d %v", a.Load, err)
		}
		changes, err := r.store.For(r.tenant).OwnerChanges(ctx, conv.ID)
		if err != nil || len(changes) != 4 {
			t.Fatalf("owner changes: %+v %v", changes, err)
		}
		for i, c := range changes {
			if c.Lease != int64(i+1) || c.Reason.Code == "" {
				t.Fatalf("change %d: %+v", i, c)
			}
		}
	})
}

func TestABotThatDiesHandsOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("cat", "die")
		eventually(t, "people have it", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
	})
}

func TestTwoMissesHandOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("dan", "nonsense")
		r.send("dan", "nonsense")
		eventually(t, "people have it", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
		if c := r.conversations(core.StatusQueue)[0]; c.Reason.Code != "missed" {
			t.Fatalf("reason %+v", c.Reason)
		}
		r.seesText("dan", "pardon", "pardon", "I am passing you on to a person. You are number 1 in the queue.")
	})
}

func TestR08_ManyMessagesAtOnceOpenOneConversationEach(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		const people, each = 40, 8
		var all []canon.Envelope
		for p := range people {
			for i := range each {
				all = append(all, r.says(fmt.Sprintf("p%d", p), fmt.Sprintf("m%d", i)))
			}
		}
		var wg sync.WaitGroup
		for _, e := range all {
			wg.Add(1)
			go func() {
				defer wg.Done()
				r.deliver(e)
			}()
		}
		wg.Wait()
		eventually(t, "all are answered", func() bool {
			n := 0
			for p := range people {
				n += len(r.p.texts(fmt.Sprintf("p%d", p)))
			}
			return n == people*each
		})
		if n := len(r.conversations()); n != people {
			t.Fatalf("%d conversations, want %d", n, people)
		}
		tallies, err := r.store.For(r.tenant).Tallies(t.Context())
		if err != nil || tallies["status:bot"] != people {
			t.Fatalf("tallies %v %v", tallies, err)
		}
	})
}

func TestTheFeedHasNoGaps(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		items, stop := r.followed(t)
		defer stop()
		for i := range 10 {
			r.send("eve", fmt.Sprint(i))
		}
		messages := 0
		last := int64(0)
		for messages < 20 {
			select {
			case item := <-items:
				if item.Entry == nil {
					continue
				}
				if last != 0 && item.Entry.Seq != last+1 {
					t.Fatalf("entry %d after %d", item.Entry.Seq, last)
				}
				last = item.Entry.Seq
				if item.Entry.Kind == core.FeedMessage && strings.Contains(string(item.Entry.Data), `"from":"customer"`) || item.Entry.Kind == core.FeedMessage && strings.Contains(string(item.Entry.Data), `"from":"bot"`) {
					messages++
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("only %d messages in the feed", messages)
			}
		}
	})
}

func TestR06_RetrySendsAgainUnderTheSameKey(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.mu.Lock()
		r.p.fail = []error{&connector.Error{Class: connector.Invalid, Code: "500", Shown: connector.Text{EN: "refused", ZH: "拒绝"}}}
		r.p.mu.Unlock()
		r.send("fay", "hi")
		var failed core.Message
		eventually(t, "the answer failed", func() bool {
			convs := r.conversations()
			if len(convs) == 0 {
				return false
			}
			all, err := r.store.For(r.tenant).Messages(t.Context(), convs[0].Thread, 0, 10)
			if err != nil || len(all) == 0 {
				return false
			}
			failed = all[0]
			return failed.State == canon.Failed && failed.Failure != nil && convs[0].Trouble
		})
		if _, err := r.hub.Desk.Retry(t.Context(), r.tenant, failed.ID, canon.ID{}); err != nil {
			t.Fatal(err)
		}
		r.seesText("fay", "you said hi")
		eventually(t, "it is sent", func() bool {
			m, err := r.store.For(r.tenant).Message(t.Context(), failed.ID)
			return err == nil && m.State == canon.Sent
		})
		attempts, err := r.store.For(r.tenant).Attempts(t.Context(), failed.ID)
		if err != nil || len(attempts) != 2 {
			t.Fatalf("attempts %+v %v", attempts, err)
		}
	})
}

func TestUncertainIsNeverSilentlySentAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.idempotent = false
		r.p.mu.Lock()
		r.p.fail = []error{&connector.Error{Class: connector.Uncertain, Code: "cut"}}
		r.p.mu.Unlock()
		r.send("gus", "hi")
		eventually(t, "it is unconfirmed", func() bool {
			convs := r.conversations()
			if len(convs) == 0 {
				return false
			}
			all, err := r.store.For(r.tenant).Messages(t.Context(), convs[0].Thread, 0, 10)
			return err == nil && len(all) > 0 && all[0].State == canon.Unconfirmed
		})
		if got := r.p.texts("gus"); len(got) != 0 {
			t.Fatalf("sent again: %q", got)
		}
	})
}

func TestAnUnsignedCallbackLeavesNothing(t *testing.T) {
	r := newRig(t, "sqlite", true)
	resp, err := http.Post(r.srv.URL+"/hooks/"+r.link.String(), "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 401 || resp.ContentLength > 0 {
		t.Fatalf("answered %d with %d bytes", resp.StatusCode, resp.ContentLength)
	}
	if n := len(r.conversations()); n != 0 {
		t.Fatalf("%d conversations", n)
	}
}
