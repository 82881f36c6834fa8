package hub_test

import (
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// lines are what happened in a peer's thread, by kind, with its detail.
func (r *rig) happened(peer string) (out []string) {
	r.t.Helper()
	for _, m := range r.messages(peer) {
		if m.Event != nil {
			out = append(out, m.Event.Kind+" "+m.Event.Detail)
		}
	}
	return out
}

func (r *rig) count(peer, line string) (n int) {
	for _, l := range r.happened(peer) {
		if l == line {
			n++
		}
	}
	return n
}

func (r *rig) snooze(peer string, until time.Time, by canon.ID) core.Conversation {
	r.t.Helper()
	c, err := r.hub.Desk.Snooze(r.t.Context(), r.tenant, r.the(peer).ID, until, by, "the parcel")
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestASnoozedConversationComesBackAtItsTimeOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.IdleClose = 1800 })
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		c := r.owned("ann", core.StatusAgent)
		r.post(c.ID, lin, "I look into it")
		until := r.store.Now().Add(3 * time.Hour)
		c = r.snooze("ann", until, lin)
		if c.Snooze == nil || !c.Snooze.Until.Equal(until.Truncate(time.Millisecond)) || c.Snooze.By != lin || c.Snooze.Why != "the parcel" {
			t.Fatalf("snoozed as %+v", c.Snooze)
		}
		if n := r.load(lin); n != 0 {
			t.Fatalf("it counts %d while it sleeps", n)
		}
		if n := len(r.conversations(core.StatusAgent)); n != 0 {
			t.Fatalf("%d in the list of those in progress", n)
		}
		if all := r.conversations(core.StatusSnoozed); len(all) != 1 || all[0].ID != c.ID || all[0].Owner.ID != lin {
			t.Fatalf("the list of those that sleep: %+v", all)
		}
		tallies, err := r.scope().Tallies(t.Context())
		if err != nil || tallies["snoozed:"+lin.String()] != 1 || tallies["owner:"+lin.String()] != 0 {
			t.Fatalf("counted as %v: %v", tallies, err)
		}
		r.snooze("ann", until, lin) // the same again changes nothing
		if n := r.count("ann", "snoozed the parcel"); n != 1 {
			t.Fatalf("%d lines say so", n)
		}
		r.later(2 * time.Hour) // idle for longer than conversations may be
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if c := r.the("ann"); c.Snooze == nil || c.Owner.Kind != core.StatusAgent {
			t.Fatalf("before its time: %+v", c)
		}
		r.later(61 * time.Minute)
		// Several nodes look at the clock.
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if c := r.the("ann"); c.Snooze != nil || c.Owner.Kind != core.StatusAgent || c.Owner.ID != lin {
			t.Fatalf("after its time: %+v", c)
		}
		if n := r.count("ann", "woken time"); n != 1 {
			t.Fatalf("woken %d times: %v", n, r.happened("ann"))
		}
		if n := r.load(lin); n != 1 {
			t.Fatalf("load %d", n)
		}
		woken := func() (n int) {
			entries, err := r.scope().FeedSince(t.Context(), 0, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Kind == core.FeedWoken {
					n++
				}
			}
			return n
		}
		eventually(t, "it is told", func() bool { return woken() > 0 })
		if n := woken(); n != 1 {
			t.Fatalf("told %d times", n)
		}
	})
}

func TestAWokenConversationIsNotIdle(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.IdleClose, v.Settings.SilentClose = 1800, 1800 })
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		c := r.owned("ann", core.StatusAgent)
		r.post(c.ID, lin, "I look into it")
		r.snooze("ann", time.Time{}, lin)
		r.later(48 * time.Hour)
		if _, err := r.hub.Desk.Unsnooze(t.Context(), r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if c := r.the("ann"); c.Owner.Kind != core.StatusAgent || c.Snooze != nil {
			t.Fatalf("%+v", c.Owner)
		}
	})
}

