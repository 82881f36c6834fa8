package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
)

// statements keeps prepared reads by their text.
type statements struct {
	db     *sql.DB
	placed func(string) string
	m      sync.Map // string → *sql.Stmt
}

func (c *statements) init(db *sql.DB, placed func(string) string) { c.db, c.placed = db, placed }

func (c *statements) get(ctx context.Context, q string) (*sql.Stmt, error) {
	if st, ok := c.m.Load(q); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := c.db.PrepareContext(ctx, c.placed(q))
	if err != nil {
		return nil, err
	}
	if other, loaded := c.m.LoadOrStore(q, st); loaded {
		st.Close()
		return other.(*sql.Stmt), nil
	}
	return st, nil
}

func (c *statements) close() {
	c.m.Range(func(_, st any) bool {
		st.(*sql.Stmt).Close()
		return true
	})
}

// query runs a read. Placeholders are $1, $2, … on both dialects.
func (s *Store) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	st, err := s.stmts.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, tidy(args)...)
}

// reader is what both a read handle and an open transaction can do.
type reader interface {
	query(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

// list reads rows into values.
func list[T any](ctx context.Context, r reader, scan func(*sql.Rows) (T, error), q string, args ...any) ([]T, error) {
	rows, err := r.query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one reads one row; errNone when there is none.
func one[T any](ctx context.Context, r reader, scan func(*sql.Rows) (T, error), q string, args ...any) (T, error) {
	all, err := list(ctx, r, scan, q, args...)
	if err != nil {
		var zero T
		return zero, err
	}
	if len(all) == 0 {
		var zero T
		return zero, errNone
	}
	return all[0], nil
}

// errNone says that a row is not there.
var errNone = errors.New("no such row")

// scalar scans one column.
func scalar[T any](rows *sql.Rows) (T, error) {
	var v T
	err := rows.Scan(&v)
	return v, err
}

// sizes are the lengths IN lists and bulk inserts are made in, so that few
// statements are ever prepared.
var sizes = []int{64, 16, 4, 1}

// inList writes "$from,$from+1,…" for n values.
func inList(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// listIn reads the rows whose key is in keys, in chunks. q holds one %s where
// the list of placeholders goes; fixed args come before the keys.
func listIn[T, K any](ctx context.Context, r reader, scan func(*sql.Rows) (T, error), q string, fixed []any, keys []K) ([]T, error) {
	var out []T
	for len(keys) > 0 {
		size := 1
		for _, s := range sizes {
			if len(keys) >= s || s == 1 {
				size = s
				break
			}
		}
		// One padded statement beats several small ones.
		if size < 64 && len(keys) > size {
			for i := len(sizes) - 1; i >= 0; i-- {
				if sizes[i] >= len(keys) {
					size = sizes[i]
					break
				}
			}
		}
		n := min(size, len(keys))
		args := make([]any, 0, len(fixed)+size)
		args = append(args, fixed...)
		for i := range size {
			args = append(args, keys[min(i, n-1)])
		}
		part, err := list(ctx, r, scan, fmt.Sprintf(q, inList(len(fixed)+1, size)), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
		keys = keys[n:]
	}
	return out, nil
}

// ms writes a time as milliseconds, the zero time as 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at reads what ms wrote.
func at(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v).UTC()
}

// null writes an empty string as NULL.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// flag writes a bool as 0 or 1.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ids turns ids into keys for listIn.
func uniqueIDs(in []canon.ID) []canon.ID {
	seen := make(map[canon.ID]bool, len(in))
	out := in[:0:0]
	for _, id := range in {
		if !id.IsZero() && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
