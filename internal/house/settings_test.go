package house

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/core/setting"
)

// TestDocumentedSettingsExist looks that every PARLEY_* name a reader meets is
// a setting the hub has, and that README shows none that was renamed away.
func TestDocumentedSettingsExist(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"PARLEY_CONFIG", "PARLEY_HOOK", "PARLEY_SECRET"} // the last two are read by docs/examples
	for _, row := range setting.Table() {
		known = append(known, row.Env())
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "Dockerfile", "docker-compose.yml"} {
		files = append(files, filepath.Join(root, name))
	}
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		checked++
		for _, name := range unknownSettings(string(text), known) {
			t.Errorf("%s names %s, which is no setting", filepath.Base(file), name)
		}
	}
	if checked < 2 {
		t.Errorf("only %d documents checked", checked)
	}
}

// unknownSettings are the PARLEY_* names in a text that are not known. Names
// for tests and patterns like PARLEY_* are not settings.
func unknownSettings(text string, known []string) []string {
	var unknown []string
	for _, name := range regexp.MustCompile(`PARLEY_[A-Z0-9_]*[A-Z0-9]`).FindAllString(text, -1) {
		if !strings.HasPrefix(name, "PARLEY_TEST") && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

func TestPlantedUnknownSetting(t *testing.T) {
	got := unknownSettings("PARLEY_LISTEN=:1 `PARLEY_LISTENS` PARLEY_* PARLEY_TEST_LONG", []string{"PARLEY_LISTEN"})
	if !slices.Equal(got, []string{"PARLEY_LISTENS"}) {
		t.Errorf("unknown %q, want PARLEY_LISTENS alone", got)
	}
}
