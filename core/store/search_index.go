package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

// progress is how far a tenant's messages are kept to be found.
type progress struct {
	known     bool
	version   int64
	low, high int64 // blocks
}

func (c Scope) progress(ctx context.Context) (progress, error) {
	p, err := one(ctx, c.s, func(rows *sql.Rows) (progress, error) {
		p := progress{known: true}
		err := rows.Scan(&p.version, &p.low, &p.high)
		return p, err
	}, "SELECT version, low, high FROM search_progress WHERE tenant = $1", c.tenant)
	if errors.Is(err, errNone) {
		return progress{}, nil
	}
	if err != nil {
		return p, fmt.Errorf("read how far the search is: %w", err)
	}
	return p, nil
}

// IndexMessages keeps the words of one block of messages, the newest that is due,
// and reports whether there was one. What is kept is a function of the messages:
// it is written in one transaction with how far it goes, so that a crash leaves
// the block before or the block after. One caller at a time; the writer of another
// node makes it fail and nothing else.
func (c Scope) IndexMessages(ctx context.Context) (did bool, err error) {
	settled, known, err := c.s.settled(ctx)
	if err != nil || !known { // beginning now would be beginning with the oldest
		return false, err
	}
	whole := (settled + 1) / search.Span
	p, err := c.progress(ctx)
	switch {
	case err != nil:
		return false, err
	case !p.known || p.version != search.Version:
		return true, c.beginIndex(ctx, whole)
	case p.high < whole:
		return true, c.keepBlock(ctx, p.high, func(t *Tx) (int64, error) {
			return t.exec("UPDATE search_progress SET high = $3 WHERE tenant = $1 AND high = $2", c.tenant, p.high, p.high+1)
		})
	}
	due, err := list(ctx, c.s, scalar[int64], "SELECT block FROM search_due WHERE tenant = $1 AND block >= $2 AND block < $3 ORDER BY block DESC LIMIT 1", c.tenant, p.low, p.high)
	switch {
	case err != nil:
		return false, fmt.Errorf("read what changed: %w", err)
	case len(due) > 0:
		return true, c.keepBlock(ctx, due[0], nil)
	case p.low > 0:
		return true, c.keepBlock(ctx, p.low-1, func(t *Tx) (int64, error) {
			return t.exec("UPDATE search_progress SET low = $3 WHERE tenant = $1 AND low = $2", c.tenant, p.low, p.low-1)
		})
	}
	return false, nil
}

// beginIndex forgets what is kept and starts anew, with the newest messages.
func (c Scope) beginIndex(ctx context.Context, block int64) error {
	return c.WriteLater(ctx, func(t *Tx) error {
		for _, table := range []string{"search_terms", "search_blocks", "search_due"} {
			if _, err := t.exec("DELETE FROM "+table+" WHERE tenant = $1", c.tenant); err != nil {
				return err
			}
		}
		_, err := t.exec(`INSERT INTO search_progress (tenant, version, low, high) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, low = excluded.low, high = excluded.high`,
			c.tenant, search.Version, block, block)
		return err
	})
}

// byNumber is the tenant's condition where messages are read by their numbers: for
// SQLite, which gathers no statistics, an index that begins with the tenant is
// better than a range of numbers, and it would read all messages of the tenant. So
// the condition is one no index fits.
const byNumber = "coalesce(m.tenant, m.tenant) = $1"

// wording is of a message what it is found by.
type wording struct {
	n, at    int64
	from     core.From
	sender   canon.ID
	thread   canon.ID
	account  canon.ID
	recalled int64
	content  []byte
}

const wordingRead = `SELECT m.n, m.at, m.sender_kind, m.sender, m.thread, c.account, m.recalled, m.content
	FROM messages m JOIN conversations c ON c.tenant = m.tenant AND c.id = m.conversation
	WHERE ` + byNumber + ` AND m.n >= $2 AND m.n < $3 AND m.sender_kind <> 'event' ORDER BY m.n`

