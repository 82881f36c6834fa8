package store

import (
	"context"

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
