package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// MentionRow is a note that names whoever asks.
type MentionRow struct {
	Message canon.ID  `json:"message"`
	Pos     int64     `json:"pos" doc:"Its place in the thread"`
	Unread  bool      `json:"unread"`
	At      time.Time `json:"at"`
	By      canon.ID  `json:"by,omitzero" doc:"Who wrote it"`
	Name    string    `json:"name,omitempty" doc:"Their name, as it was then"`
	Text    string    `json:"text,omitempty" doc:"What it says, as plain words"`
	// Conversation is absent when it left the sight of whoever asks; nothing of the
	// note is shown then.
	Conversation *ConversationRow `json:"conversation,omitempty" doc:"Absent when one cannot see it any more, and all that it says with it"`
}

func (a *API) addMentions() {
	add(a, route{method: "GET", path: "/mentions", tag: "Conversations", may: auth.ConversationRead, summary: "Notes that mention one, newest first"}, a.mentions)
	add(a, route{method: "POST", path: "/mentions/read", tag: "Conversations", may: auth.ConversationRead, summary: "Say that one has read all mentions", status: 204},
		func(ctx context.Context, c *call, _ *none) (*none, error) {
			return nil, readMentions(ctx, c, canon.ID{})
		})
	add(a, route{method: "POST", path: "/conversations/{id}/mentions/read", tag: "Conversations", may: auth.ConversationRead, summary: "Say that one has read where a conversation mentions one", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return nil, readMentions(ctx, c, in.ID)
		})
}

func readMentions(ctx context.Context, c *call, conversation canon.ID) error {
	return c.write(ctx, func(t *store.Tx) (string, error) {
		_, err := t.ReadMentions(c.who.Agent, conversation)
		return "", err
	})
}

func (a *API) mentions(ctx context.Context, c *call, in *ListInput) (*answer[list[MentionRow]], error) {
	before, err := in.after("mentions")
	if err != nil {
		return nil, err
	}
	all, err := c.scope.Mentions(ctx, c.who.Agent, before, in.size())
	if err != nil {
		return nil, err
	}
	out := make([]MentionRow, len(all))
	notes, rounds := make([]canon.ID, len(all)), make([]canon.ID, len(all))
	for i, v := range all {
		out[i] = MentionRow{Message: v.Message, Unread: v.Unread}
		notes[i], rounds[i] = v.Message, v.Conversation
	}
	rows, err := a.rowsByID(ctx, c, rounds)
	if err != nil {
		return nil, err
	}
	said, err := c.scope.MessagesByID(ctx, notes)
	if err != nil {
		return nil, err
	}
	byID := make(map[canon.ID]core.Message, len(said))
	for _, m := range said {
		byID[m.ID] = m
	}
	for i := range out {
		m := byID[out[i].Message]
		out[i].At, out[i].Pos = m.At, m.Pos
		if row, ok := rows[rounds[i]]; ok {
			out[i].By, out[i].Name, out[i].Text, out[i].Conversation = m.Sender, m.Name, m.Content.Fallback(), &row
		}
	}
	return listOf(out, in.Limit, func(v MentionRow) string { return cursorText("mentions", v.Message) }), nil
}

// rowsByID are conversations as lists show them, of those the caller may see.
func (a *API) rowsByID(ctx context.Context, c *call, ids []canon.ID) (map[canon.ID]ConversationRow, error) {
	found, err := c.scope.ConversationsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var seen []core.Conversation
	var people []canon.ID
	for _, v := range found {
		if c.who.Visible().Sees(v) {
			seen, people = append(seen, v), append(people, v.Contact)
		}
	}
	contacts, err := c.scope.ContactsByID(ctx, people)
	if err != nil {
		return nil, err
	}
	rows, err := a.rows(ctx, c, seen, contacts)
	if err != nil {
		return nil, err
	}
	out := make(map[canon.ID]ConversationRow, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}
