package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Copy says what a copy of the database holds.
type Copy struct {
	Dialect Dialect
	Schema  int64            // newest migration applied to it
	Rows    map[string]int64 // by table
}

// Copy writes a consistent copy of the database to a new file, while others
// write: everything committed before the call is in it. For SQLite the file is
// a database, for PostgreSQL what pg_dump writes in its custom format.
func (r *Raw) Copy(ctx context.Context, path string) (Copy, error) {
	if r.dialect == Postgres {
		return r.dump(ctx, path)
	}
	if _, err := r.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return Copy{}, fmt.Errorf("copy the database: %w", err)
	}
	copied, err := openRawFile(ctx, path)
	if err != nil {
		return Copy{}, err
	}
	defer copied.Close()
	return copied.count(ctx, copied.db)
}

// count counts the rows of every table.
func (r *Raw) count(ctx context.Context, q querier) (Copy, error) {
	c := Copy{Dialect: r.dialect, Rows: map[string]int64{}}
	tables, err := r.tables(ctx, q)
	if err != nil {
		return c, err
	}
	for _, name := range tables {
		var n int64
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return c, fmt.Errorf("count %s: %w", name, err)
		}
		c.Rows[name] = n
	}
	if _, ok := c.Rows["goose_db_version"]; ok {
		if err := q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&c.Schema); err != nil {
			return c, fmt.Errorf("read the version of the database: %w", err)
		}
	}
	return c, nil
}

// dump runs pg_dump on the very snapshot the rows are counted in.
func (r *Raw) dump(ctx context.Context, path string) (Copy, error) {
	tool, err := postgresTool("pg_dump")
	if err != nil {
		return Copy{}, err
	}
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Copy{}, fmt.Errorf("begin the copy: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	var snapshot string
	if err := tx.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return Copy{}, fmt.Errorf("begin the copy: %w", err)
	}
	err = runPostgresTool(ctx, r.url, tool, "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+path)
	if err != nil {
		return Copy{}, err
	}
	return r.count(ctx, tx)
}

// ErrNotEmpty refuses to restore over something.
var ErrNotEmpty = errors.New("there is a database already; restore into an empty data folder or an empty database")

// Vacant reports whether a restore would find room: nil, ErrNotEmpty, or why
// it cannot be told.
func Vacant(ctx context.Context, o Options) error {
	r, err := OpenRaw(ctx, o)
	if errors.Is(err, ErrNoDatabase) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	tables, err := r.tables(ctx, r.db)
	if err != nil {
		return err
	}
	if r.dialect == SQLite || len(tables) > 0 {
		return ErrNotEmpty
	}
	return nil
}

// Restore puts a copy where o says, which must be vacant, and compares it with
// what the copy is said to hold. An SQLite database appears whole or not at all.
func Restore(ctx context.Context, o Options, path string, want Copy) error {
	if err := Vacant(ctx, o); err != nil {
		return err
	}
	if last := newest(want.Dialect); want.Schema > last {
		return fmt.Errorf("the copy has database version %d, this version knows %d: %w", want.Schema, last, ErrNewer)
	}
	if want.Dialect == Postgres {
		return restorePostgres(ctx, o, path, want)
	}
	to := sqlitePath(o)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	part := to + ".restoring"
	defer os.Remove(part)
	if err := copySynced(path, part); err != nil {
		return err
	}
	r, err := openRawFile(ctx, part)
	if err != nil {
		return err
	}
	damage, err := r.Damage(ctx)
	if err == nil && damage != "" {
		err = fmt.Errorf("the copy is damaged: %s", damage)
	}
	if err == nil {
		err = r.compare(ctx, want)
	}
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if err := os.Link(part, to); err != nil { // unlike a rename it never replaces
		return fmt.Errorf("put the database in its place: %w", err)
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return fmt.Errorf("put the database in its place: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func restorePostgres(ctx context.Context, o Options, path string, want Copy) error {
	tool, err := postgresTool("pg_restore")
	if err != nil {
		return err
	}
	r, err := OpenRaw(ctx, o)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := runPostgresTool(ctx, o.URL, tool, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="+databaseName(o.URL), path); err != nil {
		return err
	}
	return r.compare(ctx, want)
}

// compare holds a restored database against what it should have.
func (r *Raw) compare(ctx context.Context, want Copy) error {
	have, err := r.count(ctx, r.db)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want.Rows)) {
		if have.Rows[name] != want.Rows[name] {
			return fmt.Errorf("the restored table %s has %d rows, the backup said %d", name, have.Rows[name], want.Rows[name])
		}
	}
	return nil
}

func copySynced(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the database: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("write the database: %w", err)
	}
	return nil
}
