package auth

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
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

// ErrOver says why a link counts no more. Only who has its secret is told: what
// was never made is all unknown alike.
func ErrOver(why store.LinkEnd) error {
	f := &core.Fault{Kind: core.FaultNotFound, Code: "link_unknown", Field: "body.token",
		Text:   connector.Text{EN: "This link is not known.", ZH: "未找到此链接。"},
		Remedy: connector.Text{EN: "Copy it whole, up to its last letter, or ask an administrator for a new one.", ZH: "请确认链接复制完整，或联系管理员获取新的链接。"}}
	renew := connector.Text{EN: "Ask an administrator for a new one.", ZH: "请联系管理员获取新的链接。"}
	switch why {
	case store.LinkUsed:
		f.Code, f.Text = "link_used", connector.Text{EN: "This link was used already.", ZH: "此链接已使用过。"}
		f.Remedy = connector.Text{EN: "Sign in with the password you chose. If it was not you, tell an administrator.", ZH: "请使用你设置的密码登录。如果不是你本人操作，请告知管理员。"}
	case store.LinkExpired:
		f.Code, f.Text, f.Remedy = "link_expired", connector.Text{EN: "This link has expired.", ZH: "此链接已过期。"}, renew
	case store.LinkReplaced:
		f.Code, f.Text = "link_replaced", connector.Text{EN: "There is a newer link for you.", ZH: "此链接已被新的链接取代。"}
		f.Remedy = connector.Text{EN: "Open the newest one you were given.", ZH: "请打开你收到的最新链接。"}
	case store.LinkRevoked:
		f.Code, f.Text, f.Remedy = "link_revoked", connector.Text{EN: "This link was taken back.", ZH: "此链接已被撤销。"}, renew
	case store.LinkChanged:
		f.Code, f.Text = "link_changed", connector.Text{EN: "The password was changed since this link was made.", ZH: "此链接生成后，密码已被修改。"}
		f.Remedy = connector.Text{EN: "Sign in with the new password, or ask for a new link.", ZH: "请使用新密码登录，或重新获取链接。"}
	}
	return f
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
			err = ErrOver(store.LinkUsed) // somebody was faster
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
		return none(ErrOver(""))
	}
	scope := a.store.For(tenant)
	link, ok, err := scope.PasswordLink(ctx, hash)
	if err != nil {
		return none(err)
	}
	if !ok {
		return none(ErrOver(""))
	}
	a.guesses.giveBack(key) // no guess: its secret is right
	if link.End != "" {
		return none(ErrOver(link.End))
	}
	v, err := scope.Agent(ctx, link.Agent)
	if err != nil {
		return none(err)
	}
	if !v.Disabled.IsZero() {
		return none(ErrOver(store.LinkRevoked))
	}
	return scope, v, link.Expires, nil
}

// rateAsked bounds how many links are asked for of one person.
var rateAsked = rate{3, 30 * time.Minute}

// AskForLink makes a link for somebody who forgot their password, to be sent to
// the address they sign in with; ok is false where there is nobody who may have
// one: who never had a password was invited, and keeps that link. What it says is
// for the letter alone: whoever asks is told the same whatever it is.
func (a *Auth) AskForLink(ctx context.Context, slug, email, publicURL string, from netip.Addr) (tenant canon.ID, v core.Agent, link PasswordLink, ok bool, err error) {
	t, found, err := a.store.TenantBySlug(ctx, cmp.Or(slug, "default"))
	if err != nil || !found {
		return tenant, v, link, false, err
	}
	scope := a.store.For(t.ID)
	v, found, err = scope.AgentByEmail(ctx, email)
	if err != nil || !found || !v.Disabled.IsZero() {
		return tenant, v, link, false, err
	}
	hash, err := scope.PasswordHash(ctx, v.ID)
	if err != nil || hash == "" {
		return tenant, v, link, false, err
	}
	err = scope.Write(ctx, func(tx *store.Tx) error {
		if link, err = NewPasswordLink(ctx, tx, v.ID, publicURL); err != nil {
			return err
		}
		return tx.Audit(core.Audit{Actor: v.ID, Name: v.Name, Action: "password.asked", Target: v.ID.String(), Address: from.String()})
	})
	return t.ID, v, link, err == nil, err
}

// SlowAsking bounds how often a link is asked for, by network and by whose.
func (a *Auth) SlowAsking(r *http.Request, slug, email string) error {
	now := a.store.Now()
	for key, most := range map[string]rate{"ask address " + network(a.address(r)): rateAddress, "ask " + account(cmp.Or(slug, "default"), email): rateAsked} {
		if wait := a.guesses.take(key, most, now); wait > 0 {
			return &SlowDown{wait}
		}
	}
	return nil
}
