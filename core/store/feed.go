package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

const feedInsert = "INSERT INTO feed (tenant, seq, kind, at, actor, conversation, subject, data)"

// flushFeed writes the entries of a transaction. SQLite has one writer at a
// time, so its entries are numbered on the way; on PostgreSQL they stay
// unnumbered until the tenant's sequencer comes by.
func (w *writer) flushFeed(sh *shared) error {
	if len(sh.feed) == 0 {
		return nil
	}
	rows := make([][]any, len(sh.feed))
	next := map[canon.ID]int64{}
	for i, f := range sh.feed {
		var seq any
		if w.s.dialect == SQLite {
			n, ok := next[f.tenant]
			if !ok {
				var err error
				if n, err = w.number(f.tenant); err != nil {
					return err
				}
			}
			n++
			next[f.tenant], seq = n, n
		}
		e := f.entry
		rows[i] = []any{f.tenant, seq, string(e.Kind), ms(e.At), e.Actor, e.Conversation, e.Subject, string(e.Data)}
	}
	if err := w.insert(feedInsert, 8, "", rows); err != nil {
		return err
	}
	for tenant, n := range next {
		st, err := w.prepared("UPDATE tenants SET feed_seq = $1 WHERE id = $2")
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(context.Background(), n, tenant); err != nil {
			return fmt.Errorf("number the feed: %w", err)
		}
	}
	return nil
}

// number reads the last number given in a tenant's feed, numbering first what
// another process left unnumbered.
func (w *writer) number(tenant canon.ID) (int64, error) {
	st, err := w.prepared("SELECT feed_seq FROM tenants WHERE id = $1")
	if err != nil {
		return 0, err
	}
	var n int64
	if err := st.QueryRowContext(context.Background(), tenant).Scan(&n); err != nil {
		return 0, fmt.Errorf("number the feed: %w", err)
	}
	return n, nil
}

// Sequence numbers the committed entries of the tenant that have no number
// yet, at most limit, and returns the last number given. Only the holder of
// the tenant's sequencer lease may call it.
func (c Scope) Sequence(ctx context.Context, limit int) (last int64, numbered int, err error) {
	err = c.Write(ctx, func(t *Tx) error {
		numbered = 0
		seqs, err := list(ctx, t, scalar[int64], "SELECT feed_seq FROM tenants WHERE id = $1 "+t.w.forUpdate(), c.tenant)
		if err != nil {
			return err
		}
		if len(seqs) == 0 {
			return core.NotFound("tenant")
		}
		last = seqs[0]
		changed, err := t.exec(`UPDATE feed SET seq = fresh.seq FROM (
				SELECT n, $1 + row_number() OVER (ORDER BY n) AS seq FROM feed WHERE tenant = $2 AND seq IS NULL ORDER BY n LIMIT $3
			) AS fresh WHERE feed.n = fresh.n`, last, c.tenant, limit)
		if err != nil || changed == 0 {
			return err
		}
		numbered = int(changed)
		last += changed
		_, err = t.exec("UPDATE tenants SET feed_seq = $1 WHERE id = $2", last, c.tenant)
		return err
	})
	return last, numbered, err
}

func (w *writer) forUpdate() string {
	if w.s.dialect == Postgres {
		return "FOR UPDATE"
	}
	return ""
}

// FeedSeq returns the number of the newest entry of the tenant, and of the
// oldest that is kept.
func (c Scope) FeedSeq(ctx context.Context) (last, oldest int64, err error) {
	last, err = one(ctx, c.s, scalar[int64], "SELECT feed_seq FROM tenants WHERE id = $1", c.tenant)
	if err != nil {
		return 0, 0, fmt.Errorf("read the feed's number: %w", err)
	}
	oldest, err = one(ctx, c.s, scalar[int64], "SELECT coalesce(min(seq), 0) FROM feed WHERE tenant = $1 AND seq IS NOT NULL", c.tenant)
	if err != nil {
		return 0, 0, fmt.Errorf("read the feed's number: %w", err)
	}
	return last, oldest, nil
}

// FeedSince returns the entries after number since, oldest first.
func (c Scope) FeedSince(ctx context.Context, since int64, limit int) ([]core.FeedEntry, error) {
	out, err := list(ctx, c.s, scanFeed, `SELECT seq, kind, at, actor, conversation, subject, data FROM feed
		WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3`, c.tenant, since, limit)
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	return out, nil
}

// PruneFeed forgets the oldest entries of the tenant written before a time, at
// most limit of them, and returns how many. It goes no further than the first
// entry to keep, so what is left has no gaps; callbacks go before it. Several
// nodes may do so at once.
func (c Scope) PruneFeed(ctx context.Context, before time.Time, limit int) (pruned int, err error) {
	oldest, err := list(ctx, c.s, scanNumbered, "SELECT seq, at FROM feed WHERE tenant = $1 AND seq IS NOT NULL ORDER BY seq LIMIT $2", c.tenant, limit)
	if err != nil {
		return 0, fmt.Errorf("read the oldest of the feed: %w", err)
	}
	for pruned < len(oldest) && oldest[pruned].at < ms(before) {
		pruned++
	}
	if pruned == 0 {
		return 0, nil
	}
	err = c.WriteLater(ctx, func(t *Tx) error {
		return t.do("DELETE FROM feed WHERE tenant = $1 AND seq <= $2", c.tenant, oldest[pruned-1].seq)
	})
	if err != nil {
		return 0, fmt.Errorf("forget the oldest of the feed: %w", err)
	}
	return pruned, nil
}

// numbered is where an entry stands, and when it was written.
type numbered struct{ seq, at int64 }

func scanNumbered(rows *sql.Rows) (p numbered, err error) {
	err = rows.Scan(&p.seq, &p.at)
	return p, err
}

func scanFeed(rows *sql.Rows) (core.FeedEntry, error) {
	var e core.FeedEntry
	var when int64
	var data []byte
	if err := rows.Scan(&e.Seq, &e.Kind, &when, &e.Actor, &e.Conversation, &e.Subject, &data); err != nil {
		return e, err
	}
	e.At = at(when)
	if len(data) > 0 {
		e.Data = data
	}
	return e, nil
}
