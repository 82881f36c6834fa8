package store

import (
	"strconv"
	"strings"
)

// placed is a statement as its dialect takes it best. Ours number their
// placeholders, $1, $2, …; SQLite takes these for names and looks every one up
// among all, so that a bulk insert spends most of its time on that. Where the
// numbers stand in order and once each, a plain ? means the same.
func (s *Store) placed(q string) string {
	if s.dialect != SQLite {
		return q
	}
	var b strings.Builder
	next := 1
	for rest := q; ; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		number := strconv.Itoa(next)
		after, ok := strings.CutPrefix(after, number)
		if !ok || after != "" && after[0] >= '0' && after[0] <= '9' {
			return q
		}
		b.WriteByte('?')
		next++
		rest = after
	}
}
