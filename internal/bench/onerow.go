package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"parley/connectors/http"
	"parley/core/canon"
)

// secret signs the callbacks of all benches.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// rows is a database with one table that durable rows go into one at a time:
// what the figures of the hub are compared with.
type rows struct {
	db     *sql.DB
	insert *sql.Stmt
	drop   string
}

// openRows opens a reference database: in a folder for SQLite, with the same
// pragmas as the hub, else at a PostgreSQL address.
func openRows(ctx context.Context, database, dir string, conns int) (*rows, error) {
	var r rows
	var err error
	schema := "CREATE TABLE reference (n INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, body TEXT NOT NULL)"
	if database == "sqlite" {
		path := filepath.Join(dir, "reference.db")
		dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-32000)"
		r.db, err = sql.Open("sqlite", dsn)
		conns = 1 // SQLite has one writer
	} else {
		r.db, err = sql.Open("pgx", database)
		schema = "CREATE TABLE reference (n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id BYTEA NOT NULL, body TEXT NOT NULL)"
		r.drop = "DROP TABLE reference"
	}
	if err != nil {
		return nil, fmt.Errorf("open the reference database: %w", err)
	}
	r.db.SetMaxOpenConns(conns)
	r.db.SetMaxIdleConns(conns)
	if _, err := r.db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("make the reference table: %w", err), r.db.Close())
	}
	if r.insert, err = r.db.PrepareContext(ctx, "INSERT INTO reference (id, body) VALUES ($1, $2)"); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the reference insert: %w", err), r.db.Close())
	}
	return &r, nil
}

func (r *rows) close() {
	if r.drop != "" {
		_, _ = r.db.Exec(r.drop) // the database is thrown away with it
	}
	_ = r.db.Close()
}

// commitEach inserts one row per commit from some clients side by side and
// returns how many a second were durable.
func (r *rows) commitEach(ctx context.Context, clients int, body string, seconds float64) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute+time.Duration(seconds*float64(time.Second)))
	defer cancel()
	began := time.Now()
	end := began.Add(time.Duration(seconds * float64(time.Second)))
	var n atomic.Int64
	errs := make([]error, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for time.Now().Before(end) && errs[i] == nil {
				id := canon.NewID()
				if _, err := r.insert.ExecContext(ctx, id[:], body); err != nil {
					errs[i] = err
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return 0, fmt.Errorf("commit reference rows: %w", err)
	}
	return float64(n.Load()) / time.Since(began).Seconds(), nil
}

// oneRow does with a callback what the hub does before it answers, but commits
// one row for each: verify, decode, encode, insert.
type oneRow struct {
	rows   *rows
	signer *http.Signer
	dir    string
}

func newOneRow(ctx context.Context, args []string) (*oneRow, error) {
	if len(args) != 1 {
		return nil, errors.New("bench: role one-row needs a database")
	}
	dir, err := os.MkdirTemp("", "parley-bench-row-")
	if err != nil {
		return nil, err
	}
	signer, err := http.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	r, err := openRows(ctx, args[0], dir, 16)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &oneRow{r, signer, dir}, nil
}

func (o *oneRow) close() {
	o.rows.close()
	_ = os.RemoveAll(o.dir)
}

// ServeHTTP takes one callback in.
func (o *oneRow) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if err := o.signer.Verify(r.Header, time.Now(), body); err != nil {
		w.WriteHeader(nethttp.StatusUnauthorized)
		return
	}
	var e canon.Envelope
	if err := e.UnmarshalJSON(body); err != nil {
		w.WriteHeader(nethttp.StatusBadRequest)
		return
	}
	e.ID = canon.NewID()
	encoded, err := e.AppendJSON(nil)
	if err != nil {
		w.WriteHeader(nethttp.StatusBadRequest)
		return
	}
	if _, err := o.rows.insert.ExecContext(r.Context(), e.ID[:], string(encoded)); err != nil {
		w.WriteHeader(nethttp.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(nethttp.StatusNoContent)
}
