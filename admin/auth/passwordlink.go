package auth

import (
	"context"
	"net/http"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

const (
	// resetLife is how long a link counts for somebody who has a password,
	// inviteLife for somebody who never had one and so has nothing to lose yet.
	resetLife  = 30 * time.Minute
	inviteLife = 3 * 24 * time.Hour
)

// linkPage is the application's page for choosing a password. The secret of the
// link stands behind a #: browsers send that to no server and in no Referer.
const linkPage = "/password#"

// PasswordLink is a link by which somebody may choose a password, once. It is shown
// this once.
type PasswordLink struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
	// Invitation says that they never had a password.
	Invitation bool `json:"invitation" doc:"They never had a password: it counts three days, otherwise half an hour"`
}

// LinkedPerson is whom an open link is for.
type LinkedPerson struct {
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	Business   string    `json:"business"`
	Invitation bool      `json:"invitation"`
	Expires    time.Time `json:"expires"`
}

// rateLink bounds how many links one person or program makes.
var rateLink = rate{60, 5 * time.Minute}

// ErrOver is the one answer for a link that was used, replaced or has expired,
// and for one that never was.
func ErrOver() error {
	return &core.Fault{Kind: core.FaultNotFound, Code: "link_over", Field: "body.token",
		Text:   connector.Text{EN: "This link does not count, or not any more.", ZH: "该链接无效或已失效。"},
		Remedy: connector.Text{EN: "Ask an administrator for a new one.", ZH: "请联系管理员获取新的链接。"}}
}

// SlowPasswordLinks bounds how many links somebody makes; by names them.
func (a *Auth) SlowPasswordLinks(by canon.ID) error {
	if wait := a.guesses.take("links "+by.String(), rateLink, a.store.Now()); wait > 0 {
		return &SlowDown{wait}
	}
	return nil
}

// NewPasswordLink makes a link for a person, in a transaction that the caller writes
// down; one they had before counts no more. publicURL is scheme and host of the
// hub.
func NewPasswordLink(ctx context.Context, t *store.Tx, agent canon.ID, publicURL string) (PasswordLink, error) {
	v, err := t.Agent(ctx, agent)
	if err != nil {
		return PasswordLink{}, err
	}
	if !v.Disabled.IsZero() {
		return PasswordLink{}, &core.Fault{Kind: core.FaultConflict, Code: "agent_disabled",
			Text:   connector.Text{EN: "This person may not sign in.", ZH: "该账号已停用。"},
			Remedy: connector.Text{EN: "Let them sign in again first.", ZH: "请先恢复该账号的登录权限。"}}
	}
	hash, err := t.PasswordHash(ctx, agent)
	if err != nil {
		return PasswordLink{}, err
	}
	out := PasswordLink{Invitation: hash == "", Expires: t.Now().Add(resetLife)}
	if out.Invitation {
		out.Expires = t.Now().Add(inviteLife)
	}
	text, kept := newSecret(t.Tenant())
	out.URL = publicURL + linkPage + text
	return out, t.SetPasswordLink(agent, kept, out.Expires)
}

// OpenPasswordLink says whom a link is for. Looking does not use it up.
func (a *Auth) OpenPasswordLink(r *http.Request, token string) (LinkedPerson, error) {
	scope, v, expires, err := a.linked(r, token)
	if err != nil {
		return LinkedPerson{}, err
	}
	hash, err := scope.PasswordHash(r.Context(), v.ID)
	if err != nil {
		return LinkedPerson{}, err
	}
	t, err := scope.ReadTenant(r.Context())
	return LinkedPerson{Name: v.Name, Email: v.Email, Business: t.Name, Invitation: hash == "", Expires: expires}, err
}

// UsePasswordLink stores the password chosen by a link and uses it up. All sessions of
// the person end, with their sockets; this browser is known from now on.
func (a *Auth) UsePasswordLink(w http.ResponseWriter, r *http.Request, token, password string) error {
	ctx := r.Context()
	scope, v, _, err := a.linked(r, token)
	if err != nil {
		return err
	}
	if err := CheckPassword("body.password", password, v.Email, v.Name); err != nil {
		return err
	}
	hash, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	_, kept, _ := readSecret(token)
	var tenant core.Tenant
	err = scope.Write(ctx, func(t *store.Tx) error {
		if tenant, err = t.ReadTenant(ctx); err != nil {
			return err
		}
		ok, err := t.TakePasswordLink(v.ID, kept)
		if err == nil && !ok {
			err = ErrOver()
		}
		if err != nil {
			return err
		}
		if err := t.SetPassword(ctx, v.ID, hash, nil); err != nil {
			return err
		}
		return t.Audit(core.Audit{Actor: v.ID, Name: v.Name, Action: "password.chosen", Target: v.ID.String(), Address: a.address(r).String()})
	})
	if err != nil {
		return err
	}
	// Guesses at the old password put nobody off who has a new one.
	a.guesses.forget("account " + account(tenant.Slug, v.Email))
	a.rememberDevice(w, scope.Tenant(), v.ID, hash)
	return nil
}

// linked finds whom a link is for. Wrong ones are counted by address.
func (a *Auth) linked(r *http.Request, token string) (store.Scope, core.Agent, time.Time, error) {
	ctx := r.Context()
	none := func(err error) (store.Scope, core.Agent, time.Time, error) {
		return store.Scope{}, core.Agent{}, time.Time{}, err
	}
	key := "link address " + network(a.address(r))
	if wait := a.guesses.take(key, rateAddress, a.store.Now()); wait > 0 {
		return none(&SlowDown{wait})
	}
	tenant, hash, ok := readSecret(token)
	if !ok {
		return none(ErrOver())
	}
	scope := a.store.For(tenant)
	agent, expires, ok, err := scope.PasswordLink(ctx, hash)
	if err != nil {
		return none(err)
	}
	if !ok {
		return none(ErrOver())
	}
	v, err := scope.Agent(ctx, agent)
	if err != nil {
		return none(err)
	}
	if !v.Disabled.IsZero() {
		return none(ErrOver())
	}
	a.guesses.giveBack(key)
	return scope, v, expires, nil
}
