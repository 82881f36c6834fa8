package store

import "testing"

func TestPlaceholdersAsTheDialectTakesThem(t *testing.T) {
	sqlite := &Store{dialect: SQLite}
	for _, c := range []struct{ q, want string }{
		{"SELECT 1", "SELECT 1"},
		{"INSERT INTO x (a, b) VALUES ($1, $2),($3,$4)", "INSERT INTO x (a, b) VALUES (?, ?),(?,?)"},
		{"SELECT a FROM x WHERE b = $1 AND c IN ($2,$3,$4,$5,$6,$7,$8,$9,$10,$11)", "SELECT a FROM x WHERE b = ? AND c IN (?,?,?,?,?,?,?,?,?,?)"},
		{"UPDATE x SET a = $3 WHERE b = $1 AND c = $2", "UPDATE x SET a = $3 WHERE b = $1 AND c = $2"}, // out of order
		{"SELECT a FROM x WHERE b = $1 OR c = $1", "SELECT a FROM x WHERE b = $1 OR c = $1"},           // used twice
		{"SELECT a FROM x WHERE b = $1 AND c = coalesce($3, $2)", "SELECT a FROM x WHERE b = $1 AND c = coalesce($3, $2)"},
		{"SELECT $12", "SELECT $12"},
		{"SELECT a FROM x WHERE b = $1 ORDER BY a LIMIT $2", "SELECT a FROM x WHERE b = ? ORDER BY a LIMIT ?+0"},
		{"SELECT a FROM x WHERE b = $2 ORDER BY a LIMIT $1", "SELECT a FROM x WHERE b = $2 ORDER BY a LIMIT $1+0"},
	} {
		if got := sqlite.placed(c.q); got != c.want {
			t.Errorf("%s became %s", c.q, got)
		}
	}
	if q := "SELECT $1, $2"; (&Store{dialect: Postgres}).placed(q) != q {
		t.Error("PostgreSQL's placeholders were touched")
	}
}
