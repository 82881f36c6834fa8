package store_test

import (
	"fmt"
	"sync"
	"testing"

	"parley/core/canon"
	"parley/core/store"
)

// New events that are written with one seen before are all kept, each once.
func TestARepeatKeepsNoneOfThoseBesideItOut(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		link, account := canon.NewID(), canon.NewID()
		event := func(n int) canon.Envelope {
			key := canon.ThreadKey{Account: "main", Peer: canon.RemoteID(fmt.Sprint("p", n%7))}
			return canon.Envelope{ID: canon.NewID(), Account: "main", Thread: key, EventID: fmt.Sprint("e", n), Event: canon.Posted{Message: canon.TextMessage(fmt.Sprint("text ", n))}}
		}
		const rounds, each = 40, 8
		var all []canon.Envelope
		for r := range rounds {
			var batch []canon.Envelope
			for i := range each {
				batch = append(batch, event(r*each+i))
			}
			both := append(batch, all[max(0, len(all)-3):]...)
			all = append(all, batch...)
			var posting sync.WaitGroup
			for _, e := range both {
				posting.Go(func() {
					if err := scope.Accept(t.Context(), link, []store.Arrival{{Link: link, Account: account, Envelope: e}}, nil); err != nil {
						t.Error(err)
					}
				})
			}
			posting.Wait()
		}
		kept, err := scope.Waiting(t.Context(), 0, 2*rounds*each)
		if err != nil || len(kept) != rounds*each {
			t.Fatalf("%d events are kept, want %d: %v", len(kept), rounds*each, err)
		}
	})
}

// What reaches accounts that nobody linked is told apart by the account: two may
// count their events by the same numbers.
func TestStrayEventsOfTwoAccountsAreTwo(t *testing.T) {
	eachStore(t, func(t *testing.T, _ *store.Store, scope store.Scope, _ string) {
		link := canon.NewID()
		for _, account := range []canon.RemoteID{"first", "second", "first"} {
			e := canon.Envelope{ID: canon.NewID(), Account: account, Thread: canon.ThreadKey{Account: account, Peer: "p"}, EventID: "1000001", Event: canon.Posted{Message: canon.TextMessage("hello")}}
			if err := scope.Accept(t.Context(), link, []store.Arrival{{Link: link, Envelope: e}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := scope.Letters(t.Context(), store.InboxUnrouted, 0, 10)
		if err != nil || len(kept) != 2 {
			t.Fatalf("%d events are kept, want one of each account: %v", len(kept), err)
		}
	})
}
