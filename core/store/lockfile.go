package store

import (
	"errors"
	"fmt"
	"io/fs"

	"parley/core/flock"
)

// ErrServed is returned when another process serves the same SQLite database.
var ErrServed = errors.New("another parley serve uses this data folder; stop it, or give this one another data_dir")

// HoldServe takes the lock that keeps a second serve off an SQLite database.
// On PostgreSQL many nodes may serve, and it does nothing.
func (s *Store) HoldServe() (release func(), err error) {
	if s.dialect != SQLite {
		return func() {}, nil
	}
	release, err = flock.Try(s.path + ".serve")
	if errors.Is(err, flock.ErrHeld) {
		return nil, fmt.Errorf("data_dir: %w", ErrServed)
	}
	return release, err
}

func subFS(all fs.FS, dir string) (fs.FS, error) {
	sub, err := fs.Sub(all, dir)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return sub, nil
}
