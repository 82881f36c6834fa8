package api

import (
	"context"
	"encoding/json"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Unrouted is something that arrived for an account nobody linked.
type Unrouted struct {
	N       int64     `json:"n"`
	Link    canon.ID  `json:"link"`
	Account string    `json:"account" doc:"The platform's id"`
	From    string    `json:"from,omitempty"`
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
}

// DeadLetter is something that arrived and cannot be handled, or that did not
// leave.
type DeadLetter struct {
	N            int64         `json:"n"`
	Kind         string        `json:"kind" enum:"inbox,outbox"`
	At           time.Time     `json:"at"`
	Account      canon.ID      `json:"account,omitzero"`
	Conversation canon.ID      `json:"conversation,omitzero"`
	Message      canon.ID      `json:"message,omitzero"`
	State        string        `json:"state"`
	From         string        `json:"from,omitempty"`
	Text         string        `json:"text,omitempty"`
	Trouble      string        `json:"trouble,omitempty"`
	Failure      *core.Failure `json:"failure,omitempty"`
	Tries        int           `json:"tries"`
}

type deadList struct {
	Paging
	Kind string `query:"kind" enum:"inbox,outbox" default:"inbox"`
}

type deadOne struct {
	Kind string `path:"kind" enum:"inbox,outbox"`
	N    int64  `path:"n"`
}

type unroutedLink struct {
	N    int64 `path:"n"`
	Body *struct {
		Name string   `json:"name,omitempty" maxLength:"100" doc:"Empty: the platform's id"`
		Bot  canon.ID `json:"bot,omitzero"`
		Team canon.ID `json:"team,omitzero"`
	}
}

func (a *API) addTrouble() {
	add(a, route{method: "GET", path: "/unrouted", tag: "Operations", may: auth.TroubleRead, summary: "What arrived for accounts nobody linked, newest first"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[Unrouted]], error) {
			var before int64
			if err := cursorPlace("unrouted", in.Cursor, &before); err != nil {
				return nil, err
			}
			all, err := c.scope.Letters(ctx, store.InboxUnrouted, before, in.size())
			out := make([]Unrouted, len(all))
			for i, l := range all {
				e := envelopeOf(l.Envelope)
				out[i] = Unrouted{N: l.N, Link: l.Link, Account: string(e.Account), From: e.From.Name, Text: wordsOf(e), At: time.UnixMilli(l.Received).UTC()}
			}
			return listOf(out, in.Limit, func(v Unrouted) string { return cursorText("unrouted", v.N) }), err
		})
	add(a, route{method: "POST", path: "/unrouted/{n}/link", tag: "Operations", may: auth.AccountWrite, act: "account.linked", summary: "Link the account something arrived for", status: 201,
		doc: "All that arrived for it is handled now."}, a.linkUnrouted)
	add(a, route{method: "GET", path: "/dead-letters", tag: "Operations", may: auth.TroubleRead, summary: "What cannot be handled (inbox) or did not leave (outbox), newest first"}, a.deadLetters)
	add(a, route{method: "POST", path: "/dead-letters/{kind}/{n}/replay", tag: "Operations", may: auth.TroubleWrite, act: "letter.replayed", summary: "Try a dead letter again", status: 204},
		func(ctx context.Context, c *call, in *deadOne) (*none, error) {
			if in.Kind == "outbox" {
				row, err := a.failedRow(ctx, c, in.N)
				if err == nil {
					_, err = a.Desk.Retry(ctx, c.who.Tenant, row.Message, c.who.Who())
				}
				if err != nil {
					return nil, err
				}
				return nil, c.note(ctx, row.Message.String(), in.Kind)
			}
			l, err := a.letter(ctx, c, store.InboxDead, in.N)
			if err == nil {
				err = c.scope.Replay(ctx, l.N, canon.ID{})
			}
			if err != nil {
				return nil, err
			}
			a.Desk.Wake(c.who.Tenant)
			return nil, c.note(ctx, letterName(in.N), in.Kind)
		})
	add(a, route{method: "DELETE", path: "/dead-letters/{kind}/{n}", tag: "Operations", may: auth.TroubleWrite, act: "letter.dropped", summary: "Give a dead letter up", status: 204},
		func(ctx context.Context, c *call, in *deadOne) (*none, error) {
			if in.Kind == "outbox" {
				row, err := a.failedRow(ctx, c, in.N)
				if err == nil {
					_, err = a.Desk.Discard(ctx, c.who.Tenant, row.Message, c.who.Who())
				}
				if err != nil {
					return nil, err
				}
				return nil, c.note(ctx, row.Message.String(), in.Kind)
			}
			l, err := a.letter(ctx, c, store.InboxDead, in.N)
			if err == nil {
				err = c.scope.Drop(ctx, l.N)
			}
			if err != nil {
				return nil, err
			}
			return nil, c.note(ctx, letterName(in.N), in.Kind)
		})
}

func letterName(n int64) string { b, _ := json.Marshal(n); return "letter " + string(b) }

