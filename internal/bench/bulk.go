package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// bulk inserts many rows as fast as the database takes them: without its
// indexes, which are made anew when all are there.
func (s *stock) bulk(ctx context.Context, table, columns string, n int, row func(i int) []any) error {
	made := map[string]string{}
	if n > 1000 {
		var err error
		if made, err = s.indexes(ctx, table); err != nil {
			return err
		}
	}
	for name := range made {
		if _, err := s.db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return err
		}
	}
	insert := s.insert
	if s.postgres {
		insert = s.copy
	}
	if err := insert(ctx, table, columns, n, row); err != nil {
		return fmt.Errorf("fill %s: %w", table, err)
	}
	for _, text := range made {
		if _, err := s.db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// copy is PostgreSQL's way.
func (s *stock) copy(ctx context.Context, table, columns string, n int, row func(i int) []any) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		i := -1
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, strings.Split(columns, ", "), pgx.CopyFromFunc(func() ([]any, error) {
			if i++; i == n {
				return nil, nil
			}
			return row(i), nil
		}))
		return err
	})
}

// insert is SQLite's way: one transaction, many rows a statement.
func (s *stock) insert(ctx context.Context, table, columns string, n int, row func(i int) []any) (err error) {
	width, chunk := strings.Count(columns, ",")+1, min(n, 100)
	if n == 0 {
		return nil
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	head, one := "INSERT INTO "+table+" ("+columns+") VALUES ", "("+strings.Repeat("?,", width-1)+"?)"
	many, err := tx.PrepareContext(ctx, head+strings.Repeat(one+",", chunk-1)+one)
	if err != nil {
		return err
	}
	defer many.Close()
	args := make([]any, 0, chunk*width)
	for i := range n {
		if args = append(args, row(i)...); len(args) == chunk*width {
			if _, err := many.ExecContext(ctx, args...); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	if rest := len(args) / width; rest > 0 {
		if _, err := tx.ExecContext(ctx, head+strings.Repeat(one+",", rest-1)+one, args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// indexes returns how a table's indexes, but not its keys, are made.
func (s *stock) indexes(ctx context.Context, table string) (map[string]string, error) {
	q := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL"
	if s.postgres {
		q = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT LIKE '%_pkey'"
	}
	rows, err := s.db.QueryContext(ctx, q, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		all[name] = text
	}
	return all, rows.Err()
}
