package operate

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // to make databases that the store itself never would
)

// altered copies the database of an installation, with so many arrivals, and
// changes the copy in a way the store never would.
func altered(t *testing.T, x *installation, statement string, arrivals ...int) string {
	t.Helper()
	for _, n := range arrivals {
		must(t, x.accept(t.Context(), n))
	}
	path := filepath.Join(t.TempDir(), "parley.db")
	from, err := sql.Open("sqlite", "file:"+x.settings.Database.Path)
	must(t, err)
	defer from.Close()
	_, err = from.Exec("VACUUM INTO ?", path)
	must(t, err)
	to, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer to.Close()
	_, err = to.Exec("PRAGMA journal_mode = WAL; " + statement)
	must(t, err)
	return path
}

// damaged is a copy of the database with a page of rubbish in it.
func damaged(t *testing.T, x *installation) string {
	t.Helper()
	for n := range 300 {
		must(t, x.accept(t.Context(), n))
	}
	path := altered(t, x, "PRAGMA user_version = 1")
	pages, err := os.ReadFile(path)
	must(t, err)
	size := int(pages[16])<<8 | int(pages[17])
	at := bytes.Index(pages, []byte("event-250")) / size * size // a page of the inbox
	copy(pages[at:], "rubbish rubbish rubbish rubbish ")
	must(t, os.WriteFile(path, pages, 0o600))
	return path
}
