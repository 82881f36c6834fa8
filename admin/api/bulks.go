package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type bulkInput struct {
	Body struct {
		Conversations []canon.ID   `json:"conversations,omitempty" maxItems:"1000" doc:"These, or those of filter"`
		Filter        *viewFilter  `json:"filter,omitempty" doc:"The first 1,000 that fit now, in its order"`
		Act           core.BulkAct `json:"act"`
	}
}

// BulkStarted is a bulk as it begins.
type BulkStarted struct {
	core.Bulk
	More bool `json:"more" doc:"The filter fits more than were taken"`
}

// BulkFailure is a conversation to which a bulk could not be done.
type BulkFailure struct {
	Conversation canon.ID `json:"conversation"`
	Name         string   `json:"name" doc:"Of the customer"`
	Code         string   `json:"code"`
	Detail       string   `json:"detail"`
	Remedy       string   `json:"remedy,omitempty"`
}

type bulkFailures struct {
	ByID
	Paging
}

func (a *API) addBulks() {
	add(a, route{method: "POST", path: "/bulks", tag: "Conversations", may: auth.ConversationAssign, act: "bulk.started", summary: "Do one thing to many conversations", status: 201,
		doc: "Assign, tag, close, snooze or wake up to 1,000, by id or by filter. It goes on by itself, over restarts too; how far it is comes with bulk.changed in the feed, to the caller alone. " +
			"Each conversation is done or fails for itself; doing it twice is as doing it once."}, a.startBulk)
	add(a, route{method: "GET", path: "/bulks", tag: "Conversations", may: auth.ConversationAssign, summary: "One's newest bulks; they are kept for a week"},
		func(ctx context.Context, c *call, _ *none) (*answer[list[core.Bulk]], error) {
			all, err := c.scope.Bulks(ctx, c.who.Who(), 20)
			return listOf(all, 20, func(core.Bulk) string { return "" }), err
		})
	add(a, route{method: "GET", path: "/bulks/{id}", tag: "Conversations", may: auth.ConversationAssign, summary: "How far a bulk is"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Bulk], error) {
			b, err := a.bulk(ctx, c, in.ID)
			return &answer[core.Bulk]{b}, err
		})
	add(a, route{method: "GET", path: "/bulks/{id}/failures", tag: "Conversations", may: auth.ConversationAssign, summary: "To which conversations it could not be done, and why"}, a.bulkFailed)
	add(a, route{method: "POST", path: "/bulks/{id}/cancel", tag: "Conversations", may: auth.ConversationAssign, summary: "Leave undone what is not done yet"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Bulk], error) {
			b, err := a.bulk(ctx, c, in.ID)
			if err == nil {
				err = c.write(ctx, func(t *store.Tx) (string, error) {
					b, err = t.CancelBulk(ctx, in.ID)
					return "", err
				})
			}
			return &answer[core.Bulk]{b}, err
		})
}

// bulk reads a bulk; somebody else's does not exist.
func (a *API) bulk(ctx context.Context, c *call, id canon.ID) (core.Bulk, error) {
	b, err := c.scope.Bulk(ctx, id)
	if err == nil && b.By != c.who.Who() {
		return core.Bulk{}, core.NotFound("bulk")
	}
	return b, err
}

func (a *API) startBulk(ctx context.Context, c *call, in *bulkInput) (*answer[BulkStarted], error) {
	ids, f := in.Body.Conversations, in.Body.Filter
	if (len(ids) > 0) == (f != nil) {
		return nil, core.Invalid("which", "body", connector.Text{EN: "Say which conversations: by id, or by a filter.", ZH: "请指定会话：提供 id 列表或筛选条件之一。"},
			connector.Text{EN: "Send conversations or filter.", ZH: "请填写 conversations 或 filter。"})
	}
	if err := a.mayAct(ctx, c, in.Body.Act); err != nil {
		return nil, err
	}
	out := BulkStarted{}
	if f == nil {
		ids = unique(ids)
		if err := a.someSeen(ctx, c, ids); err != nil {
			return nil, err
		}
	} else {
		q, err := a.listQuery(c, f.core(), "body.filter")
		if err != nil {
			return nil, err
		}
		if ids, err = c.scope.ConversationIDs(ctx, q, core.MaxBulk+1); err != nil {
			return nil, err
		}
		if out.More = len(ids) > core.MaxBulk; out.More {
			ids = ids[:core.MaxBulk]
		}
	}
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		b, err := t.AddBulk(ctx, core.Bulk{By: c.who.Who(), Act: in.Body.Act, Program: c.who.Agent.IsZero()}, ids)
		out.Bulk = b
		return b.ID.String() + " " + b.Act.Kind, err
	})
	if err != nil {
		return nil, err
	}
	a.Desk.Bulks(c.who.Tenant)
	return &answer[BulkStarted]{out}, nil
}

