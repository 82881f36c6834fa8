package store_test

import (
	"errors"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// A change of owner that was decided under an older lease is refused, also where
// the thread itself was read anew.
func TestAnOwnerIsNotChangedUnderAnOlderLease(t *testing.T) {
	desks(t, func(d *desk) {
		_, account := d.link(nil)
		lin, wang := d.person("lin@example.com", core.RoleAgent), d.person("wang@example.com", core.RoleAgent)
		lane := d.customer(account.ID, core.Contact{Name: "Mei"}, lin.ID)
		lane.Fresh, lane.FreshContact, lane.FreshIdentity = false, false, false
		give := func(to core.Owner, thread int64) error {
			ch := store.Began(lane)
			ch.Rev = thread
			was := *lane.Round
			defer func() { *lane.Round = was }()
			lane.Round.Owner, lane.Round.Lease = to, lane.Round.Lease+1
			lane.Thread.Rev = thread + 1
			return d.Write(d.Context(), func(t *store.Tx) error { return t.Apply(ch) })
		}
		if err := give(core.Owner{Kind: core.StatusAgent, ID: wang.ID}, 1); err != nil {
			d.Fatal(err)
		}
		if err := give(core.Owner{Kind: core.StatusQueue}, 2); !errors.Is(err, store.ErrStale) {
			d.Errorf("given away under the lease of before: %v", err)
		}
		now, err := d.ContactConversations(d.Context(), lane.Contact.ID, canon.ID{}, 1)
		if err != nil || len(now) != 1 || now[0].Owner.ID != wang.ID {
			d.Errorf("now %+v, %v", now, err)
		}
	})
}
