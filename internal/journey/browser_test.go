package journey

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browser is the one Chromium of this run, driven through browser/runner.mjs.
// It is safe for concurrent use.
type browser struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	err     error // why no more answers come
}

// command is one line to the runner; see there what an op reads.
type command struct {
	ID      int      `json:"id"`
	Op      string   `json:"op"`
	Context string   `json:"context,omitempty"`
	Page    string   `json:"page,omitempty"`
	Frame   string   `json:"frame,omitempty"`
	Path    []step   `json:"path,omitempty"`
	Act     string   `json:"act,omitempty"`
	Value   any      `json:"value,omitempty"`
	Files   []string `json:"files,omitempty"`
	State   string   `json:"state,omitempty"`
	N       *int     `json:"n,omitempty"`
	What    string   `json:"what,omitempty"`
	URL     string   `json:"url,omitempty"`
	Code    string   `json:"code,omitempty"`
	Keys    []string `json:"keys,omitempty"`
	X       int      `json:"x,omitempty"`
	Y       int      `json:"y,omitempty"`
	Wheel   int      `json:"wheel,omitempty"`
	On      bool     `json:"on"`
	Shot    string   `json:"file,omitempty"`
	Full    bool     `json:"full,omitempty"`
	Axe     bool     `json:"axe,omitempty"`
	Stash   string   `json:"stash,omitempty"`
	Options any      `json:"options,omitempty"`
	Timeout int      `json:"timeout,omitempty"` // milliseconds
}

type answer struct {
	ID    int             `json:"id"`
	Value json.RawMessage `json:"value"`
	Error string          `json:"error"`
}

const browserDir = "browser"

func startBrowser() (*browser, error) {
	if _, err := os.Stat(filepath.Join(browserDir, "node_modules", "playwright-core")); err != nil {
		return nil, errors.New("the browser driver is not installed; run: .ci/setup web internal/journey/browser")
	}
	chromium, err := findChromium()
	if err != nil {
		return nil, err
	}
	canary, err := startCanary()
	if err != nil {
		return nil, err
	}
	b := &browser{waiting: map[int]chan answer{0: make(chan answer, 1)}}
	b.cmd = exec.Command("node", filepath.Join(browserDir, "runner.mjs"), chromium,
		"--ignore-certificate-errors", // the canary's is its own
		"--host-resolver-rules=MAP "+canaryHost+" "+canary+", MAP *."+canaryHost+" "+canary+", MAP shop.test 127.0.0.1")
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	var complaint strings.Builder
	b.cmd.Stderr = &complaint
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the browser driver: %w", err)
	}
	hello := b.waiting[0]
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 256<<20)
		for lines.Scan() {
			var a answer
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				a.Error = fmt.Sprintf("the browser driver said %.200q", lines.Text())
			}
			b.mu.Lock()
			ch := b.waiting[a.ID]
			delete(b.waiting, a.ID)
			b.mu.Unlock()
			if ch != nil {
				ch <- a
			}
		}
		b.cmd.Wait()
		b.mu.Lock()
		defer b.mu.Unlock()
		b.err = fmt.Errorf("the browser driver ended: %s", complaint.String())
		for _, ch := range b.waiting {
			ch <- answer{Error: b.err.Error()}
		}
		b.waiting = nil
	}()
	if first := <-hello; first.Error != "" {
		return nil, errors.New(first.Error)
	}
	return b, nil
}

// findChromium asks testenv, which speaks to a test.
func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chromium is not installed; run: .ci/setup servers")
}

func (b *browser) stop() {
	b.in.Close()
	ended := make(chan struct{})
	go func() { b.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		b.cmd.Process.Kill()
	}
}

// ask sends a command and waits for its answer.
func (b *browser) ask(c command) (json.RawMessage, error) {
	ch := make(chan answer, 1)
	b.mu.Lock()
	if b.err != nil {
		b.mu.Unlock()
		return nil, b.err
	}
	b.last++
	c.ID = b.last
	b.waiting[c.ID] = ch
	raw, err := json.Marshal(c)
	if err == nil {
		_, err = b.in.Write(append(raw, '\n'))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("speak to the browser driver: %w", err)
	}
	a := <-ch
	if a.Error != "" {
		return nil, errors.New(a.Error)
	}
	return a.Value, nil
}

// person is a browser of one's own: cookies, storage and network of a context.
type person struct {
	t       testing.TB
	b       *browser
	name    string
	context string
	pages   []string
}

// manner is how a person's browser is set up.
type manner struct {
	Locale      string   `json:"locale,omitempty"`
	Zone        string   `json:"timezoneId,omitempty"`
	Scheme      string   `json:"colorScheme,omitempty"` // light, dark
	Motion      string   `json:"reducedMotion,omitempty"`
	Agent       string   `json:"userAgent,omitempty"`
	Size        *size    `json:"viewport,omitempty"`
	Touch       bool     `json:"hasTouch,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
	Axe         bool     `json:"-"`
	Script      string   `json:"-"` // runs first in every document
}

type size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// somebody opens a browser for one person; it closes when the test ends, and
// leaves pictures of its pages behind when the test failed.
func somebody(t testing.TB, name string, m manner) *person {
	t.Helper()
	b, err := workshop.browser()
	if err != nil {
		t.Fatal(err)
	}
	if m.Motion == "" {
		m.Motion = "reduce"
	}
	raw, err := b.ask(command{Op: "context", Options: m, Axe: m.Axe, Stash: m.Script})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p := &person{t: t, b: b, name: name}
	json.Unmarshal(raw, &p.context)
	t.Cleanup(func() {
		if t.Failed() {
			for i, id := range p.pages {
				path := shotPath(fmt.Sprintf("FAILED-%s-%s-%d.png", safeName(t.Name()), safeName(name)+"-"+p.context, i))
				if _, err := b.ask(command{Op: "shot", Page: id, Shot: path}); err == nil {
					t.Logf("%s's page %d: %s", name, i, path)
				}
				if raw, err := b.ask(command{Op: "log", Page: id}); err == nil {
					var l pageLog
					json.Unmarshal(raw, &l)
					t.Logf("%s's page %d said: errors %q, console %q, refused %q", name, i, l.Errors, l.Console, l.Refused)
				}
			}
		}
		b.ask(command{Op: "closeContext", Context: p.context})
	})
	return p
}

// open opens a tab.
func (p *person) open(url string) *tab {
	p.t.Helper()
	raw, err := p.b.ask(command{Op: "open", Context: p.context, URL: url})
	if err != nil {
		p.t.Fatalf("%s opens %s: %v", p.name, url, err)
	}
	tab := &tab{person: p}
	json.Unmarshal(raw, &tab.id)
	p.pages = append(p.pages, tab.id)
	return tab
}

// offline takes the network away from all of the person's tabs, or gives it back.
func (p *person) offline(on bool) {
	p.t.Helper()
	if _, err := p.b.ask(command{Op: "offline", Context: p.context, On: on}); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/ :\\", r) {
			return '-'
		}
		return r
	}, s)
}

// shotPath is where a picture goes: to PARLEY_TEST_SHOTS if set.
func shotPath(name string) string {
	dir := os.Getenv("PARLEY_TEST_SHOTS")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "parley-journey-failed")
	}
	os.MkdirAll(dir, 0o755)
	return filepath.Join(dir, name)
}
