package torture

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/internal/bench/rig"
)

// What was acknowledged is in the store exactly once, whenever the hub was
// killed.
func TestR01_AcknowledgedIsStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		api := start(t, h)
		p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
		customers := poster{newLedger(), p.postHTTP}
		posted := underFire(t, h, chance, func(ctx context.Context, over <-chan struct{}) int {
			return crowd(ctx, t, customers, chance, 16, 50, long(10_000, 1_000), over)
		})
		judgeStored(t, api, customers.ledger, posted, func(m core.Message) string { return string(m.Content.RemoteID) })
	})
}

// judgeStored waits until everything acknowledged is handled, as long as more and
// more of it is, and judges what the API shows.
func judgeStored(t *testing.T, api *rig.API, l *ledger, posted int, id func(core.Message) string) {
	t.Helper()
	var wrong []string
	var found []stored
	most, grew := -1, time.Now()
	err := rig.Until(t.Context(), 20*time.Minute, func() (bool, error) {
		var err error
		if found, err = fromCustomers(t.Context(), api, id); err != nil {
			var no *rig.Refusal
			var odd *json.UnmarshalTypeError
			if errors.As(err, &no) && no.Status < 500 || errors.As(err, &odd) {
				t.Fatal(err) // waiting does not help
			}
		}
		if len(found) > most {
			most, grew = len(found), time.Now()
		}
		wrong = l.judge(found)
		whole := err == nil && len(wrong) == 0 && len(found) >= l.ackedCount()
		return whole || time.Since(grew) > time.Minute, err
	})
	for i, what := range wrong {
		if i == 10 {
			t.Errorf("… and %d more", len(wrong)-10)
			break
		}
		t.Error(what)
	}
	if err != nil && len(wrong) == 0 {
		t.Error(err)
	}
	t.Logf("%d posted, %d acknowledged, %d stored", posted, l.ackedCount(), len(found))
	if n := l.ackedCount(); n == 0 {
		t.Error("nothing was acknowledged")
	}
}

// underFire lets customers post while the hub is killed again and again; over
// is closed after the last start.
func underFire(t *testing.T, h *rig.Hub, chance *rand.Rand, post func(ctx context.Context, over <-chan struct{}) int) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	over := make(chan struct{})
	when := rand.New(rand.NewPCG(chance.Uint64(), 2))
	go func() {
		defer close(over)
		killings(ctx, t, h, when, long(100, 10))
	}()
	posted := post(ctx, over)
	<-over
	return posted
}
