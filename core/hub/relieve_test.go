package hub_test

import (
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// What somebody has who serves no more goes to a queue even if whoever brought it
// about stopped half way, and from there to who is free. The wait goes on.
func TestWhatSomebodyHadWhoServesNoMoreIsHandedOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin := r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		r.send("bob", "human")
		r.owned("ann", core.StatusAgent)
		since := r.owned("bob", core.StatusAgent).WaitingSince
		mo := r.agent("Mo", core.AgentAway, 5)
		r.write(func(tx *store.Tx) error {
			a, err := tx.Agent(t.Context(), lin)
			if err != nil {
				return err
			}
			a.Disabled = tx.Now()
			_, err = tx.ChangeAgent(t.Context(), a, canon.ID{})
			return err
		})
		for _, peer := range []string{"ann", "bob"} {
			if c := r.owned(peer, core.StatusQueue); c.Reason.Code != "owner_gone" || c.Reason.Text != "Lin" {
				t.Errorf("%s: %+v", peer, c.Reason)
			}
		}
		if got := r.the("bob").WaitingSince; !got.Equal(since) {
			t.Errorf("bob waits since %v, was %v", got, since)
		}
		if n := r.load(lin); n != 0 {
			t.Errorf("load %d", n)
		}
		r.write(func(tx *store.Tx) error {
			_, err := tx.StoreState(t.Context(), mo, core.AgentOnline, canon.ID{})
			return err
		})
		for _, peer := range []string{"ann", "bob"} {
			if c := r.owned(peer, core.StatusAgent); c.Owner.ID != mo {
				t.Errorf("%s: %+v", peer, c.Owner)
			}
		}
		if n := r.load(mo); n != 2 {
			t.Errorf("load %d", n)
		}
	})
}
