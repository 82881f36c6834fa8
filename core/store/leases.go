package store

import (
	"context"
	"fmt"
	"time"
)

// The clock of leases is the database's: nodes may disagree about the time.
func (s *Store) databaseClock() string {
	if s.dialect == Postgres {
		return "(extract(epoch from clock_timestamp()) * 1000)::bigint"
	}
	return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
}

// AcquireLease takes a lease that is free, has run out, or is the holder's
// already. token rises with every new holder.
func (s *Store) AcquireLease(ctx context.Context, name, holder string, life time.Duration) (token int64, ok bool, err error) {
	now := s.databaseClock()
	// A lease belongs to the installation, not to a tenant.
	err = s.submit(s.jobs, &job{ctx: ctx, done: make(chan struct{}), do: func(t *Tx) error {
		ok = false
		if _, err := t.exec("INSERT INTO leases (name, holder, token, until) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING", name); err != nil {
			return err
		}
		n, err := t.exec("UPDATE leases SET holder = $2, until = "+now+" + $3, token = token + 1 WHERE name = $1 AND (until < "+now+" OR holder = $2)",
			name, holder, life.Milliseconds())
		if err != nil || n == 0 {
			return err
		}
		tokens, err := list(ctx, t, scalar[int64], "SELECT token FROM leases WHERE name = $1", name)
		if err != nil {
			return err
		}
		token, ok = tokens[0], true
		return nil
	}})
	if err != nil {
		return 0, false, fmt.Errorf("acquire the lease %s: %w", name, err)
	}
	return token, ok, nil
}

// RenewLease makes a lease last longer; false when somebody else has it.
func (s *Store) RenewLease(ctx context.Context, name, holder string, token int64, life time.Duration) (ok bool, err error) {
	err = s.submit(s.jobs, &job{ctx: ctx, done: make(chan struct{}), do: func(t *Tx) error {
		n, err := t.exec("UPDATE leases SET until = "+s.databaseClock()+" + $4 WHERE name = $1 AND holder = $2 AND token = $3", name, holder, token, life.Milliseconds())
		ok = n == 1
		return err
	}})
	return ok, err
}

// ReleaseLease gives a lease back.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string, token int64) error {
	return s.submit(s.jobs, &job{ctx: ctx, done: make(chan struct{}), do: func(t *Tx) error {
		_, err := t.exec("UPDATE leases SET until = 0 WHERE name = $1 AND holder = $2 AND token = $3", name, holder, token)
		return err
	}})
}

// ForgetLeases frees every lease. Only who alone serves the database may: the
// single process on SQLite, which finds there what its forerunner held when it
// was killed.
func (s *Store) ForgetLeases(ctx context.Context) error {
	return s.submit(s.jobs, &job{ctx: ctx, do: func(t *Tx) error {
		_, err := t.exec("UPDATE leases SET until = 0")
		return err
	}})
}
