package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/store"
)

type tokenInput struct {
	Body struct {
		Name    string    `json:"name" minLength:"1" maxLength:"100"`
		Role    core.Role `json:"role" enum:"owner,admin,supervisor,agent,limited,designer,bot"`
		Expires time.Time `json:"expires,omitzero" doc:"Absent: until deleted"`
	}
}

type tokenChange struct {
	ByID
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

// NewToken is a token with its secret, shown this once.
type NewToken struct {
	core.Token
	Secret string `json:"token" doc:"Send it as Authorization: Bearer …; it is not shown again"`
}

func (a *API) addTokens() {
	add(a, route{method: "GET", path: "/tokens", tag: "Settings", may: auth.TokenRead, summary: "API tokens, without their secrets"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Token]], error) {
			after, err := in.after("tokens")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Tokens(ctx, after, in.size())
			return listOf(all, in.Limit, func(v core.Token) string { return cursorText("tokens", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/tokens", tag: "Settings", may: auth.TokenWrite, act: "token.created", summary: "Make an API token", status: 201, secret: true,
		doc: "Its secret is in the answer and nowhere else. Nobody gives out more than they have."}, a.addToken)
	add(a, route{method: "GET", path: "/tokens/{id}", tag: "Settings", may: auth.TokenRead, summary: "One API token"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Token], error) {
			v, err := c.scope.Token(ctx, in.ID)
			return &answer[core.Token]{v}, err
		})
	add(a, route{method: "PATCH", path: "/tokens/{id}", tag: "Settings", may: auth.TokenWrite, act: "token.changed", summary: "Rename an API token"},
		func(ctx context.Context, c *call, in *tokenChange) (*answer[core.Token], error) {
			v, err := c.scope.Token(ctx, in.ID)
			if err == nil {
				err = mayTouch(c.who, v.Role)
			}
			if err != nil {
				return nil, err
			}
			if v.Name, err = oneLine("body.name", in.Body.Name); err != nil {
				return nil, err
			}
			err = c.write(ctx, func(t *store.Tx) (string, error) { return v.ID.String(), t.RenameToken(v.ID, v.Name) })
			return &answer[core.Token]{v}, err
		})
	add(a, route{method: "DELETE", path: "/tokens/{id}", tag: "Settings", may: auth.TokenWrite, act: "token.deleted", summary: "End an API token at once", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			v, err := c.scope.Token(ctx, in.ID)
			if err == nil {
				err = mayTouch(c.who, v.Role)
			}
			if err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return v.ID.String() + " " + v.Name, t.DeleteToken(v.ID) })
		})
}

func (a *API) addToken(ctx context.Context, c *call, in *tokenInput) (*answer[NewToken], error) {
	b := in.Body
	if err := mayTouch(c.who, b.Role); err != nil {
		return nil, err
	}
	name, err := oneLine("body.name", b.Name)
	if err != nil {
		return nil, err
	}
	if !b.Expires.IsZero() && !b.Expires.After(c.scope.Now()) {
		return nil, core.Invalid("expires", "body.expires", connector.Text{EN: "This is in the past.", ZH: "该时间已过。"}, connector.Text{EN: "Choose a later time, or leave it out.", ZH: "请选择更晚的时间，或不填写。"})
	}
	text, hash, mark := auth.NewToken(c.who.Tenant)
	out := NewToken{Secret: text}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := t.AddToken(core.Token{Name: name, Role: b.Role, Prefix: mark, Expires: b.Expires}, hash)
		out.Token = v
		return v.ID.String() + " " + string(v.Role) + " " + v.Name, err
	})
	return &answer[NewToken]{out}, err
}
