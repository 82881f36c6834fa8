package store_test

import (
	"bytes"
	"slices"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Two answers about the same conversation are the same bytes: who compares them
// would else see a change where there is none.
func TestColleaguesStandInOneOrder(t *testing.T) {
	desks(t, func(d *desk) {
		_, a := d.link(connector.Values{})
		id := d.customer(a.ID, core.Contact{Name: "Mei"}, canon.NewID()).Round.ID
		var want []canon.ID
		for range 8 {
			want = append(want, canon.NewID())
		}
		slices.SortFunc(want, func(a, b canon.ID) int { return bytes.Compare(a[:], b[:]) })
		for _, agent := range slices.Backward(want) {
			d.commit(func(t *store.Tx) error { return t.Colleague(id, agent, true) })
		}
		found, err := d.ConversationsByID(d.Context(), []canon.ID{id})
		if err != nil || len(found) != 1 || !slices.Equal(found[0].Colleagues, want) {
			d.Errorf("%v, %v instead of %v", found, err, want)
		}
	})
}
