package store

import (
	"bytes"
	"context"
	"database/sql"
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
	marked bool         // it may have tags or colleagues
	person core.Contact // no more than name and avatar, and only in lists
}

const listedCols = `c.id, c.thread, c.account, c.contact, c.status, c.owner, c.team, c.lease, c.subject, c.locale, c.unread, c.trouble,
	c.last_at, c.last_from, c.last_text, c.waiting, c.created, c.queued, c.picked, c.replied, c.closed, c.close_by, c.entry, c.reason, c.marked, c.score, c.priority, c.snooze, c.clocks`

// namedCols are those and who the contact is, from namedFrom.
const (
	namedCols = listedCols + ", p.name, p.avatar"
	namedFrom = "conversations c LEFT JOIN contacts p ON p.tenant = c.tenant AND p.id = c.contact"
)

func scanListed(rows *sql.Rows) (listed, error) {
	var b listed
	err := b.scan(rows)
	return b, err
}

func scanNamed(rows *sql.Rows) (listed, error) {
	var b listed
	var name sql.NullString // none: the contact is gone
	err := b.scan(rows, &name, &b.person.Avatar)
	b.person.ID, b.person.Name = b.Contact, name.String
	return b, err
}

// scan reads listedCols and what follows them.
func (b *listed) scan(rows *sql.Rows, more ...any) error {
	var status, trouble, marked int64
	var waiting sql.NullInt64
	var last, created, queued, picked, replied, closed int64
	var entry, reason, snooze, clocks sql.RawBytes
	to := [31]any{&b.ID, &b.Thread, &b.Account, &b.Contact, &status, &b.Owner.ID, &b.Owner.Team, &b.Lease, &b.Subject, &b.Locale, &b.Unread, &trouble,
		&last, &b.LastFrom, &b.LastText, &waiting, &created, &queued, &picked, &replied, &closed, &b.CloseBy, &entry, &reason, &marked, &b.Score, &b.Priority, &snooze, &clocks}
	if err := rows.Scan(append(to[:29], more...)...); err != nil {
		return err
	}
	b.Owner.Kind, b.Trouble, b.marked = statuses[status], trouble != 0, marked != 0
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
	if b.Snooze, err = readSnooze(snooze); err == nil {
		_, err = readClocks(clocks, &b.Conversation)
	}
	return err
}

// place is where a conversation stands in a list.
func (b listed) place(s Sort) Cursor {
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
func (c Scope) run(ctx context.Context, sort Sort, s *stream, n int) ([]listed, error) {
	o := sort.order()
	all, err := list(ctx, c.s, scanNamed, fmt.Sprintf("SELECT %s FROM %s WHERE c.tenant = $1 AND c.%s = $2 AND c.%s IS NOT NULL AND (c.%s, c.id) %s ($3, $4) ORDER BY c.%s %s, c.id %s LIMIT %d",
		namedCols, namedFrom, s.by, o.column, o.column, o.beyond, o.column, o.direction, o.direction, max(n, holding(takes, n))), c.tenant, s.value, s.last.At, s.last.ID[:])
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return all[:min(n, len(all))], nil
}

// byPlace reads the conversations of some places, in their order; those that are
// gone are left out.
func (c Scope) byPlace(ctx context.Context, keys []Cursor) ([]listed, error) {
	ids := make([]canon.ID, len(keys))
	at := make(map[canon.ID]int, len(keys))
	for i, k := range keys {
		ids[i], at[k.ID] = k.ID, i
	}
	all, err := listIn(ctx, c.s, scanNamed, "SELECT "+namedCols+" FROM "+namedFrom+" WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, ids)
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	slices.SortFunc(all, func(a, b listed) int { return at[a.ID] - at[b.ID] })
	return all, nil
}

// ConversationsByID reads conversations, without their visits; those that are
// gone are left out.
func (c Scope) ConversationsByID(ctx context.Context, ids []canon.ID) ([]core.Conversation, error) {
	all, err := listIn(ctx, c.s, scanListed, "SELECT "+listedCols+" FROM conversations c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	if err := dress(ctx, c.s, c.tenant, all); err != nil {
		return nil, err
	}
	return plain(all), nil
}

func plain(all []listed) []core.Conversation {
	out := make([]core.Conversation, len(all))
	for i := range all {
		out[i] = all[i].Conversation
	}
	return out
}

// dress adds tags and colleagues.
func dress(ctx context.Context, r reader, tenant canon.ID, items []listed) error {
	at := make(map[canon.ID]*core.Conversation)
	var ids []canon.ID
	for i := range items {
		c := &items[i].Conversation
		c.Tags, c.Colleagues = []canon.ID{}, []canon.ID{}
		if items[i].marked {
			at[c.ID], ids = c, append(ids, c.ID)
		}
	}
	type pair struct{ conversation, other canon.ID }
	scan := func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.conversation, &p.other)
		return p, err
	}
	tags, err := listIn(ctx, r, scan, "SELECT conversation, tag FROM conversation_tags WHERE tenant = $1 AND conversation IN (%s)", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read tags: %w", err)
	}
	for _, p := range tags {
		if c := at[p.conversation]; !slices.Contains(c.Tags, p.other) {
			c.Tags = append(c.Tags, p.other)
		}
	}
	added, err := listIn(ctx, r, scan, "SELECT conversation, agent FROM colleagues WHERE tenant = $1 AND conversation IN (%s)", []any{tenant}, ids)
	if err != nil {
		return fmt.Errorf("read colleagues: %w", err)
	}
	for _, p := range added {
		if c := at[p.conversation]; !slices.Contains(c.Colleagues, p.other) {
			c.Colleagues = append(c.Colleagues, p.other)
		}
	}
	byID := func(a, b canon.ID) int { return bytes.Compare(a[:], b[:]) }
	for _, c := range at { // PostgreSQL has no order of its own, and who compares two answers would see a change
		slices.SortFunc(c.Tags, byID)
		slices.SortFunc(c.Colleagues, byID)
	}
	return nil
}
