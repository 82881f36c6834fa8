package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"parley/internal/bench/rig"
)

// subject is a hub with an empty database of its own.
type subject struct {
	*rig.Hub
	api     *rig.API
	look    *sql.DB
	discard []func() error
}

// freshDatabase makes an empty database and returns its PARLEY_DATABASE_URL.
func (s *session) freshDatabase(ctx context.Context, kind string) (address string, drop func() error, err error) {
	if kind == "sqlite" {
		return "sqlite", func() error { return nil }, nil
	}
	admin, err := sql.Open("pgx", s.postgres)
	if err != nil {
		return "", nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	defer admin.Close()
	name := "bench_" + strings.ToLower(rand.Text())
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, fmt.Errorf("make a database: %w", err)
	}
	u, err := url.Parse(s.postgres)
	if err != nil {
		return "", nil, fmt.Errorf("PostgreSQL address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), func() error {
		admin, err := sql.Open("pgx", s.postgres)
		if err != nil {
			return err
		}
		defer admin.Close()
		_, err = admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	}, nil
}

// hub starts a hub on an empty database. discard it when done.
func (s *session) hub(ctx context.Context, kind string) (*subject, error) {
	sub, err := s.hubAtRest(ctx, kind)
	if err != nil {
		return nil, err
	}
	if err := sub.Start(ctx); err != nil {
		return nil, errors.Join(err, sub.close())
	}
	if sub.api, err = sub.API(ctx); err != nil {
		return nil, errors.Join(err, sub.close())
	}
	return sub, nil
}

// hubAtRest makes a hub that is not started yet.
func (s *session) hubAtRest(ctx context.Context, kind string) (*subject, error) {
	address, drop, err := s.freshDatabase(ctx, kind)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(s.dir, "hub-")
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	sub := &subject{Hub: &rig.Hub{Binary: s.binary, Dir: dir, Database: address}}
	end := sub.Kill
	if os.Getenv("PARLEY_TEST_PROFILE") != "" {
		end = sub.Stop // it writes its profile last
	}
	sub.discard = []func() error{end, drop, func() error { return os.RemoveAll(dir) }}
	return sub, nil
}

// close ends the hub and removes its data.
func (s *subject) close() error {
	var errs []error
	for _, f := range s.discard {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// waiting counts what is accepted and not handled yet. It looks into the
// database beside the hub: asking the hub would measure the asking too.
func (s *subject) waiting(ctx context.Context) (n int, err error) {
	if s.look == nil {
		driver, address := "pgx", s.Database
		if address == "sqlite" {
			driver, address = "sqlite", "file:"+(&url.URL{Path: filepath.Join(s.Dir, "parley.db")}).EscapedPath()+"?_pragma=query_only(1)&_pragma=busy_timeout(5000)"
		}
		if s.look, err = sql.Open(driver, address); err != nil {
			return 0, err
		}
		s.look.SetMaxOpenConns(1)
		s.discard = append([]func() error{s.look.Close}, s.discard...)
	}
	err = s.look.QueryRowContext(ctx, "SELECT count(*) FROM inbox WHERE state = 0").Scan(&n)
	return n, err
}

// machine says what everything ran on.
func machine() string {
	return fmt.Sprintf("%d cores shared by hub, load client and database, loopback, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}
