package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// AccountMenu is an account's own menu, with what the channel allows.
type AccountMenu struct {
	connector.Menu
	Limits connector.MenuLimit `json:"limits"`
}

type menuInput struct {
	ByID
	Body connector.Menu
}

// menuTime bounds a call that reads or sets a menu.
const menuTime = 20 * time.Second

func (a *API) addAccountMenus() {
	add(a, route{method: "GET", path: "/accounts/{id}/menu", tag: "Channels", may: auth.AccountRead, summary: "The menu below the chats of an account",
		doc: "Read from the platform. Channels without one answer with the code no_menu."},
		func(ctx context.Context, c *call, in *ByID) (*answer[AccountMenu], error) {
			v, m, limits, err := a.menuOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithTimeout(ctx, menuTime)
			defer cancel()
			menu, err := m.Menu(ctx, v)
			if err != nil {
				return nil, platformSays(err)
			}
			if menu.Items == nil {
				menu.Items = []connector.MenuItem{}
			}
			return &answer[AccountMenu]{AccountMenu{menu, limits}}, nil
		})
	add(a, route{method: "PUT", path: "/accounts/{id}/menu", tag: "Channels", may: auth.AccountWrite, act: "account.menu", summary: "Set the menu below the chats of an account", status: 204,
		doc: "Replaces the whole menu; no items take it off. What customers see may change a while later, as the platform pleases."},
		func(ctx context.Context, c *call, in *menuInput) (*none, error) {
			v, m, limits, err := a.menuOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			if bad := limits.Check(in.Body); len(bad) > 0 {
				return nil, &invalidFields{prefix: "body.", fields: bad}
			}
			ctx, cancel := context.WithTimeout(ctx, menuTime)
			defer cancel()
			if err := m.SetMenu(ctx, v, in.Body); err != nil {
				return nil, platformSays(err)
			}
			return nil, c.note(ctx, in.ID.String(), "")
		})
}

// menuOf is an account whose channel has menus.
func (a *API) menuOf(ctx context.Context, c *call, id canon.ID) (account connector.Account, m connector.Menuer, limits connector.MenuLimit, err error) {
	v, conn, err := a.connOf(ctx, c, id)
	if err != nil {
		return account, nil, limits, err
	}
	caps := conn.Capabilities(canon.ThreadKey{Account: v.RemoteID})
	m, ok := conn.(connector.Menuer)
	if !ok || !caps.Can(connector.OpsMenu) {
		return account, nil, limits, &core.Fault{Kind: core.FaultConflict, Code: "no_menu",
			Text:   connector.Text{EN: "This channel has no menu of its own.", ZH: "该渠道没有自定义菜单。"},
			Remedy: connector.Text{EN: "Offer choices in messages instead.", ZH: "请改用消息中的选项。"}}
	}
	return connector.Account{ID: v.ID, RemoteID: v.RemoteID, Name: v.Name}, m, caps.Menu, nil
}

// platformSays turns a platform's refusal into a fault with its words.
func platformSays(err error) error {
	e := connector.AsError(err)
	if e == nil || e.Shown.EN == "" {
		return &core.Fault{Kind: core.FaultConflict, Code: "platform_away",
			Text:   connector.Text{EN: "The platform could not be reached.", ZH: "无法连接平台。"},
			Remedy: connector.Text{EN: "Try again in a minute; look at the account's light.", ZH: "请稍后再试，并查看账号状态。"}}
	}
	return &core.Fault{Kind: core.FaultConflict, Code: "platform_refused", Text: e.Shown,
		Remedy: connector.Text{EN: "Correct it and try again.", ZH: "请修正后重试。"}}
}
