package conntest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/connectors/conntest"
)

func TestGoldenFiles(t *testing.T) {
	s := suite(sample{})
	s.Golden = t.TempDir()
	missing := conntest.Check(s)
	if len(missing) == 0 || !strings.Contains(missing[0].Text, "there is no golden file") {
		t.Errorf("without files: %v", missing)
	}
	t.Setenv("UPDATE_GOLDEN", "1")
	if wrote := conntest.Check(s); len(wrote) > 0 {
		t.Fatalf("writing them: %v", wrote)
	}
	t.Setenv("UPDATE_GOLDEN", "")
	if again := conntest.Check(s); len(again) > 0 {
		t.Errorf("read back: %v", again)
	}
	path := filepath.Join(s.Golden, "in", "message.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "你好", "再见", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	changed := conntest.Check(s)
	if len(changed) != 1 || changed[0].Rule != "table in" || changed[0].Case != "message" || !strings.Contains(changed[0].Text, "再见") {
		t.Errorf("after a change: %v", changed)
	}
}

func TestRun(t *testing.T) {
	s := suite(sample{})
	s.Golden = t.TempDir()
	t.Setenv("UPDATE_GOLDEN", "1")
	conntest.Run(t, s)
}

func FuzzSample(f *testing.F) { conntest.Fuzz(f, suite(sample{})) }
