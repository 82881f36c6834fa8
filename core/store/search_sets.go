package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/core/canon"
	"parley/core/search"
)

// sets are which messages of blocks may fit: those that do all are among them.
func (l *looker) sets(ctx context.Context, from, to int64) (map[int64]*search.Set, error) {
	all, err := l.dated(ctx, from, to)
	if err != nil {
		return nil, err
	}
	for _, t := range search.Terms(l.q.Words) {
		if err := l.narrow(ctx, all, from, to, []search.Term{t}); err != nil {
			return nil, err
		}
	}
	if q := l.q.From; q != nil && len(q.Staff)+len(q.Threads) <= maxNarrow {
		if err := l.narrow(ctx, all, from, to, append(termsOf(q.Staff, search.Sender), termsOf(q.Threads, search.Thread)...)); err != nil {
			return nil, err
		}
	}
	if q := l.q.In; q != nil && len(q.Teams) == 0 && len(q.Accounts) <= maxNarrow {
		if err := l.narrow(ctx, all, from, to, termsOf(q.Accounts, search.Account)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// maxNarrow is how many speakers or places are looked up; more are judged one
// message at a time.
const maxNarrow = 32

func termsOf(ids []canon.ID, of func(canon.ID) search.Term) []search.Term {
	out := make([]search.Term, len(ids))
	for i, id := range ids {
		out[i] = of(id)
	}
	return out
}

// dated are the blocks with messages of the time asked for, whole.
func (l *looker) dated(ctx context.Context, from, to int64) (map[int64]*search.Set, error) {
	after, before := ms(l.q.After), ms(l.q.Before)
	if l.q.Before.IsZero() {
		before = 1 << 62
	}
	blocks, err := list(ctx, l.c.s, scalar[int64], "SELECT block FROM search_blocks WHERE tenant = $1 AND block >= $2 AND block < $3 AND last_at >= $4 AND first_at < $5", l.c.tenant, from, to, after, before)
	if err != nil {
		return nil, fmt.Errorf("search messages: %w", err)
	}
	out := make(map[int64]*search.Set, len(blocks))
	for _, b := range blocks {
		out[b] = new(search.Set)
		for i := range out[b] {
			out[b][i] = ^uint64(0)
		}
	}
	return out, nil
}

// narrow leaves of every block the messages that have one of some terms.
func (l *looker) narrow(ctx context.Context, all map[int64]*search.Set, from, to int64, terms []search.Term) error {
	have := make(map[int64]*search.Set, len(all))
	for _, t := range terms {
		if len(all) == 0 {
			return nil
		}
		if err := l.bucket(ctx, t.Bucket(), from, to, func(block int64, terms []byte) {
			if all[block] == nil {
				return
			}
			if have[block] == nil {
				have[block] = new(search.Set)
			}
			search.Find(terms, t, have[block])
		}); err != nil {
			return fmt.Errorf("search messages: %w", err)
		}
	}
	for b, set := range all {
		if h := have[b]; h != nil {
			set.And(h)
		}
		if have[b] == nil || set.Empty() {
			delete(all, b)
		}
	}
	return nil
}

// bucket visits a bucket of every block; terms is good until visit returns.
func (l *looker) bucket(ctx context.Context, bucket int, from, to int64, visit func(block int64, terms []byte)) error {
	rows, err := l.c.s.query(ctx, "SELECT block, terms FROM search_terms WHERE tenant = $1 AND bucket = $2 AND block >= $3 AND block < $4", l.c.tenant, bucket, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var block int64
		var terms sql.RawBytes
		if err := rows.Scan(&block, &terms); err != nil {
			return err
		}
		visit(block, terms)
	}
	return rows.Err()
}
