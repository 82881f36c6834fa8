package testenv

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Template is a database of PostgreSQL that is made once and copied for every
// test that asks, which is quicker than to make it again. It is safe for concurrent use.
type Template struct {
	made func() (string, error)
}

// NewTemplate returns a template that fill makes of an empty database when it is
// first asked for. fill closes what it opens: a database in use is not copied.
func NewTemplate(fill func(address string) error) *Template {
	return &Template{made: sync.OnceValues(func() (string, error) {
		server, err := sharedPostgres()
		if err != nil {
			return "", err
		}
		name := "template_" + strings.ToLower(rand.Text())
		if err := postgresExec(server, "CREATE DATABASE "+name); err != nil {
			return "", err
		}
		address, err := database(server, name)
		if err != nil {
			return "", err
		}
		if err := fill(address); err != nil {
			return "", err
		}
		return name, nil
	})}
}

// Postgres returns the URL of a fresh copy, dropped when the test ends; the
// server is that of the function Postgres.
func (m *Template) Postgres(t testing.TB) string {
	t.Helper()
	name, err := m.made()
	if err != nil {
		t.Fatalf("make the database that tests copy: %v", err)
	}
	return postgres(t, fmt.Sprintf(" TEMPLATE %s STRATEGY wal_log", name))
}
