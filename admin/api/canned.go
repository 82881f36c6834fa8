package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type cannedInput struct {
	Body struct {
		Shortcut string `json:"shortcut" minLength:"1" maxLength:"40" doc:"What is typed behind the slash"`
		Title    string `json:"title" minLength:"1" maxLength:"100"`
		Body     string `json:"body" minLength:"1" maxLength:"10000"`
		Folder   string `json:"folder,omitempty" maxLength:"60"`
		Own      bool   `json:"own,omitempty" doc:"Only for oneself; otherwise everybody's, which takes canned.share"`
	}
}

type cannedChange struct {
	ByID
	Body struct {
		Shortcut *string `json:"shortcut,omitempty" minLength:"1" maxLength:"40"`
		Title    *string `json:"title,omitempty" minLength:"1" maxLength:"100"`
		Body     *string `json:"body,omitempty" minLength:"1" maxLength:"10000"`
		Folder   *string `json:"folder,omitempty" maxLength:"60"`
		Own      *bool   `json:"own,omitempty"`
	}
}

func (a *API) addCanned() {
	add(a, route{method: "GET", path: "/canned", tag: "Settings", may: auth.CannedRead, summary: "Common phrases: everybody's and one's own"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Canned]], error) {
			after, err := in.after("canned")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.CannedOf(ctx, c.who.Agent, after, in.size())
			return listOf(all, in.Limit, func(v core.Canned) string { return cursorText("canned", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/canned", tag: "Settings", may: auth.CannedWrite, act: "canned.created", summary: "Add a phrase", status: 201},
		func(ctx context.Context, c *call, in *cannedInput) (*answer[core.Canned], error) {
			b := in.Body
			v := core.Canned{Shortcut: b.Shortcut, Title: b.Title, Body: b.Body, Folder: b.Folder}
			if b.Own {
				v.Owner = c.who.Agent
			}
			return a.saveCanned(ctx, c, v)
		})
	add(a, route{method: "GET", path: "/canned/{id}", tag: "Settings", may: auth.CannedRead, summary: "One phrase"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Canned], error) {
			v, err := a.canned(ctx, c, in.ID)
			return &answer[core.Canned]{v}, err
		})
	add(a, route{method: "PATCH", path: "/canned/{id}", tag: "Settings", may: auth.CannedWrite, act: "canned.changed", summary: "Change a phrase"},
		func(ctx context.Context, c *call, in *cannedChange) (*answer[core.Canned], error) {
			v, err := a.canned(ctx, c, in.ID)
			if err == nil {
				err = mayPhrase(c, v)
			}
			if err != nil {
				return nil, err
			}
			b := in.Body
			set(&v.Shortcut, b.Shortcut)
			set(&v.Title, b.Title)
			set(&v.Body, b.Body)
			set(&v.Folder, b.Folder)
			if b.Own != nil {
				if v.Owner = (canon.ID{}); *b.Own {
					v.Owner = c.who.Agent
				}
			}
			return a.saveCanned(ctx, c, v)
		})
	add(a, route{method: "POST", path: "/canned/{id}/used", tag: "Settings", may: auth.CannedRead, summary: "Count that a phrase was used", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			v, err := a.canned(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return "", t.UseCanned(v.ID) })
		})
	add(a, route{method: "DELETE", path: "/canned/{id}", tag: "Settings", may: auth.CannedWrite, act: "canned.deleted", summary: "Delete a phrase", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			v, err := a.canned(ctx, c, in.ID)
			if err == nil {
				err = mayPhrase(c, v)
			}
			if err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return v.ID.String(), t.DeleteCanned(v.ID, c.by()) })
		})
}

// canned reads a phrase; somebody else's own does not exist.
func (a *API) canned(ctx context.Context, c *call, id canon.ID) (core.Canned, error) {
	v, err := c.scope.Canned(ctx, id)
	if err == nil && !v.Owner.IsZero() && v.Owner != c.who.Agent {
		return core.Canned{}, core.NotFound("phrase")
	}
	return v, err
}

// mayPhrase refuses changing everybody's phrases to those who may not.
func mayPhrase(c *call, v core.Canned) error {
	if v.Owner.IsZero() && !c.who.Can(auth.CannedShare) {
		return forbidden(auth.CannedShare)
	}
	return nil
}

func (a *API) saveCanned(ctx context.Context, c *call, v core.Canned) (*answer[core.Canned], error) {
	if err := mayPhrase(c, v); err != nil {
		return nil, err
	}
	var err error
	if v.Shortcut, err = oneLine("body.shortcut", strings.TrimPrefix(v.Shortcut, "/")); err != nil {
		return nil, err
	}
	if strings.ContainsAny(v.Shortcut, " \t") {
		return nil, core.Invalid("shortcut", "body.shortcut", connector.Text{EN: "A shortcut is one word.", ZH: "快捷词不能包含空格。"}, connector.Text{EN: "Leave the blanks out.", ZH: "请去掉空格。"})
	}
	if v.Title, err = oneLine("body.title", v.Title); err != nil {
		return nil, err
	}
	id := v.ID
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v.ID = id
		v, err = t.SaveCanned(v, c.by())
		return v.ID.String() + " " + v.Title, err
	})
	return &answer[core.Canned]{v}, err
}
