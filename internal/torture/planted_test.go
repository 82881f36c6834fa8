package torture

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
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
	h := rest(t, "plantedbug_nosync")
	trace := filepath.Join(t.TempDir(), "trace")
	h.Wrap = straced(t, trace)
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	const posts = 20
	for i := range posts {
		if err := p.postHTTP(t.Context(), fmt.Sprintf("s-%d", i), "peer", "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	answers, wrong := syncBeforeAnswer(traced(t, trace))
	if answers != posts || len(wrong) != posts {
		t.Errorf("%d of %d answers were found wanting, want all %d", len(wrong), answers, posts)
	}
}

// straced runs a hub with a tracer beside it: the hub is our child.
func straced(t *testing.T, trace string) []string {
	t.Helper()
	return []string{testenv.Strace(t), "-D", "-f", "-y", "-s", "48", "-e", "trace=fdatasync,fsync,read,write,sendto,recvfrom,writev", "-o", trace}
}

// traced is the trace of a hub that has ended.
func traced(t *testing.T, trace string) string {
	t.Helper()
	var text []byte
	until(t, 20*time.Second, "the trace does not end", func() (bool, error) {
		var err error
		text, err = os.ReadFile(trace)
		return strings.Contains(string(text), "+++ exited with") && strings.HasSuffix(string(text), "+++\n"), err
	})
	return string(text)
}
