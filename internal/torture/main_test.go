package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// built are the programs under test, by build tags.
var built struct {
	dir string
	mu  sync.Mutex
	all map[string]string
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley-torture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built.dir, built.all = dir, map[string]string{}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// In the environment, planted names a bug the rigs must see, and finished a program
// to judge instead of one built here.
const (
	planted  = "PARLEY_TEST_PLANT"
	finished = "PARLEY_TEST_BINARY"
)

// program is the program under test.
func program(t testing.TB) string {
	t.Helper()
	if made := os.Getenv(finished); made != "" {
		return made
	}
	if os.Getenv(planted) != "" {
		return rigged(t)
	}
	return build(t, "")
}

// rigged is the program with all that rigs plant: the bugs, of which it does the one
// that is named, a message that nobody can handle, and a stand-in for WhatsApp. They
// share one build: each would take a minute of its own.
func rigged(t testing.TB) string {
	t.Helper()
	if made := os.Getenv(finished); made != "" && os.Getenv(planted) != "" {
		return made
	}
	return build(t, "rigged")
}

// build builds the program once for a tag ("": none), with the tags of the test run
// besides.
func build(t testing.TB, tag string) string {
	t.Helper()
	built.mu.Lock()
	defer built.mu.Unlock()
	list := tag
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-tags" {
				list = strings.Trim(s.Value+","+tag, ",")
			}
		}
	}
	if path := built.all[list]; path != "" {
		return path
	}
	path := filepath.Join(built.dir, "parley-"+strconv.Itoa(len(built.all)))
	cmd := exec.Command("go", "build", "-ldflags=-w", "-tags", list, "-o", path, "parley")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program under test: %v\n%s", err, out)
	}
	built.all[list] = path
	return path
}

// chance is the run's randomness, with its seed printed.
func chance(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("PARLEY_TEST_SEED"); given != "" {
		n, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatalf("PARLEY_TEST_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// long picks the full length or the short one.
func long(full, short int) int {
	if testenv.Long() {
		return full
	}
	return short
}

// onBoth runs a rig on a hub with each database, side by side: much of a rig is
// waiting.
func onBoth(t *testing.T, run func(*testing.T, *rig.Hub)) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			h := rest(t)
			if database == "postgres" {
				h.Database = testenv.Postgres(t)
			}
			run(t, h)
		})
	}
}

// rest is a hub on SQLite that is not started yet. Its log is shown when the
// test fails.
func rest(t *testing.T) *rig.Hub { return at(t, program(t)) }

// spoiled is such a hub with a planted bug ("": none).
func spoiled(t *testing.T, bug string) *rig.Hub {
	t.Helper()
	if bug == "" {
		return rest(t)
	}
	h := at(t, rigged(t))
	h.Env = append(h.Env, planted+"="+bug)
	return h
}

// at is such a hub of a program.
func at(t *testing.T, program string) *rig.Hub {
	t.Helper()
	h := &rig.Hub{Binary: program, Dir: t.TempDir()}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the hub's log:\n%s", h.Tail())
		}
	})
	t.Cleanup(func() {
		if err := h.Kill(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// start starts a hub and returns its API.
func start(t *testing.T, h *rig.Hub) *rig.API {
	t.Helper()
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	api, err := h.API(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// until polls until something holds, or fails the test.
func until(t *testing.T, within time.Duration, what string, holds func() (bool, error)) {
	t.Helper()
	if err := rig.Until(t.Context(), within, holds); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// killings kills a hub some times, each between 50 and 1,500 ms after it was
// ready, and starts it again. It returns when the last start is ready.
func killings(ctx context.Context, t *testing.T, h *rig.Hub, chance *rand.Rand, times int) {
	t.Helper()
	for i := range times {
		select {
		case <-time.After(50*time.Millisecond + time.Duration(chance.Int64N(int64(1450*time.Millisecond)))):
		case <-ctx.Done():
			return
		}
		if err := h.Kill(); err != nil {
			t.Error(err)
		}
		if err := h.Start(ctx); err != nil {
			t.Errorf("start %d after a kill: %v", i+1, err)
			return
		}
	}
}
