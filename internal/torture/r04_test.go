package torture

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/internal/testenv"
)

// diskSize is how large the disk is that gets full, in bytes.
const diskSize = 24 << 20

// A full disk is refused and named, reading goes on, and with space again
// everything goes on without a restart.
func TestR04_AFullDiskIsRefused(t *testing.T) {
	h := rest(t)
	// The data folder is a small disk that only the hub sees.
	h.Wrap = []string{testenv.Unshare(t), "--mount", "--propagation", "private", "sh", "-c",
		fmt.Sprintf(`mount -t tmpfs -o size=%d tmpfs "$PARLEY_DATA_DIR" && exec "$@"`, diskSize), "sh"}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	disk := filepath.Join("/proc", strconv.Itoa(h.PID()), "root", h.Dir)
	// Commands beside the hub must see the same disk.
	h.Beside = []string{"nsenter", "--target", strconv.Itoa(h.PID()), "--mount"}
	api, err := h.API(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	customers := poster{newLedger(), p.postCounting}
	for i := range 50 {
		if err := customers.deliver(t.Context(), fmt.Sprintf("before-%d", i), "peer", "before"); err != nil {
			t.Fatal(err)
		}
	}
	ballast, err := fill(filepath.Join(disk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	// What the log has room for is still taken: nothing where it must grow, and
	// megabytes where it was folded just now and begins anew. It is never more than
	// the disk is large.
	n, words := 0, strings.Repeat("voll ", 2000)
	var last error
	for full := false; !full; {
		if n++; n*len(words) > diskSize {
			t.Fatalf("a full disk is never refused: %d messages of %d bytes were sent (%v)", n, len(words), last)
		}
		id := fmt.Sprintf("full-%d", n)
		customers.ledger.send(id, words)
		err := customers.post(t.Context(), id, "peer", words)
		var no *refused
		switch {
		case err == nil:
			customers.ledger.ack(id)
		case !errors.As(err, &no):
			last = err
		case no.status != http.StatusServiceUnavailable || no.retryAfter == "":
			t.Fatalf("refused with %d and Retry-After %q, want 503 and a time", no.status, no.retryAfter)
		default:
			full = true
		}
	}
	t.Logf("%d messages were taken before it refused", n-1)
	if _, err := threads(t.Context(), api); err != nil {
		t.Errorf("reading with a full disk: %v", err)
	}
	until(t, 20*time.Second, "/readyz does not name the disk", func() (bool, error) {
		status, body, err := ready(t.Context(), h.URL())
		return err == nil && status == http.StatusServiceUnavailable && strings.Contains(body, "disk is full; free space"), fmt.Errorf("it says %d %s (%v)", status, body, err)
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := customers.deliver(t.Context(), "after", "peer", "after"); err != nil {
		t.Fatal(err)
	}
	until(t, 20*time.Second, "not ready again with space on the disk", func() (bool, error) {
		status, body, err := ready(t.Context(), h.URL())
		return status == http.StatusOK, fmt.Errorf("it says %d %s (%v)", status, body, err)
	})
	judgeStored(t, api, customers.ledger, n+51, func(m core.Message) string { return string(m.Content.RemoteID) })
	if said := integrity(t, h.PID(), filepath.Join(disk, "parley.db")); said != "ok" {
		t.Errorf("after a full disk the database says of itself: %s", said)
	}
}

// integrity is what SQLite finds when it looks at all of the database of a hub, as
// it would be found had the hub ended at this moment.
func integrity(t *testing.T, pid int, path string) (said string) {
	t.Helper()
	found := filepath.Join(t.TempDir(), "found.db")
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(pid, syscall.SIGCONT)
	until(t, 10*time.Second, "the hub does not stand still", func() (bool, error) { return stopped(pid) })
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(found+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", found)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

// stopped reports whether no thread of a process runs any more: a signal reaches
// them one after another.
func stopped(pid int) (bool, error) {
	all, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range all {
		stat, err := os.ReadFile(path)
		if err != nil {
			return false, err
		}
		// The state stands behind the name, which is in brackets.
		if !strings.HasPrefix(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " T") {
			return false, nil
		}
	}
	return len(all) > 0, err
}

// fill writes a file until the disk is full.
func fill(path string) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 64 << 10, 4096, 512} {
		block := make([]byte, size)
		for {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
	return path, nil
}

// ready asks /readyz.
func ready(ctx context.Context, url string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := eachItsOwn.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && !json.Valid(body) && resp.StatusCode != http.StatusOK {
		err = errors.New("/readyz is no JSON")
	}
	return resp.StatusCode, string(body), err
}
