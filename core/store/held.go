package store

import (
	"context"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// Hold keeps a row that failed until the customer writes again.
func (t *Tx) Hold(id canon.ID) (bool, error) {
	n, err := t.exec("UPDATE outbox SET state = 8, due = 0, ended = 0, holder = '', lease = 0, ticket = NULL, carrier = NULL WHERE tenant = $1 AND id = $2 AND state = 5", t.tenant, id)
	return n == 1, err
}

// release lets go what was held on a thread, the oldest first. Its age counts
// from now on.
func (t *Tx) release(ch *Change) error {
	ch.Released = nil
	if ch.Release == 0 || ch.Lane.Fresh {
		return nil
	}
	most := ch.Release
	if most < 0 {
		most = 1000
	}
	held, err := list(t.ctx, t, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.thread = $2 AND o.state = 8 ORDER BY o.n LIMIT $3",
		t.tenant, ch.Lane.Thread.ID, most)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	for _, o := range held {
		if _, err := t.exec("UPDATE outbox SET state = 0, created = $1 WHERE tenant = $2 AND id = $3 AND state = 8", ms(t.Now()), t.tenant, o.ID); err != nil {
			return err
		}
		o.State, o.Created = canon.Queued, ms(t.Now())
		ch.Released = append(ch.Released, o)
		t.Feed(core.FeedEntry{Kind: core.FeedChanged, Conversation: o.Conversation, Subject: o.Message})
	}
	return nil
}

// SentSince counts what a thread was sent after a moment, for channels that
// count and have forgotten.
func (c Scope) SentSince(ctx context.Context, thread canon.ID, after time.Time) (int, error) {
	n, err := one(ctx, c.s, scalar[int64], "SELECT count(*) FROM outbox o JOIN messages m ON m.tenant = o.tenant AND m.id = o.message WHERE m.tenant = $1 AND m.thread = $2 AND m.at >= $3 AND o.state IN (2, 3, 4)", c.tenant, thread, ms(after))
	if err != nil {
		return 0, fmt.Errorf("read the outbox: %w", err)
	}
	return int(n), nil
}
