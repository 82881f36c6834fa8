package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

type menuPictureInput struct {
	ByID
	Version int64 `query:"v" doc:"Any number: has a browser ask anew"`
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
	add(a, route{method: "GET", path: "/accounts/{id}/menu/picture", tag: "Channels", may: auth.AccountRead, summary: "The picture of the menu below the chats of an account",
		doc: "Where menus are pictures with areas: the one that stands at the platform."}, a.menuPicture)
	add(a, route{method: "PUT", path: "/accounts/{id}/menu", tag: "Channels", may: auth.AccountWrite, act: "account.menu", summary: "Set the menu below the chats of an account", status: 204,
		doc: "Replaces the whole menu; no items take it off. What customers see may change a while later, as the platform pleases. Where menus are pictures, picture.file is an uploaded file; without one the picture that stands stays."},
		func(ctx context.Context, c *call, in *menuInput) (*none, error) {
			v, m, limits, err := a.menuOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			bad, err := a.measured(ctx, c, limits.Picture, in.Body.Picture)
			if err != nil {
				return nil, err
			}
			if bad = append(bad, limits.Check(in.Body)...); len(bad) > 0 {
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

// measured looks at the stored picture of a menu and takes its measures from it.
func (a *API) measured(ctx context.Context, c *call, limit connector.MenuPictureLimit, p *connector.MenuPicture) ([]connector.FieldError, error) {
	if p == nil || p.File.IsZero() || !limit.Wanted() {
		return nil, nil
	}
	f, err := a.file(ctx, c, p.File)
	if err != nil {
		return nil, err
	}
	p.Width, p.Height = f.Width, f.Height
	if says := limit.Takes(connector.FileInfo{Name: f.Name, MIME: f.MIME, Size: f.Size}); says.EN != "" {
		return []connector.FieldError{{Field: "picture", Text: says}}, nil
	}
	return nil, nil
}

// maxMenuPicture is how much of a menu's picture is passed on, in bytes.
const maxMenuPicture = 10 << 20

// menuPicture passes on the picture of a menu, which lies at the platform alone.
func (a *API) menuPicture(ctx context.Context, c *call, in *menuPictureInput) (*huma.StreamResponse, error) {
	v, m, _, err := a.menuOf(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	p, ok := m.(connector.MenuPictured)
	if !ok {
		return nil, &core.Fault{Kind: core.FaultConflict, Code: "no_menu_picture",
			Text:   connector.Text{EN: "The menu of this channel is no picture.", ZH: "该渠道的菜单不是图片。"},
			Remedy: connector.Text{EN: "Read its entries instead.", ZH: "请直接读取菜单项。"}}
	}
	ctx, cancel := context.WithTimeout(ctx, menuTime)
	defer cancel()
	body, info, err := p.MenuPicture(ctx, v)
	if err != nil {
		return nil, platformSays(err)
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxMenuPicture))
	_ = body.Close()
	if err != nil {
		return nil, platformSays(err)
	}
	if info.MIME != "image/png" {
		info.MIME = "image/jpeg" // nothing else is shown as what it may claim to be
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", info.MIME)
		hc.SetHeader("X-Content-Type-Options", "nosniff")
		hc.SetHeader("Cache-Control", "private, no-store")
		_, _ = hc.BodyWriter().Write(raw) // whoever asked hung up
	}}, nil
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
