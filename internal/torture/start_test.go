package torture

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"parley/internal/bench/rig"
)

// refusesToStart launches a hub that must end by itself, and returns what it
// said.
func refusesToStart(t *testing.T, h *rig.Hub) string {
	t.Helper()
	if err := h.Launch(); err != nil {
		t.Fatal(err)
	}
	err, ended := h.Wait(40 * time.Second)
	if !ended {
		t.Fatalf("the hub runs on: %s", h.Tail())
	}
	if err == nil {
		t.Errorf("the hub ended with exit code 0: %s", h.Tail())
	}
	return h.Tail()
}

// A start that cannot be right ends with words that name the setting and what
// to do.
func TestStartRefusesWhatCannotBeRight(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		want []string
	}{
		{"an unknown setting", []string{"PARLEY_LISTENN=127.0.0.1:1"}, []string{"PARLEY_LISTENN", "PARLEY_LISTEN"}},
		{"no database at the address", []string{"PARLEY_DATABASE_URL=postgres://u:hunter2secret@127.0.0.1:1/none"}, []string{"database_url", "127.0.0.1:1"}},
		{"no kind of database", []string{"PARLEY_DATABASE_URL=mysql://x/y"}, []string{"database_url", "postgres://"}},
		{"no address to listen on", []string{"PARLEY_LISTEN=8080"}, []string{"listen", "127.0.0.1:8080"}},
		{"no key", []string{"PARLEY_MASTER_KEY=short"}, []string{"master_key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := rest(t)
			h.Env = c.env
			said := refusesToStart(t, h)
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q: %s", want, said)
				}
			}
			if strings.Contains(said, "hunter2secret") {
				t.Errorf("it shows the password: %s", said)
			}
		})
	}
}

// A database of a newer version is left alone.
func TestStartRefusesANewerDatabase(t *testing.T) {
	h := rest(t)
	start(t, h)
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(h.Dir, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if said := refusesToStart(t, h); !strings.Contains(said, "newer version") {
		t.Errorf("it does not say that the database is newer: %s", said)
	}
}

// A second hub on the same data is refused, and the first goes on.
func TestStartRefusesASecondOnTheSameData(t *testing.T) {
	h := rest(t)
	api := start(t, h)
	second := &rig.Hub{Binary: h.Binary, Dir: h.Dir}
	t.Cleanup(func() {
		if err := second.Kill(); err != nil {
			t.Error(err)
		}
	})
	refusesToStart(t, second)
	if _, err := threads(t.Context(), api); err != nil {
		t.Errorf("the first hub: %v", err)
	}
}
