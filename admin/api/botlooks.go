package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

type hitsInput struct {
	ByID
	Days int `query:"days" minimum:"1" maximum:"400" default:"30"`
}

type botList struct {
	ByID
	Paging
}

func (a *API) addBotLooks() {
	add(a, route{method: "GET", path: "/bots/{id}/diff", tag: "Bots", may: auth.BotRead, summary: "What publishing the draft would change"}, a.diff)
	add(a, route{method: "GET", path: "/bots/{id}/versions", tag: "Bots", may: auth.BotRead, summary: "Published versions, newest first, without their contents"},
		func(ctx context.Context, c *call, in *botList) (*answer[list[core.BotVersion]], error) {
			below := 0
			if err := cursorPlace("versions", in.Cursor, &below); err != nil {
				return nil, err
			}
			if _, err := c.scope.Bot(ctx, in.ID); err != nil {
				return nil, err
			}
			all, err := c.scope.BotVersions(ctx, in.ID, below, in.size())
			return listOf(all, in.Limit, func(v core.BotVersion) string { return cursorText("versions", v.Version) }), err
		})
	add(a, route{method: "GET", path: "/bots/{id}/versions/{version}", tag: "Bots", may: auth.BotRead, summary: "One published version with its content"},
		func(ctx context.Context, c *call, in *struct {
			ByID
			Version int `path:"version" minimum:"1"`
		}) (*answer[core.BotVersion], error) {
			if _, err := c.scope.Bot(ctx, in.ID); err != nil {
				return nil, err
			}
			v, err := c.scope.BotVersion(ctx, in.ID, in.Version)
			return &answer[core.BotVersion]{v}, err
		})
	add(a, route{method: "GET", path: "/bots/{id}/hits", tag: "Bots", may: auth.BotRead, summary: "How often each rule answered, most first"},
		func(ctx context.Context, c *call, in *hitsInput) (*answer[list[store.RuleHits]], error) {
			if _, err := c.scope.Bot(ctx, in.ID); err != nil {
				return nil, err
			}
			all, err := c.scope.BotHits(ctx, in.ID, c.scope.Now().Add(-time.Duration(in.Days)*24*time.Hour))
			return listOf(all, len(all), nil), err
		})
	add(a, route{method: "GET", path: "/bots/{id}/missed", tag: "Bots", may: auth.BotRead, summary: "Messages a bot could not answer, newest first"},
		func(ctx context.Context, c *call, in *botList) (*answer[list[core.Missed]], error) {
			var before int64
			if err := cursorPlace("missed", in.Cursor, &before); err != nil {
				return nil, err
			}
			if _, err := c.scope.Bot(ctx, in.ID); err != nil {
				return nil, err
			}
			all, err := c.scope.BotMissed(ctx, in.ID, before, in.size())
			return listOf(all, in.Limit, func(v core.Missed) string { return cursorText("missed", v.N) }), err
		})
	add(a, route{method: "GET", path: "/bots/{id}/conversations", tag: "Bots", may: auth.BotRead, summary: "Conversations the bot has now, newest first"},
		func(ctx context.Context, c *call, in *botList) (*answer[list[ConversationRow]], error) {
			var after store.Cursor
			if err := cursorPlace("bot rounds", in.Cursor, &after); err != nil {
				return nil, err
			}
			if _, err := c.scope.Bot(ctx, in.ID); err != nil {
				return nil, err
			}
			page, err := c.scope.Conversations(ctx, store.ListQuery{Owners: []canon.ID{in.ID}, Statuses: []core.Status{core.StatusBot, core.StatusClosed}, Sort: store.SortNewest, After: after, Limit: in.Limit, Visible: c.who.Visible()})
			if err != nil {
				return nil, err
			}
			out := list[ConversationRow]{Items: pageRows(page)}
			if page.More {
				text := cursorText("bot rounds", page.Next)
				out.Next = &text
			}
			return &answer[list[ConversationRow]]{out}, nil
		})
}

func (a *API) diff(ctx context.Context, c *call, in *ByID) (*answer[list[BotChange]], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	k, err := a.kind(b.Kind, "")
	if err != nil {
		return nil, err
	}
	d, ok := k.(Differ)
	if !ok {
		return listOf([]BotChange{}, 0, nil), nil
	}
	from := k.Blank("en")
	if b.Published > 0 {
		v, err := c.scope.BotVersion(ctx, b.ID, b.Published)
		if err != nil {
			return nil, err
		}
		from = v.Content
	}
	all, err := d.Diff(from, b.Draft)
	return listOf(all, len(all), nil), err
}
