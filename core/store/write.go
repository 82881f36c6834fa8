package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"parley/core/canon"
)

// maxGroup bounds how many writes share one transaction.
const maxGroup = 256

// job is one write waiting for a transaction.
type job struct {
	ctx    context.Context
	tenant canon.ID
	do     func(*Tx) error
	accept *acceptance // instead of do
	err    error
	done   chan struct{}
}

// Write runs do in a transaction that is durable when Write returns nil. The
// writes of many callers share one transaction; a failing one never fails its
// mates. do may run more than once and must not keep state from a run that
// failed; it must not wait for anything but the database.
func (c Scope) Write(ctx context.Context, do func(*Tx) error) error {
	return c.s.submit(c.s.jobs, &job{ctx: ctx, tenant: c.tenant, do: do})
}

// WriteLater is Write for work nobody waits for: while callbacks stand in line
// it lets them go first, for half a second at most. So a burst is accepted at
// full speed and handled when it is over.
func (c Scope) WriteLater(ctx context.Context, do func(*Tx) error) error {
	return c.s.submit(c.s.later, &job{ctx: ctx, tenant: c.tenant, do: do})
}

func (s *Store) submit(line chan<- *job, j *job) error {
	j.done = make(chan struct{})
	select {
	case line <- j:
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
	<-j.done // never abandoned: the caller must know whether it was committed
	return j.err
}

// writer is one connection that commits groups of writes.
type writer struct {
	s     *Store
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	quit  chan struct{}
	gone  chan struct{}
}

func newWriter(ctx context.Context, s *Store) (*writer, error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &writer{s: s, conn: conn, stmts: map[string]*sql.Stmt{}, quit: make(chan struct{}), gone: make(chan struct{})}, nil
}

func (w *writer) run() {
	defer close(w.gone)
	group := make([]*job, 0, maxGroup)
	var line courtesy
	for {
		group = group[:0]
		j, open := line.next(w)
		if !open {
			w.drain(line.waits)
			return
		}
		if j != nil {
			group = append(group, j)
		}
		group = line.admit(line.gather(w, group))
		if len(group) > 0 {
			w.commit(group)
		}
	}
}

// drain finishes what was queued before the store was closed.
func (w *writer) drain(put *job) {
	if put != nil {
		w.commit([]*job{put})
	}
	for {
		select {
		case j := <-w.s.jobs:
			w.commit([]*job{j})
		case j := <-w.s.later:
			w.commit([]*job{j})
		default:
			return
		}
	}
}

func (w *writer) stop() {
	close(w.quit)
	<-w.gone
	w.conn.Close()
}

// commit runs a group in one transaction. When any member fails, nothing of
// the group is kept and each member runs alone, so that only the failing one
// fails.
func (w *writer) commit(group []*job) {
	err := w.attempt(group)
	if err != nil && len(group) > 1 {
		for _, j := range group {
			j.err = w.attempt([]*job{j})
		}
	} else {
		for _, j := range group {
			j.err = err
		}
	}
	for _, j := range group {
		close(j.done)
	}
}

func (w *writer) attempt(group []*job) (err error) {
	if err := w.revive(); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if err := w.exec("BEGIN" + w.immediate()); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	shared := &shared{now: w.s.Now()}
	defer func() {
		if err != nil {
			if rb := w.exec("ROLLBACK"); rb != nil {
				w.discard()
			}
		}
	}()
	var accepts []*acceptance
	for _, j := range group {
		if j.ctx.Err() != nil {
			return j.ctx.Err()
		}
		if j.accept != nil {
			accepts = append(accepts, j.accept)
			continue
		}
		if err := w.member(j, shared); err != nil {
			return err
		}
	}
	if len(accepts) > 0 {
		if err := w.accept(shared, accepts); err != nil {
			return err
		}
	}
	if err := w.flush(shared); err != nil {
		return err
	}
	if err := w.exec("COMMIT"); err != nil {
		w.discard() // whether it was committed is not known: start from a fresh connection
		return fmt.Errorf("commit: %w", err)
	}
	for _, f := range shared.after {
		f()
	}
	return nil
}

func (w *writer) member(j *job, sh *shared) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", r, debug.Stack())
		}
	}()
	return j.do(&Tx{w: w, shared: sh, tenant: j.tenant, ctx: context.WithoutCancel(j.ctx)})
}

func (w *writer) immediate() string {
	if w.s.dialect == SQLite {
		return " IMMEDIATE"
	}
	return ""
}

func (w *writer) exec(q string) error {
	_, err := w.conn.ExecContext(context.Background(), q)
	return err
}

// revive replaces a connection that was lost.
func (w *writer) revive() error {
	if w.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := w.s.write.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn = conn
	return nil
}

// discard drops a connection whose state is not known.
func (w *writer) discard() {
	for _, st := range w.stmts {
		st.Close()
	}
	clear(w.stmts)
	// Raw with ErrBadConn makes database/sql close it instead of pooling it.
	_ = w.conn.Raw(func(any) error { return errBadConn })
	w.conn.Close()
	w.conn = nil
}

func (w *writer) prepared(q string) (*sql.Stmt, error) {
	if st := w.stmts[q]; st != nil {
		return st, nil
	}
	st, err := w.conn.PrepareContext(context.Background(), w.s.placed(q))
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", q, err)
	}
	w.stmts[q] = st
	return st, nil
}

// Unavailable reports whether err means that the database is away or full, so
// that the caller should try again later: nothing was kept.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	if errors.Is(err, errBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	text := err.Error()
	for _, s := range []string{
		"database or disk is full", "disk I/O error", "database is locked", "readonly database", "unable to open database", // SQLite
		"No space left", "could not extend", "connect", "connection", "shutting down", "recovery mode", "EOF", "broken pipe", "timeout", // PostgreSQL
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