// envelopeOf reads what arrived; what cannot be read shows as nothing.
func envelopeOf(raw []byte) canon.Envelope {
	var e canon.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return canon.Envelope{}
	}
	return e
}

// wordsOf is what an arrival says, for a list.
func wordsOf(e canon.Envelope) string {
	if p, ok := e.Event.(canon.Posted); ok {
		return cut(p.Message.Fallback(), 200)
	}
	if e.Event == nil {
		return ""
	}
	if u, ok := e.Event.(canon.Unknown); ok {
		return cut(u.Name, 200)
	}
	return canon.EventType(e.Event)
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (a *API) letter(ctx context.Context, c *call, state store.InboxState, n int64) (store.Letter, error) {
	if n <= 0 || n >= 1<<62 {
		return store.Letter{}, core.NotFound("dead letter")
	}
	all, err := c.scope.Letters(ctx, state, n+1, 1)
	if err != nil {
		return store.Letter{}, err
	}
	if len(all) == 0 || all[0].N != n {
		return store.Letter{}, core.NotFound("dead letter")
	}
	return all[0], nil
}

func (a *API) failedRow(ctx context.Context, c *call, n int64) (store.OutboxRow, error) {
	if n <= 0 || n >= 1<<62 {
		return store.OutboxRow{}, core.NotFound("dead letter")
	}
	all, err := c.scope.FailedRows(ctx, n+1, 1)
	if err != nil {
		return store.OutboxRow{}, err
	}
	if len(all) == 0 || all[0].N != n {
		return store.OutboxRow{}, core.NotFound("dead letter")
	}
	return all[0], nil
}

func (a *API) deadLetters(ctx context.Context, c *call, in *deadList) (*answer[list[DeadLetter]], error) {
	var before int64
	if err := cursorPlace("dead "+in.Kind, in.Cursor, &before); err != nil {
		return nil, err
	}
	next := func(v DeadLetter) string { return cursorText("dead "+in.Kind, v.N) }
	out := []DeadLetter{}
	if in.Kind == "inbox" {
		all, err := c.scope.Letters(ctx, store.InboxDead, before, in.size())
		for _, l := range all {
			e := envelopeOf(l.Envelope)
			out = append(out, DeadLetter{N: l.N, Kind: in.Kind, At: time.UnixMilli(l.Received).UTC(), Account: l.Account, State: "dead", From: e.From.Name, Text: wordsOf(e), Trouble: l.Trouble, Tries: l.Tries})
		}
		return listOf(out, in.Limit, next), err
	}
	rows, err := c.scope.FailedRows(ctx, before, in.size())
	if err != nil {
		return nil, err
	}
	ids := make([]canon.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Message
	}
	messages, err := c.scope.MessagesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	ByID := map[canon.ID]core.Message{}
	for _, m := range messages {
		ByID[m.ID] = m
	}
	for _, r := range rows {
		m := ByID[r.Message]
		out = append(out, DeadLetter{N: r.N, Kind: in.Kind, At: time.UnixMilli(r.Created).UTC(), Account: r.Account, Conversation: r.Conversation, Message: r.Message,
			State: string(r.State), From: m.Name, Text: cut(m.Content.Fallback(), 200), Failure: m.Failure, Tries: r.Tries})
	}
	return listOf(out, in.Limit, next), nil
}

// maxReplay bounds how many arrivals linking an account replays at once; the
// rest stays listed.
const maxReplay = 1000

func (a *API) linkUnrouted(ctx context.Context, c *call, in *unroutedLink) (*answer[LinkedAccount], error) {
	first, err := a.letter(ctx, c, store.InboxUnrouted, in.N)
	if err != nil {
		return nil, err
	}
	l, err := c.scope.Link(ctx, first.Link)
	if err != nil {
		return nil, err
	}
	remote := envelopeOf(first.Envelope).Account
	v := core.Account{Link: l.ID, Kind: l.Kind, RemoteID: remote}
	if b := in.Body; b != nil {
		v.Name, v.Bot, v.Team = b.Name, b.Bot, b.Team
	}
	if v.Name == "" {
		v.Name = string(remote)
	}
	if v.Name, err = oneLine("body.name", v.Name); err != nil {
		return nil, err
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		var err error
		v, _, err = t.AddAccount(ctx, v, c.by())
		return v.ID.String() + " " + v.Name, err
	})
	if err != nil {
		return nil, err
	}
	if err := a.reload(ctx, c, l.ID); err != nil {
		return nil, err
	}
	before, replayed := int64(0), 0
	for replayed < maxReplay {
		all, err := c.scope.Letters(ctx, store.InboxUnrouted, before, 200)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			before = x.N
			if x.Link != l.ID || envelopeOf(x.Envelope).Account != remote {
				continue
			}
			if err := c.scope.Replay(ctx, x.N, v.ID); err != nil {
				return nil, err
			}
			replayed++
		}
		if len(all) < 200 {
			break
		}
	}
	a.Desk.Wake(c.who.Tenant)
	return &answer[LinkedAccount]{a.linked(c, v)}, nil
}
