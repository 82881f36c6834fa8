package store

import (
	"strconv"
	"strings"
)

// placed is a statement as its dialect takes it best. Ours number their
// placeholders, $1, $2, …; SQLite takes these for names and looks every one up
// among all, so that a bulk insert spends most of its time on that. Where the
// numbers stand in order and once each, a plain ? means the same.
//
// A placeholder alone after LIMIT has SQLite plan for its value, and so compile
// the statement anew for every call (sqlite3ExprIsInteger marks it, and the next
// sqlite3_bind ends the plan): a sum is not looked into.
func (s *Store) placed(q string) string {
	if s.dialect != SQLite {
		return q
	}
	var b, named strings.Builder
	ordered := true
	next := 1
	for rest := q; ; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		named.WriteString(before)
		if !found {
			break
		}
		n := 0
		for n < len(after) && after[n] >= '0' && after[n] <= '9' {
			n++
		}
		ordered = ordered && after[:n] == strconv.Itoa(next)
		next++
		b.WriteByte('?')
		named.WriteString("$" + after[:n])
		if strings.HasSuffix(before, "LIMIT ") {
			b.WriteString("+0")
			named.WriteString("+0")
		}
		rest = after[n:]
	}
	if ordered {
		return b.String()
	}
	return named.String()
}
