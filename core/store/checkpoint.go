package store

import (
	"context"
	"database/sql"
	"fmt"
)

const (
	// foldEvery is after how many commits the write-ahead log is folded into
	// the database.
	foldEvery = 200
	// longLog is from how many pages the log is begun anew: 32 MiB.
	longLog = 8192
	// busyTime is how long SQLite waits for a lock, in milliseconds.
	busyTime = 10000
)

// folder folds SQLite's write-ahead log into the database beside the writer.
// Left to itself SQLite does so within a commit, and everybody whose message is
// in that commit waits for it.
type folder struct {
	wake chan struct{}
	quit chan struct{}
	gone chan struct{}
	// short is asked of the writer: only between two commits can the log be
	// folded to its end, and then begins anew.
	short chan struct{}
}

func newFolder() *folder {
	return &folder{wake: make(chan struct{}, 1), quit: make(chan struct{}), gone: make(chan struct{}), short: make(chan struct{}, 1)}
}

// poke says that foldEvery commits were made. It never blocks.
func (f *folder) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *folder) run(s *Store) {
	defer close(f.gone)
	for {
		select {
		case <-f.quit:
			return
		case <-f.wake:
		}
		pages, err := fold(s.write)
		if err != nil {
			s.log.Warn("the write-ahead log cannot be folded into the database, trying again after the next commits", "err", err)
			continue
		}
		if pages > longLog {
			select {
			case f.short <- struct{}{}:
			default:
			}
		}
	}
}

func (f *folder) stop() {
	close(f.quit)
	<-f.gone
}

// fold folds what it can without waiting for anybody and returns how many pages
// are in the log.
func fold(db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (pages int64, err error) {
	var busy, folded int64
	err = db.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &folded)
	return pages, err
}

// shorten folds the rest of the log when the folder asks for it, and cuts it off
// once something was erased.
func (w *writer) shorten() {
	if w.s.folder == nil || w.conn == nil {
		return
	}
	if w.s.erased.Load() && w.cut() {
		w.s.erased.Store(false)
	}
	select {
	case <-w.s.folder.short:
		// What hinders it, the folder meets and tells: nothing is lost by it.
		_, _ = fold(w.conn)
	default:
	}
}

// cut empties the log, in which pages stand as they were. It waits for those who
// read for a moment only: after the next commits it is tried again.
func (w *writer) cut() bool {
	ctx := context.Background()
	var busy, pages, folded int64
	err := w.conn.QueryRowContext(ctx, "PRAGMA busy_timeout = 50").Scan(&busy)
	if err == nil {
		err = w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &folded)
		done := err == nil && busy == 0
		if err = w.conn.QueryRowContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyTime)).Scan(&busy); err == nil {
			return done
		}
	}
	w.s.log.Warn("the write-ahead log cannot be cut off after erasing, trying again after the next commits", "err", err)
	return false
}

// committed counts commits for the folder.
func (w *writer) committed() {
	if w.s.folder == nil {
		return
	}
	if w.commits++; w.commits%foldEvery == 0 {
		w.s.folder.poke()
	}
}
