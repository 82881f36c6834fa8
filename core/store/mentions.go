package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// Mention notes that a note names somebody, who has not read it yet.
func (t *Tx) Mention(agent, message, conversation canon.ID) error {
	if _, err := t.exec("INSERT INTO mentions (tenant, agent, message, conversation) VALUES ($1, $2, $3, $4)", t.tenant, agent, message, conversation); err != nil {
		return err
	}
	_, err := t.exec("UPDATE agents SET mentioned = mentioned + 1 WHERE tenant = $1 AND id = $2", t.tenant, agent)
	return err
}

// ReadMentions says that an agent has seen where a conversation (zero: any) names
// them, and returns how many of those were new to them.
func (t *Tx) ReadMentions(agent, conversation canon.ID) (int64, error) {
	q, args := "UPDATE mentions SET unread = 0 WHERE tenant = $1 AND agent = $2 AND unread = 1", []any{t.tenant, agent}
	if !conversation.IsZero() {
		q, args = q+" AND conversation = $3", append(args, conversation)
	}
	n, err := t.exec(q, args...)
	if err != nil || n == 0 {
		return n, err
	}
	if _, err := t.exec("UPDATE agents SET mentioned = mentioned - $3 WHERE tenant = $1 AND id = $2", t.tenant, agent, n); err != nil {
		return n, err
	}
	t.Feed(core.FeedEntry{Kind: core.FeedMentionsRead, Actor: agent, Subject: agent})
	return n, nil
}

// Mentions lists the notes that name an agent before a message (zero: the
// newest), newest first.
func (c Scope) Mentions(ctx context.Context, agent, before canon.ID, limit int) ([]core.Mention, error) {
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Mention, error) {
		var m core.Mention
		var unread int64
		err := rows.Scan(&m.Message, &m.Conversation, &unread)
		m.Unread = unread != 0
		return m, err
	}, "SELECT message, conversation, unread FROM mentions WHERE tenant = $1 AND agent = $2 AND message < $3 ORDER BY message DESC LIMIT $4", c.tenant, agent, before[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list mentions: %w", err)
	}
	return out, nil
}

// Mentioned is how many mentions an agent has not read: kept, not counted.
func (c Scope) Mentioned(ctx context.Context, agent canon.ID) (int64, error) {
	n, err := one(ctx, c.s, scalar[int64], "SELECT mentioned FROM agents WHERE tenant = $1 AND id = $2", c.tenant, agent)
	if errors.Is(err, errNone) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how often somebody is mentioned: %w", err)
	}
	return n, nil
}

// Idlers are people who may serve nobody any more and still have conversations.
func (c Scope) Idlers(ctx context.Context) ([]canon.ID, error) {
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT id FROM agents WHERE tenant = $1 AND load > 0 AND (disabled > 0 OR role = 'designer')", c.tenant)
	if err != nil {
		return nil, fmt.Errorf("look for who serves no more: %w", err)
	}
	return out, nil
}
