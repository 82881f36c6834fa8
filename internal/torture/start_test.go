package torture

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

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
		{"an unknown setting", []string{"PARLEY_LISTENN=127.0.0.1:1"}, []string{"PARLEY_LISTENN", "did you mean PARLEY_LISTEN?", "parley config print"}},
		{"no database at the address", []string{"PARLEY_DATABASE_URL=postgres://u:hunter2secret@127.0.0.1:1/none"}, []string{"database_url", "127.0.0.1:1", "correct the address"}},
		{"no host of that name", []string{"PARLEY_DATABASE_URL=postgres://u:hunter2secret@nowhere.invalid/none"}, []string{"database_url", "nowhere.invalid", "correct the address"}},
		{"no kind of database", []string{"PARLEY_DATABASE_URL=mysql://x/y"}, []string{"database_url", "mysql://x/y", "write sqlite, or postgres://"}},
		{"no address to listen on", []string{"PARLEY_LISTEN=8080"}, []string{"listen", "write it like 127.0.0.1:8080"}},
		{"no key", []string{"PARLEY_MASTER_KEY=short"}, []string{"master_key", "openssl rand -base64 32"}},
		{"no folder for the data", []string{"PARLEY_DATA_DIR=/dev/null/parley"}, []string{"data_dir", "/dev/null", "name a folder that can be made"}},
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

// A database of a newer version is left alone, and the words say what to start
// instead.
func TestStartRefusesANewerDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		start(t, h)
		if err := h.Stop(); err != nil {
			t.Fatal(err)
		}
		driver, address := "sqlite", filepath.Join(h.Dir, "parley.db")
		if h.Database != "" {
			driver, address = "pgx", h.Database
		}
		db, err := sql.Open(driver, address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)"); err != nil {
			t.Fatal(err)
		}
		said := refusesToStart(t, h)
		for _, want := range []string{"database version 99999", "newer version", "start that version, or restore a backup"} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q: %s", want, said)
			}
		}
	})
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
