package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"parley/migrations"
)

// Raw is a database as it lies: opened for the operator's tools, which look at
// an installation that may be stopped, older than this program or ill. It never
// migrates or writes, and shows nothing of what a tenant keeps inside.
type Raw struct {
	dialect Dialect
	db      *sql.DB
	path    string // of the SQLite file
	url     string // of PostgreSQL
}

// ErrNoDatabase says that there is no database yet.
var ErrNoDatabase = errors.New("there is no database yet; the first start makes it")

// OpenRaw opens a database without changing it. It is ErrNoDatabase when the
// SQLite file is not there.
func OpenRaw(ctx context.Context, o Options) (*Raw, error) {
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		db, err := sql.Open("pgx", o.URL)
		if err != nil {
			return nil, fmt.Errorf("database_url: %s: %w", redactURL(o.URL), err)
		}
		probe, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := db.PingContext(probe); err != nil {
			db.Close()
			return nil, fmt.Errorf("database_url: cannot reach %s; start PostgreSQL there, or correct the address: %w", redactURL(o.URL), err)
		}
		return &Raw{dialect: Postgres, db: db, url: o.URL}, nil
	}
	path := sqlitePath(o)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrNoDatabase
	case err != nil:
		return nil, fmt.Errorf("database_url: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("database_url: %s is a folder", path)
	}
	return openRawFile(ctx, path)
}

func openRawFile(ctx context.Context, path string) (*Raw, error) {
	// synchronous(FULL) as the hub asks for it: what comes of it is looked at.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if _, err := db.ExecContext(ctx, "SELECT count(*) FROM sqlite_master"); err != nil {
		db.Close()
		return nil, fmt.Errorf("database_url: %s cannot be read as an SQLite database: %w", path, err)
	}
	return &Raw{dialect: SQLite, db: db, path: path}, nil
}

func sqlitePath(o Options) string {
	path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite"), ":")
	if path == "" {
		path = filepath.Join(o.DataDir, "parley.db")
	}
	return path
}

// Close lets go of the database.
func (r *Raw) Close() error { return r.db.Close() }

// Exam is what was seen of a database.
type Exam struct {
	Dialect Dialect
	Path    string // of the SQLite file
	Version string // of the database's own program
	Bytes   int64
	// Schema is the newest migration applied, 0 for an empty database; Newest
	// the newest this program knows.
	Schema, Newest int64
	// Settings are what keeps a commit through a power loss, as the database
	// names them: journal_mode and synchronous, or fsync, full_page_writes and
	// synchronous_commit.
	Settings map[string]string
	// ReadOnly says that nothing can be written, as on a standby.
	ReadOnly bool
	// Skew is how far the database's clock is ahead of ours, give or take half
	// of Took. SQLite has none of its own.
	Skew, Took time.Duration
	// KeyCheck is the check value of the master key; nil while there is none.
	KeyCheck []byte
	// Connections is how many the server takes; 0: no limit of its own.
	Connections int
}

// Exam looks at the database.
func (r *Raw) Exam(ctx context.Context) (Exam, error) {
	e := Exam{Dialect: r.dialect, Path: r.path, Newest: newest(r.dialect), Settings: map[string]string{}}
	look := r.examSQLite
	if r.dialect == Postgres {
		look = r.examPostgres
	}
	if err := look(ctx, &e); err != nil {
		return e, fmt.Errorf("look at the database: %w", err)
	}
	tables, err := r.tables(ctx, r.db)
	if err != nil {
		return e, err
	}
	for _, t := range tables {
		switch t {
		case "goose_db_version":
			if err := r.db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&e.Schema); err != nil {
				return e, fmt.Errorf("read the version of the database: %w", err)
			}
		case "platform":
			if e.KeyCheck, err = r.keyCheck(ctx); err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

func (r *Raw) examSQLite(ctx context.Context, e *Exam) error {
	var pages, size int64
	var journal, synchronous string
	for q, into := range map[string]any{
		"SELECT sqlite_version()": &e.Version, "PRAGMA journal_mode": &journal, "PRAGMA synchronous": &synchronous,
		"PRAGMA page_count": &pages, "PRAGMA page_size": &size,
	} {
		if err := r.db.QueryRowContext(ctx, q).Scan(into); err != nil {
			return err
		}
	}
	e.Bytes = pages * size
	e.Settings["journal_mode"] = journal
	e.Settings["synchronous"] = map[string]string{"0": "off", "1": "normal", "2": "full", "3": "extra"}[synchronous]
	f, err := os.OpenFile(r.path, os.O_WRONLY, 0)
	e.ReadOnly = err != nil
	if err == nil {
		return f.Close()
	}
	return nil
}

func (r *Raw) examPostgres(ctx context.Context, e *Exam) error {
	began := time.Now()
	var clock time.Time
	if err := r.db.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&clock); err != nil {
		return err
	}
	e.Took = time.Since(began)
	e.Skew = clock.Sub(began.Add(e.Took / 2))
	for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		if err := r.db.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return err
		}
		e.Settings[name] = value
	}
	var standby bool
	var readOnly, most string
	if err := r.db.QueryRowContext(ctx, `SELECT current_setting('server_version'), pg_database_size(current_database()), pg_is_in_recovery(),
		current_setting('default_transaction_read_only'), current_setting('max_connections')`).Scan(&e.Version, &e.Bytes, &standby, &readOnly, &most); err != nil {
		return err
	}
	e.ReadOnly = standby || readOnly == "on"
	var err error
	e.Connections, err = strconv.Atoi(most)
	return err
}

// Damage lets the database check its own pages and returns its first
// complaint, or nothing. PostgreSQL has no such check.
func (r *Raw) Damage(ctx context.Context) (string, error) {
	if r.dialect == Postgres {
		return "", nil
	}
	var first string
	if err := r.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&first); err != nil {
		return "", fmt.Errorf("check the pages of the database: %w", err)
	}
	if first == "ok" {
		return "", nil
	}
	return first, nil
}

// newest is the number of the newest migration this program has.
func newest(d Dialect) int64 {
	entries, err := migrations.Files.ReadDir(string(d))
	if err != nil {
		return 0 // embedded: it is there
	}
	var last int64
	for _, entry := range entries {
		number, _, _ := strings.Cut(entry.Name(), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			last = max(last, n)
		}
	}
	return last
}

// querier is a handle or a transaction.
type querier interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

// tables lists the tables of the database.
func (r *Raw) tables(ctx context.Context, q querier) ([]string, error) {
	text := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if r.dialect == Postgres {
		text = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
	}
	rows, err := q.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list the tables: %w", err)
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// StoredFile is where the bytes of a file lie.
type StoredFile struct {
	Key    string
	Size   int64
	SHA256 []byte
}

// EachFile calls do for every stored file of the installation.
func (r *Raw) EachFile(ctx context.Context, do func(StoredFile) error) error {
	rows, err := r.db.QueryContext(ctx, "SELECT key, size, sha256 FROM files")
	if err != nil {
		return fmt.Errorf("list the files: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f StoredFile
		if err := rows.Scan(&f.Key, &f.Size, &f.SHA256); err != nil {
			return fmt.Errorf("list the files: %w", err)
		}
		if err := do(f); err != nil {
			return err
		}
	}
	return rows.Err()
}
