package orchestrate

import (
	"context"
	"slices"
	"unicode"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
	"parley/core/store"
)

var errNoEmoji = core.Invalid("emoji", "body.emoji", connector.Text{EN: "This is not one emoji.", ZH: "请使用一个表情。"},
	connector.Text{EN: "Send one emoji, or nothing to take it off.", ZH: "请发送一个表情，留空则取消。"})

// React puts an emoji on a customer's message in the name of the business, in
// place of an earlier one; "" takes it off. Where the platform refuses it, it is
// taken off here again. Where it has none, and its channel has the emoji sent as an
// answer, that is posted and returned.
func (o *Orchestrator) React(ctx context.Context, tenant, message, by canon.ID, emoji string) (core.Message, error) {
	if emoji != "" && !isEmoji(emoji) {
		return core.Message{}, errNoEmoji
	}
	if m, r, instead, err := o.inWords(ctx, tenant, message, connector.OpsReact); err != nil {
		return m, err
	} else if instead && m.From == core.FromCustomer && m.Recalled.IsZero() {
		return o.reactInWords(ctx, tenant, by, m, r, emoji)
	}
	return o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		if err := s.serves(t, by); err != nil {
			return m, err
		}
		if m.From != core.FromCustomer || !m.Recalled.IsZero() || m.Content.RemoteID == "" {
			return m, cannot("react_target", "There is no message of the customer's to react to.", "没有可回应的客户消息。")
		}
		if !o.capabilities(tenant, s.account.ID, s.ch.Lane.Thread.Key).Can(connector.OpsReact) {
			return m, cannot("react_unsupported", "This channel has no reactions.", "该渠道不支持表情回应。")
		}
		row, err := o.outbox.Reaction(tenant, outbox.Letter{
			Thread: s.ch.Lane.Thread.ID, Key: s.ch.Lane.Thread.Key, Conversation: m.Conversation, Account: s.account.ID,
			Message: canon.Message{ID: m.ID}, Sender: senderOf(core.FromAgent, by, ""),
		}, m.Content.RemoteID, emoji)
		if err != nil {
			return m, err
		}
		s.ch.Outbox = append(s.ch.Outbox, row)
		return s.wears(ctx, t, m, emoji, by)
	})
}

// Unreact takes the business's reaction off a message: the platform did not.
func (o *Orchestrator) Unreact(ctx context.Context, tenant, message canon.ID) error {
	_, err := o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		return s.wears(ctx, t, m, "", canon.ID{})
	})
	return err
}

// wears gives a message the business's reaction.
func (s *scene) wears(ctx context.Context, t *store.Tx, m core.Message, emoji string, by canon.ID) (core.Message, error) {
	m.Reactions = slices.DeleteFunc(m.Reactions, func(r core.Reaction) bool { return r.From == core.FromAgent })
	if emoji != "" {
		m.Reactions = append(m.Reactions, core.Reaction{Emoji: emoji, From: core.FromAgent, By: by})
	}
	m.Rev = s.number()
	s.change(m)
	return m, t.Rewrite(ctx, m, nil)
}

// serves is an error unless an agent has the conversation or was added to it.
func (s *scene) serves(t *store.Tx, agent canon.ID) error {
	r := s.round()
	switch {
	case r.Owner.Kind == core.StatusClosed:
		return errClosed
	case r.Owner.Kind == core.StatusAgent && r.Owner.ID == agent:
		return nil
	}
	colleague, err := t.IsColleague(s.ctx, r.ID, agent)
	if err == nil && (!colleague || r.Owner.Kind == core.StatusBot) { // a bot and a person never both speak
		err = errNotOwner
	}
	return err
}

// isEmoji tells one picture from words.
func isEmoji(s string) bool {
	one := connector.Length{Max: 1, Unit: connector.Graphemes}
	return len(s) <= 64 && one.Fits(s) && !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.IsControl(r) || r < 0x80 && unicode.IsPunct(r)
	})
}
