package hub

import (
	"errors"
	"time"

	"parley/core/connector"
)

// redAfterCut is how long a streamer may be away before the light is red: with
// the seconds until it is written down, within a minute of trouble that lasts.
const redAfterCut = 45 * time.Second

// noteCut notes that a streamer ended by itself. Its connector may call that
// poor, for mostly it is back in a moment.
func (h *Hub) noteCut(l *openLink, err error) {
	var e *connector.Error
	if errors.As(err, &e) && e.Code == storeAway {
		return // our own trouble, and nobody could write it down
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if m := h.mood(l.tenant, l.id); m.since.IsZero() {
		m.since = h.o.Store.Now()
	}
}

// noteMoved forgets a cut of a streamer that another node runs now, or nobody.
func (h *Hub) noteMoved(l *openLink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(l.tenant, l.id)
	m.cut, m.since = nil, time.Time{}
}

// storeAway is what a sink answers while the database is away.
const storeAway = "store_away"

// lasts turns the light red for a streamer that ended, whose connector called
// that poor and has not said since that it is well.
func (m *mood) lasts(now time.Time) {
	if m.since.IsZero() || m.cut != nil || now.Sub(m.since) < redAfterCut || m.own == nil || m.own.Health != connector.HealthPoor {
		return
	}
	s := *m.own
	s.Health, s.At = connector.HealthBad, now
	m.cut = &s
	m.say(s)
}
