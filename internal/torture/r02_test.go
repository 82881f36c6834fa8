package torture

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// An answer is written only after the log was synced, by the hub or by the
// database's server, so that a power loss takes nothing that was acknowledged.
func TestR02_SyncPrecedesTheAnswer(t *testing.T) {
	onEachJournal(t, "", func(t *testing.T, h *rig.Hub, server *testenv.Server, j journal) {
		posts := long(1000, 200)
		text := postsTraced(t, h, server, posts)
		answers, wrong := j.syncBeforeAnswer(text)
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
		if answers, wrong := j.syncBeforeAnswer(strings.Join(without, "\n")); len(wrong) != answers || answers != posts {
			t.Errorf("without syncs in the trace, %d of %d answers were found wanting", len(wrong), answers)
		}
	})
}

// onEachJournal runs a rig on a hub with each database, with a planted bug or
// none (""); server is PostgreSQL's.
func onEachJournal(t *testing.T, bug string, run func(t *testing.T, h *rig.Hub, server *testenv.Server, j journal)) {
	t.Run("sqlite", func(t *testing.T) { run(t, spoiled(t, bug), nil, sqliteJournal) })
	t.Run("postgres", func(t *testing.T) {
		h := spoiled(t, bug)
		var server *testenv.Server
		h.Database, server = testenv.PrivatePostgres(t)
		run(t, h, server, postgresJournal)
	})
}

// postsTraced lets one client post to a hub, one request after another, and
// returns what the hub and its database's server did.
func postsTraced(t *testing.T, h *rig.Hub, server *testenv.Server, posts int) string {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	// The tracer stands beside: the hub is our child.
	h.Wrap = []string{testenv.Strace(t), "-D", "-f", "-y", "-s", "8192", "-e", "trace=fdatasync,fsync,read,write,sendto,recvfrom,writev", "-o", trace}
	if server != nil {
		pids, err := server.PIDs()
		if err != nil {
			t.Fatal(err)
		}
		for _, pid := range pids {
			h.Wrap = append(h.Wrap, "-p", strconv.Itoa(pid))
		}
	}
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	for i := range posts {
		if err := p.postHTTP(t.Context(), fmt.Sprintf("s-%d", i), "peer", fmt.Sprint("message ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	if server != nil {
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	var text []byte
	until(t, 20*time.Second, "the trace does not end", func() (bool, error) {
		var err error
		text, err = os.ReadFile(trace)
		return strings.Contains(string(text), "+++ exited with") && strings.HasSuffix(string(text), "+++\n"), err
	})
	return string(text)
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
		commit  = `9 recvfrom(6<socket:[2]>, "B\0\0\0\33{\"event_id\":\"s-1\"}E\0\0\0\t\0\0\0\0\0S\0\0\0\4", 8192, 0, NULL, NULL) = 57`
		flush   = `9 fdatasync(84</pg/data/pg_wal/000000010000000000000001>) = 0`
		heap    = `9 fdatasync(85</pg/data/base/5/16643>) = 0`
	)
	lite, postgres := sqliteJournal, postgresJournal
	for _, c := range []struct {
		name  string
		in    journal
		lines []string
		wrong int
	}{
		{"synced", lite, []string{ask, sync, answer}, 0},
		{"synced in two lines", lite, []string{ask, begins, ends, answer}, 0},
		{"read in two lines", lite, []string{readBeg, readEnd, sync, answer}, 0},
		{"no sync", lite, []string{ask, answer}, 1},
		{"synced before the request", lite, []string{sync, ask, answer}, 1},
		{"begun before the request", lite, []string{begins, ask, ends, answer}, 1},
		{"read only after the sync", lite, []string{readBeg, sync, readEnd, answer}, 1},
		{"not ended yet", lite, []string{ask, begins, answer, ends}, 1},
		{"of another file", lite, []string{ask, other, answer}, 1},
		{"failed", lite, []string{ask, failed, answer}, 1},
		{"one of two", lite, []string{ask, sync, answer, ask, answer}, 1},
		{"synced by the server", postgres, []string{ask, commit, flush, answer}, 0},
		{"not synced by the server", postgres, []string{ask, commit, answer}, 1},
		{"synced for another, before the commit", postgres, []string{ask, flush, commit, answer}, 1},
		{"a table synced by the server", postgres, []string{ask, commit, heap, answer}, 1},
		{"never committed by the server", postgres, []string{ask, flush, answer}, 1},
		{"one of two by the server", postgres, []string{ask, commit, flush, answer, ask, answer}, 1},
	} {
		if _, wrong := c.in.syncBeforeAnswer(strings.Join(c.lines, "\n")); len(wrong) != c.wrong {
			t.Errorf("%s: %v", c.name, wrong)
		}
	}
}
