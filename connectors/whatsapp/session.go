//go:build !nogpl

package whatsapp

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"

	"parley/core/connector"
)

// shelf keeps the database of sessions open while any link uses it. It is made
// when the first account is linked, not before.
type shelf struct {
	mu   sync.Mutex
	open map[string]*box // by source
}

type box struct {
	*sqlstore.Container
	db    *sql.DB
	users int
}

func newShelf() *shelf { return &shelf{open: map[string]*box{}} }

// take opens the sessions' database; done lets go of it.
func (s *shelf) take(ctx context.Context, env connector.Env) (b *box, done func(), err error) {
	where, err := env.Database(ctx, "whatsapp")
	if err != nil {
		return nil, nil, fmt.Errorf("find the database of sessions: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b = s.open[where.Source]; b == nil {
		db, err := sql.Open(where.Driver, where.Source)
		if err != nil {
			return nil, nil, fmt.Errorf("open the database of sessions: %w", err)
		}
		dialect := "postgres"
		if where.Driver == "sqlite" {
			dialect = "sqlite"
			db.SetMaxOpenConns(1) // one writer, and no reader that finds it locked
		} else {
			db.SetMaxOpenConns(4)
		}
		b = &box{sqlstore.NewWithDB(db, dialect, logger{env.Log}), db, 0}
		if err := b.Upgrade(ctx); err != nil {
			_ = db.Close()
			return nil, nil, fmt.Errorf("prepare the database of sessions: %w", err)
		}
		s.open[where.Source] = b
	}
	b.users++
	return b, func() { s.drop(where.Source) }, nil
}

func (s *shelf) drop(source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.open[source]
	if b.users--; b.users == 0 {
		delete(s.open, source)
		_ = b.db.Close() // nothing is under way any more
	}
}

// device is the linked device; nil when its session is gone.
func (b *box) device(ctx context.Context, jid types.JID) (*store.Device, error) {
	d, err := b.GetDevice(ctx, jid)
	if err != nil {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	return d, nil
}

// forget deletes the session of a device that is not used any more.
func (b *box) forget(ctx context.Context, jid types.JID) error {
	d, err := b.device(ctx, jid)
	if err != nil || d == nil {
		return err
	}
	return d.Delete(ctx)
}
