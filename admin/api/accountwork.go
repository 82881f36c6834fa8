package api

import (
	"context"
	"time"
	"unicode/utf8"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/hub"
	"parley/core/store"
)

// Verdict is what a test of credentials found, step by step.
type Verdict struct {
	OK     bool              `json:"ok"`
	Checks []connector.Check `json:"checks"`
}

type tryConfigInput struct {
	Body struct {
		Connector string           `json:"connector" maxLength:"40"`
		Config    connector.Values `json:"config,omitempty"`
	}
}

// Callback is one raw callback of a link.
type Callback struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`
	Account canon.ID  `json:"account,omitzero" doc:"None: nobody linked it"`
	State   string    `json:"state" enum:"waiting,handled,dead,unrouted,blocked,refused" doc:"refused: it could not be read"`
	Size    int       `json:"size" doc:"Bytes of the body; 0 when it came with the one before"`
	Body    string    `json:"body,omitempty" doc:"The raw body, where it is text"`
	Trouble string    `json:"trouble,omitempty"`
}

type callbackInput struct {
	ByID
	N int64 `path:"n"`
}

type accountList struct {
	ByID
	Paging
}

func (a *API) addAccountWork() {
	add(a, route{method: "POST", path: "/accounts/test", tag: "Channels", may: auth.AccountWrite, act: "account.tested", summary: "Test credentials before linking",
		doc: "Nothing is stored. Answers 200 also when a check fails: see ok."},
		func(ctx context.Context, c *call, in *tryConfigInput) (*answer[Verdict], error) {
			d, err := a.driver(in.Body.Connector, "body.connector")
			if err != nil {
				return nil, err
			}
			values, err := a.complete(d, in.Body.Config)
			if err != nil {
				return nil, err
			}
			conn, err := a.Links.Probe(ctx, c.who.Tenant, in.Body.Connector, values)
			if err != nil {
				return &answer[Verdict]{Verdict{Checks: []connector.Check{hub.NoConnection(err, 0)}}}, c.note(ctx, in.Body.Connector, "")
			}
			defer conn.Close(context.WithoutCancel(ctx))
			return &answer[Verdict]{probe(ctx, conn)}, c.note(ctx, in.Body.Connector, "")
		})
	add(a, route{method: "POST", path: "/accounts/{id}/test", tag: "Channels", may: auth.AccountWrite, act: "account.tested", summary: "Test an account",
		doc: "Sets the account up at its platform again (callback, menus) where the channel can, then tests its credentials. Answers 200 also when a check fails: see ok."},
		func(ctx context.Context, c *call, in *ByID) (*answer[Verdict], error) {
			v, conn, err := a.connOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			set, has := a.Links.Install(ctx, c.who.Tenant, v.Link)
			out := probe(ctx, conn)
			if has {
				out.Checks, out.OK = append([]connector.Check{set}, out.Checks...), out.OK && set.OK
			}
			return &answer[Verdict]{out}, c.note(ctx, in.ID.String(), "")
		})
	add(a, route{method: "GET", path: "/accounts/{id}/capabilities", tag: "Channels", may: auth.AccountRead, summary: "What an account can carry"},
		func(ctx context.Context, c *call, in *ByID) (*answer[connector.Capabilities], error) {
			v, err := c.scope.Account(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			caps, ok := a.Links.Capabilities(c.who.Tenant, v.ID, canon.ThreadKey{Account: v.RemoteID})
			if d, known := a.Connectors.Driver(v.Kind); !ok && known {
				caps = d.Spec().Ceiling
			}
			return &answer[connector.Capabilities]{caps}, nil
		})
	add(a, route{method: "GET", path: "/accounts/{id}/callbacks", tag: "Channels", may: auth.TroubleRead, summary: "Raw callbacks of an account's link, newest first"}, a.callbacks)
	add(a, route{method: "POST", path: "/accounts/{id}/callbacks/{n}/replay", tag: "Channels", may: auth.TroubleWrite, act: "callback.replayed", summary: "Handle a callback that failed once more", status: 204},
		func(ctx context.Context, c *call, in *callbackInput) (*none, error) {
			v, err := c.scope.Account(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Callbacks(ctx, v.Link, in.N+1, 1)
			if err != nil {
				return nil, err
			}
			if len(all) == 0 || all[0].N != in.N || !all[0].Account.IsZero() && all[0].Account != v.ID {
				return nil, core.NotFound("callback")
			}
			if all[0].State == store.InboxRefused {
				ok, err := a.retake(ctx, c, v, in.N, all[0].Raw, false)
				if err == nil && !ok {
					err = errStillRefused
				}
				if err != nil {
					return nil, err
				}
			} else if err := c.scope.Replay(ctx, in.N, v.ID); err != nil {
				return nil, err
			}
			a.Desk.Wake(c.who.Tenant)
			return nil, c.note(ctx, in.ID.String(), "")
		})
	a.addReplay()
	a.addVerify()
	a.addFormCheck()
	a.addTestMessages()
	a.addHealth()
	a.addAlerts()
	a.addLogins()
	a.addAuthorisations()
	a.addAccountMenus()
	a.addSightings()
}

// connOf is the open link of an account.
func (a *API) connOf(ctx context.Context, c *call, id canon.ID) (core.Account, connector.Conn, error) {
	v, err := c.scope.Account(ctx, id)
	if err != nil {
		return v, nil, err
	}
	conn, ok := a.Links.Conn(c.who.Tenant, v.Link)
	if !ok {
		return v, nil, &core.Fault{Kind: core.FaultConflict, Code: "link_shut",
			Text:   connector.Text{EN: "The link of this account is not open.", ZH: "该账号的接入尚未打开。"},
			Remedy: connector.Text{EN: "Look at its light, correct its settings and save.", ZH: "请查看状态说明，修正配置后保存。"}}
	}
	return v, conn, nil
}

// probe tests a channel and gathers the steps.
func probe(ctx context.Context, conn connector.Conn) Verdict {
	out := Verdict{Checks: []connector.Check{}}
	out.OK = hub.Tested(ctx, conn, func(k connector.Check) { out.Checks = append(out.Checks, k) })
	return out
}

var errStillRefused = &core.Fault{Kind: core.FaultConflict, Code: "still_refused",
	Text:   connector.Text{EN: "This callback still cannot be read.", ZH: "该回调仍然无法解析。"},
	Remedy: connector.Text{EN: "Update the hub, or show the callback to whoever looks after it.", ZH: "请升级系统，或将该回调内容提供给维护人员。"}}

var inboxStates = map[store.InboxState]string{store.InboxWaiting: "waiting", store.InboxHandled: "handled", store.InboxDead: "dead", store.InboxUnrouted: "unrouted", store.InboxBlocked: "blocked", store.InboxRefused: "refused"}

// maxRaw bounds what of a raw body is shown.
const maxRaw = 64 << 10

func (a *API) callbacks(ctx context.Context, c *call, in *accountList) (*answer[list[Callback]], error) {
	v, err := c.scope.Account(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var before int64
	if err := cursorPlace("callbacks", in.Cursor, &before); err != nil {
		return nil, err
	}
	all, err := c.scope.Callbacks(ctx, v.Link, before, in.size())
	out := []Callback{}
	for _, b := range all {
		k := Callback{N: b.N, At: time.UnixMilli(b.Received).UTC(), Account: b.Account, State: inboxStates[b.State], Size: len(b.Raw), Trouble: b.Trouble}
		if utf8.Valid(b.Raw) {
			k.Body = string(b.Raw[:min(len(b.Raw), maxRaw)])
		}
		out = append(out, k)
	}
	return listOf(out, in.Limit, func(k Callback) string { return cursorText("callbacks", k.N) }), err
}
