package store

import (
	"log/slog"
	"testing"

	"parley/internal/testenv"
)

// PostgreSQL looks rows up by their keys, unless the address of the database says
// what a page costs.
func TestPostgresCountsOnPagesAtHand(t *testing.T) {
	address := testenv.Postgres(t)
	for _, c := range []struct{ address, want string }{{address, "1.1"}, {address + "&random_page_cost=4", "4"}} {
		s, err := Open(t.Context(), Options{URL: c.address, DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := s.read.QueryRowContext(t.Context(), "SHOW random_page_cost").Scan(&got); err != nil || got != c.want {
			t.Errorf("%s costs %q %v, want %s", c.address, got, err, c.want)
		}
		s.Close()
	}
}
