package journey

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/internal/testenv"
)

// hub is a running `parley serve`, or another command that serves, with a data
// folder of its own.
type hub struct {
	api    // as the owner, by token
	url    string
	data   string // data folder
	log    string // file with everything it wrote
	dbURL  string // "sqlite" or a PostgreSQL address
	binary string
	args   []string
	env    []string
	cmd    *exec.Cmd
	ended  chan struct{}
}

// onBoth runs a journey on SQLite and on PostgreSQL.
func onBoth(t *testing.T, run func(t *testing.T, h *hub)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, startHub(t, "sqlite"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, startHub(t, testenv.Postgres(t)))
	})
}

// startHub starts the program on an empty data folder and waits until it is ready.
func startHub(t testing.TB, database string, env ...string) *hub {
	t.Helper()
	h := prepareHub(t, database, env...)
	h.start(t)
	h.api = api{base: h.url, token: h.run(t, "token", "create", "--tenant", "default", "--role", "owner")}
	return h
}

// prepareHub chooses an address and folders without starting anything.
func prepareHub(t testing.TB, database string, env ...string) *hub {
	t.Helper()
	binary, err := workshop.binary()
	if err != nil {
		t.Fatal(err)
	}
	var key [32]byte
	rand.Read(key[:])
	address := freeAddress(t)
	dir := t.TempDir()
	h := &hub{url: "http://" + address, data: filepath.Join(dir, "data"), log: filepath.Join(dir, "log"), dbURL: database, binary: binary, args: []string{"serve"}}
	h.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC",
		"PARLEY_LISTEN=" + address, "PARLEY_DATA_DIR=" + h.data, "PARLEY_DATABASE_URL=" + database,
		"PARLEY_MASTER_KEY=" + base64.StdEncoding.EncodeToString(key[:]),
		"PARLEY_EGRESS_ALLOW=127.0.0.0/8", "PARLEY_LOG_LEVEL=debug", "PARLEY_LOG_FORMAT=json",
	}, env...)
	return h
}

// start runs the hub until the test ends or stop is called.
func (h *hub) start(t testing.TB) {
	t.Helper()
	out, err := os.OpenFile(h.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	h.cmd = exec.Command(h.binary, h.args...)
	h.cmd.Env, h.cmd.Dir, h.cmd.Stdout, h.cmd.Stderr = h.env, filepath.Dir(h.log), out, out
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := h.cmd.Start(); err != nil {
		t.Fatalf("start parley: %v", err)
	}
	h.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		cmd.Wait() // how it ended is in its log
		close(ended)
	}(h.cmd, h.ended)
	t.Cleanup(func() {
		h.stop(t)
		if t.Failed() {
			t.Logf("end of the hub's log:\n%s", h.tail())
		}
	})
	until(t, "the hub becomes ready", func() (bool, string) {
		select {
		case <-h.ended:
			t.Fatalf("the hub ended at its start:\n%s", h.tail())
		default:
		}
		r, err := http.Get(h.url + "/readyz")
		if err != nil {
			return false, err.Error()
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK, r.Status
	})
}

// stop ends the hub in order; data stay, and start starts it again.
func (h *hub) stop(t testing.TB) {
	t.Helper()
	if h.cmd == nil {
		return
	}
	h.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-h.ended:
	case <-time.After(40 * time.Second):
		h.cmd.Process.Kill()
		<-h.ended
		t.Errorf("the hub had to be killed:\n%s", h.tail())
	}
	h.cmd = nil
}

// run runs another command of the program on the same data and returns what it printed.
func (h *hub) run(t testing.TB, args ...string) string {
	t.Helper()
	out, errs, err := h.try(args...)
	if err != nil {
		t.Fatalf("parley %s: %v\n%s", strings.Join(args, " "), err, errs)
	}
	return strings.TrimSpace(out)
}

// try is run for commands that may fail: what it printed, what it complained of.
func (h *hub) try(args ...string) (out, complaint string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.binary, args...)
	var o, e strings.Builder
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = h.env, filepath.Dir(h.log), &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

func (h *hub) tail() string {
	raw, err := os.ReadFile(h.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	var kept []string
	for _, l := range lines {
		if !strings.Contains(l, `"level":"DEBUG"`) {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept[max(0, len(kept)-25):], "\n")
}

// dump is everything the database holds, in whatever form it holds it.
func (h *hub) dump(t testing.TB) []byte {
	t.Helper()
	if h.dbURL != "sqlite" {
		tool, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		path := "pg_dump"
		if err == nil && len(tool) > 0 {
			path = tool[len(tool)-1]
		}
		out, err := exec.Command(path, "--inserts", h.dbURL).Output()
		if err != nil {
			t.Fatalf("pg_dump: %v", err)
		}
		return out
	}
	var all []byte
	files, _ := filepath.Glob(filepath.Join(h.data, "*.db*"))
	if len(files) == 0 {
		t.Fatalf("no database file in %s", h.data)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	return all
}

// logged is everything the hub wrote to its log so far.
func (h *hub) logged(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile(h.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// freeAddress is a loopback address whose port was free a moment ago.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func host(address string) string { return strings.TrimPrefix(address, "http://") }
