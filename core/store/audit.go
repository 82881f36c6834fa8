package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"parley/core"
)

// Audit writes down a sensitive act in the transaction that does it. Line
// breaks and control characters are written as escapes, so that one act is one
// line wherever it is shown.
func (t *Tx) Audit(a core.Audit) error {
	_, err := t.exec("INSERT INTO audit (tenant, at, actor, name, action, target, detail, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		t.tenant, ms(t.Now()), a.Actor, oneLine(a.Name, 200), a.Action, oneLine(a.Target, 200), oneLine(a.Detail, 500), a.Address)
	return err
}

func oneLine(s string, most int) string {
	var b strings.Builder
	for _, r := range cutRunes(s, most) {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// AuditBefore lists acts, newest first, before number before (0: from the
// newest).
func (c Scope) AuditBefore(ctx context.Context, before int64, limit int) ([]core.Audit, error) {
	if before <= 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Audit, error) {
		var a core.Audit
		var when int64
		err := rows.Scan(&a.N, &when, &a.Actor, &a.Name, &a.Action, &a.Target, &a.Detail, &a.Address)
		a.At = at(when)
		return a, err
	}, "SELECT n, at, actor, name, action, target, detail, address FROM audit WHERE tenant = $1 AND n < $2 ORDER BY n DESC LIMIT $3", c.tenant, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return out, nil
}
