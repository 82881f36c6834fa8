package scaffold

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// event is a line of `go test -json`.
type event struct {
	Action string
	Test   string
	Output string
}

// rule is one rule of the kit as it went.
type rule struct {
	name   string
	passed bool
	lines  []string
}

// Conntest runs the conformance kit of the connector in a folder, by the go
// tool, and writes one line a rule. The error says that a rule is broken, or
// that the kit could not run.
func Conntest(ctx context.Context, dir string, w io.Writer) error {
	tool, err := exec.LookPath("go")
	if err != nil {
		return errors.New("the conformance kit runs in the connector's own tests, and for that the go tool must be on the path: install Go from https://go.dev/dl")
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*_test.go")); len(found) == 0 {
		return fmt.Errorf("there is no test in %s; name the folder of a connector, such as connectors/http", dir)
	}
	cmd := exec.CommandContext(ctx, tool, "test", "-json", "-count=1", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("run the kit: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run the kit: %w", err)
	}
	rules, other := read(out)
	failed := cmd.Wait()
	broken := 0
	for _, r := range rules {
		mark := "ok  "
		if !r.passed {
			mark = "FAIL"
			broken++
		}
		fmt.Fprintf(w, "%s  %s\n", mark, r.name)
		for _, line := range r.lines {
			fmt.Fprintf(w, "        %s\n", line)
		}
	}
	switch {
	case broken > 0:
		return fmt.Errorf("%s breaks %d of %d rules", dir, broken, len(rules))
	case failed != nil:
		return fmt.Errorf("the tests of %s do not pass: %s%s", dir, strings.Join(other, "\n"), errs.String())
	case len(rules) == 0:
		return fmt.Errorf("no test in %s calls conntest.Run; name the folder of a connector, such as connectors/http", dir)
	}
	fmt.Fprintf(w, "\n%s keeps all %d rules\n", dir, len(rules))
	return nil
}

// place is where in the kit a line was written, which tells an author nothing.
var place = regexp.MustCompile(`^\w+\.go:\d+: `)

// first is a rule every run of the kit tries: the test that has it is the kit.
const first = "commit_first"

// read takes the rules out of what go test says, and the last words of
// anything else that failed.
func read(r io.Reader) (rules []rule, other []string) {
	tests := map[string]map[string]*rule{} // of each test, by name
	var order []*rule
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			other = append(other, lines.Text())
			continue
		}
		parent, name, sub := strings.Cut(e.Test, "/")
		name, _, _ = strings.Cut(name, "/")
		if !sub {
			if strings.HasSuffix(e.Action, "output") && !strings.HasPrefix(e.Output, "===") { // build-output too
				other = append(other, strings.TrimRight(e.Output, "\n"))
			}
			continue
		}
		if tests[parent] == nil {
			tests[parent] = map[string]*rule{}
		}
		x := tests[parent][name]
		if x == nil {
			x = &rule{name: strings.ReplaceAll(name, "_", " ")}
			tests[parent][name] = x
			order = append(order, x)
		}
		switch whole := e.Test == parent+"/"+name; {
		case e.Action == "pass" && whole:
			x.passed = true
		case e.Action == "output" && !strings.HasPrefix(e.Output, "===") && !strings.HasPrefix(strings.TrimSpace(e.Output), "---"):
			x.lines = append(x.lines, said(e.Output))
		}
	}
	for _, x := range order {
		for _, all := range tests {
			if _, kit := all[first]; kit && slices.Contains(values(all), x) {
				x.lines = once(x.lines)
				if x.passed {
					x.lines = nil
				}
				rules = append(rules, *x)
			}
		}
	}
	return rules, other[max(0, len(other)-20):]
}

// said is a line without the margin that go test puts before it; what a golden
// file would hold keeps its own.
func said(line string) string {
	line = strings.TrimRight(line, "\n")
	line = strings.TrimPrefix(line, line[:min(8, len(line)-len(strings.TrimLeft(line, " ")))])
	return place.ReplaceAllString(strings.TrimPrefix(line, "\t"), "")
}

// once leaves the rule and its address behind the last of its findings.
func once(lines []string) (out []string) {
	for i, line := range lines {
		explains := strings.HasPrefix(line, "the rule: ") || strings.HasPrefix(line, "see docs/")
		if line != "" && !(explains && slices.Contains(lines[i+1:], line)) {
			out = append(out, line)
		}
	}
	return out
}

func values(m map[string]*rule) []*rule {
	out := make([]*rule, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
