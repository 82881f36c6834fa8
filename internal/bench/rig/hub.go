package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startDeadline bounds how long a hub may take until it is ready.
const startDeadline = 30 * time.Second

// Hub is a hub of its own with its own data folder. The address stays the same
// over restarts. Its methods are not safe for concurrent use, apart from Kill.
type Hub struct {
	Binary   string   // the program under test
	Dir      string   // its data folder, and where its log goes
	Database string   // PARLEY_DATABASE_URL; empty: sqlite
	Env      []string // more settings, "PARLEY_X=…"
	Wrap     []string // a program to run it under, such as strace with its arguments
	Beside   []string // a program to run other commands under, such as nsenter
	Addr     string   // host:port; chosen at the first start when empty

	token string
	mu    sync.Mutex
	run   *run
}

// run is one life of the process.
type run struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error
}

// URL is where the hub answers.
func (h *Hub) URL() string { return "http://" + h.Addr }

// LogFile is where the hub's standard error goes.
func (h *Hub) LogFile() string { return filepath.Join(h.Dir, "hub.log") }

// masterKey is for throw-away databases: PostgreSQL wants one given.
const masterKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func (h *Hub) environ() []string {
	database := h.Database
	if database == "" {
		database = "sqlite"
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.Dir, "TZ=UTC", "LC_ALL=C.UTF-8",
		"PARLEY_LISTEN=" + h.Addr, "PARLEY_DATA_DIR=" + h.Dir, "PARLEY_DATABASE_URL=" + database,
		"PARLEY_MASTER_KEY=" + masterKey, "PARLEY_EGRESS_ALLOW=127.0.0.0/8,::1/128", "PARLEY_LOG_LEVEL=warn", "PARLEY_LOG_FORMAT=json",
	}
	for _, name := range []string{"GOCOVERDIR", "GODEBUG", "GOGC", "GOMAXPROCS", "PARLEY_TEST_PROFILE", "PARLEY_TEST_PLANT"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return append(env, h.Env...)
}

// Launch starts the process and returns at once.
func (h *Hub) Launch() error {
	if h.Addr == "" {
		addr, err := FreeAddr()
		if err != nil {
			return err
		}
		h.Addr = addr
	}
	if err := os.MkdirAll(h.Dir, 0o700); err != nil {
		return fmt.Errorf("start the hub: %w", err)
	}
	log, err := os.OpenFile(h.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("start the hub: %w", err)
	}
	defer log.Close()
	args := append(append([]string(nil), h.Wrap...), h.Binary, "serve")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = h.Dir, h.environ(), log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the hub: %w", err)
	}
	r := &run{cmd: cmd, ended: make(chan struct{})}
	h.mu.Lock()
	h.run = r
	h.mu.Unlock()
	go func() {
		r.err = cmd.Wait()
		close(r.ended)
	}()
	return nil
}

// Start starts the process and returns when it is ready.
func (h *Hub) Start(ctx context.Context) error {
	if err := h.Launch(); err != nil {
		return err
	}
	if err := h.Ready(ctx, startDeadline); err != nil {
		return errors.Join(err, h.Kill())
	}
	return nil
}

// probes asks whether a hub is ready; connections are not kept, so that a
// killed hub leaves none behind.
var probes = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// Ready waits until the hub says it is ready.
func (h *Hub) Ready(ctx context.Context, within time.Duration) error {
	r := h.current()
	if r == nil {
		return errors.New("the hub is not started")
	}
	var last error
	for deadline := time.Now().Add(within); time.Now().Before(deadline); {
		resp, err := probes.Get(h.URL() + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("/readyz answers %d", resp.StatusCode)
		}
		last = err
		select {
		case <-r.ended:
			return fmt.Errorf("the hub ended at its start: %v: %s", r.err, h.Tail())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(3 * time.Millisecond):
		}
	}
	return fmt.Errorf("the hub is not ready after %s: %w: %s", within, last, h.Tail())
}

func (h *Hub) current() *run {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.run
}

// PID is the running process, 0 when there is none. Under Wrap it is the
// wrapping program's.
func (h *Hub) PID() int {
	if r := h.current(); r != nil {
		return r.cmd.Process.Pid
	}
	return 0
}

// Kill ends the process at once, as a crash would, and returns when it is gone.
func (h *Hub) Kill() error { return h.signal(syscall.SIGKILL, 10*time.Second) }

// Stop ends the process in order.
func (h *Hub) Stop() error { return h.signal(syscall.SIGTERM, 40*time.Second) }

func (h *Hub) signal(s syscall.Signal, within time.Duration) error {
	h.mu.Lock()
	r := h.run
	h.run = nil
	h.mu.Unlock()
	if r == nil {
		return nil
	}
	if err := r.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the hub: %w", err)
	}
	select {
	case <-r.ended:
		return nil
	case <-time.After(within):
		err := fmt.Errorf("the hub is still there %s after %v: %s", within, s, h.Tail())
		return errors.Join(err, r.cmd.Process.Kill())
	}
}

// Wait returns the exit error of a process that ends by itself.
func (h *Hub) Wait(within time.Duration) (error, bool) {
	r := h.current()
	if r == nil {
		return nil, false
	}
	select {
	case <-r.ended:
		return r.err, true
	case <-time.After(within):
		return nil, false
	}
}

// Command runs another command of the same program on the same data and
// returns what it printed on standard output.
func (h *Hub) Command(ctx context.Context, args ...string) (string, error) {
	var out, errs bytes.Buffer
	line := append(append(append([]string(nil), h.Beside...), h.Binary), args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = h.Dir, h.environ(), &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("parley %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// API returns a client that acts for the owner of the tenant "default".
func (h *Hub) API(ctx context.Context) (*API, error) {
	if h.token == "" {
		token, err := h.Command(ctx, "token", "create", "--tenant", "default", "--role", "owner")
		if err != nil {
			return nil, err
		}
		lines := strings.Fields(token)
		if len(lines) == 0 {
			return nil, errors.New("parley token create printed nothing")
		}
		h.token = lines[len(lines)-1]
	}
	return &API{Base: h.URL() + "/api/v1", Token: h.token, HTTP: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}, nil
}

// Log is what the hub wrote to its log so far.
func (h *Hub) Log() string {
	text, err := os.ReadFile(h.LogFile())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Tail is the end of the hub's log, for messages.
func (h *Hub) Tail() string {
	lines := strings.Split(strings.TrimSpace(h.Log()), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// FreeAddr returns an address on loopback that nobody listens on. Its port lies
// below 32768: higher ones go to outgoing connections.
func FreeAddr() (string, error) {
	var last error
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12768)))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			last = err
			continue
		}
		return addr, l.Close()
	}
	return "", fmt.Errorf("find a free port: %w", last)
}
