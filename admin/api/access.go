package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Access is how a person signs in.
type Access struct {
	Agent        canon.ID  `json:"agent"`
	Password     bool      `json:"password" doc:"They have chosen one; otherwise they wait for a link, or have not used it"`
	SecondFactor time.Time `json:"second_factor,omitzero" doc:"Since when they have one"`
	Link         time.Time `json:"link,omitzero" doc:"Until when a link that was not used yet counts; past: it has expired"`
}

type linkToken struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200" doc:"What stands behind the # of the link"`
	}
}

type linkUse struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What stands behind the # of the link"`
		Password string `json:"password" minLength:"8" maxLength:"1024" doc:"The new one"`
	}
}

func (a *API) addAccess() {
	add(a, route{method: "GET", path: "/access", tag: "Team", may: auth.AgentWrite, summary: "How people sign in"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[Access]], error) {
			after, err := in.after("access")
			if err != nil {
				return nil, err
			}
			rows, err := c.scope.Access(ctx, after, in.size())
			all := make([]Access, len(rows))
			for i, v := range rows {
				all[i] = Access(v)
			}
			return listOf(all, in.Limit, func(v Access) string { return cursorText("access", v.Agent) }), err
		})
	add(a, route{method: "POST", path: "/agents/{id}/password-link", tag: "Team", may: auth.AgentWrite, act: "password.link", summary: "Make a link by which a person chooses a password", status: 201, secret: true,
		doc: "It counts once: half an hour, or three days for somebody who never had a password. A link they had before counts no more. With mail it is also sent to them, if an account of the business can begin a letter."}, a.makeLink)
	add(a, route{method: "DELETE", path: "/agents/{id}/password-link", tag: "Team", may: auth.AgentWrite, act: "password.link_revoked", summary: "Take a person's link back before it is used", status: 204}, a.revokeLink)
	add(a, route{method: "DELETE", path: "/agents/{id}/second-factor", tag: "Team", may: auth.AgentWrite, act: "second_factor.removed", summary: "Remove a person's second factor", status: 204,
		doc: "For somebody who lost their phone and their recovery codes. Their sessions end within a second."},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				if err := mayResetSignIn(ctx, c, t, in.ID); err != nil {
					return "", err
				}
				return in.ID.String(), auth.TakeFactor(ctx, t, in.ID)
			})
			return nil, err
		})
	add(a, route{method: "POST", path: "/password-link/ask", tag: "Session", may: auth.Public, summary: "Ask for a link because one forgot one's password", status: 204,
		doc: "Whoever asks is answered the same. If somebody with this address may sign in and an account of the business can begin a letter, they are sent a link that counts once, for half an hour."}, a.askForLink)
	add(a, route{method: "POST", path: "/password-link/open", tag: "Session", may: auth.Public, summary: "Whom a link for choosing a password is for",
		doc: "Looking does not use it up."},
		func(_ context.Context, c *call, in *linkToken) (*answer[auth.LinkedPerson], error) {
			v, err := a.Auth.OpenPasswordLink(c.r, in.Body.Token)
			return &answer[auth.LinkedPerson]{v}, err
		})
	add(a, route{method: "POST", path: "/password-link/use", tag: "Session", may: auth.Public, act: "password.chosen", summary: "Choose a password by a link", status: 204,
		doc: "Uses the link up and ends all sessions of the person within a second, with their sockets. Then sign in with the new password."},
		func(_ context.Context, c *call, in *linkUse) (*none, error) {
			return nil, a.Auth.UsePasswordLink(c.w, c.r, in.Body.Token, in.Body.Password)
		})
}

type makeLinkInput struct {
	ByID
	Body *struct {
		Mail bool `json:"mail,omitempty" doc:"Send it to them, too"`
	}
}

// MadeLink is a link and where it was sent.
type MadeLink struct {
	auth.PasswordLink
	MailedFrom string `json:"mailed_from,omitempty" doc:"The address it was mailed from; absent when no account can begin a letter, or it was not asked for"`
	Trouble    string `json:"mail_trouble,omitempty" doc:"Why it could not be mailed: the link counts all the same"`
}

func (a *API) makeLink(ctx context.Context, c *call, in *makeLinkInput) (*answer[MadeLink], error) {
	var out MadeLink
	var v core.Agent
	if err := a.Auth.SlowPasswordLinks(c.who.Who()); err != nil {
		return nil, err
	}
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		if err := mayResetSignIn(ctx, c, t, in.ID); err != nil {
			return "", err
		}
		var err error
		if v, err = t.Agent(ctx, in.ID); err == nil {
			out.PasswordLink, err = auth.NewPasswordLink(ctx, t, in.ID, a.PublicURL)
		}
		return in.ID.String(), err
	})
	if err != nil || in.Body == nil || !in.Body.Mail {
		return &answer[MadeLink]{out}, err
	}
	if out.MailedFrom, err = a.mailLink(ctx, c.who.Tenant, v, out.PasswordLink); err != nil {
		a.Log.Warn("a link was not mailed", "agent", v.ID, "err", err)
		out.Trouble = connector.AsError(err).Shown.In(c.lang)
		if out.Trouble == "" {
			out.Trouble = connector.Text{EN: "The mail server did not take it.", ZH: "邮件服务器未接收。"}.In(c.lang)
		}
	}
	return &answer[MadeLink]{out}, nil
}

func (a *API) revokeLink(ctx context.Context, c *call, in *ByID) (*none, error) {
	return nil, c.write(ctx, func(t *store.Tx) (string, error) {
		if err := mayResetSignIn(ctx, c, t, in.ID); err != nil {
			return "", err
		}
		counted, err := t.EndPasswordLink(in.ID, store.LinkRevoked)
		if err == nil && !counted {
			err = core.NotFound("link")
		}
		return in.ID.String(), err
	})
}

// mayResetSignIn refuses to touch how somebody above oneself signs in, or how
// one does so oneself: that takes one's own password.
func mayResetSignIn(ctx context.Context, c *call, t *store.Tx, id canon.ID) error {
	v, err := t.Agent(ctx, id)
	if err == nil {
		err = mayTouch(c.who, v.Role)
	}
	if err == nil && id == c.who.Agent {
		err = errOwnSignIn("path.id")
	}
	return err
}

func errOwnSignIn(field string) error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "own_sign_in", Field: field,
		Text:   connector.Text{EN: "How you sign in yourself is changed in your profile, with your password.", ZH: "自己的登录方式需在个人资料中修改，并验证当前密码。"},
		Remedy: connector.Text{EN: "Open your profile, or ask another administrator.", ZH: "请打开个人资料，或联系其他管理员。"}}
}
