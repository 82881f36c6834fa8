package cluster

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"parley/core/store"
)

// leaseLife is how long a lease lasts without being renewed.
const leaseLife = 15 * time.Second

// Leases gives work that must run on exactly one node to one node.
type Leases struct {
	store *store.Store
	node  string
	log   *slog.Logger
	life  time.Duration
}

// NewLeases returns leases for a node. The name is never used by two processes.
func NewLeases(s *store.Store, node string, log *slog.Logger) *Leases {
	return &Leases{store: s, node: node, log: log, life: leaseLife}
}

// ErrLost is the cause of a context whose lease went to another node.
var ErrLost = errors.New("the lease was lost")

// Hold waits until this node has the lease, runs do with it, and gives it back.
// do's context ends when the lease is lost. token rises with every holder:
// writes that must not come late carry it. Hold returns do's error, or ctx's
// when it ended first.
func (l *Leases) Hold(ctx context.Context, name string, do func(ctx context.Context, token int64) error) error {
	token, err := l.acquire(ctx, name)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := l.store.ReleaseLease(end, name, l.node, token); err != nil {
			l.log.Debug("a lease was not given back and runs out by itself", "lease", name, "err", err)
		}
	}()
	held, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.renew(held, name, token, lose)
	}()
	err = do(held, token)
	lose(nil)
	<-done
	return err
}

func (l *Leases) acquire(ctx context.Context, name string) (int64, error) {
	for {
		token, ok, err := l.store.AcquireLease(ctx, name, l.node, l.life)
		if err != nil && ctx.Err() == nil {
			l.log.Warn("cannot ask for a lease, trying again", "lease", name, "err", err)
		}
		if ok {
			return token, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(l.life / 5):
		}
	}
}

// renew keeps the lease until ctx ends or it is lost: another node has it, or
// the database could not be asked for as long as it lasts.
func (l *Leases) renew(ctx context.Context, name string, token int64, lose context.CancelCauseFunc) {
	last := time.Now()
	t := time.NewTicker(l.life / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		ok, err := l.store.RenewLease(ctx, name, l.node, token, l.life)
		switch {
		case err == nil && ok:
			last = time.Now()
		case err == nil, time.Since(last) > l.life*2/3:
			l.log.Warn("a lease was lost", "lease", name)
			lose(ErrLost)
			return
		}
	}
}
