package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/core/canon"
)

// source is a table that conversations stand in, in the order of a list, once
// for every value of a column; of those that have a mark, which is the tag or the
// colleague the table is about, a language, and a tag besides, where these are not
// empty.
type source struct {
	kind
	mark, tag canon.ID
	language  string
}

// kind is what a source's statements depend on.
type kind struct {
	table, id, by string
	marks         string // the column of the mark, or ""
	tagged        bool   // a tag besides
	spoken        bool   // in one language
}

var (
	byStatus = source{kind: kind{table: "conversations", id: "id", by: "status"}}
	byShelf  = source{kind: kind{table: "conversations", id: "id", by: "shelf"}}
)

// byMarks are those with a tag and in a language, where these are not empty.
func byMarks(tag canon.ID, language string) source {
	src := byShelf
	if !tag.IsZero() {
		src = source{kind: kind{table: "conversation_tags", id: "conversation", by: "shelf", marks: "tag"}, mark: tag}
	}
	src.spoken, src.language = language != "", language
	return src
}

// byColleague are those an agent was added to.
func byColleague(agent, tag canon.ID, language string) source {
	return source{kind{"colleagues", "conversation", "shelf", "agent", !tag.IsZero(), language != ""}, agent, tag, language}
}

// own reports whether the table itself has the language; the few rows of
// colleagues look it up.
func (k kind) own() bool { return k.spoken && k.table != "colleagues" }

// stream is one ordered run of a source.
type stream struct {
	source
	value  int64  // of the column
	weight int64  // how much stands in it, beside the others
	last   Cursor // newest key read
	more   bool   // there may be some behind it
}

// order is how a list is sorted.
type order struct {
	column, direction, beyond string
	start                     Cursor // before everything
}

func (s Sort) order() order {
	if s == SortWaiting || s == SortDue {
		return order{string(s), "ASC", ">", Cursor{At: -1}}
	}
	return order{"last_at", "DESC", "<", Cursor{At: 1<<63 - 1, ID: canon.ID(bytes.Repeat([]byte{0xff}, 16))}}
}

// compare orders two places in a list.
func (s Sort) compare(a, b Cursor) int {
	c := cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.ID[:], b.ID[:]))
	if s != SortWaiting && s != SortDue {
		return -c
	}
	return c
}

// merge reads the first n places of a list behind where its streams stand.
func (c Scope) merge(ctx context.Context, sort Sort, streams []*stream, n int) ([]Cursor, error) {
	// Where the database does not merge by itself: at first a little of each, as
	// most lists spread over their shelves, then more of those that ran out before
	// the page was full.
	take, todo := n, streams
	if !c.s.merges() && len(streams) > 3 {
		take = 2*n/len(streams) + 2
	}
	var keys []Cursor
	for len(todo) > 0 {
		found, err := c.read(ctx, sort, todo, take)
		if err != nil {
			return nil, err
		}
		keys = append(keys, found...)
		slices.SortFunc(keys, sort.compare)
		keys = slices.Compact(keys) // one may stand in two streams
		keys = keys[:min(len(keys), n)]
		todo, take = nil, n
		for _, s := range streams {
			if s.more && (len(keys) < n || sort.compare(s.last, keys[n-1]) < 0) {
				todo = append(todo, s)
			}
		}
	}
	return keys, nil
}

// merges reports whether the database reads from many ordered runs only what
// comes first in all. PostgreSQL would, but not where each run has a condition of
// its own: it reads them whole and sorts, so it is told how much of each.
func (s *Store) merges() bool { return s.dialect == SQLite }

// unions are how many streams one statement of SQLite reads, and takes how many
// keys a statement reads at most, of each stream on PostgreSQL, which must know to
// keep its plan: so that few statements are ever prepared.
var (
	unions = []int{64, 16, 4, 1}
	takes  = []int{256, 64, 16, 4}
)

// holding is the smallest of some sizes, largest first, that holds n, or the
// largest.
func holding(sizes []int, n int) int {
	out := sizes[0]
	for _, s := range sizes {
		if s >= n {
			out = s
		}
	}
	return out
}

// read reads the next keys of streams: the first take of all, or of each.
func (c Scope) read(ctx context.Context, sort Sort, streams []*stream, take int) ([]Cursor, error) {
	var out []Cursor
	take = holding(takes, take)
	for len(streams) > 0 {
		n, src := 1, streams[0].source
		for n < len(streams) && streams[n].source == src {
			n++
		}
		size := 0 // PostgreSQL takes any number
		if c.s.merges() {
			n = min(n, unions[0])
			size = holding(unions, n)
			for size > 2*n { // rather a smaller one and another than mostly nothing
				size /= 4
				n = min(n, size)
			}
		}
		found, err := c.readOf(ctx, unionKey{src.kind, sort, size, take}, src, streams[:n])
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		out = append(out, found...)
		streams = streams[n:]
	}
	return out, nil
}

// readOf reads the next keys of streams of one source with one statement.
func (c Scope) readOf(ctx context.Context, key unionKey, src source, streams []*stream) ([]Cursor, error) {
	type row struct {
		stream int
		key    Cursor
	}
	var args []any
	if !key.merged() {
		args = src.arrays(c.tenant, streams)
	}
	for i := range key.size {
		s := stream{value: -1} // nothing has this number
		if i < len(streams) {
			s = *streams[i]
		}
		args = src.args(args, c.tenant, s)
	}
	rows, err := list(ctx, c.s, func(rows *sql.Rows) (row, error) {
		var r row
		err := rows.Scan(&r.stream, &r.key.ID, &r.key.At)
		return r, err
	}, c.s.union(key), args...)
	if err != nil {
		return nil, err
	}
	out := make([]Cursor, len(rows))
	got := make([]int, len(streams))
	for i, r := range rows {
		s := streams[r.stream]
		if got[r.stream]++; key.sort.compare(r.key, s.last) > 0 {
			s.last = r.key
		}
		out[i] = r.key
	}
	for i, s := range streams {
		if s.more = got[i] == key.take; key.merged() {
			if s.more = len(rows) == key.take; s.more { // all were read as far as the last of them
				s.last = rows[key.take-1].key
			}
		}
	}
	return out, nil
}

