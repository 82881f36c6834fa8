package store

import (
	"context"

	"parley/core"
	"parley/core/canon"
)

// Prioritise says how urgent a conversation is, which puts it on another shelf.
func (t *Tx) Prioritise(ctx context.Context, conversation canon.ID, p core.Priority, by canon.ID) error {
	l, err := t.LaneOfConversation(ctx, conversation)
	if err != nil || l.Round.Priority == p {
		return err
	}
	was, to := l.Round.Conversation, l.Round.Conversation
	to.Priority = p
	number := shelfOf(to).number()
	t.stand(l.Round.shelf, shelfOf(was), -1)
	t.stand(number, shelfOf(to), 1)
	// Whoever read the thread before decides again: they know another shelf.
	if _, err := t.exec("UPDATE threads SET rev = rev + 1 WHERE tenant = $1 AND id = $2", t.tenant, l.Thread.ID); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE conversations SET priority = $3, shelf = $4 WHERE tenant = $1 AND id = $2", t.tenant, conversation, string(p), number); err != nil {
		return err
	}
	return t.tellOf(ctx, conversation, by, true)
}

// tellOf tells of a conversation as it is now, if it changed.
func (t *Tx) tellOf(ctx context.Context, conversation, by canon.ID, changed bool) error {
	all, err := list(ctx, t, scanListed, "SELECT "+listedCols[t.w.s.dialect]+" FROM conversations c WHERE c.tenant = $1 AND c.id = $2", t.tenant, conversation)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return core.NotFound("conversation")
	}
	if !changed {
		return nil
	}
	if err := t.announce(core.FeedConversation, by, conversation, all[0].Conversation); err != nil {
		return err
	}
	t.shared.feed[len(t.shared.feed)-1].entry.Conversation = conversation
	return nil
}
