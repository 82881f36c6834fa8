package auth

import (
	"context"
	"net/http"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ChangePassword stores a person's own new password. Their other sessions, and
// the sockets of those, end; this one gets a fresh secret.
func (a *Auth) ChangePassword(w http.ResponseWriter, r *http.Request, who Identity, old, fresh string) error {
	ctx := r.Context()
	v, err := a.own(ctx, who, "body.old", old)
	if err != nil {
		return err
	}
	if err := CheckPassword("body.new", fresh, v.Email, v.Name); err != nil {
		return err
	}
	next, err := a.hasher.Hash(ctx, fresh)
	if err != nil {
		return err
	}
	if err := a.store.For(who.Tenant).Write(ctx, func(t *store.Tx) error { return t.SetPassword(ctx, who.Agent, next, nil) }); err != nil {
		return err
	}
	if _, err := a.Begin(w, r, who.Tenant, v, "password.changed"); err != nil {
		return err
	}
	a.rememberDevice(w, who.Tenant, v.ID, next)
	return nil
}

// own asks a signed-in person for their password before something that a
// browser left open must not do. Its guesses are limited.
func (a *Auth) own(ctx context.Context, who Identity, field, password string) (core.Agent, error) {
	scope := a.store.For(who.Tenant)
	v, err := scope.Agent(ctx, who.Agent)
	if err != nil {
		return v, err
	}
	hash, err := scope.PasswordHash(ctx, who.Agent)
	if err != nil {
		return v, err
	}
	key := "own " + who.Agent.String()
	if wait := a.guesses.take(key, rateAccount, scope.Now()); wait > 0 {
		return v, &SlowDown{wait}
	}
	fits, err := a.hasher.Check(ctx, hash, password)
	if err != nil {
		return v, err
	}
	if !fits {
		return v, core.Invalid("password_wrong", field,
			connector.Text{EN: "This is not your present password.", ZH: "当前密码不正确。"}, connector.Text{EN: "Try again.", ZH: "请重试。"})
	}
	a.guesses.forget(key)
	return v, nil
}

// audit writes down what a person did to their own way of signing in.
func (a *Auth) audit(t *store.Tx, who Identity, act string, target canon.ID) error {
	return t.Audit(core.Audit{Actor: who.Agent, Name: who.Name, Action: act, Target: target.String(), Address: who.Address.String()})
}
