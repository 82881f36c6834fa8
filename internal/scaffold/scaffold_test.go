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

// TestD01_SkeletonPassesTheKitFromTheFirstMinute writes a connector into a copy
// of the source, vets it, and holds it to every rule; then breaks it and wants
// to be told.
func TestD01_SkeletonPassesTheKitFromTheFirstMinute(t *testing.T) {
	root := source(t)
	dir, err := Connector(filepath.Join(root, "connectors"), "kakao")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		update(t, dir)
	}
	var said bytes.Buffer
	if err := Conntest(t.Context(), dir, &said); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	if n := strings.Count(said.String(), "ok  "); n < 15 || !strings.Contains(said.String(), "ok    commit first\n") || !strings.Contains(said.String(), "keeps all") {
		t.Errorf("the kit said:\n%s", said.String())
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", ".")
	vet.Dir = dir
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("vet: %v\n%s", err, out)
	}
	lines := 0
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := house.Lint("connectors/kakao/"+filepath.Base(file), text); err != nil || len(found) > 0 {
			t.Errorf("the skeleton breaks the rules of the house: %v %v", found, err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			lines += bytes.Count(text, []byte("\n"))
		}
	}
	if lines > 350 {
		t.Errorf("the skeleton has %d lines: too much to read in an afternoon", lines)
	}

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
	said.Reset()
	err = Conntest(t.Context(), dir, &said)
	if err == nil || !strings.Contains(err.Error(), "breaks 1 of") || !strings.Contains(said.String(), "FAIL  unsigned\n") || !strings.Contains(said.String(), "the rule: A callback that is not authentic") {
		t.Errorf("a connector that takes unsigned callbacks: %v\n%s", err, said.String())
	}
}

// update writes the skeleton's golden files anew.
func update(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	to := filepath.Join("connector", "testdata", "conntest")
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(filepath.Join(dir, "testdata", "conntest"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Unsetenv("UPDATE_GOLDEN"); err != nil {
		t.Fatal(err)
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
	for _, want := range []string{"parley conntest " + filepath.Join("connectors", "kakao"), "kakao.New()", "connectors/all/all.go"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
