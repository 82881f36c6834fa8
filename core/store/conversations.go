package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
)

// dress adds tags and colleagues.
func (c Scope) dress(ctx context.Context, items []core.Conversation) error {
	return dress(ctx, c.s, c.tenant, items)
}

func dress(ctx context.Context, r reader, tenant canon.ID, items []core.Conversation) error {
	at := make(map[canon.ID]*core.Conversation, len(items))
	ids := make([]canon.ID, len(items))
	for i := range items {
		items[i].Tags, items[i].Colleagues = []canon.ID{}, []canon.ID{}
		at[items[i].ID], ids[i] = &items[i], items[i].ID
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
	return nil
}

// Round reads one conversation with what the orchestrator keeps of it.
func (c Scope) Round(ctx context.Context, id canon.ID) (Round, error) {
	all, err := list(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", c.tenant, id)
	if err != nil {
		return Round{}, fmt.Errorf("read conversation: %w", err)
	}
	if len(all) == 0 {
		return Round{}, core.NotFound("conversation")
	}
	one := []core.Conversation{all[0].Conversation}
	if err := c.dress(ctx, one); err != nil {
		return Round{}, err
	}
	all[0].Conversation = one[0]
	if one[0].Owner.Kind == core.StatusQueue {
		if all[0].Place, err = c.Place(ctx, all[0].Conversation); err != nil {
			return Round{}, err
		}
	}
	return all[0], nil
}

// ConversationsByID reads conversations; those that are gone are left out.
func (c Scope) ConversationsByID(ctx context.Context, ids []canon.ID) ([]core.Conversation, error) {
	all, err := listIn(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	out := make([]core.Conversation, len(all))
	for i, r := range all {
		out[i] = r.Conversation
	}
	return out, c.dress(ctx, out)
}

// Place is where a queued conversation stands, from 1. It costs as much as the
// queue is long.
func (c Scope) Place(ctx context.Context, conv core.Conversation) (int, error) {
	cond, args := "team = $4", []any{c.tenant, ms(conv.WaitingSince), conv.ID, conv.Owner.Team}
	if conv.Owner.Team.IsZero() {
		cond, args = "team IS NULL", args[:3]
	}
	n, err := one(ctx, c.s, scalar[int64], "SELECT count(*) FROM conversations WHERE tenant = $1 AND status = 1 AND waiting IS NOT NULL AND (waiting, id) < ($2, $3) AND "+cond, args...)
	if err != nil {
		return 0, fmt.Errorf("read the queue: %w", err)
	}
	return int(n) + 1, nil
}

// ContactConversations lists a contact's conversations, newest first.
func (c Scope) ContactConversations(ctx context.Context, contact canon.ID, before canon.ID, limit int) ([]core.Conversation, error) {
	cond, args := "", []any{c.tenant, contact, limit}
	if !before.IsZero() {
		cond, args = " AND c.id < $4", append(args, before)
	}
	all, err := list(ctx, c.s, scanRound, "SELECT "+roundCols+" FROM conversations c WHERE c.tenant = $1 AND c.contact = $2"+cond+" ORDER BY c.id DESC LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	out := make([]core.Conversation, len(all))
	for i, r := range all {
		out[i] = r.Conversation
	}
	return out, c.dress(ctx, out)
}

// OwnerChanges is who had a conversation, oldest first.
func (c Scope) OwnerChanges(ctx context.Context, conversation canon.ID) ([]core.OwnerChange, error) {
	all, err := list(ctx, c.s, scalar[[]byte], "SELECT change FROM owner_changes WHERE tenant = $1 AND conversation = $2 ORDER BY lease", c.tenant, conversation)
	if err != nil {
		return nil, fmt.Errorf("read owners: %w", err)
	}
	out := make([]core.OwnerChange, len(all))
	for i, raw := range all {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, fmt.Errorf("owner %d of conversation %s: %w", i, conversation, err)
		}
	}
	return out, nil
}

// Tallies are the kept counts, by name: "status:bot", "owner:<id>",
// "queue:<team or empty>", "account:<id>".
func (c Scope) Tallies(ctx context.Context) (map[string]int64, error) {
	type pair struct {
		name string
		n    int64
	}
	all, err := list(ctx, c.s, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.name, &p.n)
		return p, err
	}, "SELECT name, n FROM tallies WHERE tenant = $1", c.tenant)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	out := make(map[string]int64, len(all))
	for _, p := range all {
		out[p.name] = p.n
	}
	return out, nil
}

// LongestWaiting is since when the head of a team's queue waits; zero when
// nobody does.
func (c Scope) LongestWaiting(ctx context.Context, team canon.ID) (time.Time, error) {
	q, args := "SELECT waiting FROM conversations WHERE tenant = $1 AND team = $2 AND status = 1 AND waiting IS NOT NULL ORDER BY waiting LIMIT 1", []any{c.tenant, team}
	if team.IsZero() {
		q, args = "SELECT waiting FROM conversations WHERE tenant = $1 AND status = 1 AND team IS NULL AND waiting IS NOT NULL ORDER BY waiting LIMIT 1", args[:1]
	}
	v, err := one(ctx, c.s, scalar[int64], q, args...)
	if errors.Is(err, errNone) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read the queue: %w", err)
	}
	return at(v), nil
}

// Thread reads a thread.
func (c Scope) Thread(ctx context.Context, id canon.ID) (core.Thread, int64, error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.id = $2", c.tenant, id)
	if err != nil {
		return core.Thread{}, 0, fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return core.Thread{}, 0, core.NotFound("thread")
	}
	return rows[0].thread, rows[0].read, nil
}

// ThreadByKey finds a thread by its key.
func (c Scope) ThreadByKey(ctx context.Context, account canon.ID, key canon.ThreadKey) (core.Thread, int64, error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.account = $2 AND t.lane = $3", c.tenant, account, LaneOf(key))
	if err != nil {
		return core.Thread{}, 0, fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return core.Thread{}, 0, core.NotFound("thread")
	}
	return rows[0].thread, rows[0].read, nil
}

// Idle returns open conversations of a status in which nothing happened since
// before, and which had their owner by then, oldest first. With answered only
// those in which the customer was the one to answer.
func (c Scope) Idle(ctx context.Context, status core.Status, before time.Time, answered bool, limit int) ([]canon.ID, error) {
	cond := ""
	if answered {
		cond = " AND c.waiting IS NULL AND c.answered_at >= c.asked_at"
	}
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT c.id FROM conversations c WHERE c.tenant = $1 AND c.status = $2 AND c.last_at < $3"+cond+`
		AND NOT EXISTS (SELECT 1 FROM owner_changes o WHERE o.tenant = c.tenant AND o.conversation = c.id AND o.lease = c.lease AND o.at >= $3)
		ORDER BY c.last_at LIMIT $4`, c.tenant, statusNumber(status), ms(before), limit)
	if err != nil {
		return nil, fmt.Errorf("list idle conversations: %w", err)
	}
	return out, nil
}

// ThreadAddress is where a thread stands: its account and the hash of its key.
func (c Scope) ThreadAddress(ctx context.Context, thread canon.ID) (account canon.ID, lane string, err error) {
	rows, err := list(ctx, c.s, scanThread, "SELECT "+threadCols+" FROM threads t WHERE t.tenant = $1 AND t.id = $2", c.tenant, thread)
	if err != nil {
		return account, "", fmt.Errorf("read thread: %w", err)
	}
	if len(rows) == 0 {
		return account, "", core.NotFound("thread")
	}
	return rows[0].thread.Account, rows[0].lane, nil
}
