package feed

import (
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
)

// standsFor is how long words that somebody types are taken to stand there while
// nothing more is heard of them: a channel may never say that they are gone.
const standsFor = time.Minute

// maxStanding bounds how much of that is remembered in a tenant; beyond it
// signals still pass.
const maxStanding = 2000

// typist names who types in a conversation: its customer, or a bot. What agents
// do is told by their own screens, to the end.
type typist struct {
	conversation canon.ID
	kind         string
}

// standing is the newest typing that passed and has not ended. It lives in
// memory alone.
type standing struct {
	Passing
	heard time.Time
}

// Typing is what a conversation's customer types at this moment, as it passed
// last; ok is false when nothing stands there.
func (h *Hub) Typing(tenant, conversation canon.ID) (p Passing, ok bool) {
	s := h.stream(tenant)
	if s == nil {
		return p, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.typing[typist{conversation, string(core.FromCustomer)}]
	return t.Passing, ok && h.store.Now().Sub(t.heard) < standsFor
}

// note remembers typing; s.mu is held.
func (s *stream) note(p Passing) {
	t, ok := p.Signal.(canon.Typing)
	if !ok || p.Sender.Kind == string(core.FromAgent) {
		return
	}
	who := typist{p.Conversation, p.Sender.Kind}
	if !t.On {
		delete(s.typing, who)
		return
	}
	now := s.hub.store.Now()
	if _, known := s.typing[who]; !known && len(s.typing) >= maxStanding {
		for other, t := range s.typing {
			if now.Sub(t.heard) >= standsFor {
				delete(s.typing, other)
			}
		}
		if len(s.typing) >= maxStanding {
			return
		}
	}
	s.typing[who] = standing{p, now}
}

// said ends the typing that a message came of, and tells who follows. A signal
// overtakes the entries of earlier messages, so a customer's words are ended by
// a message that begins with them, and by no other; s.mu is held.
func (s *stream) said(m *core.Message) {
	who := typist{m.Conversation, string(m.From)}
	t, ok := s.typing[who]
	if !ok {
		return
	}
	words := strings.TrimSpace(t.Signal.(canon.Typing).Text)
	if m.From == core.FromCustomer && !strings.HasPrefix(strings.TrimSpace(m.Content.Plain()), words) {
		return
	}
	delete(s.typing, who)
	s.put(&Item{Signal: &Passing{Thread: t.Thread, Conversation: t.Conversation, Signal: canon.Typing{}, Sender: t.Sender}})
}