// someSeen refuses conversations of which the caller sees none. What a person does
// not see of others fails when it is its turn; a program is looked at only now.
func (a *API) someSeen(ctx context.Context, c *call, ids []canon.ID) error {
	all, err := c.scope.ConversationsByID(ctx, ids)
	if err != nil {
		return err
	}
	seen := 0
	for _, v := range all {
		if c.who.Visible().Sees(v) {
			seen++
		}
	}
	if seen == 0 || c.who.Agent.IsZero() && seen < len(ids) {
		return at(core.NotFound("conversation"), "body.conversations")
	}
	return nil
}

// mayAct refuses an act that could be done to no conversation at all.
func (a *API) mayAct(ctx context.Context, c *call, act core.BulkAct) error {
	named := 0
	for _, x := range []struct {
		id    canon.ID
		field string
		find  func(context.Context, canon.ID) error
	}{
		{act.Agent, "body.act.agent", func(ctx context.Context, id canon.ID) error { _, err := c.scope.Agent(ctx, id); return err }},
		{act.Team, "body.act.team", func(ctx context.Context, id canon.ID) error { _, err := c.scope.Team(ctx, id); return err }},
		{act.Bot, "body.act.bot", func(ctx context.Context, id canon.ID) error { _, err := c.scope.Bot(ctx, id); return err }},
	} {
		if x.id.IsZero() {
			continue
		}
		named++
		if err := x.find(ctx, x.id); err != nil {
			return at(err, x.field)
		}
	}
	if named > 1 {
		return core.Invalid("one_owner", "body.act", connector.Text{EN: "A conversation has one owner.", ZH: "会话只能有一个接待方。"},
			connector.Text{EN: "Name one of agent, team and bot.", ZH: "请只指定客服、技能组或机器人之一。"})
	}
	for _, id := range act.Tags {
		tag, err := c.scope.Tag(ctx, id)
		if err == nil && tag.Scope != core.TagConversation {
			err = core.NotFound("tag")
		}
		if err != nil {
			return at(err, "body.act.tags")
		}
	}
	if len(act.Tags) == 0 && (act.Kind == "tag" || act.Kind == "untag") {
		return core.Invalid("no_tags", "body.act.tags", connector.Text{EN: "Say which tags.", ZH: "请指定标签。"}, connector.Text{EN: "Name at least one.", ZH: "请至少填写一个标签。"})
	}
	if now := a.Store.Now(); act.Kind == "snooze" && !act.Until.IsZero() && !act.Until.After(now) {
		return core.Invalid("snooze_time", "body.act.until", connector.Text{EN: "The time is past.", ZH: "时间已过。"}, connector.Text{EN: "Choose a later one.", ZH: "请选择之后的时间。"})
	}
	return nil
}

func unique(ids []canon.ID) []canon.ID {
	seen, out := map[canon.ID]bool{}, make([]canon.ID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id], out = true, append(out, id)
		}
	}
	return out
}

func (a *API) bulkFailed(ctx context.Context, c *call, in *bulkFailures) (*answer[list[BulkFailure]], error) {
	if _, err := a.bulk(ctx, c, in.ID); err != nil {
		return nil, err
	}
	after := int64(-1)
	if err := cursorPlace("bulk failures", in.Cursor, &after); err != nil {
		return nil, err
	}
	rows, err := c.scope.BulkRows(ctx, in.ID, true, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	more := len(rows) > in.Limit
	if more {
		rows = rows[:in.Limit]
	}
	ids := make([]canon.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Conversation
	}
	rounds, err := c.scope.ConversationsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	contactOf, people := map[canon.ID]canon.ID{}, []canon.ID{}
	for _, v := range rounds {
		if c.who.Visible().Sees(v) {
			contactOf[v.ID], people = v.Contact, append(people, v.Contact)
		}
	}
	named, err := c.scope.ContactsByID(ctx, people)
	if err != nil {
		return nil, err
	}
	names := map[canon.ID]string{}
	for _, p := range named {
		names[p.ID] = p.Name
	}
	out := list[BulkFailure]{Items: make([]BulkFailure, len(rows))}
	for i, r := range rows {
		out.Items[i] = BulkFailure{Conversation: r.Conversation, Name: names[contactOf[r.Conversation]], Code: r.Fault.Code, Detail: r.Fault.Text.In(c.lang), Remedy: r.Fault.Remedy.In(c.lang)}
	}
	if more {
		text := cursorText("bulk failures", rows[len(rows)-1].N)
		out.Next = &text
	}
	return &answer[list[BulkFailure]]{out}, nil
}
