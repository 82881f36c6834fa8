package scaffold

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/house"
)

// source copies what a connector needs of Parley's source into a fresh folder.
func source(t *testing.T) string {
	t.Helper()
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	for _, name := range []string{"core", "migrations", "connectors/conntest"} {
		copyTree(t, filepath.Join(root, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name)))
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		copyFile(t, filepath.Join(root, name), filepath.Join(to, name))
	}
	return to
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || strings.HasSuffix(path, "_test.go") {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "testdata" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, below), 0o755)
		}
		copyFile(t, path, filepath.Join(to, below))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, raw, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestD01_SkeletonCompilesAndTheKitSaysWhatIsMissing writes a connector into a
// copy of the source, vets it, and wants the kit to be red and to name every
// piece of work, with the rule and its document.
func TestD01_SkeletonCompilesAndTheKitSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	root := source(t)
	dir, err := Connector(filepath.Join(root, "connectors"), "kakao")
	if err != nil {
		t.Fatal(err)
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", ".")
	vet.Dir = dir
	if out, err := vet.CombinedOutput(); err != nil {
		t.Fatalf("vet: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) < 6 {
		t.Fatalf("it wrote %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := house.Lint("connectors/kakao/"+filepath.Base(file), text); err != nil || len(found) > 0 {
			t.Errorf("the skeleton breaks the rules of the house: %v %v", found, err)
		}
	}
	var said bytes.Buffer
	if err := Conntest(t.Context(), dir, &said); err == nil || !strings.Contains(err.Error(), "breaks") {
		t.Errorf("the kit is not red: %v", err)
	}
	for _, want := range []string{
		"ok    form\n", "ok    capabilities\n", "FAIL  table in\n", "FAIL  table out\n",
		"inbound.go: Unseal is still to be written", "outbound.go: Send is still to be written", "the suite names no Proof",
		"there is no golden file testdata/conntest/out/text.txt", "the rule: A callback is decoded", "see docs/writing-a-connector.md#table-in\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the kit does not say %q", want)
		}
	}
	if n := strings.Count(said.String(), "see docs/writing-a-connector.md#length\n"); n != 1 {
		t.Errorf("one rule is explained %d times", n)
	}
	if t.Failed() {
		t.Log(said.String())
	}
}

// TestConnectorRefuses looks that a refusal says what to do, and leaves
// nothing behind.
func TestConnectorRefuses(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module parley\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	for _, dir := range []string{filepath.Join(root, "connectors", "taken")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	connectors := filepath.Join(root, "connectors")
	for name, test := range map[string]struct{ dir, name, want string }{
		"upper case":     {connectors, "Kakao", "lower-case"},
		"path":           {connectors, "../kakao", "lower-case"},
		"keyword":        {connectors, "select", "lower-case"},
		"empty":          {connectors, "", "lower-case"},
		"taken":          {connectors, "taken", "there already"},
		"no such folder": {filepath.Join(root, "channels"), "kakao", "--dir"},
		"other place":    {elsewhere, "kakao", "Parley's source"},
	} {
		if _, err := Connector(test.dir, test.name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want words of %q", name, err, test.want)
		}
	}
	for _, dir := range []string{connectors, elsewhere} {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 1 {
			t.Errorf("%s holds %v, %v", dir, entries, err)
		}
	}
}

// TestConntestSaysWhatIsMissing runs it without Go and without a connector.
func TestConntestSaysWhatIsMissing(t *testing.T) {
	var said bytes.Buffer
	if err := Conntest(t.Context(), t.TempDir(), &said); err == nil || !strings.Contains(err.Error(), "no test") {
		t.Errorf("an empty folder: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := Conntest(t.Context(), ".", &said); err == nil || !strings.Contains(err.Error(), "go.dev") {
		t.Errorf("without Go: %v", err)
	}
}

func TestNextStepsNameTheFolder(t *testing.T) {
	text := NextSteps(filepath.Join("connectors", "kakao"))
	for _, want := range []string{"parley conntest connectors/kakao", "kakao.New()", "connectors/all/all.go", "docs/writing-a-connector.md"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
