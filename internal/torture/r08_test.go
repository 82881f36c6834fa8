package torture

import (
	"fmt"
	"sync"
	"testing"

	"parley/core"
	"parley/internal/bench/rig"
)

// Two messages at once never open two conversations.
func TestR08_MessagesAtOnceOpenOneConversation(t *testing.T) {
	const contacts, each = 100, 8
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		api := start(t, h)
		p := linkHTTP(t, h, api, "")
		customers := poster{newLedger(), p.postHTTP}
		var all sync.WaitGroup
		for c := range contacts {
			for m := range each {
				all.Go(func() {
					id := fmt.Sprintf("c%d-m%d", c, m)
					if err := customers.deliver(t.Context(), id, fmt.Sprintf("contact-%03d", c), "message "+id); err != nil {
						t.Error(err)
					}
				})
			}
			if c%4 == 3 {
				all.Wait()
			}
		}
		all.Wait()
		judgeStored(t, api, customers.ledger, contacts*each, func(m core.Message) string { return string(m.Content.RemoteID) })
		convs, err := api.Conversations(t.Context(), "status=open", 10_000)
		if err != nil {
			t.Fatal(err)
		}
		if len(convs) != contacts {
			t.Errorf("%d conversations are open, want %d", len(convs), contacts)
		}
		people := map[core.ID]bool{}
		for _, c := range convs {
			people[c.Contact.ID] = true
		}
		if len(people) != contacts {
			t.Errorf("%d contacts were made, want %d", len(people), contacts)
		}
	})
}
