package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/search"
)

// more holds what few messages have.
type more struct {
	Reactions []core.Reaction `json:"reactions,omitempty"`
	Event     *core.LineEvent `json:"event,omitempty"`
	Why       *core.Why       `json:"why,omitempty"`
	Mentions  []canon.ID      `json:"mentions,omitempty"`
	Before    []edition       `json:"before,omitempty"`
}

// edition is what a message said before it was edited.
type edition struct {
	Content json.RawMessage `json:"content"`
	Until   int64           `json:"until"`
}

func encodeMore(m *core.Message) (string, error) {
	if len(m.Reactions) == 0 && m.Event == nil && m.Why == nil && len(m.Mentions) == 0 {
		return "", nil
	}
	b, err := json.Marshal(more{Reactions: m.Reactions, Event: m.Event, Why: m.Why, Mentions: m.Mentions})
	if err != nil {
		return "", fmt.Errorf("encode message %s: %w", m.ID, err)
	}
	return string(b), nil
}

const messageCols = "m.id, m.thread, m.conversation, m.pos, m.rev, m.sender_kind, m.sender, m.sender_name, m.at, m.content, m.edited, m.recalled, m.more"

func scanMessage(rows *sql.Rows) (core.Message, error) {
	var m core.Message
	var when, edited, recalled int64
	var content, extra []byte
	if err := rows.Scan(&m.ID, &m.Thread, &m.Conversation, &m.Pos, &m.Rev, &m.From, &m.Sender, &m.Name, &when, &content, &edited, &recalled, &extra); err != nil {
		return m, err
	}
	m.At, m.Edited, m.Recalled = at(when), at(edited), at(recalled)
	if err := json.Unmarshal(content, &m.Content); err != nil {
		return m, fmt.Errorf("message %s: %w", m.ID, err)
	}
	if len(extra) > 0 {
		var x more
		if err := json.Unmarshal(extra, &x); err != nil {
			return m, fmt.Errorf("message %s: %w", m.ID, err)
		}
		m.Reactions, m.Event, m.Why, m.Mentions = x.Reactions, x.Event, x.Why, x.Mentions
	}
	if !m.Recalled.IsZero() {
		m.Content = canon.Message{ID: m.ID, Parts: []canon.Part{}}
	}
	return m, nil
}

