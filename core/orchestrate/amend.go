package orchestrate

import (
	"context"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
	"parley/core/store"
)

// Recall takes a sent message back within the tenant's limit and the
// platform's, by the hub's clock. Where the platform cannot, the message is
// left as it is and the fault says so.
func (o *Orchestrator) Recall(ctx context.Context, tenant, message, by canon.ID) (core.Message, error) {
	return o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		if !m.Recalled.IsZero() {
			return m, nil
		}
		if m.From != core.FromAgent && m.From != core.FromNote || m.Sender != by {
			return m, errNotYours
		}
		limit := time.Duration(s.book.Settings().RecallWithin) * time.Second
		caps := o.capabilities(tenant, s.account.ID, s.ch.Lane.Thread.Key)
		if m.From == core.FromAgent {
			if !caps.Can(connector.OpsRevoke) {
				return m, cannot("recall_unsupported", "This channel cannot take messages back.", "该渠道不支持撤回消息。")
			}
			if caps.RevokeWithin > 0 {
				limit = min(limit, caps.RevokeWithin)
			}
		}
		if s.now.Sub(m.At) > limit {
			return m, errRecallLate
		}
		m.Recalled = s.now
		if m.From == core.FromAgent {
			if err := o.tell(ctx, t, s, m, connector.OpRevoke); err != nil {
				return m, err
			}
		}
		m.Rev = s.number()
		s.change(m)
		if s.round().LastAt.Equal(m.At) {
			s.round().LastText = ""
		}
		m.Content = canon.Message{ID: m.ID, Parts: []canon.Part{}}
		return m, t.Rewrite(ctx, m, nil)
	})
}

// Edit changes the words of a sent message where the platform can. Where it
// cannot, and its channel has a correction sent in place of it, that is posted and
// returned.
func (o *Orchestrator) Edit(ctx context.Context, tenant, message, by canon.ID, text string) (core.Message, error) {
	if m, r, instead, err := o.inWords(ctx, tenant, message, connector.OpsEdit); err != nil {
		return m, err
	} else if instead && m.From == core.FromAgent {
		return o.correct(ctx, tenant, by, m, r, text)
	}
	return o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		if m.From != core.FromAgent && m.From != core.FromNote || m.Sender != by {
			return m, errNotYours
		}
		if !m.Recalled.IsZero() {
			return m, core.NotFound("message")
		}
		was := m.Content
		m.Content.Parts = []canon.Part{canon.Text{Body: text}}
		if m.Content.Empty() {
			return m, errEmpty
		}
		if m.From == core.FromAgent {
			caps := o.capabilities(tenant, s.account.ID, s.ch.Lane.Thread.Key)
			if !caps.Can(connector.OpsEdit) {
				return m, cannot("edit_unsupported", "This channel cannot change sent messages.", "该渠道不支持编辑已发送的消息。")
			}
			if caps.EditWithin > 0 && s.now.Sub(m.At) > caps.EditWithin {
				return m, cannot("edit_late", "The platform's time for changing the message is over.", "已超过平台允许的编辑时间。")
			}
			if err := o.tell(ctx, t, s, m, connector.OpEdit); err != nil {
				return m, err
			}
		}
		m.Edited, m.Rev = s.now, s.number()
		s.change(m)
		return m, t.Rewrite(ctx, m, &was)
	})
}

func cannot(code, en, zh string) *core.Fault {
	return &core.Fault{Kind: core.FaultConflict, Code: code, Text: connector.Text{EN: en, ZH: zh},
		Remedy: connector.Text{EN: "Write a correction instead.", ZH: "请改为发送更正消息。"}}
}

// tell writes the rows that change a message at the platform: one for each row
// that was sent.
func (o *Orchestrator) tell(ctx context.Context, t *store.Tx, s *scene, m core.Message, op connector.Op) error {
	rows, err := t.RowsOf(ctx, m.ID)
	if err != nil {
		return err
	}
	var commands []store.OutboxRow
	for _, r := range rows {
		if !outbox.Posts(r) {
			continue // an earlier edit of the message
		}
		if r.State == canon.Held && op == connector.OpEdit {
			return cannot("held", "This message waits for the customer to write.", "该消息正在等待客户来信。")
		}
		if (r.State == canon.Queued || r.State == canon.Held) && op == connector.OpRevoke {
			if gone, err := t.Cancel(r.ID); err != nil {
				return err
			} else if gone {
				continue
			}
		}
		if r.State == canon.Failed || r.State == canon.Cancelled || r.State == canon.Unconfirmed && r.RemoteID == "" {
			continue // nothing of it is known to be there
		}
		// What is still on its way is changed once it is there: the row comes
		// behind it on the same lane and asks then what it became.
		ids, err := o.made(ctx, t, s, r)
		if err != nil {
			return err
		}
		if op == connector.OpEdit {
			ids = ids[:1] // the whole text goes into the first of the messages
		}
		for at, id := range ids {
			row, err := o.outbox.Command(s.tenant, outbox.Letter{
				Thread: s.ch.Lane.Thread.ID, Key: s.ch.Lane.Thread.Key, Conversation: m.Conversation, Account: s.account.ID,
				Message: m.Content, Sender: senderOf(m.From, m.Sender, m.Name),
			}, op, id, r.ID, at)
			if err != nil {
				return err
			}
			commands = append(commands, row)
		}
		if op == connector.OpEdit {
			break
		}
	}
	s.ch.Outbox = append(s.ch.Outbox, commands...)
	return nil
}

