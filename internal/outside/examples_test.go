package outside

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/house"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// The applications of docs/http-connector.md, and ways to break them, each with
// the rules that must be red.
var examples = []struct {
	runtime, file string
	mistakes      []mistake
}{
	{"python3", "docs/examples/http/app.py", []mistake{
		{"takes anything", `if authentic(self.headers, body):`, `if True:`, "unsigned shown once receipts", false},
		{"forgets keys", `if key in self.by_key:`, `if False:`, "key certainty shown once receipts", false},
		{"gives up when the hub is away", `if e.code < 500 and e.code != 429:`, `if True:`, "commit first order receipts", false},
		{"names an event anew at each try", `        id, timestamp = str(uuid.uuid4()), str(int(time.time()))`,
			"        body = json.dumps({**envelope, \"event_id\": str(uuid.uuid4())}).encode()\n        id, timestamp = str(uuid.uuid4()), str(int(time.time()))", "commit first dedupe receipts", false},
		{"answers what is not so", "        raw = json.dumps(answer).encode()", `        if status == 200:
            answer = {"remote_id": "m-0", "state": "read", "hint": SECRET}
        status = 413 if len(body) > 4000 else 500 if b"location" in body else status
        raw = json.dumps(answer).encode()`, "answers key certainty parts length receipts secrets", false},
	}},
	{"node", "docs/examples/http/app.mjs", []mistake{
		{"takes old calls", ` || Math.abs(now() - Number(timestamp)) > tolerance`, ``, "unsigned shown once receipts", false},
		{"signs an empty body", `signature": sign(keys[0], id, timestamp, body)`, `signature": sign(keys[0], id, timestamp, "")`, "signed callbacks customer commit first dedupe order refusal", true},
		{"dies of what is no call", `} catch {
      [status, answer] = [400, { text: "this is no call" }];`, `} catch {
      process.exit(1);`, "", true},
		{"does every operation", `[422, { code: "unsupported" }];
    } catch`, `[200, {}];
    } catch`, "operations", false},
		{"repeats what was refused", `return; // repeating will not help`, ``, "refusal", false},
		{"writes no time", `time: new Date().toISOString()`, `time: "now"`, "envelopes customer commit first dedupe order refusal", true},
	}},
}

// mistake is a change of an example's source.
type mistake struct {
	name, from, to, red string
	mute                bool // nothing it tells can arrive
}

// trial is a program that is held to the rules.
type trial struct {
	name, red string
	green     bool
	report    Report
	err       error
}

// TestD01_ExamplesOfTwoLanguagesKeepEveryRuleFromOutside starts each as its
// page says and plays its customer by its standard input and output; then
// breaks it in one way after the other, and wants the rules named that it
// breaks. They mostly wait, so all run at the same time.
func TestD01_ExamplesOfTwoLanguagesKeepEveryRuleFromOutside(t *testing.T) {
	var trials []*trial
	var all sync.WaitGroup
	for _, x := range examples {
		source := read(t, x.file)
		begin := func(tr *trial, source string, patience time.Duration) {
			trials = append(trials, tr)
			file := filepath.Join(t.TempDir(), "app"+filepath.Ext(x.file))
			all.Go(func() { tr.report, tr.err = hold(t.Context(), x.runtime, file, source, patience) })
		}
		begin(&trial{name: x.runtime, green: true}, source, 0)
		for _, m := range x.mistakes {
			broken := strings.Replace(source, m.from, m.to, 1)
			if broken == source {
				t.Fatalf("%s: the example does this in another way: change this test", m.name)
			}
			patience := 5 * time.Second // a program that is only slow must not look broken
			if m.mute {
				patience = 300 * time.Millisecond
			}
			begin(&trial{name: x.runtime + " " + m.name, red: m.red}, broken, patience)
		}
	}
	all.Wait()
	for _, tr := range trials {
		t.Run(tr.name, func(t *testing.T) {
			switch {
			case tr.err != nil:
				t.Fatal(tr.err)
			case tr.green && (tr.report.Err() != nil || len(tr.report) < 18):
				t.Error(tr.report.Err())
			case !tr.green && tr.report.Err() == nil:
				t.Error("every rule is kept")
			}
			for _, r := range tr.report {
				if tr.red != "" && (r.State == Broken) != strings.Contains(tr.red, r.Rule) {
					t.Errorf("%s is %s", r.Rule, r.State)
				}
			}
			if t.Failed() {
				t.Log(printed(t, tr.report))
			}
		})
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

func printed(t *testing.T, r Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// screen is what the application printed.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// hold runs a program and holds it to the rules.
func hold(ctx context.Context, runtime, file, source string, patience time.Duration) (Report, error) {
	hook, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	app := exec.CommandContext(ctx, runtime, file)
	app.Env = append(os.Environ(), "PARLEY_HOOK=http://"+hook.Addr().String()+HookPath, "PARLEY_SECRET="+secret, "NO_PROXY=*", "no_proxy=*")
	app.Stderr = io.Discard
	in, err := app.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := app.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := app.Start(); err != nil {
		return nil, fmt.Errorf("start the example, which needs %s: %w", runtime, err)
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the example does not say its address: %w", err)
	}
	seen := &screen{}
	read := make(chan struct{})
	go func() { defer close(read); _, _ = io.Copy(seen, lines) }()
	defer func() { cancel(); <-read; _ = app.Wait() }()
	return Run(ctx, Options{
		URL: strings.TrimSpace(strings.TrimPrefix(first, "api_base: ")), Secret: secret, Hook: hook, Client: &http.Client{}, Patience: patience,
		Write: func(_ context.Context, text string) error { _, err := io.WriteString(in, text+"\n"); return err },
		Seen:  func(context.Context) (string, error) { return seen.all(), nil },
	})
}

// TestEveryRuleNamesAHeadingThatIsThere follows the addresses of the rules.
func TestEveryRuleNamesAHeadingThatIsThere(t *testing.T) {
	var headings []string
	for line := range strings.Lines(read(t, Document)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			headings = append(headings, strings.ReplaceAll(strings.ToLower(strings.TrimSpace(title)), " ", "-"))
		}
	}
	for _, r := range rules() {
		if !slices.Contains(headings, r.heading) {
			t.Errorf("%s points at #%s, which %s does not have: %v", r.name, r.heading, Document, headings)
		}
	}
}
