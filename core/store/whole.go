package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// together reports whether the first n rows of some streams are read whole by one
// statement. To PostgreSQL every statement is a way there and back, which takes
// longer than what most of them do there; SQLite is at hand, and merges better
// where keys alone are read.
func (s *Store) together(streams []*stream, n int) bool {
	return !s.merges() && len(streams) > 0 && n <= takes[0] &&
		!slices.ContainsFunc(streams, func(o *stream) bool { return o.source != streams[0].source })
}

// whole reads the first n conversations of streams of one source, which all stand
// at the same place.
func (c Scope) whole(ctx context.Context, sort Sort, streams []*stream, n int) ([]*listed, error) {
	src, start := streams[0].source, streams[0].last
	sizes := slices.Clone(takes[slices.Index(takes, holding(takes, n)):])
	slices.Reverse(sizes)
	last := len(sizes) - 1
	total := int64(0)
	for _, s := range streams {
		total += s.weight
	}
	group := make(map[int64]int, len(streams))
	for _, s := range streams {
		need := atMost(float64(n) * float64(s.weight) / float64(total))
		group[s.value] = slices.IndexFunc(sizes[:last], func(size int) bool { return need < float64(size) })
		if group[s.value] < 0 {
			group[s.value] = last
		}
	}
	key := wholeKey{src.kind, sort, len(sizes)}
	for {
		values := make([][]int64, len(sizes))
		for _, s := range streams {
			g := group[s.value]
			values[g] = append(values[g], s.value)
		}
		args := append(src.markedBy(nil, c.tenant), start.At, start.ID[:], n)
		for _, v := range values {
			args = append(args, v)
		}
		found, err := list(ctx, c.s, scanStreamed, c.s.wholeText(key), args...)
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		got := map[int64]int{}
		for _, b := range found {
			got[b.value]++
		}
		short := false
		for value, all := range got {
			if g := group[value]; g < last && all == sizes[g] { // what follows in it may come before what others gave
				group[value], short = last, true
			}
		}
		if !short {
			return found, nil
		}
	}
}

// atMost is how many rows of a stream are on a page where a share of them is to be
// expected: it is exceeded in one of some thousand.
func atMost(expected float64) float64 { return expected + 4*math.Sqrt(expected) + 1 }

// wholeKey names a statement that reads the rows of streams of a kind, of so many
// groups, each with a size of its own.
type wholeKey struct {
	kind
	sort   Sort
	groups int
}

func (s *Store) wholeText(key wholeKey) string {
	if text, ok := s.unions.Load(key); ok {
		return text.(string)
	}
	text := key.text()
	s.unions.Store(key, text)
	return text
}

// text makes it. Arrays and number of rows come from a SELECT of their own: knowing
// them, PostgreSQL would plan anew for every call.
func (k wholeKey) text() string {
	o := k.sort.order()
	p := 0
	next := func() string { p++; return fmt.Sprintf("$%d", p) }
	marks := k.marked(next)
	beyond, n := k.beyond(o, "s.value", next(), next()), next()
	ordered := fmt.Sprintf(" ORDER BY place %s, id %s LIMIT ", o.direction, o.direction)
	runs := make([]string, k.groups)
	for i := range runs {
		runs[i] = fmt.Sprintf("SELECT s.value, r.id, r.place FROM unnest((SELECT %s::bigint[])) AS s (value) CROSS JOIN LATERAL (SELECT t.%s AS id, t.%s AS place FROM %s t WHERE %s%s%s%d) r",
			next(), k.id, o.column, k.table, marks, beyond, ordered, takes[len(takes)-1-i])
	}
	return fmt.Sprintf("WITH k AS (%s%s(SELECT %s::bigint)) SELECT k.value, %s%s FROM k JOIN conversations c ON c.tenant = $1 AND c.id = k.id%s ORDER BY k.place %s, k.id %s",
		strings.Join(runs, " UNION ALL "), ordered, n, listedCols[Postgres], namedCols, namedJoins, o.direction, o.direction)
}
