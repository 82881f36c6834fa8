// Package migrated gives tests databases that are at the newest version already:
// the migrations run once for a test binary, and each test has a copy of what
// they left. It is for tests of what a hub does afterwards; those of the
// migrations, of the first start and of backups begin with an empty database.
package migrated

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"parley/core/store"
	"parley/internal/testenv"
)

var template = testenv.NewTemplate(func(address string) error { return migrate(address, "") })

// Postgres returns the URL of a database of the test's own, dropped at its end.
func Postgres(t testing.TB) string {
	t.Helper()
	return template.Postgres(t)
}

// name is what the store calls the file of SQLite in its data folder.
const name = "parley.db"

var file = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-test-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := migrate("sqlite", dir); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, name))
})

// SQLite puts a database into a data folder where none is yet, for a store with
// the URL "sqlite".
func SQLite(t testing.TB, dir string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil {
		return
	}
	raw, err := file()
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatalf("copy a database: %v", err)
	}
}

func migrate(address, dir string) error {
	s, err := store.Open(context.Background(), store.Options{URL: address, DataDir: dir})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return s.Close()
}
