package auth

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// CreateToken makes an API token from the command line and returns its text,
// which is kept nowhere.
func (a *Auth) CreateToken(ctx context.Context, tenant canon.ID, name string, role core.Role, expires time.Time) (core.Token, string, error) {
	if Permissions(role) == nil {
		return core.Token{}, "", core.Invalid("role", "role",
			connector.Text{EN: "There is no role " + string(role) + ".", ZH: "没有角色 " + string(role) + "。"},
			connector.Text{EN: "Choose owner, admin, agent, limited or bot.", ZH: "请选择 owner、admin、agent、limited 或 bot。"})
	}
	text, hash, prefix := NewToken(tenant)
	v := core.Token{Name: name, Role: role, Prefix: prefix, Expires: expires}
	err := a.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		var err error
		if v, err = t.AddToken(v, hash); err != nil {
			return err
		}
		return t.Audit(core.Audit{Name: "command line", Action: "token.created", Target: v.ID.String(), Detail: string(role) + " " + name})
	})
	return v, text, err
}

// ResetPassword gives an agent a new password from the command line, lets them
// sign in again, and ends their sessions.
func (a *Auth) ResetPassword(ctx context.Context, tenant canon.ID, email, password string) error {
	scope := a.store.For(tenant)
	v, ok, err := scope.AgentByEmail(ctx, email)
	if err != nil {
		return err
	}
	if !ok {
		return core.NotFound("agent")
	}
	if err := CheckPassword("password", password, v.Email, v.Name); err != nil {
		return err
	}
	hash, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return scope.Write(ctx, func(t *store.Tx) error {
		if err := t.SetPassword(ctx, v.ID, hash, nil); err != nil {
			return err
		}
		if !v.Disabled.IsZero() {
			v.Disabled = time.Time{}
			if _, err := t.ChangeAgent(ctx, v, canon.ID{}); err != nil {
				return err
			}
		}
		return t.Audit(core.Audit{Name: "command line", Action: "password.reset", Target: v.ID.String()})
	})
}
