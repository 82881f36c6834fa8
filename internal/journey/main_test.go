package journey

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// patience is how long a journey waits for something to appear. It is generous:
// two cores carry the hub, the database, the mail server and the browser.
const patience = 30 * time.Second

// workshop is what all journeys of this run share.
var workshop struct {
	dir     string
	binary  func() (string, error)
	browser func() (*browser, error)
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley-journey-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workshop.dir = dir
	workshop.binary = sync.OnceValues(build)
	var started *browser
	workshop.browser = sync.OnceValues(func() (*browser, error) {
		var err error
		started, err = startBrowser()
		return started, err
	})
	code := m.Run()
	if started != nil {
		started.stop()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// build makes the program once; the compiler's cache makes it quick.
// PARLEY_TEST_BINARY names a finished one to judge instead.
func build() (string, error) {
	if made := os.Getenv("PARLEY_TEST_BINARY"); made != "" {
		return filepath.Abs(made)
	}
	path := filepath.Join(workshop.dir, "parley")
	out, err := exec.Command("go", "build", "-ldflags=-w", "-o", path, "parley").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build parley: %w\n%s", err, out)
	}
	return path, nil
}

// until asks again and again until the answer is yes, and fails with what was
// last seen when it never is.
func until(t testing.TB, what string, ask func() (ok bool, seen string)) {
	t.Helper()
	untilWithin(t, patience, what, ask)
}

// untilWithin is until with a patience of its own.
func untilWithin(t testing.TB, patience time.Duration, what string, ask func() (ok bool, seen string)) {
	t.Helper()
	seen := ""
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ok := false
		if ok, seen = ask(); ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s; last seen: %s", what, patience, seen)
		}
	}
}
