package house

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// build makes the program once for all tests of this package; graph is what the
// linker says of why it kept what it kept.
var build = sync.OnceValues(func() (program string, graph []byte) {
	root, err := Root()
	if err != nil {
		return "", []byte(err.Error())
	}
	program = filepath.Join(workshop, "parley")
	cmd := exec.Command("go", "build", "-ldflags=-w -dumpdep", "-o", program, ".")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", append(out, err.Error()...)
	}
	return program, out
})

// workshop is the folder the program is made in, when a test wants it.
var workshop string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "parley-house-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workshop = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func built(t *testing.T) (program string, graph []byte) {
	t.Helper()
	program, graph = build()
	if program == "" {
		t.Fatalf("build the program: %s", graph)
	}
	return program, graph
}

// TestTheProgramCarriesNoMethodsNobodyCalls: one call of reflect's MethodByName
// with a name the linker cannot know makes it keep every exported method of every
// type, a fifth of the program. text/template and html/template hold such a call,
// and so do some libraries for command lines.
func TestTheProgramCarriesNoMethodsNobodyCalls(t *testing.T) {
	_, graph := built(t)
	edges := 0
	lines := bufio.NewScanner(bytes.NewReader(graph))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		from, to, isEdge := strings.Cut(lines.Text(), " -> ")
		if !isEdge {
			continue
		}
		edges++
		if strings.HasSuffix(to, "<ReflectMethod>") {
			t.Errorf("%s calls %s, which looks methods up by name; build without it", from, strings.TrimSuffix(to, " <ReflectMethod>"))
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if edges < 10_000 {
		t.Errorf("the linker named only %d edges", edges)
	}
}
