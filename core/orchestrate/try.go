package orchestrate

import (
	"context"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Try says something to the customer of a conversation in the hub's own name, to
// see whether it arrives. Who has the conversation, and whether it is closed,
// stays as it is.
func (o *Orchestrator) Try(ctx context.Context, tenant, conversation canon.ID, text string) (core.Message, error) {
	_, _, after, err := o.anchors(ctx, tenant, conversation, canon.ID{})
	if err != nil {
		return core.Message{}, err
	}
	var out core.Message
	err = o.atDesk(ctx, tenant, conversation, func(_ *store.Tx, s *scene) error {
		s.after = after
		line, _, err := s.say(core.Message{From: core.FromSystem, Content: canon.TextMessage(text)}, 0, "")
		if err != nil {
			return refusal(err)
		}
		out = *line
		return nil
	})
	return out, err
}
