package hub_test

import (
	"context"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/orchestrate"
	"parley/core/store"
)

func TestABotIsWokenBySilenceUnlessTheCustomerAnswered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) {
			r.act = func(_ context.Context, q orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
				if q.Cause == orchestrate.CauseSilence {
					return says("still there?"), nil
				}
				a := says("you said " + q.Text)
				a.WakeAfter = 10 * time.Minute
				return a, nil
			}
		})
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		r.later(9 * time.Minute)
		r.send("ann", "wait") // in time: the clock starts anew
		r.seesText("ann", "you said hello", "you said wait")
		r.later(9 * time.Minute)
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		r.seesText("ann", "you said hello", "you said wait")
		r.later(2 * time.Minute)
		r.seesText("ann", "you said hello", "you said wait", "still there?")
		// Once; it asked for no other.
		r.later(time.Hour)
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		r.seesText("ann", "you said hello", "you said wait", "still there?")
		// A person who took over ends it too.
		r.send("bob", "hello")
		r.seesText("bob", "you said hello")
		lin := r.agent("Lin", core.AgentAway, 5)
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, r.the("bob").ID, lin); err != nil {
			t.Fatal(err)
		}
		r.later(time.Hour)
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		r.seesText("bob", "you said hello")
	})
}

func TestIdleConversationsCloseAndFreshlyTakenOnesDoNot(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.IdleClose = 3600 })
		r.send("bot", "hello")
		r.seesText("bot", "you said hello")
		r.send("queue", "human")
		r.owned("queue", core.StatusQueue)
		r.later(2 * time.Hour)
		if c := r.owned("bot", core.StatusClosed); c.CloseBy != "idle" {
			t.Fatalf("closed by %q", c.CloseBy)
		}
		// Who waits for a person is not closed for it; nor in the second in which
		// one comes at last.
		lin := r.agent("Lin", core.AgentAway, 5)
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, r.the("queue").ID, lin); err != nil {
			t.Fatal(err)
		}
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		c := r.the("queue")
		if c.Owner.Kind != core.StatusAgent {
			t.Fatalf("closed as soon as it was taken: %+v", c.Owner)
		}
		r.later(50 * time.Minute)
		r.post(c.ID, lin, "sorry for the wait")
		r.later(50 * time.Minute)
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if c := r.the("queue"); c.Owner.Kind != core.StatusAgent {
			t.Fatal("closed though somebody spoke")
		}
		r.later(2 * time.Hour)
		r.owned("queue", core.StatusClosed)
		if n := r.load(lin); n != 0 {
			t.Fatalf("load %d", n)
		}
	})
}

func TestSilentCustomersAreClosedAndWaitingOnesAreNot(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.SilentClose = 600 })
		lin := r.agent("Lin", core.AgentOnline, 9)
		// Told that Lin takes over, but nobody answered yet: the customer waits.
		r.send("waits", "human")
		r.owned("waits", core.StatusAgent)
		r.send("silent", "human")
		c := r.owned("silent", core.StatusAgent)
		r.post(c.ID, lin, "how can I help?")
		r.later(20 * time.Minute)
		if c := r.owned("silent", core.StatusClosed); c.CloseBy != "silent" {
			t.Fatalf("closed by %q", c.CloseBy)
		}
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if c := r.the("waits"); c.Owner.Kind != core.StatusAgent {
			t.Fatal("one who waits for an answer was closed as silent")
		}
	})
}

func TestAConversationNeedsATagToBeClosed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.RequireTag = true })
		lin := r.agent("Lin", core.AgentOnline, 9)
		r.send("ann", "human")
		c := r.owned("ann", core.StatusAgent)
		_, err := r.hub.Desk.Close(t.Context(), r.tenant, c.ID, lin)
		if fault, ok := core.AsFault(err); !ok || fault.Code != "tag_required" {
			t.Fatalf("closed without a tag: %v", err)
		}
		r.write(func(tx *store.Tx) error {
			tag, err := tx.SaveTag(t.Context(), core.Tag{Scope: core.TagConversation, Name: "done"}, lin)
			if err != nil {
				return err
			}
			return tx.TagConversation(t.Context(), c.ID, tag.ID, true, lin)
		})
		if c, err := r.hub.Desk.Close(t.Context(), r.tenant, c.ID, lin); err != nil || c.Owner.Kind != core.StatusClosed {
			t.Fatalf("%+v %v", c.Owner, err)
		}
	})
}

// A bot that cannot be woken in one conversation keeps nobody else waiting.
func TestR09_ATimerThatFailsStopsNoOther(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) {
			r.act = func(_ context.Context, q orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
				if q.Cause == orchestrate.CauseSilence {
					return says("still there?"), nil
				}
				a := says("hello")
				a.WakeAfter = time.Minute
				return a, nil
			}
		})
		r.send("bad", "hi")
		r.seesText("bad", "hello")
		r.send("good", "hi")
		r.seesText("good", "hello")
		r.inState("bad", "hello", canon.Sent)
		r.p.poison("bad")
		r.later(time.Hour)
		r.seesText("good", "hello", "still there?")
	})
}
