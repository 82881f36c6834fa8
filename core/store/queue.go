package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// queued is a statement on its way to PostgreSQL. Statements nobody waits for
// are sent together: what writing costs there is mostly the waiting for one
// answer after the other. SQLite has no way to go, and runs each at once.
type queued struct {
	text string
	args []any
	// end is told how many rows the statement changed, or why it failed, and
	// decides; nil: any failure ends the transaction.
	end func(changed int64, err error) error
}

// maxQueued is how many statements are sent at once at most.
const maxQueued = 256

// do runs a statement whose outcome is not needed by the next. end may be nil.
// A read or a statement that is waited for sends everything before it first, and
// so does the commit: an error may come from there.
func (w *writer) do(end func(int64, error) error, text string, args []any) error {
	if w.s.dialect != Postgres {
		n, err := w.run1(text, args)
		if end != nil {
			err = end(n, err)
		}
		return err
	}
	values := make([]any, len(args))
	for i, a := range tidy(args) {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return fmt.Errorf("%s: %w", brief(text), err)
		}
		values[i] = v
	}
	w.queue = append(w.queue, queued{text, values, end})
	w.asked = w.asked || end != nil
	if len(w.queue) >= maxQueued {
		return w.send()
	}
	return nil
}

// send sends what is queued and hears all answers.
func (w *writer) send() error {
	if len(w.queue) == 0 {
		return nil
	}
	queue := w.queue
	w.queue, w.asked = w.queue[:0], false
	defer clear(queue)
	batch := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, len(queue))}
	for _, q := range queue {
		batch.Queue(q.text, q.args...)
	}
	return w.conn.Raw(func(c any) error {
		answers := c.(*stdlib.Conn).Conn().SendBatch(context.Background(), batch)
		for _, q := range queue {
			tag, err := answers.Exec()
			if err != nil {
				err = fmt.Errorf("%s: %w", brief(q.text), err)
			}
			if q.end != nil {
				err = q.end(tag.RowsAffected(), err)
			}
			if err != nil {
				// What follows it was not run; Close hears so without interest.
				_ = answers.Close()
				return err
			}
		}
		return answers.Close()
	})
}

// lost reports whether err leaves open what became of a connection: it is not
// the database's own answer.
func lost(err error) bool {
	var refused *pgconn.PgError
	return !errors.As(err, &refused)
}

// brief is the beginning of a statement, for messages.
func brief(text string) string {
	return fmt.Sprintf("%.60s", strings.Join(strings.Fields(text), " "))
}
