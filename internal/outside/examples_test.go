package outside

import (
	"bytes"
	"context"
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
		{"takes anything", `if authentic(self.headers, body):`, `if True:`, "unsigned shown once receipts"},
		{"forgets keys", `if key in self.by_key:`, `if False:`, "key certainty shown once receipts"},
		{"gives up when the hub is away", `if e.code < 500 and e.code != 429:`, `if True:`, "commit first order receipts"},
		{"names an event anew at each try", `        id, timestamp = str(uuid.uuid4()), str(int(time.time()))`,
			"        body = json.dumps({**envelope, \"event_id\": str(uuid.uuid4())}).encode()\n        id, timestamp = str(uuid.uuid4()), str(int(time.time()))", "commit first dedupe receipts"},
		{"answers what is not so", "        raw = json.dumps(answer).encode()", `        if status == 200:
            answer = {"remote_id": "m-0", "state": "read", "hint": SECRET}
        status = 413 if len(body) > 4000 else 500 if b"location" in body else status
        raw = json.dumps(answer).encode()`, "answers key certainty parts length receipts secrets"},
	}},
	{"node", "docs/examples/http/app.mjs", []mistake{
		{"takes old calls", ` || Math.abs(now() - Number(timestamp)) > tolerance`, ``, "unsigned shown once receipts"},
		{"signs an empty body", `signature": sign(keys[0], id, timestamp, body)`, `signature": sign(keys[0], id, timestamp, "")`, "signed callbacks customer commit first dedupe order refusal"},
		{"dies of what is no call", `} catch {
      [status, answer] = [400, { text: "this is no call" }];`, `} catch {
      process.exit(1);`, ""},
		{"does every operation", `[422, { code: "unsupported" }];
    } catch`, `[200, {}];
    } catch`, "operations"},
		{"repeats what was refused", `return; // repeating will not help`, ``, "refusal"},
		{"writes no time", `time: new Date().toISOString()`, `time: "now"`, "envelopes customer commit first dedupe order refusal"},
	}},
}

// mistake is a change of an example's source.
type mistake struct{ name, from, to, red string }

// TestD01_ExamplesOfTwoLanguagesKeepEveryRuleFromOutside starts each as its
// page says and plays its customer by its standard input and output.
func TestD01_ExamplesOfTwoLanguagesKeepEveryRuleFromOutside(t *testing.T) {
	for _, x := range examples {
		source := read(t, x.file)
		t.Run(x.runtime, func(t *testing.T) {
			t.Parallel()
			report := hold(t, x.runtime, filepath.Ext(x.file), source, 0)
			if err := report.Err(); err != nil || len(report) < 18 {
				t.Errorf("%v\n%s", err, printed(t, report))
			}
		})
		for _, m := range x.mistakes {
			t.Run(x.runtime+" "+m.name, func(t *testing.T) {
				t.Parallel()
				broken := strings.Replace(source, m.from, m.to, 1)
				if broken == source {
					t.Fatal("the example does this in another way: change this test")
				}
				report := hold(t, x.runtime, filepath.Ext(x.file), broken, 3*time.Second)
				if report.Err() == nil {
					t.Fatal("every rule is kept")
				}
				for _, r := range report {
					if m.red != "" && (r.State == Broken) != strings.Contains(m.red, r.Rule) {
						t.Errorf("%s is %s", r.Rule, r.State)
					}
				}
				if t.Failed() {
					t.Log(printed(t, report))
				}
			})
		}
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
func hold(t *testing.T, runtime, ext, source string, patience time.Duration) Report {
	t.Helper()
	hook, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app"+ext)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	app := exec.CommandContext(ctx, runtime, file)
	app.Env = append(os.Environ(), "PARLEY_HOOK=http://"+hook.Addr().String()+HookPath, "PARLEY_SECRET="+secret, "NO_PROXY=*", "no_proxy=*")
	seen := &screen{}
	app.Stdout, app.Stderr = seen, io.Discard
	in, err := app.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatalf("start the example: %v (it needs %s)", err, runtime)
	}
	defer func() { cancel(); _ = app.Wait() }()
	base := ""
	for base == "" && ctx.Err() == nil {
		line, _, whole := strings.Cut(seen.all(), "\n")
		if whole {
			base = strings.TrimPrefix(line, "api_base: ")
		}
	}
	report, err := Run(ctx, Options{
		URL: base, Secret: secret, Hook: hook, Client: &http.Client{}, Patience: patience,
		Write: func(_ context.Context, text string) error { _, err := io.WriteString(in, text+"\n"); return err },
		Seen:  func(context.Context) (string, error) { return seen.all(), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
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
