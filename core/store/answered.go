package store

import (
	"context"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// AnswerAfter is the newest answer that another agent gave on a thread after a
// place, in one of its conversations where that is not zero; ok is false when there
// is none.
func (t *Tx) AnswerAfter(ctx context.Context, thread, only canon.ID, pos int64, agent canon.ID) (m core.Message, ok bool, err error) {
	cond, args := "", []any{t.tenant, thread, pos, agent}
	if !only.IsZero() {
		cond, args = " AND m.conversation = $5", append(args, only)
	}
	all, err := list(ctx, t, scanMessage, "SELECT "+messageCols+` FROM messages m
		WHERE m.tenant = $1 AND m.thread = $2 AND m.pos > $3 AND m.sender_kind = 'agent' AND m.sender <> $4`+cond+` ORDER BY m.pos DESC LIMIT 1`, args...)
	if err != nil {
		return m, false, fmt.Errorf("read messages: %w", err)
	}
	if len(all) == 0 {
		return m, false, nil
	}
	return all[0], true, nil
}
