package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
	"unicode/utf8"

	"parley/core"
	"parley/core/canon"
)

// shared is what the members of one transaction gather, written once at its
// end.
type shared struct {
	now     time.Time
	feed    []feedRow
	shelves map[shelfKey]*shelved
	hits    map[hitKey]int64
	after   []func()
}

// Tx is one caller's part of a transaction, in the scope of its tenant.
type Tx struct {
	w      *writer
	shared *shared
	tenant canon.ID
	ctx    context.Context
}

// Tenant is the tenant the transaction belongs to.
func (t *Tx) Tenant() canon.ID { return t.tenant }

// Now is one instant for the whole transaction.
func (t *Tx) Now() time.Time { return t.shared.now }

// After runs f once the transaction is durable. f must not block.
func (t *Tx) After(f func()) { t.shared.after = append(t.shared.after, f) }

// exec runs a statement and returns how many rows it changed.
func (t *Tx) exec(q string, args ...any) (int64, error) { return t.w.run1(q, args) }

// do runs a statement whose outcome the next ones do not need.
func (t *Tx) do(q string, args ...any) error { return t.w.do(nil, q, args) }

// doFor is do with a word on the outcome: end is told how many rows were
// changed, or the error, at once or later in the same transaction.
func (t *Tx) doFor(end func(changed int64, err error) error, q string, args ...any) error {
	return t.w.do(end, q, args)
}

func (t *Tx) query(_ context.Context, q string, args ...any) (*sql.Rows, error) {
	if err := t.w.send(); err != nil {
		return nil, err
	}
	st, err := t.w.prepared(q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.Background(), tidy(args)...)
}

// tidy takes out of texts what no text column of PostgreSQL takes and no
// person reads: NUL, and bytes that are not UTF-8. Strangers send them.
func tidy(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			args[i] = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
		}
	}
	return args
}

// insert writes rows with as few statements as possible. head is
// "INSERT INTO x (a, b)", tail "" or "ON CONFLICT …".
func (t *Tx) insert(head string, width int, tail string, rows [][]any) error {
	return t.w.insert(head, width, tail, rows)
}

// insertFor is insert with a word on the outcome, as of doFor.
func (t *Tx) insertFor(end func(int64, error) error, head string, width int, rows [][]any) error {
	return t.w.insertAll(end, head, width, "", flat(width, rows))
}

func (w *writer) insert(head string, width int, tail string, rows [][]any) error {
	return w.insertFlat(head, width, tail, flat(width, rows))
}

func flat(width int, rows [][]any) []any {
	args := make([]any, 0, len(rows)*width)
	for _, r := range rows {
		args = append(args, r...)
	}
	return args
}

// insertFlat is insert with the columns of all rows one after the other.
func (w *writer) insertFlat(head string, width int, tail string, args []any) error {
	return w.insertAll(nil, head, width, tail, args)
}

func (w *writer) insertAll(end func(int64, error) error, head string, width int, tail string, args []any) error {
	for len(args) > 0 {
		size := chunk(len(args)/width, width)
		text := w.bulk(head, width, size, tail)
		if err := w.do(end, text, args[:size*width]); err != nil {
			return err
		}
		args = args[size*width:]
	}
	return nil
}

// chunks are how many rows one bulk insert takes of many; of fewer it takes all.
// So few statements are ever prepared, and a small group needs one of each.
var chunks = [...]int{128, 64, 32, 16}

// chunk is how many of n rows of a width the next statement takes.
func chunk(n, width int) int {
	for _, s := range chunks {
		if n >= s && s*width <= 2200 {
			return s
		}
	}
	return min(n, 15)
}

// bulkKey names a bulk insert.
type bulkKey struct {
	head, tail  string
	width, size int
}

// bulk is the text of a bulk insert.
func (w *writer) bulk(head string, width, size int, tail string) string {
	key := bulkKey{head, tail, width, size}
	text := w.bulks[key]
	if text == "" {
		text = bulkText(head, width, size, tail)
		w.bulks[key] = text
	}
	return text
}

// bulkText writes "head VALUES ($1,$2),($3,$4) tail".
func bulkText(head string, width, size int, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(" VALUES ")
	for i := range size {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		b.WriteString(inList(i*width+1, width))
		b.WriteByte(')')
	}
	if tail != "" {
		b.WriteByte(' ')
		b.WriteString(tail)
	}
	return b.String()
}

type feedRow struct {
	tenant canon.ID
	entry  core.FeedEntry
}

// Feed tells that something happened. It is numbered after the commit.
func (t *Tx) Feed(e core.FeedEntry) {
	if e.At.IsZero() {
		e.At = t.shared.now
	}
	t.shared.feed = append(t.shared.feed, feedRow{t.tenant, e})
}

type hitKey struct {
	tenant, bot canon.ID
	rule, day   string
}

// Hit counts a rule of a bot.
func (t *Tx) Hit(bot canon.ID, rule string) {
	if t.shared.hits == nil {
		t.shared.hits = map[hitKey]int64{}
	}
	t.shared.hits[hitKey{t.tenant, bot, rule, t.shared.now.Format(time.DateOnly)}]++
}

// flush writes what the members gathered.
func (w *writer) flush(sh *shared) error {
	if err := w.flushShelves(sh); err != nil {
		return err
	}
	for k, n := range sh.hits {
		if err := w.insert("INSERT INTO bot_hits (tenant, bot, rule, day, hits)", 5,
			"ON CONFLICT (tenant, bot, rule, day) DO UPDATE SET hits = bot_hits.hits + excluded.hits", [][]any{{k.tenant, k.bot, k.rule, k.day, n}}); err != nil {
			return err
		}
	}
	return w.flushFeed(sh)
}
