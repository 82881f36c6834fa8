package store

import "context"

// Settled is up to which number messages are all committed.
func (s *Store) Settled(ctx context.Context) (int64, error) {
	n, _, err := s.settled(ctx)
	return n, err
}
