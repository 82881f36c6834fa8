package emulate

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// patience is how long an overtaken callback waits for the one to overtake it.
const patience = 3 * time.Second

// Postman carries callbacks to the hub, and misdelivers on demand: it is the
// transport of the client a platform posts with, so that every platform that
// calls can bring something twice or out of order. Safe for concurrent use.
type Postman struct {
	Base http.RoundTripper // nil: http.DefaultTransport

	mu       sync.Mutex
	next     []FaultKind
	overtake []chan struct{} // closed once a later callback was answered
	carried  int
}

// Carried is how many callbacks were brought so far and answered.
func (p *Postman) Carried() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carried
}

// Misdeliver queues Redeliver and Reorder; each serves one callback.
func (p *Postman) Misdeliver(kinds ...FaultKind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = append(p.next, kinds...)
}

// Holds tells whether a callback waits for being overtaken.
func (p *Postman) Holds() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.overtake) > 0
}

// RoundTrip carries one request. What is no callback goes as ever.
func (p *Postman) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.Body == nil {
		return p.base().RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // it was read, or not
	if err != nil {
		return nil, fmt.Errorf("carry a callback: %w", err)
	}
	p.mu.Lock()
	kind := Answer
	if len(p.next) > 0 {
		kind, p.next = p.next[0], p.next[1:]
	}
	later := p.overtake
	var mine chan struct{}
	if kind == Reorder {
		mine = make(chan struct{})
		p.overtake = append(slices.Clone(p.overtake), mine)
	} else {
		p.overtake = nil
	}
	p.mu.Unlock()
	if mine != nil {
		if err := p.wait(r, mine); err != nil {
			return nil, err
		}
	}
	resp, err := p.carry(r, body)
	if mine == nil {
		for _, held := range later {
			close(held)
		}
	}
	if err == nil && kind == Redeliver {
		if again, err := p.carry(r, body); err == nil {
			_ = again.Body.Close() // the first answer counted
		}
	}
	return resp, err
}

// wait holds a callback back until another was answered, or none came.
func (p *Postman) wait(r *http.Request, mine chan struct{}) error {
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-mine:
	case <-t.C:
		p.mu.Lock()
		p.overtake = slices.DeleteFunc(slices.Clone(p.overtake), func(c chan struct{}) bool { return c == mine })
		p.mu.Unlock()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	return nil
}

func (p *Postman) carry(r *http.Request, body []byte) (*http.Response, error) {
	one := r.Clone(r.Context())
	one.Body, one.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := p.base().RoundTrip(one)
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.carried++
	}
	return resp, err
}

func (p *Postman) base() http.RoundTripper {
	if p.Base == nil {
		return http.DefaultTransport
	}
	return p.Base
}