// unionKey names a statement that reads streams of a kind: the first take keys
// merged of size of them, or, where size is 0, of each of any number.
type unionKey struct {
	kind
	sort       Sort
	size, take int
}

func (k unionKey) merged() bool { return k.size > 0 }

// union is the text of such a statement, made once.
func (s *Store) union(key unionKey) string {
	if text, ok := s.unions.Load(key); ok {
		return text.(string)
	}
	text := key.text()
	s.unions.Store(key, text)
	return text
}

// text makes it. PostgreSQL is given the streams as arrays: it takes longer to plan
// as many runs as there may be than to read them, and does so again and again.
func (k unionKey) text() string {
	o := k.sort.order()
	p := 0
	next := func() string { p++; return "$" + strconv.Itoa(p) }
	ordered := fmt.Sprintf(" ORDER BY place %s, id %s LIMIT %d", o.direction, o.direction, k.take)
	if !k.merged() {
		marks := k.marked(next)
		return fmt.Sprintf("SELECT s.n - 1, r.id, r.place FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) WITH ORDINALITY AS s (value, place, id, n) CROSS JOIN LATERAL (SELECT t.%s AS id, t.%s AS place FROM %s t WHERE %s%s%s) r",
			next(), next(), next(), k.id, o.column, k.table, marks, k.beyond(o, "s.value", "s.place", "s.id"), ordered)
	}
	runs := make([]string, k.size)
	for i := range runs {
		runs[i] = fmt.Sprintf("SELECT %d AS n, t.%s AS id, t.%s AS place FROM %s t WHERE %s", i, k.id, o.column, k.table, k.marked(next))
		runs[i] += k.beyond(o, next(), next(), next())
	}
	return strings.Join(runs, " UNION ALL ") + ordered
}

// marked is the condition for the rows of a source. Every value has a placeholder of
// its own, in order: see placed.
func (k kind) marked(next func() string) string {
	cond := "t.tenant = " + next()
	if k.marks != "" {
		cond += fmt.Sprintf(" AND t.%s = %s", k.marks, next())
	}
	if k.own() {
		cond += " AND t.lang = " + next()
	} else if k.spoken {
		cond += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM conversations c WHERE c.tenant = %s AND c.id = t.conversation AND c.lang = %s)", next(), next())
	}
	if k.tagged {
		cond += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM conversation_tags g WHERE g.tenant = %s AND g.conversation = t.conversation AND g.tag = %s)", next(), next())
	}
	return cond
}

// beyond goes on to what of a stream stands behind a place.
func (k kind) beyond(o order, value, place, id string) string {
	return fmt.Sprintf(" AND t.%s = %s AND t.%s IS NOT NULL AND (t.%s, t.%s) %s (%s, %s)", k.by, value, o.column, o.column, k.id, o.beyond, place, id)
}

// args appends what the placeholders of one stream stand for.
func (src source) args(args []any, tenant canon.ID, s stream) []any {
	return append(src.markedBy(args, tenant), s.value, s.last.At, s.last.ID[:])
}

// arrays are what they stand for where the streams come as arrays.
func (src source) arrays(tenant canon.ID, streams []*stream) []any {
	values, places, ids := make([]int64, len(streams)), make([]int64, len(streams)), make([][]byte, len(streams))
	for i, s := range streams {
		values[i], places[i], ids[i] = s.value, s.last.At, s.last.ID[:]
	}
	return append(src.markedBy(nil, tenant), values, places, ids)
}

// markedBy appends what the placeholders of marked stand for.
func (src source) markedBy(args []any, tenant canon.ID) []any {
	args = append(args, tenant)
	if src.marks != "" {
		args = append(args, src.mark)
	}
	if src.own() {
		args = append(args, src.language)
	} else if src.spoken {
		args = append(args, tenant, src.language)
	}
	if src.tagged {
		args = append(args, tenant, src.tag)
	}
	return args
}

// shelvesOf are the numbers of the shelves that a source has something on, read
// by jumping from one to the next.
func (c Scope) shelvesOf(ctx context.Context, src source) (map[int64]bool, error) {
	cond, args := "", []any{c.tenant}
	if src.marks != "" {
		args = append(args, src.mark)
		cond += fmt.Sprintf(" AND %s = $%d", src.marks, len(args))
	}
	if src.own() {
		args = append(args, src.language)
		cond += fmt.Sprintf(" AND lang = $%d", len(args))
	}
	from := "(SELECT min(shelf) FROM " + src.table + " WHERE tenant = $1" + cond
	all, err := list(ctx, c.s, scalar[int64], "WITH RECURSIVE found (shelf) AS (SELECT "+from+") UNION ALL SELECT "+from+" AND shelf > found.shelf) FROM found WHERE found.shelf IS NOT NULL) SELECT shelf FROM found WHERE shelf IS NOT NULL",
		args...)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	out := make(map[int64]bool, len(all))
	for _, n := range all {
		out[n] = true
	}
	return out, nil
}
