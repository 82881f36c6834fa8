package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // driver "sqlite"

	"parley/core/canon"
	"parley/core/flock"
	"parley/migrations"
)

// Dialect is which database stands behind a store.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options say where the database is.
type Options struct {
	// URL is "sqlite" (a file in DataDir), "sqlite:/path/to/file" or
	// "postgres://…".
	URL     string
	DataDir string
	Log     *slog.Logger
	Clock   func() time.Time // nil: time.Now
	// NoMigrate refuses a database that is not at the newest version instead
	// of bringing it there.
	NoMigrate bool
}

// Store is an open database. Safe for concurrent use.
type Store struct {
	dialect Dialect
	erased  atomic.Bool // something was, and still stands in the write-ahead log
	read    *sql.DB
	write   *sql.DB
	path    string // of the SQLite file
	url     string // of PostgreSQL
	stmts   statements
	unions  sync.Map // unionKey → its text
	folder  *folder  // of SQLite's write-ahead log
	writers []*writer
	end     sync.Once
	ended   chan struct{} // closed when no writer works any more
	jobs    chan *job
	later   chan *job // what lets callbacks go first
	clock   func() time.Time
	log     *slog.Logger
	keys    sync.Map // tenant → its data key, wrapped as this process can open it

	settleMu sync.Mutex
	settling settling
}

// ErrNewer is returned for a database written by a newer version of Parley.
var ErrNewer = errors.New("the database was written by a newer version of Parley; start that version, or restore a backup made before the upgrade")

// Open opens the database and brings its schema to the newest version under a
// lock. It fails on a database that would not keep what it acknowledged.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{ended: make(chan struct{}), clock: o.Clock, log: o.Log, jobs: make(chan *job, 4096), later: make(chan *job, 256)}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	switch {
	case o.URL == "" || o.URL == "sqlite" || strings.HasPrefix(o.URL, "sqlite:"):
		err = s.openSQLite(o)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		err = s.openPostgres(ctx, o)
	default:
		return nil, fmt.Errorf("database_url: %q is neither \"sqlite\" nor an address such as postgres://user@host/name", redactURL(o.URL))
	}
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, o.NoMigrate); err != nil {
		s.closeHandles()
		return nil, err
	}
	s.stmts.init(s.read, s.placed)
	if s.dialect == SQLite {
		s.folder = newFolder()
		go s.folder.run(s)
	}
	writers := 1
	if s.dialect == Postgres {
		writers = max(2, min(4, runtime.NumCPU()))
	}
	for range writers {
		w, err := newWriter(ctx, s)
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("open a writing connection: %w", err)
		}
		s.writers = append(s.writers, w)
		go w.run()
	}
	return s, nil
}

func (s *Store) openSQLite(o Options) error {
	multiThread()
	s.dialect = SQLite
	s.path = strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite"), ":")
	if s.path == "" {
		s.path = filepath.Join(o.DataDir, "parley.db")
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("data_dir: make the folder of the database: %w", err)
	}
	file := "file:" + (&url.URL{Path: s.path}).EscapedPath()
	if err := firstPage(s.path, file); err != nil {
		return fmt.Errorf("database_url: cannot make %s: %w", s.path, err)
	}
	dsn := file + fmt.Sprintf("?_pragma=busy_timeout(%d)", busyTime) + "&_pragma=journal_mode(WAL)&_pragma=synchronous(" + synchronous + ")&_pragma=temp_store(MEMORY)"
	var err error
	// What is deleted, or moves to another place as it grows, is overwritten: else
	// words that were erased would still lie in the file (PostgreSQL's vacuum does so).
	if s.write, err = sql.Open("sqlite", dsn+"&_pragma=secure_delete(1)&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-16000)&_txlock=immediate"); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	s.write.SetMaxOpenConns(2) // the writer, and one for migrations before it starts and the folder after
	if s.read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)&_pragma=cache_size(-8000)"); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	s.read.SetMaxOpenConns(4)
	s.read.SetMaxIdleConns(4)
	var mode string
	var sync int
	if err := s.write.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil {
		return fmt.Errorf("database_url: cannot open %s: %w", s.path, err)
	}
	if err := s.write.QueryRow("PRAGMA synchronous").Scan(&sync); err != nil {
		return fmt.Errorf("database_url: cannot open %s: %w", s.path, err)
	}
	if mode != "wal" || sync < synced {
		return fmt.Errorf("database_url: %s runs with journal_mode=%s synchronous=%d, which may lose acknowledged messages; put it on a local disk that allows WAL", s.path, mode, sync)
	}
	return nil
}