// made are the platform's ids of what a row's call made, empty ones while they
// are not known.
func (o *Orchestrator) made(ctx context.Context, t *store.Tx, s *scene, r store.OutboxRow) ([]canon.RemoteID, error) {
	if r.Items > 0 {
		all, err := t.Items(ctx, r.ID)
		ids := make([]canon.RemoteID, len(all))
		for i, item := range all {
			ids[i] = item.RemoteID
		}
		return ids, err
	}
	if r.RemoteID == "" && o.capabilities(s.tenant, s.account.ID, s.ch.Lane.Thread.Key).Albums.Max > 1 {
		return make([]canon.RemoteID, max(1, outbox.Size(r))), nil // an album on its way
	}
	return []canon.RemoteID{r.RemoteID}, nil
}

// Retry sends again what failed or is unconfirmed, row by row: what arrived
// already is not sent again.
func (o *Orchestrator) Retry(ctx context.Context, tenant, message, by canon.ID) (core.Message, error) {
	return o.settle(ctx, tenant, message, by, []canon.Delivery{canon.Failed, canon.Unconfirmed}, func(t *store.Tx, r store.OutboxRow) error {
		if some, err := o.missing(ctx, t, r); some || err != nil {
			return err
		}
		return again(t, r)
	})
}

// missing sends again what of a call did not arrive, if the rest of it did.
func (o *Orchestrator) missing(ctx context.Context, t *store.Tx, r store.OutboxRow) (bool, error) {
	if r.Items < 2 || r.Items != outbox.Size(r) {
		return false, nil
	}
	all, err := t.Items(ctx, r.ID)
	if err != nil {
		return false, err
	}
	var gone []int
	for _, i := range all {
		if i.State == canon.Failed {
			gone = append(gone, i.Pos)
		}
	}
	if len(gone) == 0 || len(gone) == len(all) {
		return false, nil
	}
	row, err := o.outbox.Missing(r, gone)
	if err != nil {
		return false, err
	}
	if err := t.DropItems(r.ID, len(all)-len(gone)); err != nil {
		return false, err
	}
	if _, err := t.Settle(r.ID, canon.Sent); err != nil {
		return false, err
	}
	return true, t.AddOutbox([]store.OutboxRow{row})
}

// Arrived says of an unconfirmed message that the customer has it.
func (o *Orchestrator) Arrived(ctx context.Context, tenant, message, by canon.ID) (core.Message, error) {
	return o.settle(ctx, tenant, message, by, []canon.Delivery{canon.Failed, canon.Unconfirmed}, func(t *store.Tx, r store.OutboxRow) error {
		_, err := t.Settle(r.ID, canon.Sent)
		return err
	})
}

// Discard gives up what failed, is unconfirmed, or is held.
func (o *Orchestrator) Discard(ctx context.Context, tenant, message, by canon.ID) (core.Message, error) {
	return o.settle(ctx, tenant, message, by, []canon.Delivery{canon.Failed, canon.Unconfirmed, canon.Held}, func(t *store.Tx, r store.OutboxRow) error {
		_, err := t.Settle(r.ID, canon.Cancelled)
		return err
	})
}

func (o *Orchestrator) settle(ctx context.Context, tenant, message, by canon.ID, states []canon.Delivery, each func(*store.Tx, store.OutboxRow) error) (core.Message, error) {
	m, err := o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		rows, err := t.RowsOf(ctx, m.ID)
		if err != nil {
			return m, err
		}
		found := false
		for _, r := range rows {
			if !slices.Contains(states, r.State) {
				continue
			}
			found = true
			if err := each(t, r); err != nil {
				return m, err
			}
		}
		if !found {
			return m, &core.Fault{Kind: core.FaultConflict, Code: "nothing_failed",
				Text:   connector.Text{EN: "Nothing of this message failed.", ZH: "该消息没有发送失败的内容。"},
				Remedy: connector.Text{EN: "Reload to see its state.", ZH: "请刷新查看最新状态。"}}
		}
		if s.round().Trouble, err = t.Troubled(ctx, m.Conversation); err != nil {
			return m, err
		}
		m.Rev = s.number()
		s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedChanged, Actor: by, Conversation: m.Conversation, Subject: m.ID})
		return m, nil
	})
	if err != nil {
		return m, err
	}
	if err := o.outbox.Recover(ctx, tenant); err != nil {
		o.log.Warn("cannot look at the outbox yet", "tenant", tenant, "err", err)
	}
	return o.store.For(tenant).Message(ctx, message)
}

// amend changes one message that stands in a thread.
func (o *Orchestrator) amend(ctx context.Context, tenant, message canon.ID, do func(*store.Tx, *scene, core.Message) (core.Message, error)) (core.Message, error) {
	m, err := o.store.For(tenant).Message(ctx, message)
	if err != nil {
		return m, err
	}
	out := m
	err = o.atDesk(ctx, tenant, m.Conversation, func(t *store.Tx, s *scene) error {
		now, err := t.Message(ctx, message) // as it is under the lock
		if err != nil {
			return err
		}
		out, err = do(t, s, now)
		return err
	})
	return out, err
}

// Amend replaces one media part of an inbound message, when its bytes came or
// are known to be gone, and ends the fetch.
func (o *Orchestrator) Amend(ctx context.Context, tenant, message canon.ID, part int, media canon.Media) error {
	_, err := o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		if err := t.FetchDone(message, part, 0, ""); err != nil {
			return m, err
		}
		if part >= len(m.Content.Parts) || !m.Recalled.IsZero() {
			return m, nil
		}
		m.Content.Parts[part] = canon.WithMedia(m.Content.Parts[part], media)
		m.Rev = s.number()
		s.change(m)
		return m, t.Rewrite(ctx, m, nil)
	})
	return err
}
