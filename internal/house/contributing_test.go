package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestContributingNamesEveryFolder: whoever looks for a package finds in
// CONTRIBUTING's table what lives there.
func TestContributingNamesEveryFolder(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for parent, prefix := range map[string]string{"core": "core/", "admin": "", "internal": ""} {
		entries, err := os.ReadDir(filepath.Join(root, parent))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() && !strings.Contains(string(text), "`"+prefix+e.Name()+"`") {
				t.Errorf("CONTRIBUTING.md does not say what lives in %s/%s", parent, e.Name())
			}
		}
	}
}