// keepBlock makes a block of what its messages say now. step moves the progress;
// without, the block is kept already and made anew.
func (c Scope) keepBlock(ctx context.Context, block int64, step func(*Tx) (int64, error)) error {
	times, err := list(ctx, c.s, scalar[int64], "SELECT times FROM search_due WHERE tenant = $1 AND block = $2", c.tenant, block)
	if err != nil {
		return fmt.Errorf("read what changed: %w", err)
	}
	first := block * search.Span
	all, err := list(ctx, c.s, func(rows *sql.Rows) (wording, error) {
		var w wording
		err := rows.Scan(&w.n, &w.at, &w.from, &w.sender, &w.thread, &w.account, &w.recalled, &w.content)
		return w, err
	}, wordingRead, c.tenant, first, first+search.Span)
	if err != nil {
		return fmt.Errorf("read messages to be found: %w", err)
	}
	made := search.NewBlock()
	said := map[string][]search.Term{} // bots say the same again and again
	for _, w := range all {
		if w.recalled != 0 {
			continue
		}
		n := int(w.n - first)
		keep := func(t search.Term) { made.Add(n, t) }
		var m canon.Message
		if err := m.UnmarshalJSON(w.content); err != nil {
			return fmt.Errorf("message %d: %w", w.n, err)
		}
		texts := search.Texts(m)
		what := strings.Join(texts, "\x00")
		terms, again := said[what]
		if !again {
			search.EachTerm(texts, func(t search.Term) { terms = append(terms, t) })
			said[what] = terms
		}
		for _, t := range terms {
			keep(t)
		}
		keep(search.Account(w.account))
		if w.from == core.FromCustomer {
			keep(search.Thread(w.thread))
		} else if !w.sender.IsZero() {
			keep(search.Sender(w.sender))
		}
	}
	buckets := made.Buckets()
	var rows [][]any
	for i := range search.Buckets {
		if terms := buckets[i]; len(terms) > 0 || step == nil {
			rows = append(rows, []any{c.tenant, i, block, append([]byte{}, terms...)})
		}
	}
	return c.WriteLater(ctx, func(t *Tx) error {
		if step != nil {
			if n, err := step(t); err != nil || n == 0 {
				return errors.Join(err, errAnother)
			}
		}
		if err := t.insert("INSERT INTO search_terms (tenant, bucket, block, terms)", 4, "ON CONFLICT (tenant, bucket, block) DO UPDATE SET terms = excluded.terms", rows); err != nil {
			return err
		}
		if len(all) > 0 {
			span := [][]any{{c.tenant, block, slices.MinFunc(all, earlier).at, slices.MaxFunc(all, earlier).at}}
			if err := t.insert("INSERT INTO search_blocks (tenant, block, first_at, last_at)", 4, "ON CONFLICT (tenant, block) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at", span); err != nil {
				return err
			}
		}
		if len(times) == 0 {
			return nil
		}
		// One more change meanwhile stays due.
		return t.do("DELETE FROM search_due WHERE tenant = $1 AND block = $2 AND times = $3", c.tenant, block, times[0])
	})
}

func earlier(a, b wording) int { return int(a.at - b.at) }

// errAnother says that another node keeps the words of messages too.
var errAnother = errors.New("another node was faster to keep the words of messages")

// saysElse notes that a message says something else, or nothing more.
func (t *Tx) saysElse(n int64) error {
	return t.do("INSERT INTO search_due (tenant, block) VALUES ($1, $2) ON CONFLICT (tenant, block) DO UPDATE SET times = search_due.times + 1", t.tenant, n/search.Span)
}

// settling finds out up to which number messages are all committed. PostgreSQL
// numbers a message before it is committed, so a lower number may appear after a
// higher one: what is seen now is settled once every transaction that was under way
// then is over. A transaction has its number before it numbers a message, as it
// writes the thread first.
type settling struct {
	sure      int64
	seen, xid int64 // what will be sure when all transactions before xid are over
}

// settled is known once it was found out at all, however long ago.
func (s *Store) settled(ctx context.Context) (n int64, known bool, err error) {
	newest := func() (int64, error) {
		return one(ctx, s, scalar[int64], "SELECT coalesce(max(n), 0) FROM messages")
	}
	if s.dialect == SQLite {
		n, err := newest()
		if err != nil {
			return 0, false, fmt.Errorf("read the number of the newest message: %w", err)
		}
		return n, true, nil
	}
	s.settleMu.Lock()
	defer s.settleMu.Unlock()
	at := &s.settling
	xid := func(which string) (int64, error) {
		return one(ctx, s, scalar[int64], "SELECT "+which+"::text::bigint")
	}
	for range 2 { // most often all are over at once
		if at.xid == 0 {
			seen, err := newest()
			if err == nil {
				at.seen = seen
				// A number of our own: a snapshot's xmax is below those that are under way while no later one is over.
				at.xid, err = xid("pg_current_xact_id()")
			}
			if err != nil {
				return 0, false, fmt.Errorf("read the number of the newest message: %w", err)
			}
		}
		oldest, err := xid("pg_snapshot_xmin(pg_current_snapshot())")
		if err != nil {
			return 0, false, fmt.Errorf("read the number of the newest message: %w", err)
		}
		if oldest >= at.xid {
			at.sure, at.xid = at.seen, 0
		}
	}
	return at.sure, at.sure > 0 || at.xid == 0, nil
}
