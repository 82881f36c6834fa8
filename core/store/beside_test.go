package store_test

import (
	"database/sql"
	"testing"

	"parley/core/store"
)

// TestADatabaseBesideIsApartFromOurs opens it, keeps something in it, and finds
// nothing of it among our tables.
func TestADatabaseBesideIsApartFromOurs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s *store.Store, _ store.Scope, url string) {
		for range 2 { // made, and found again
			where, err := s.Beside(t.Context(), "sessions")
			if err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open(where.Driver, where.Source)
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			for _, q := range []string{"CREATE TABLE IF NOT EXISTS tenants (only_ours INTEGER)", "INSERT INTO tenants VALUES (7)"} {
				if _, err := db.ExecContext(t.Context(), q); err != nil {
					t.Errorf("%s: %v", q, err)
				}
			}
			db.Close()
		}
		if _, err := s.Tenants(t.Context()); err != nil {
			t.Errorf("our own tables were touched: %v", err)
		}
		for _, bad := range []string{"", "Sessions", "a; DROP", "../up"} {
			if _, err := s.Beside(t.Context(), bad); err == nil {
				t.Errorf("%q is taken for a name", bad)
			}
		}
	})
}
