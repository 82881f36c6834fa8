package store

import (
	"context"
	"regexp"

	"parley/core/search"
)

// Settled is up to which number messages are all committed.
func (s *Store) Settled(ctx context.Context) (int64, error) {
	n, _, err := s.settled(ctx)
	return n, err
}

// MaxBlocks is how many blocks of messages one page of a search looks through.
const MaxBlocks = maxBlocks

// PretendBlocks makes messages up to a block count as kept.
func (c Scope) PretendBlocks(ctx context.Context, high int64) error {
	return c.Write(ctx, func(t *Tx) error {
		_, err := t.exec("INSERT INTO search_progress (tenant, version, low, high) VALUES ($1, $2, 0, $3) ON CONFLICT (tenant) DO UPDATE SET low = 0, high = excluded.high", t.tenant, search.Version, high)
		return err
	})
}

// Reads are the texts of all reads there were.
func (s *Store) Reads() (out []string) {
	s.stmts.m.Range(func(q, _ any) bool {
		out = append(out, q.(string))
		return true
	})
	return out
}

var placeholders = regexp.MustCompile(`\$\d+`)

// Plans are how SQLite goes about each read there was, by its text.
// None for PostgreSQL.
func (s *Store) Plans(ctx context.Context) (map[string][]string, error) {
	if s.dialect != SQLite {
		return nil, nil
	}
	out := map[string][]string{}
	var failed error
	s.stmts.m.Range(func(q, _ any) bool {
		rows, err := s.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+placeholders.ReplaceAllString(q.(string), "x'00'"))
		if err != nil {
			failed = err
			return false
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if failed = rows.Scan(&id, &parent, &unused, &detail); failed != nil {
				return false
			}
			out[q.(string)] = append(out[q.(string)], detail)
		}
		failed = rows.Err()
		return failed == nil
	})
	return out, failed
}
