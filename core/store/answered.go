package store

import (
	"context"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// AnswerAfter is the newest answer that another agent gave on a thread after a
// place; ok is false when there is none.
func (t *Tx) AnswerAfter(ctx context.Context, thread canon.ID, pos int64, agent canon.ID) (m core.Message, ok bool, err error) {
	all, err := list(ctx, t, scanMessage, "SELECT "+messageCols+` FROM messages m
		WHERE m.tenant = $1 AND m.thread = $2 AND m.pos > $3 AND m.sender_kind = 'agent' AND m.sender <> $4 ORDER BY m.pos DESC LIMIT 1`, t.tenant, thread, pos, agent)
	if err != nil {
		return m, false, fmt.Errorf("read messages: %w", err)
	}
	if len(all) == 0 {
		return m, false, nil
	}
	return all[0], true, nil
}
