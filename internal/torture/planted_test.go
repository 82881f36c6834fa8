package torture

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// A hub that answers before it commits must not pass R-01.
func TestR01_IsRedForAnAnswerBeforeTheCommit(t *testing.T) {
	chance := chance(t)
	h := rest(t, "plantedbug_ackfirst")
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	customers := poster{newLedger(), p.postHTTP}
	over := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		defer close(over)
		killings(ctx, t, h, chance, 5)
	}()
	crowd(ctx, t, customers, chance, 16, 50, 100, over)
	<-over
	if err := h.Stop(); err != nil { // what is still to be committed is
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wrong []string
	var before int
	until(t, 30*time.Second, "handling does not end", func() (bool, error) {
		found, err := fromCustomers(t.Context(), api, func(m core.Message) string { return string(m.Content.RemoteID) })
		if err != nil {
			return false, err
		}
		wrong = customers.ledger.judge(found)
		settled := len(found) == before
		before = len(found)
		return settled, nil
	})
	if len(wrong) == 0 || !strings.Contains(strings.Join(wrong, "\n"), "is lost") {
		t.Errorf("the rig sees nothing wrong: %v", wrong)
	}
	t.Logf("%d of %d acknowledged were found lost", len(wrong), customers.ledger.ackedCount())
}

// A hub that leaves its log to the system must not pass R-02.
func TestR02_IsRedForCommitsWithoutSync(t *testing.T) {
	onEachJournal(t, []string{"plantedbug_nosync"}, func(t *testing.T, h *rig.Hub, server *testenv.Server, j journal) {
		const posts = 20
		answers, wrong := j.syncBeforeAnswer(postsTraced(t, h, server, posts))
		// PostgreSQL syncs by itself five times a second: that may fall between.
		if answers != posts || len(wrong) < posts/2 {
			t.Errorf("%d of %d answers were found wanting, want nearly all %d", len(wrong), answers, posts)
		}
		t.Logf("%d of %d answers were found wanting", len(wrong), answers)
	})
}
