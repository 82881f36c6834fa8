package api

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// audits is the number of the newest line in a tenant's audit.
func (r *rig) audits(tenant canon.ID) int64 {
	r.t.Helper()
	all, err := r.store.For(tenant).AuditBefore(context.Background(), 0, 1)
	r.must(err)
	if len(all) == 0 {
		return 0
	}
	return all[0].N
}

// auditsSince are the lines after a number, newest first, at most 20.
func (r *rig) auditsSince(tenant canon.ID, n int64) []core.Audit {
	r.t.Helper()
	all, err := r.store.For(tenant).AuditBefore(context.Background(), 0, 20)
	r.must(err)
	return slices.DeleteFunc(all, func(a core.Audit) bool { return a.N <= n })
}

// tenantRows is a hash of every row a tenant has, by table.
func tenantRows(t *testing.T, r *rig, tenant canon.ID) string {
	t.Helper()
	var names []string
	count, sums := map[string]int{}, map[string][32]byte{}
	eachRow(t, r, tenant, func(table string, cells []any) {
		if cells == nil {
			names = append(names, table)
			return
		}
		one, sum := sha256.Sum256([]byte(fmt.Sprint(cells))), sums[table]
		for i := range sum {
			sum[i] ^= one[i] // rows come in any order
		}
		count[table]++
		sums[table] = sum
	})
	var out strings.Builder
	for _, name := range names {
		sum := sums[name]
		fmt.Fprintf(&out, "%s %d %x\n", name, count[name], sum[:6])
	}
	return out.String()
}

// eachRow calls do for every table of tenants, with nil, and for every row a
// tenant has in it.
func eachRow(t *testing.T, r *rig, tenant canon.ID, do func(table string, cells []any)) {
	t.Helper()
	driver, list := "sqlite", "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%tenant %' ORDER BY name"
	if r.store.Dialect() == store.Postgres {
		driver, list = "pgx", "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant' AND table_schema = 'public' ORDER BY table_name"
	}
	db, err := sql.Open(driver, r.dsn)
	r.must(err)
	defer db.Close()
	rows, err := db.Query(list)
	r.must(err)
	var tables []string
	for rows.Next() {
		var name string
		r.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	rows.Close()
	if len(tables) < 25 {
		t.Fatalf("only %d tables of tenants: %v", len(tables), tables)
	}
	for _, name := range tables {
		do(name, nil)
		rows, err := db.Query("SELECT * FROM "+name+" WHERE tenant = $1", tenant[:])
		r.must(err)
		columns, err := rows.Columns()
		r.must(err)
		for rows.Next() {
			cells := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			r.must(rows.Scan(into...))
			do(name, cells)
		}
		r.must(rows.Err())
		rows.Close()
	}
}
