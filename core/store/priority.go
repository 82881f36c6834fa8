package store

import (
	"context"

	"parley/core"
	"parley/core/canon"
)

// Prioritise says how urgent a conversation is.
func (t *Tx) Prioritise(ctx context.Context, conversation canon.ID, p core.Priority, by canon.ID) error {
	n, err := t.exec("UPDATE conversations SET priority = $3 WHERE tenant = $1 AND id = $2 AND priority <> $3", t.tenant, conversation, string(p))
	if err != nil {
		return err
	}
	return t.tellOf(ctx, conversation, by, n > 0)
}

// tellOf tells of a conversation as it is now, if it changed.
func (t *Tx) tellOf(ctx context.Context, conversation, by canon.ID, changed bool) error {
	all, err := list(ctx, t, scanListed, "SELECT "+listedCols+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", t.tenant, conversation)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return core.NotFound("conversation")
	}
	if !changed {
		return nil
	}
	if err := dress(ctx, t, t.tenant, all); err != nil {
		return err
	}
	if err := t.announce(core.FeedConversation, by, conversation, all[0].Conversation); err != nil {
		return err
	}
	t.shared.feed[len(t.shared.feed)-1].entry.Conversation = conversation
	return nil
}
