package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
)

// listed is a conversation as lists and the feed show it: without the visit,
// which is long, and without what only the orchestrator needs.
type listed struct {
	core.Conversation
	names Names // in lists
	value int64 // of the stream it was read from, where several were read at once
}

// Names say with whom a conversation is and through what; what is gone has none.
type Names struct {
	Contact string
	Avatar  canon.ID
	Account string
	Kind    string // of the account
}

const plainCols = `c.id, c.thread, c.account, c.contact, c.status, c.owner, c.team, c.lease, c.subject, c.locale, c.unread, c.trouble,
	c.last_at, c.last_from, c.last_text, c.waiting, c.created, c.queued, c.picked, c.replied, c.closed, c.close_by, c.entry, c.reason, c.score, c.priority, c.snooze, c.clocks, `

// listedCols are those of a conversation c with its tags and colleagues, which
// marksOf are alone.
var (
	listedCols = map[Dialect]string{SQLite: plainCols + marksOf[SQLite], Postgres: plainCols + marksOf[Postgres]}
	marksOf    = map[Dialect]string{SQLite: marksCols("hex(m.%s)"), Postgres: marksCols("encode(m.%s, 'hex')")}
)

// marksCols are the tags and the colleagues of a conversation c, the ids of each in
// hexadecimal one after the other: read with it, as every statement of its own costs
// a way to PostgreSQL and back. Most conversations have neither, and marked says so.
func marksCols(hexadecimal string) string {
	of := func(table, column string) string {
		return "CASE WHEN c.marked <> 0 THEN (SELECT string_agg(" + fmt.Sprintf(hexadecimal, column) + ", '') FROM " + table + " m WHERE m.tenant = c.tenant AND m.conversation = c.id) END"
	}
	return of("conversation_tags", "tag") + ", " + of("colleagues", "agent")
}

// namedCols and namedJoins go on to the names.
const (
	namedCols  = ", p.name, p.avatar, a.name, a.kind"
	namedJoins = " LEFT JOIN contacts p ON p.tenant = c.tenant AND p.id = c.contact LEFT JOIN accounts a ON a.tenant = c.tenant AND a.id = c.account"
)

// A row is long: it is read where it stays.
func scanListed(rows *sql.Rows) (*listed, error) {
	b := new(listed)
	return b, b.scan(rows, nil, nil)
}

func scanNamed(rows *sql.Rows) (*listed, error) {
	b := new(listed)
	return b, b.scanNamed(rows, nil)
}

// scanStreamed reads the stream before the rest.
func scanStreamed(rows *sql.Rows) (*listed, error) {
	b := new(listed)
	return b, b.scanNamed(rows, []any{&b.value})
}

func (b *listed) scanNamed(rows *sql.Rows, before []any) error {
	var contact, account, kind sql.NullString // none: it is gone
	err := b.scan(rows, before, []any{&contact, &b.names.Avatar, &account, &kind})
	b.names.Contact, b.names.Account, b.names.Kind = contact.String, account.String, kind.String
	return err
}

// scan reads listedCols and what stands around them.
func (b *listed) scan(rows *sql.Rows, before, after []any) error {
	var status, trouble int64
	var waiting sql.NullInt64
	var last, created, queued, picked, replied, closed int64
	var entry, reason, snooze, clocks, tags, colleagues sql.RawBytes
	to := append(make([]any, 0, 41), before...)
	to = append(to, &b.ID, &b.Thread, &b.Account, &b.Contact, &status, &b.Owner.ID, &b.Owner.Team, &b.Lease, &b.Subject, &b.Locale, &b.Unread, &trouble,
		&last, &b.LastFrom, &b.LastText, &waiting, &created, &queued, &picked, &replied, &closed, &b.CloseBy, &entry, &reason, &b.Score, &b.Priority, &snooze, &clocks, &tags, &colleagues)
	if err := rows.Scan(append(to, after...)...); err != nil {
		return err
	}
	b.Owner.Kind, b.Trouble = statuses[status], trouble != 0
	b.LastAt, b.WaitingSince = at(last), at(waiting.Int64)
	b.Created, b.Queued, b.Picked, b.Replied, b.Closed = at(created), at(queued), at(picked), at(replied), at(closed)
	if len(entry) > 0 {
		b.Entry = new(canon.Entry)
		if err := json.Unmarshal(entry, b.Entry); err != nil {
			return fmt.Errorf("entry of conversation %s: %w", b.ID, err)
		}
	}
	if len(reason) > 0 {
		if err := json.Unmarshal(reason, &b.Reason); err != nil {
			return fmt.Errorf("reason of conversation %s: %w", b.ID, err)
		}
	}
	var err error
	if b.Snooze, err = readSnooze(snooze); err != nil {
		return err
	}
	if _, err := readClocks(clocks, &b.Conversation); err != nil {
		return err
	}
	return readMarks(&b.Conversation, tags, colleagues)
}

