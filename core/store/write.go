package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
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
// it lets them go first, for a second at most. So a burst is accepted at
// full speed and handled when it is over.
func (c Scope) WriteLater(ctx context.Context, do func(*Tx) error) error {
	return c.s.submit(c.s.later, &job{ctx: ctx, tenant: c.tenant, do: do})
}

func (s *Store) submit(line chan<- *job, j *job) error {
	j.done = make(chan struct{})
	select {
	case <-s.ended:
		return ErrClosed
	default:
	}
	select {
	case line <- j:
	case <-j.ctx.Done():
		return j.ctx.Err()
	case <-s.ended:
		return ErrClosed
	}
	// Never abandoned: the caller must know whether it was committed.
	select {
	case <-j.done:
		return j.err
	case <-s.ended:
	}
	select {
	case <-j.done: // committed by the last group
		return j.err
	default:
		return ErrClosed
	}
}

// ErrClosed is returned for a write to a store that was closed: nothing of it
// was kept.
var ErrClosed = errors.New("the database is closed")

// writer is one connection that commits groups of writes.
type writer struct {
	s     *Store
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	bare  bareStmts // on SQLite
	bulks map[bulkKey]string
	queue []queued // on its way to PostgreSQL
	asked bool     // the outcome of something queued decides
	// wary counts down the groups for which events seen before are expected.
	wary    int
	commits int // made so far
	quit    chan struct{}
	gone    chan struct{}
}

func newWriter(ctx context.Context, s *Store) (*writer, error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &writer{s: s, conn: conn, stmts: map[string]*sql.Stmt{}, bare: bareStmts{}, bulks: map[bulkKey]string{}, quit: make(chan struct{}), gone: make(chan struct{})}, nil
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
		group = line.admit(w, line.gather(w, group))
		if len(group) > 0 {
			began := time.Now()
			w.commit(group)
			line.spent(group, len(w.s.jobs), began, time.Now())
			w.shorten()
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
	if w.conn != nil {
		_ = w.conn.Raw(func(any) error { w.bare.close(); return nil })
		w.conn.Close()
	}
}

// commit runs a group in one transaction. When a member fails, nothing of the
// group is kept and each member runs alone, so that only the failing one fails.
// When the database itself failed none is run again: whether an unanswered
// COMMIT was kept is not known, and a write must not be kept twice.
func (w *writer) commit(group []*job) {
	live := group[:0:0]
	for _, j := range group {
		if j.err = j.ctx.Err(); j.err == nil {
			live = append(live, j)
		}
	}
	if len(live) > 0 {
		err := w.together(live)
		for _, j := range live {
			j.err = err
			if err != nil && !Unavailable(err) && (len(live) > 1 || contended(err)) {
				j.err = w.alone(j)
			}
		}
	}
	for _, j := range group {
		close(j.done)
	}
}

// stayWary is for how many groups one event seen before lets others be expected:
// platforms repeat in bursts.
const stayWary = 64

// together attempts a group, again and with care when one of its events was
// seen before.
func (w *writer) together(group []*job) error {
	careful := w.wary > 0
	w.wary = max(0, w.wary-1)
	err := w.attempt(group, careful)
	if !careful && seenBefore(err) {
		w.wary = stayWary
		err = w.attempt(group, true)
	}
	return err
}

// alone runs one write, again while other connections stand in its way.
func (w *writer) alone(j *job) error {
	for try := 0; ; try++ {
		err := w.together([]*job{j})
		if err == nil || !contended(err) || try == 8 {
			return err
		}
		time.Sleep(rand.N(time.Millisecond << try))
	}
}

// attempt runs a group in one transaction. When it was not careful and should
// have been, seenBefore knows the error, and nothing was kept.
func (w *writer) attempt(group []*job, careful bool) (err error) {
	if err := w.revive(); err != nil {
		return &away{fmt.Errorf("connect to the database: %w", err)}
	}
	single := w.fitsOneMessage(group, careful)
	if !single {
		if err := w.begin(); err != nil {
			w.discard()
			return &away{fmt.Errorf("begin: %w", err)}
		}
	}
	shared := &shared{now: w.s.Now()}
	defer func() {
		if err != nil && w.conn != nil {
			if rb := w.rollback(); rb != nil {
				w.discard()
			}
		}
	}()
	var accepts []*acceptance
	for _, j := range group {
		if j.accept != nil {
			accepts = append(accepts, j.accept)
			continue
		}
		if err := w.member(j, shared); err != nil {
			return err
		}
	}
	if len(accepts) > 0 {
		var err error
		if careful {
			err = w.acceptAnew(shared, accepts)
		} else {
			err = w.accept(shared, accepts)
		}
		if err != nil {
			return err
		}
	}
	if err := w.flush(shared); err != nil {
		return err
	}
	end := w.end
	if single {
		end = w.sendAlone
	}
	if err := end(); err != nil {
		return err
	}
	w.committed()
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

func (w *writer) begin() error {
	w.queue, w.asked = w.queue[:0], false
	if w.s.dialect == Postgres {
		return w.do(nil, "BEGIN", nil)
	}
	_, err := w.run1("BEGIN IMMEDIATE", nil)
	return err
}

// end commits. On PostgreSQL the commit goes with the statements before it when
// none of them was asked about.
func (w *writer) end() error {
	if w.asked {
		if err := w.send(); err != nil {
			return err
		}
	}
	err := w.do(unknown, "COMMIT", nil)
	if err == nil {
		err = w.send()
	}
	if err != nil && (w.s.dialect == SQLite || lost(err)) {
		w.discard() // start from a fresh connection
		return unknown(0, err)
	}
	return err
}

// maxAlone is how many callbacks go to PostgreSQL without BEGIN and COMMIT.
const maxAlone = 64

// fitsOneMessage reports whether a group is callbacks only, few enough that all
// its statements reach PostgreSQL in one message: what comes before one Sync is
// one transaction there by itself.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
func (w *writer) fitsOneMessage(group []*job, careful bool) bool {
	if w.s.dialect != Postgres || careful || len(group) > maxAlone {
		return false
	}
	rows := 0
	for _, j := range group {
		if j.accept == nil || len(j.accept.cursors) > 1 {
			return false
		}
		rows += len(j.accept.rows)
	}
	w.queue, w.asked = w.queue[:0], false
	return rows <= maxAlone
}

// sendAlone sends a group that fits one message, which commits it.
func (w *writer) sendAlone() error {
	err := w.send()
	if err != nil && lost(err) {
		w.discard()
		return unknown(0, err)
	}
	return err
}

// unknown ends a COMMIT: whether one that failed was kept is not known.
func unknown(_ int64, err error) error {
	if err != nil {
		err = &away{fmt.Errorf("commit: %w", err)}
	}
	return err
}

func (w *writer) rollback() error {
	w.queue, w.asked = w.queue[:0], false
	_, err := w.conn.ExecContext(context.Background(), "ROLLBACK")
	return err
}

// run1 runs one statement and returns how many rows it changed.
func (w *writer) run1(q string, args []any) (int64, error) {
	if w.s.dialect == SQLite {
		return w.runBare(q, args)
	}
	if err := w.send(); err != nil {
		return 0, err
	}
	st, err := w.prepared(q)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), tidy(args)...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", brief(q), err)
	}
	return res.RowsAffected()
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
	_ = w.conn.Raw(func(any) error { w.bare.close(); return driver.ErrBadConn })
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