func TestTheCustomerWakesASnoozedConversation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		c := r.owned("ann", core.StatusAgent)
		r.post(c.ID, lin, "I look into it")
		r.snooze("ann", time.Time{}, lin) // no time: until they write
		r.later(200 * 24 * time.Hour)
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if r.the("ann").Snooze == nil {
			t.Fatal("woken by time that was not set")
		}
		r.send("ann", "any news?")
		eventually(t, "she is heard", func() bool { return r.the("ann").Snooze == nil })
		c = r.the("ann")
		if c.Owner.ID != lin || c.WaitingSince.IsZero() || r.count("ann", "woken customer") != 1 || r.load(lin) != 1 {
			t.Fatalf("%+v, %v, load %d", c, r.happened("ann"), r.load(lin))
		}
	})
}

func TestASnoozedConversationOfSomebodyWhoLeftGoesToAQueue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		r.owned("ann", core.StatusAgent)
		r.snooze("ann", r.store.Now().Add(time.Hour), lin)
		if err := r.scope().Write(t.Context(), func(tx *store.Tx) error {
			a, err := tx.Agent(t.Context(), lin)
			if err != nil {
				return err
			}
			a.Disabled = tx.Now()
			_, err = tx.ChangeAgent(t.Context(), a, canon.ID{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		r.later(2 * time.Hour)
		c := r.owned("ann", core.StatusQueue)
		if c.Reason.Code != "owner_gone" || c.Snooze != nil || c.WaitingSince.IsZero() {
			t.Fatalf("%+v", c)
		}
		if n := r.load(lin); n != 0 {
			t.Fatalf("load %d", n)
		}
	})
}

func TestWhatEndsASnooze(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin, mo := r.agent("Lin", core.AgentOnline, 9), r.agent("Mo", core.AgentAway, 9)
		desk := r.hub.Desk
		for _, x := range []struct {
			peer    string
			do      func(c canon.ID) (core.Conversation, error)
			lin, mo int
		}{
			{"taken", func(c canon.ID) (core.Conversation, error) { return desk.Take(t.Context(), r.tenant, c, lin) }, 1, 0},
			{"woken", func(c canon.ID) (core.Conversation, error) { return desk.Unsnooze(t.Context(), r.tenant, c, mo) }, 2, 0},
			{"given", func(c canon.ID) (core.Conversation, error) {
				return desk.Assign(t.Context(), r.tenant, c, core.Owner{Kind: core.StatusAgent, ID: mo}, lin, "")
			}, 2, 1},
			{"closed", func(c canon.ID) (core.Conversation, error) { return desk.Close(t.Context(), r.tenant, c, lin) }, 2, 1},
		} {
			r.send(x.peer, "human")
			r.owned(x.peer, core.StatusAgent)
			c := r.snooze(x.peer, time.Time{}, lin)
			got, err := x.do(c.ID)
			if err != nil || got.Snooze != nil {
				t.Fatalf("%s: %+v, %v", x.peer, got.Snooze, err)
			}
			if r.load(lin) != x.lin || r.load(mo) != x.mo {
				t.Fatalf("%s: loads %d and %d", x.peer, r.load(lin), r.load(mo))
			}
		}
		// Nobody has it, it is over, or the time is past.
		r.send("bot", "hello")
		r.owned("bot", core.StatusBot)
		for _, x := range []struct {
			peer, code string
			until      time.Time
		}{{"bot", "not_served", time.Time{}}, {"closed", "closed", time.Time{}}, {"taken", "snooze_time", r.store.Now().Add(-time.Second)}, {"taken", "snooze_time", r.store.Now().Add(400 * 24 * time.Hour)}} {
			_, err := desk.Snooze(t.Context(), r.tenant, r.the(x.peer).ID, x.until, lin, "")
			if f, ok := core.AsFault(err); !ok || f.Code != x.code {
				t.Fatalf("%s: %v", x.peer, err)
			}
		}
	})
}
