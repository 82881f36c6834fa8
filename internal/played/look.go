package played

import (
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// patience is how long something may take to become true.
const patience = 30 * time.Second

// Until waits for something to become true.
func (h *Hub) Until(what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// Conversations are those of all customers, the newest first.
func (h *Hub) Conversations() []core.Conversation {
	h.t.Helper()
	return must(h.Store.For(h.Tenant).Conversations(h.t.Context(), store.ListQuery{Limit: 200}))(h.t).Items
}

// Thread is all that stands in the thread of a conversation, oldest first.
func (h *Hub) Thread(c core.Conversation) []core.Message {
	h.t.Helper()
	all := must(h.Store.For(h.Tenant).Messages(h.t.Context(), c.Thread, 0, 200))(h.t)
	slices.Reverse(all)
	return all
}

// Lines are the messages of a thread, without events and notes.
func (h *Hub) Lines(c core.Conversation) []core.Message {
	h.t.Helper()
	return slices.DeleteFunc(h.Thread(c), func(m core.Message) bool { return m.From == core.FromEvent || m.From == core.FromNote })
}

// Message reads a message anew.
func (h *Hub) Message(id canon.ID) core.Message {
	h.t.Helper()
	return must(h.Store.For(h.Tenant).Message(h.t.Context(), id))(h.t)
}

// Ends waits until a message is in a state.
func (h *Hub) Ends(id canon.ID, want canon.Delivery) {
	h.t.Helper()
	h.Until("a message is "+string(want), func() bool { return h.Message(id).State == want })
}
