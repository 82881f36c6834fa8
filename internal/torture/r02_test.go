package torture

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"parley/connectors/http/fake"
)

// An answer is written only after the log was synced, so that a power loss
// takes nothing that was acknowledged.
func TestR02_SyncPrecedesTheAnswer(t *testing.T) {
	h := rest(t)
	trace := filepath.Join(t.TempDir(), "trace")
	h.Wrap = straced(t, trace)
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	posts := long(1000, 200)
	for i := range posts {
		if err := p.postHTTP(t.Context(), fmt.Sprintf("s-%d", i), "peer", fmt.Sprint("message ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	text := traced(t, trace)
	answers, wrong := syncBeforeAnswer(text)
	if answers != posts {
		t.Errorf("the trace shows %d answers to %d posts", answers, posts)
	}
	for _, what := range wrong[:min(len(wrong), 5)] {
		t.Error(what)
	}
	t.Logf("%d of %d answers had a sync before them", answers-len(wrong), answers)
	// The same trace as a hub without syncs would have left it is refused.
	var without []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.Contains(line, "fdatasync") && !strings.Contains(line, "fsync") {
			without = append(without, line)
		}
	}
	if answers, wrong := syncBeforeAnswer(strings.Join(without, "\n")); len(wrong) != answers || answers != posts {
		t.Errorf("without syncs in the trace, %d of %d answers were found wanting", len(wrong), answers)
	}
}

func TestR02_TheReaderOfTracesSeesAMissingSync(t *testing.T) {
	const (
		ask     = `7 read(9<socket:[1]>, "POST /hooks/0190 HTTP/1.1\r\nHost"..., 4096) = 700`
		answer  = `7 write(9<socket:[1]>, "HTTP/1.1 204 No Content\r\n"..., 60) = 60`
		sync    = `8 fdatasync(5</d/parley.db-wal>) = 0`
		other   = `8 fdatasync(4</d/parley.db>) = 0`
		failed  = `8 fdatasync(5</d/parley.db-wal>) = -1 EIO (Input/output error)`
		begins  = `8 fdatasync(5</d/parley.db-wal> <unfinished ...>`
		ends    = `8 <... fdatasync resumed>) = 0`
		readBeg = `7 read(9<socket:[1]>,  <unfinished ...>`
		readEnd = `7 <... read resumed>"POST /hooks/0190 HTTP/1.1\r\nHost"..., 4096) = 700`
	)
	for _, c := range []struct {
		name  string
		lines []string
		wrong int
	}{
		{"synced", []string{ask, sync, answer}, 0},
		{"synced in two lines", []string{ask, begins, ends, answer}, 0},
		{"read in two lines", []string{readBeg, readEnd, sync, answer}, 0},
		{"no sync", []string{ask, answer}, 1},
		{"synced before the request", []string{sync, ask, answer}, 1},
		{"begun before the request", []string{begins, ask, ends, answer}, 1},
		{"read only after the sync", []string{readBeg, sync, readEnd, answer}, 1},
		{"not ended yet", []string{ask, begins, answer, ends}, 1},
		{"of another file", []string{ask, other, answer}, 1},
		{"failed", []string{ask, failed, answer}, 1},
		{"one of two", []string{ask, sync, answer, ask, answer}, 1},
	} {
		if _, wrong := syncBeforeAnswer(strings.Join(c.lines, "\n")); len(wrong) != c.wrong {
			t.Errorf("%s: %v", c.name, wrong)
		}
	}
}
