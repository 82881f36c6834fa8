package store

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"

	"parley/core/connector"
)

var besideName = regexp.MustCompile(`^[a-z]{3,20}$`)

// Beside names the database a connector's SDK keeps its own state in: a file
// beside ours on SQLite, with one connection to be opened, a schema of its own on
// PostgreSQL. Whatever is in it belongs to the SDK; no query of ours reads it.
func (s *Store) Beside(ctx context.Context, name string) (connector.Database, error) {
	if !besideName.MatchString(name) {
		return connector.Database{}, fmt.Errorf("open the database beside: %q is no name for one", name)
	}
	if s.dialect == SQLite {
		file := filepath.Join(filepath.Dir(s.path), name+".db")
		return connector.Database{Driver: "sqlite", Source: "file:" + (&url.URL{Path: file}).EscapedPath() +
			"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"}, nil
	}
	if _, err := s.write.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+name); err != nil {
		return connector.Database{}, fmt.Errorf("make the schema %s: %w", name, err)
	}
	u, err := url.Parse(s.url)
	if err != nil {
		return connector.Database{}, fmt.Errorf("database_url: %s cannot be read", redactURL(s.url))
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return connector.Database{Driver: "pgx", Source: u.String()}, nil
}
