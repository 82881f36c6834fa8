package store

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// HasPostgresTools reports whether pg_dump and pg_restore are on this machine;
// the error names what to install.
func HasPostgresTools() error {
	for _, name := range []string{"pg_dump", "pg_restore"} {
		if _, err := postgresTool(name); err != nil {
			return err
		}
	}
	return nil
}

// postgresTool finds a program of PostgreSQL: where Debian keeps the newest
// version, which must not be older than the server, or else on the path.
func postgresTool(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is right
	slices.SortFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
	if len(found) > 0 {
		return found[0], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not on this machine: install the PostgreSQL client programs (Debian: postgresql-client) of the server's version or newer", name)
	}
	return path, nil
}

func versionIn(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 for what is no number
	return n
}

// runPostgresTool runs a program on the database of an address. The password
// goes by the environment, where other users cannot read it.
func runPostgresTool(ctx context.Context, address, tool string, args ...string) error {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("database_url: %s cannot be read", redactURL(address))
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = append(os.Environ(), "PGHOST="+config.Host, "PGPORT="+strconv.Itoa(int(config.Port)), "PGUSER="+config.User,
		"PGPASSWORD="+config.Password, "PGDATABASE="+config.Database, "PGCONNECT_TIMEOUT=10")
	if u, err := url.Parse(address); err == nil {
		for _, name := range []string{"sslmode", "sslrootcert", "sslcert", "sslkey"} {
			if v := u.Query().Get(name); v != "" {
				cmd.Env = append(cmd.Env, "PG"+strings.ToUpper(name)+"="+v)
			}
		}
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(said.String())
		return fmt.Errorf("%s: %w: %s", filepath.Base(tool), err, text[:min(len(text), 800)])
	}
	return nil
}

func databaseName(address string) string {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return ""
	}
	return config.Database
}