// firstPage begins a new database with pages of 8 KiB: rows of messages are long,
// and of pages twice as long a commit has fewer to find, split and write. It comes
// before all else, as the pages of a database that keeps a log are as they are.
func firstPage(path, file string) error {
	if st, err := os.Stat(path); err == nil && st.Size() > 0 {
		return nil
	}
	db, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(10000)&_pragma=page_size(8192)")
	if err != nil {
		return err
	}
	_, err = db.Exec("PRAGMA user_version = 0")
	return errors.Join(err, db.Close())
}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	s.dialect, s.url = Postgres, o.URL
	config, err := pgx.ParseConfig(durable(o.URL))
	if err != nil {
		return fmt.Errorf("database_url: %s: %w", redactURL(o.URL), err)
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(planForMemory))
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(12)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s.read, s.write = db, db
	probe, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var sync, fsync string
	if err := db.QueryRowContext(probe, "SELECT current_setting('synchronous_commit'), current_setting('fsync')").Scan(&sync, &fsync); err != nil {
		db.Close()
		return fmt.Errorf("database_url: cannot reach %s; start PostgreSQL there, or correct the address: %w", redactURL(o.URL), err)
	}
	if sync == forgetful || fsync == "off" {
		db.Close()
		return fmt.Errorf("database_url: %s runs with synchronous_commit=%s fsync=%s, which may lose acknowledged messages; set both to on", redactURL(o.URL), sync, fsync)
	}
	return nil
}

// planForMemory has PostgreSQL count on pages that are at hand: at its default, made
// for turning disks, it would read a whole table of ten thousand rows rather than
// look up fifty of them by their keys.
// https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST
func planForMemory(ctx context.Context, conn *pgx.Conn) error {
	if _, given := conn.Config().RuntimeParams["random_page_cost"]; given {
		return nil // by the address
	}
	_, err := conn.Exec(ctx, "SET random_page_cost = 1.1")
	return err
}

// migrate applies the embedded migrations, one process at a time.
func (s *Store) migrate(ctx context.Context, refuse bool) error {
	dir, dialect := "sqlite", goose.DialectSQLite3
	var opts []goose.ProviderOption
	if s.dialect == Postgres {
		dir, dialect = "postgres", goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("lock for migrations: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	files, err := subFS(migrations.Files, dir)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, s.write, files, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("database_url: read the version of the database: %w", err)
	}
	switch {
	case have > want:
		return fmt.Errorf("database version %d, this version knows %d: %w", have, want, ErrNewer)
	case have == want:
		return nil
	case refuse:
		return fmt.Errorf("database version %d, want %d: run \"parley migrate\"", have, want)
	}
	if s.dialect == SQLite {
		unlock, err := flock.Lock(ctx, s.path+".migrate")
		if err != nil {
			return err
		}
		defer unlock()
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// Dialect tells which database this is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Now is the store's clock, to the millisecond, UTC.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// Close waits for writes under way and closes the database.
func (s *Store) Close() error {
	var err error
	s.end.Do(func() {
		for _, w := range s.writers {
			w.stop()
		}
		if s.folder != nil {
			s.folder.stop()
		}
		close(s.ended)
		s.stmts.close()
		err = s.closeHandles()
	})
	return err
}

func (s *Store) closeHandles() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// redactURL takes the password out of an address before it is shown.
func redactURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "the address given"
	}
	return u.Redacted()
}

// Scope is the database of one tenant: the only door to its rows.
type Scope struct {
	s      *Store
	tenant canon.ID
}

// For returns the scope of a tenant.
func (s *Store) For(tenant canon.ID) Scope { return Scope{s: s, tenant: tenant} }

// Tenant is the tenant of the scope.
func (c Scope) Tenant() canon.ID { return c.tenant }

// Now is the store's clock.
func (c Scope) Now() time.Time { return c.s.Now() }
