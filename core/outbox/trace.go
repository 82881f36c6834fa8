package outbox

import (
	"encoding/json"
	"sync"

	"parley/core/egress"
)

// tracer keeps the redacted exchanges of one attempt.
type tracer struct {
	mu  sync.Mutex
	all []egress.Exchange
}

// Record keeps an exchange.
func (t *tracer) Record(x egress.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, x)
}

// JSON is the exchanges, or "" when there were none.
func (t *tracer) JSON() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return ""
	}
	b, err := json.Marshal(t.all)
	if err != nil {
		return ""
	}
	return string(b)
}
