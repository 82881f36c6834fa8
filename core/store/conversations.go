package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Round reads one conversation with what the orchestrator keeps of it, without
// its place in the queue.
func (c Scope) Round(ctx context.Context, id canon.ID) (Round, error) {
	r, _, err := c.RoundAt(ctx, id)
	return r, err
}

// RoundAt is Round with the revision its thread is at.
func (c Scope) RoundAt(ctx context.Context, id canon.ID) (r Round, rev int64, err error) {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (*Round, error) {
		var tags, colleagues sql.RawBytes
		if err := r.scan(rows, &tags, &colleagues, &rev); err != nil {
			return nil, err
		}
		return &r, readMarks(&r.Conversation, tags, colleagues)
	}, "SELECT "+roundCols+", "+marksOf[c.s.dialect]+", (SELECT t.rev FROM threads t WHERE t.tenant = c.tenant AND t.id = c.thread) FROM conversations c WHERE c.tenant = $1 AND c.id = $2", c.tenant, id)
	if err != nil {
		return Round{}, 0, fmt.Errorf("read conversation: %w", err)
	}
	if len(all) == 0 {
		return Round{}, 0, core.NotFound("conversation")
	}
	return r, rev, nil
}

// Placed is Round with the place in the queue.
func (c Scope) Placed(ctx context.Context, id canon.ID) (Round, error) {
	r, err := c.Round(ctx, id)
	if err == nil && r.Owner.Kind == core.StatusQueue {
		r.Place, err = c.Place(ctx, r.Conversation)
	}
	return r, err
}

// Place is where a queued conversation stands, from 1. It costs as much as the
// queue is long.
func (c Scope) Place(ctx context.Context, conv core.Conversation) (int, error) {
	cond, args := queueOf(conv.Owner.Team, 4)
	n, err := one(ctx, c.s, scalar[int64], `SELECT count(*) FROM shelves s JOIN conversations c ON c.tenant = s.tenant AND c.shelf = s.shelf
		WHERE s.tenant = $1 AND c.tenant = $1 AND c.waiting IS NOT NULL AND (c.waiting, c.id) < ($2, $3)`+cond, append([]any{c.tenant, ms(conv.WaitingSince), conv.ID}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("read the queue: %w", err)
	}
	return int(n) + 1, nil
}

// ContactConversations lists a contact's conversations without their visits,
// newest first.
func (c Scope) ContactConversations(ctx context.Context, contact canon.ID, before canon.ID, limit int) ([]core.Conversation, error) {
	cond, args := "", []any{c.tenant, contact, limit}
	if !before.IsZero() {
		cond, args = " AND c.id < $4", append(args, before)
	}
	all, err := list(ctx, c.s, scanListed, "SELECT "+listedCols[c.s.dialect]+" FROM conversations c WHERE c.tenant = $1 AND c.contact = $2"+cond+" ORDER BY c.id DESC LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return plain(all), nil
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

// LongestWaiting is since when the head of a team's queue waits; zero when
// nobody does.
func (c Scope) LongestWaiting(ctx context.Context, team canon.ID) (time.Time, error) {
	cond, args := queueOf(team, 2)
	heads, err := list(ctx, c.s, scalar[sql.NullInt64], `SELECT (SELECT c.waiting FROM conversations c WHERE c.tenant = $1 AND c.shelf = s.shelf AND c.waiting IS NOT NULL ORDER BY c.waiting LIMIT 1)
		FROM shelves s WHERE s.tenant = $1 AND s.n > 0`+cond, append([]any{c.tenant}, args...)...)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the queue: %w", err)
	}
	longest := int64(0)
	for _, h := range heads {
		if h.Valid && (longest == 0 || h.Int64 < longest) {
			longest = h.Int64
		}
	}
	return at(longest), nil
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
