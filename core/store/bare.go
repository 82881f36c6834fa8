package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"parley/core/canon"
)

// bareStmts are the prepared statements of a writer by their text, as the SQLite
// driver has them. database/sql would look up, lock and check for each of the many
// statements of a group what is known of a connection nobody else uses.
type bareStmts map[string]driver.Stmt

// close ends the statements, which the connection needs before it can be closed.
func (b bareStmts) close() {
	for _, st := range b {
		_ = st.Close() // what can fail here failed when it was run
	}
	clear(b)
}

func (w *writer) runBare(q string, args []any) (n int64, err error) {
	values := make([]driver.NamedValue, len(args))
	for i, a := range tidy(args) {
		v, err := bare(a)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", brief(q), err)
		}
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	err = w.conn.Raw(func(c any) error {
		st := w.bare[q]
		if st == nil {
			if st, err = c.(driver.ConnPrepareContext).PrepareContext(context.Background(), giveUp(w.s.placed(q))); err != nil {
				return fmt.Errorf("prepare %.60q: %w", q, err)
			}
			w.bare[q] = st
		}
		res, err := st.(driver.StmtExecContext).ExecContext(context.Background(), values)
		if err != nil {
			return fmt.Errorf("%s: %w", brief(q), err)
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// giveUp leaves of a statement that fails what it did until then: the transaction
// is rolled back anyway. By default SQLite would keep a copy of every page that a
// statement of several rows changes, to take back that statement alone.
// https://www.sqlite.org/lang_conflict.html
func giveUp(q string) string {
	for _, verb := range []string{"INSERT", "UPDATE"} {
		if rest, ok := strings.CutPrefix(q, verb+" "); ok && !strings.HasPrefix(rest, "OR ") {
			return verb + " OR FAIL " + rest
		}
	}
	return q
}

// bare is a value as a driver takes it.
func bare(a any) (driver.Value, error) {
	switch v := a.(type) {
	case nil, int64, string, []byte, float64, bool:
		return a, nil
	case int:
		return int64(v), nil
	case canon.ID:
		return v.Value()
	}
	return driver.DefaultParameterConverter.ConvertValue(a)
}
