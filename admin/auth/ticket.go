package auth

import (
	"crypto/rand"
	"sync"
	"time"
)

// TicketLife is how long a ticket for a live socket counts.
const TicketLife = 30 * time.Second

// maxTickets bounds how many tickets may be open at a time.
const maxTickets = 10_000

// tickets keeps single-use tickets of this process: a browser cannot send
// headers with a socket, and a session's secret does not belong in an address.
// Safe for concurrent use.
type tickets struct {
	mu   sync.Mutex
	open map[string]openTicket
}

type openTicket struct {
	who     Identity
	expires time.Time
}

// issue makes a ticket; false when too many are open.
func (t *tickets) issue(who Identity, now time.Time) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.open) >= maxTickets {
		for k, o := range t.open {
			if now.After(o.expires) {
				delete(t.open, k)
			}
		}
		if len(t.open) >= maxTickets {
			return "", false
		}
	}
	text := rand.Text()
	t.open[string(hashOf(text))] = openTicket{who, now.Add(TicketLife)}
	return text, true
}

// redeem uses a ticket up.
func (t *tickets) redeem(text string, now time.Time) (Identity, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := string(hashOf(text))
	o, ok := t.open[key]
	delete(t.open, key)
	if !ok || now.After(o.expires) {
		return Identity{}, false
	}
	return o.who, true
}
