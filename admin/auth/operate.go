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
			connector.Text{EN: "Choose owner, admin, supervisor, agent, limited, designer or bot.", ZH: "请选择 owner、admin、supervisor、agent、limited、designer 或 bot。"})
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

// Reset says what of an agent's way of signing in is done anew from the command
// line. Whatever it is, they may sign in again.
type Reset struct {
	Email    string
	Password string // a new one; empty: the present one stays
	// PublicURL, if not empty, asks for a link by which they choose a password.
	PublicURL    string
	SecondFactor bool // take it away
}

// Reset does it and ends the agent's sessions, but for a link alone: those end
// when it is used.
func (a *Auth) Reset(ctx context.Context, tenant canon.ID, r Reset) (PasswordLink, error) {
	scope := a.store.For(tenant)
	v, ok, err := scope.AgentByEmail(ctx, r.Email)
	if err != nil {
		return PasswordLink{}, err
	}
	if !ok {
		return PasswordLink{}, core.NotFound("agent")
	}
	hash := ""
	if r.Password != "" {
		if err := CheckPassword("password", r.Password, v.Email, v.Name); err != nil {
			return PasswordLink{}, err
		}
		if hash, err = a.hasher.Hash(ctx, r.Password); err != nil {
			return PasswordLink{}, err
		}
	}
	var link PasswordLink
	err = scope.Write(ctx, func(t *store.Tx) error {
		audit := func(act string) error {
			return t.Audit(core.Audit{Name: "command line", Action: act, Target: v.ID.String()})
		}
		if !v.Disabled.IsZero() {
			v.Disabled = time.Time{}
			if _, err := t.ChangeAgent(ctx, v, canon.ID{}); err != nil {
				return err
			}
		}
		if hash != "" {
			if err := t.SetPassword(ctx, v.ID, hash, nil); err != nil {
				return err
			}
			if err := audit("password.reset"); err != nil {
				return err
			}
		}
		if r.SecondFactor {
			if err := TakeFactor(ctx, t, v.ID); err != nil {
				return err
			}
			if err := audit("second_factor.removed"); err != nil {
				return err
			}
		}
		if r.PublicURL != "" {
			if link, err = NewPasswordLink(ctx, t, v.ID, r.PublicURL); err != nil {
				return err
			}
			return audit("password.link")
		}
		return nil
	})
	if err != nil {
		return PasswordLink{}, err
	}
	return link, nil
}
