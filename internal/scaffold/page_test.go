package scaffold

import (
	"bytes"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/connectors/conntest"
	"parley/internal/house"
)

const page = "docs/writing-a-connector.md"

// block is a fenced piece of the page: a file to write, commands to run, or
// what the commands before it print.
type block struct {
	line int
	lang string
	file string // named by the line before the fence
	text string
}

var fileName = regexp.MustCompile("^`(connectors/pigeon/[a-z_]+\\.go)`$")

func blocks(t *testing.T, text string) (out []block) {
	t.Helper()
	var open *block
	before := ""
	for i, line := range strings.Split(text, "\n") {
		switch lang, fence := strings.CutPrefix(line, "```"); {
		case fence && open == nil:
			open = &block{line: i + 1, lang: lang}
			if named := fileName.FindStringSubmatch(before); named != nil {
				open.file = named[1]
			}
		case fence:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		case line != "":
			before = line
		}
	}
	if open != nil {
		t.Fatal("the page ends in a fence")
	}
	return out
}

// TestD01_PageLeadsToAGreenKit follows docs/writing-a-connector.md literally in
// a copy of the source: files, commands, and what they print.
func TestD01_PageLeadsToAGreenKit(t *testing.T) {
	t.Parallel()
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	to := source(t)
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-w", "-o", filepath.Join(to, "parley"), ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	for _, name := range []string{"connectors/telegram/testdata/in", "docs/examples/http"} {
		if err := os.CopyFS(filepath.Join(to, filepath.FromSlash(name)), os.DirFS(filepath.Join(root, filepath.FromSlash(name)))); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	ports := strings.NewReplacer("8090", port(t), "8091", port(t)) // the page's may be taken here
	all, lines, ran := blocks(t, string(text)), 0, 0
	for i, b := range all {
		switch {
		case b.file != "":
			if err := os.WriteFile(filepath.Join(to, filepath.FromSlash(b.file)), []byte(b.text), 0o644); err != nil {
				t.Fatal(err)
			}
			lines += strings.Count(b.text, "\n")
		case b.lang == "sh":
			want := ""
			if i+1 < len(all) && all[i+1].lang == "text" {
				want = all[i+1].text
			}
			follow(t, to, b, ports.Replace(b.text), want)
			ran++
		case b.lang != "text":
			t.Errorf("%s:%d: a block of %q is neither a file, nor commands, nor what they print", page, b.line, b.lang)
		}
	}
	if ran < 5 || lines < 200 || lines > 400 {
		t.Errorf("%d blocks of commands were run, and %d lines of code written: too much to read in an afternoon, or too little", ran, lines)
	}
	stillRed(t, to)
}

// follow runs commands as a reader would. They fail exactly when the last line
// that the page shows is an error of the program.
func follow(t *testing.T, dir string, b block, commands, want string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", commands)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_PROXY=*", "no_proxy=*", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	shown := strings.Split(strings.TrimSpace(want), "\n")
	if red := strings.HasPrefix(shown[len(shown)-1], "parley: "); (err != nil) != red {
		t.Fatalf("%s:%d: %v\n%s", page, b.line, err, out)
	}
	rest := string(out)
	for _, line := range shown {
		part, _, _ := strings.Cut(strings.TrimSpace(line), "…")
		_, after, found := strings.Cut(rest, strings.TrimSpace(part))
		if !found {
			t.Fatalf("%s:%d: the commands do not print, in this order, %q:\n%s", page, b.line, line, out)
		}
		rest = after
	}
}

func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, out, _ := net.SplitHostPort(l.Addr().String())
	return out
}

// stillRed breaks the page's connector and wants to be told.
func stillRed(t *testing.T, root string) {
	t.Helper()
	dir := filepath.Join(root, "connectors", "pigeon")
	inbound := filepath.Join(dir, "inbound.go")
	text, err := os.ReadFile(inbound)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(text, []byte("!hmac.Equal(given, sign(c.secret, raw.Body))"), []byte("len(given) == 0"), 1)
	if bytes.Equal(broken, text) {
		t.Fatal("the signature is checked in another way: change this test")
	}
	if err := os.WriteFile(inbound, broken, 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	err = Conntest(t.Context(), dir, &said)
	if err == nil || !strings.Contains(err.Error(), "breaks 1 of") || !strings.Contains(said.String(), "FAIL  unsigned\n") ||
		!strings.Contains(said.String(), "the rule: A callback that is not authentic") || !strings.Contains(said.String(), "see "+page+"#unsigned\n") {
		t.Errorf("a connector that takes unsigned callbacks: %v\n%s", err, said.String())
	}
}

// TestPageExplainsEveryRule compares the page's paragraphs with the kit.
func TestPageExplainsEveryRule(t *testing.T) {
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(conntest.Document)))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^### ([a-z ]+)\n\n(.+)$`).FindAllStringSubmatch(string(text), -1) {
		have[found[1]] = found[2]
	}
	if want := conntest.Rules(); !maps.Equal(have, want) {
		t.Errorf("the page explains\n%v\nand the kit says\n%v", have, want)
	}
}