// Messages returns the messages of a thread standing before position before
// (0: the newest), newest first.
func (c Scope) Messages(ctx context.Context, thread canon.ID, before int64, limit int) ([]core.Message, error) {
	if before <= 0 {
		before = 1 << 62
	}
	// A number PostgreSQL can see is one to plan anew for, for every call.
	out, err := list(ctx, c.s, scanMessage, "SELECT "+messageCols+` FROM messages m
		WHERE m.tenant = $1 AND m.thread = $2 AND m.pos < $3 ORDER BY m.pos DESC LIMIT (SELECT CAST($4 AS bigint))`, c.tenant, thread, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return out, deliveries(ctx, c.s, c.tenant, out)
}

// MessagesSince returns the messages of a thread that are new or changed after
// revision since, in order of revision.
func (c Scope) MessagesSince(ctx context.Context, thread canon.ID, since int64, limit int) ([]core.Message, error) {
	out, err := list(ctx, c.s, scanMessage, "SELECT "+messageCols+` FROM (
			SELECT * FROM messages WHERE tenant = $1 AND thread = $2 AND pos > $3
			UNION SELECT * FROM messages WHERE tenant = $1 AND thread = $2 AND rev > $3 AND rev > pos
		) AS m ORDER BY m.rev LIMIT $4`, c.tenant, thread, since, limit)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return out, deliveries(ctx, c.s, c.tenant, out)
}

// Message reads one message.
func (c Scope) Message(ctx context.Context, id canon.ID) (core.Message, error) {
	return message(ctx, c.s, c.tenant, id)
}

// Message reads one message inside the transaction.
func (t *Tx) Message(ctx context.Context, id canon.ID) (core.Message, error) {
	return message(ctx, t, t.tenant, id)
}

func message(ctx context.Context, r reader, tenant, id canon.ID) (core.Message, error) {
	all, err := list(ctx, r, scanMessage, "SELECT "+messageCols+" FROM messages m WHERE m.tenant = $1 AND m.id = $2", tenant, id)
	if err != nil {
		return core.Message{}, fmt.Errorf("read message: %w", err)
	}
	if len(all) == 0 {
		return core.Message{}, core.NotFound("message")
	}
	return all[0], deliveries(ctx, r, tenant, all)
}

// MessagesByID reads messages; those that are gone are left out.
func (c Scope) MessagesByID(ctx context.Context, ids []canon.ID) ([]core.Message, error) {
	out, err := listIn(ctx, c.s, scanMessage, "SELECT "+messageCols+" FROM messages m WHERE m.tenant = $1 AND m.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return out, deliveries(ctx, c.s, c.tenant, out)
}

// MessageByRemote finds a message of a thread by the platform's id, either way.
func (c Scope) MessageByRemote(ctx context.Context, thread canon.ID, remote canon.RemoteID) (core.Message, error) {
	all, err := list(ctx, c.s, scanMessage, "SELECT "+messageCols+" FROM messages m WHERE m.tenant = $1 AND m.thread = $2 AND m.remote_id = $3 ORDER BY m.pos DESC LIMIT 1", c.tenant, thread, string(remote))
	if err == nil && len(all) == 0 {
		all, err = list(ctx, c.s, scanMessage, "SELECT "+messageCols+` FROM outbox o JOIN threads t ON t.tenant = o.tenant AND t.id = o.thread
			JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
			WHERE t.tenant = $1 AND t.id = $2 AND o.account = t.account AND o.remote_id = $3 LIMIT 1`, c.tenant, thread, string(remote))
	}
	if err == nil && len(all) == 0 {
		all, err = list(ctx, c.s, scanMessage, "SELECT "+messageCols+` FROM threads t JOIN outbox_items i ON i.tenant = t.tenant AND i.account = t.account AND i.remote_id = $3
			JOIN outbox o ON o.tenant = i.tenant AND o.id = i.outbox JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
			WHERE t.tenant = $1 AND t.id = $2 LIMIT 1`, c.tenant, thread, string(remote))
	}
	if err != nil {
		return core.Message{}, fmt.Errorf("read message: %w", err)
	}
	if len(all) == 0 {
		return core.Message{}, core.NotFound("message")
	}
	return all[0], nil
}

// MessageOfPeer finds a message by the platform's id, either way, on whichever
// thread of a peer it stands: some platforms tell what happened to a message
// without its topic.
func (c Scope) MessageOfPeer(ctx context.Context, account canon.ID, peer, remote canon.RemoteID) (core.Message, error) {
	for _, q := range []string{
		`identities i JOIN threads t ON t.tenant = i.tenant AND t.contact = i.contact AND t.identity = i.id
			JOIN messages m ON m.tenant = t.tenant AND m.thread = t.id
			WHERE i.tenant = $1 AND i.account = $2 AND i.remote_id = $3 AND m.remote_id = $4 ORDER BY m.pos DESC LIMIT 1`,
		`outbox o JOIN threads t ON t.tenant = o.tenant AND t.id = o.thread JOIN identities i ON i.tenant = t.tenant AND i.id = t.identity
			JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
			WHERE o.tenant = $1 AND o.account = $2 AND i.remote_id = $3 AND o.remote_id = $4 LIMIT 1`,
		`outbox_items x JOIN outbox o ON o.tenant = x.tenant AND o.id = x.outbox JOIN threads t ON t.tenant = o.tenant AND t.id = o.thread
			JOIN identities i ON i.tenant = t.tenant AND i.id = t.identity JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
			WHERE x.tenant = $1 AND x.account = $2 AND i.remote_id = $3 AND x.remote_id = $4 LIMIT 1`,
	} {
		all, err := list(ctx, c.s, scanMessage, "SELECT "+messageCols+" FROM "+q, c.tenant, account, string(peer), string(remote))
		if err != nil {
			return core.Message{}, fmt.Errorf("read message: %w", err)
		}
		if len(all) > 0 {
			return all[0], nil
		}
	}
	return core.Message{}, core.NotFound("message")
}

// MessageByClient finds a message by the key its client made up.
func (t *Tx) MessageByClient(ctx context.Context, thread canon.ID, client string) (core.Message, bool, error) {
	all, err := list(ctx, t, scanMessage, "SELECT "+messageCols+" FROM messages m WHERE m.tenant = $1 AND m.thread = $2 AND m.client_id = $3", t.tenant, thread, client)
	if err != nil {
		return core.Message{}, false, fmt.Errorf("read message: %w", err)
	}
	if len(all) == 0 {
		return core.Message{}, false, nil
	}
	return all[0], true, deliveries(ctx, t, t.tenant, all)
}

// written is a message as it stands in the database.
type written struct {
	n       int64
	content canon.Message
	more    []byte
}

func scanWritten(rows *sql.Rows) (written, error) {
	var w written
	var content []byte
	if err := rows.Scan(&w.n, &content, &w.more); err != nil {
		return w, err
	}
	return w, json.Unmarshal(content, &w.content)
}

// Rewrite stores a changed message: content, edition, recall, reactions. The
// thread's revision must have been raised to m.Rev by the same change.
func (t *Tx) Rewrite(ctx context.Context, m core.Message, keep *canon.Message) error {
	extra := more{Reactions: m.Reactions, Event: m.Event, Why: m.Why, Mentions: m.Mentions}
	old, err := list(ctx, t, scanWritten, "SELECT n, content, more FROM messages WHERE tenant = $1 AND id = $2", t.tenant, m.ID)
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	for _, o := range old {
		if len(o.more) > 0 {
			var was more
			if err := json.Unmarshal(o.more, &was); err != nil {
				return fmt.Errorf("message %s: %w", m.ID, err)
			}
			extra.Before = was.Before
		}
		if m.Recalled.IsZero() && slices.Equal(search.Texts(o.content), search.Texts(m.Content)) {
			continue
		}
		if err := t.saysElse(o.n); err != nil {
			return err
		}
	}
	if keep != nil {
		raw, err := json.Marshal(keep)
		if err != nil {
			return err
		}
		extra.Before = append(extra.Before, edition{raw, ms(t.Now())})
	}
	body, err := json.Marshal(extra)
	if err != nil {
		return err
	}
	if !m.Recalled.IsZero() {
		// The words stay for the record, out of every reader's sight.
		_, err = t.exec("UPDATE messages SET rev = $3, recalled = $4, more = $5 WHERE tenant = $1 AND id = $2", t.tenant, m.ID, m.Rev, ms(m.Recalled), string(body))
		return err
	}
	content, err := json.Marshal(m.Content)
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE messages SET rev = $3, content = $4, edited = $5, more = $6 WHERE tenant = $1 AND id = $2",
		t.tenant, m.ID, m.Rev, string(content), ms(m.Edited), string(body))
	return err
}

// SentAs is the platform's id of a message of ours, of its first part where it
// became several; "" while there is none.
func (c Scope) SentAs(ctx context.Context, message canon.ID) (canon.RemoteID, error) {
	all, err := list(ctx, c.s, scalar[string], "SELECT o.remote_id FROM outbox o WHERE o.tenant = $1 AND o.message = $2 AND o.remote_id IS NOT NULL AND o.remote_id <> '' ORDER BY o.id LIMIT 1", c.tenant, message)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return canon.RemoteID(all[0]), nil
}

// NameSpeaker puts right who said a line.
func (t *Tx) NameSpeaker(message canon.ID, name string) error {
	_, err := t.exec("UPDATE messages SET sender_name = $3 WHERE tenant = $1 AND id = $2", t.tenant, message, cutRunes(name, 200))
	return err
}

// Recent returns up to n messages before a position that people exchanged,
// oldest first, for a bot.
func (c Scope) Recent(ctx context.Context, thread canon.ID, before int64, n int) ([]core.Message, error) {
	out, err := list(ctx, c.s, scanMessage, "SELECT "+messageCols+` FROM messages m WHERE m.tenant = $1 AND m.thread = $2 AND m.pos < $3
		AND m.sender_kind IN ('customer', 'bot', 'agent') ORDER BY m.pos DESC LIMIT $4`, c.tenant, thread, before, n)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, nil
}

// deliveries fills in how far what we sent has got.
func deliveries(ctx context.Context, r reader, tenant canon.ID, all []core.Message) error {
	var ours []canon.ID
	for _, m := range all {
		if m.From == core.FromBot || m.From == core.FromAgent || m.From == core.FromSystem {
			ours = append(ours, m.ID)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	type row struct {
		message canon.ID
		state   canon.Delivery
		trouble []byte
		tries   int
		changes bool // of what was posted already
	}
	rows, err := listIn(ctx, r, func(rows *sql.Rows) (row, error) {
		var x row
		var state int64
		err := rows.Scan(&x.message, &state, &x.trouble, &x.tries, &x.changes)
		x.state = deliveryOf(state)
		return x, err
	}, "SELECT message, state, trouble, tries, "+changesCol+" FROM outbox WHERE tenant = $1 AND message IN (%s) ORDER BY n", []any{tenant}, ours)
	if err != nil {
		return fmt.Errorf("read deliveries: %w", err)
	}
	states := map[canon.ID][]canon.Delivery{}
	troubles := map[canon.ID]*core.Failure{}
	for _, x := range rows {
		if !x.changes || x.state == canon.Failed || x.state == canon.Unconfirmed {
			states[x.message] = append(states[x.message], x.state)
		}
		if (x.state == canon.Failed || x.state == canon.Unconfirmed) && len(x.trouble) > 0 && troubles[x.message] == nil {
			var f core.Failure
			if err := json.Unmarshal(x.trouble, &f); err != nil {
				return fmt.Errorf("failure of message %s: %w", x.message, err)
			}
			f.Tries = x.tries
			troubles[x.message] = &f
		}
	}
	for i := range all {
		if s := states[all[i].ID]; len(s) > 0 {
			all[i].State = canon.Least(s)
			all[i].Failure = troubles[all[i].ID]
		}
	}
	return nil
}

// changesCol tells a row that changes a message from one that posts it: an edit on
// its way does not undo that the message was read. A request begins with what it
// does, unless it posts. For a format.
const changesCol = `CASE WHEN request LIKE '{"op":%%' THEN 1 ELSE 0 END`

// ReadTo moves how far agents have read a thread.
func (t *Tx) ReadTo(thread canon.ID, pos int64) error {
	return t.do("UPDATE threads SET read_pos = $3 WHERE tenant = $1 AND id = $2 AND read_pos < $3", t.tenant, thread, pos)
}

// take marks the option a customer took on the message that offered it.
func (t *Tx) take(k Taken) error {
	m, err := t.Message(t.ctx, k.Message)
	if _, gone := core.AsFault(err); gone {
		return nil
	}
	if err != nil {
		return err
	}
	for i, p := range m.Content.Parts {
		if c, ok := p.(canon.Choices); ok && slices.ContainsFunc(c.Options, func(o canon.Option) bool { return o.Value == k.Value }) {
			c.Taken = k.Value
			if k.Said != "" {
				c.Said = k.Said
			}
			m.Content.Parts[i] = c
		}
	}
	m.Rev = k.Rev
	return t.Rewrite(t.ctx, m, nil)
}

// showRead moves the newest of the customer's messages that was read among the
// changed ones, so that their side learns of it.
func (t *Tx) showRead(thread canon.ID, pos, rev int64) error {
	return t.do(`UPDATE messages SET rev = $1 WHERE tenant = $2 AND thread = $3 AND pos = (
		SELECT max(pos) FROM messages WHERE tenant = $4 AND thread = $5 AND sender_kind = 'customer' AND pos <= $6)`,
		rev, t.tenant, thread, t.tenant, thread, pos)
}
