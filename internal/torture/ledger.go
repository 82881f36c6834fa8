package torture

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
)

// ledger is what the customers of a run hold against the hub: what they sent,
// and what of it was acknowledged. Safe for concurrent use.
type ledger struct {
	mu    sync.Mutex
	sent  map[string][32]byte // by the platform's id: hash of the words
	acked map[string]bool
}

func newLedger() *ledger {
	return &ledger{sent: map[string][32]byte{}, acked: map[string]bool{}}
}

func (l *ledger) send(id, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[id] = sha256.Sum256([]byte(words))
}

func (l *ledger) ack(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[id] = true
}

func (l *ledger) ackedCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// stored is one message as the API shows it.
type stored struct{ id, words string }

// judge says what is wrong with what a hub holds: everything acknowledged has
// to be there once, with its words; what was sent and not acknowledged may be
// there once; nothing else may.
func (l *ledger) judge(found []stored) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wrong []string
	times := map[string]int{}
	for _, m := range found {
		times[m.id]++
		sum, known := l.sent[m.id]
		switch {
		case !known:
			wrong = append(wrong, fmt.Sprintf("%s is stored and was never sent", m.id))
		case sum != sha256.Sum256([]byte(m.words)):
			wrong = append(wrong, fmt.Sprintf("%s is stored with other words", m.id))
		case times[m.id] == 2:
			wrong = append(wrong, fmt.Sprintf("%s is stored twice", m.id))
		}
	}
	for id := range l.acked {
		if times[id] == 0 {
			wrong = append(wrong, fmt.Sprintf("%s was acknowledged and is lost", id))
		}
	}
	slices.Sort(wrong)
	return wrong
}