// readMarks reads what marksOf are.
func readMarks(c *core.Conversation, tags, colleagues []byte) (err error) {
	if c.Tags, err = readIDs(tags); err != nil {
		return fmt.Errorf("tags of conversation %s: %w", c.ID, err)
	}
	if c.Colleagues, err = readIDs(colleagues); err != nil {
		return fmt.Errorf("colleagues of conversation %s: %w", c.ID, err)
	}
	return nil
}

// readIDs reads ids in hexadecimal, in their order: the databases have none of
// their own, and who compares two answers would see a change.
func readIDs(text []byte) ([]canon.ID, error) {
	raw, err := hex.AppendDecode(nil, text)
	if err != nil {
		return nil, err
	}
	out := make([]canon.ID, 0, len(raw)/len(canon.ID{}))
	for id := range slices.Chunk(raw, len(canon.ID{})) {
		out = append(out, canon.ID(id))
	}
	slices.SortFunc(out, func(a, b canon.ID) int { return bytes.Compare(a[:], b[:]) })
	return out, nil
}

// place is where a conversation stands in a list.
func (b *listed) place(s Sort) Cursor {
	switch s {
	case SortWaiting:
		return Cursor{At: ms(b.WaitingSince), ID: b.ID}
	case SortDue:
		return Cursor{At: ms(b.Due), ID: b.ID}
	}
	return Cursor{At: ms(b.LastAt), ID: b.ID}
}

// run reads the next n conversations of one stream. How many are read stands in the
// text: PostgreSQL, not knowing it, would prepare to read the tenth part of all.
func (c Scope) run(ctx context.Context, sort Sort, s *stream, n int) ([]*listed, error) {
	o := sort.order()
	all, err := list(ctx, c.s, scanNamed, fmt.Sprintf("SELECT %s FROM conversations c%s WHERE c.tenant = $1 AND c.%s = $2 AND c.%s IS NOT NULL AND (c.%s, c.id) %s ($3, $4) ORDER BY c.%s %s, c.id %s LIMIT %d",
		listedCols[c.s.dialect]+namedCols, namedJoins, s.by, o.column, o.column, o.beyond, o.column, o.direction, o.direction, max(n, holding(takes, n))), c.tenant, s.value, s.last.At, s.last.ID[:])
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return all[:min(n, len(all))], nil
}

// byPlace reads the conversations of some places, in their order; those that are
// gone are left out.
func (c Scope) byPlace(ctx context.Context, keys []Cursor) ([]*listed, error) {
	ids := make([]canon.ID, len(keys))
	at := make(map[canon.ID]int, len(keys))
	for i, k := range keys {
		ids[i], at[k.ID] = k.ID, i
	}
	all, err := listIn(ctx, c.s, scanNamed, "SELECT "+listedCols[c.s.dialect]+namedCols+" FROM conversations c"+namedJoins+" WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, ids)
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	slices.SortFunc(all, func(a, b *listed) int { return at[a.ID] - at[b.ID] })
	return all, nil
}

// ConversationsByID reads conversations, without their visits; those that are
// gone are left out.
func (c Scope) ConversationsByID(ctx context.Context, ids []canon.ID) ([]core.Conversation, error) {
	all, err := listIn(ctx, c.s, scanListed, "SELECT "+listedCols[c.s.dialect]+" FROM conversations c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	return plain(all), nil
}

func plain(all []*listed) []core.Conversation {
	out := make([]core.Conversation, len(all))
	for i := range all {
		out[i] = all[i].Conversation
	}
	return out
}
