package auth

import (
	"context"
	"fmt"
	"net/http"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// errNeedsCode asks for the second factor: the password was right.
func errNeedsCode() error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "second_factor", Field: "body.code",
		Text:   connector.Text{EN: "A code is needed too.", ZH: "还需要输入验证码。"},
		Remedy: connector.Text{EN: "Send the code of your authenticator app, or a recovery code.", ZH: "请输入身份验证器中的验证码，或一个恢复码。"}}
}

func errWrongCode(kind core.FaultKind) error {
	return &core.Fault{Kind: kind, Code: "second_factor_wrong", Field: "body.code",
		Text:   connector.Text{EN: "This code does not fit.", ZH: "验证码不正确。"},
		Remedy: connector.Text{EN: "Wait for the next one: each counts once. Look also whether the clock of the phone is right.", ZH: "请等待下一个验证码（每个只能使用一次），并检查手机时间是否准确。"}}
}

// ErrBare refuses a session that may do nothing but set up the second factor
// its tenant asks for.
func ErrBare() error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "second_factor_required",
		Text:   connector.Text{EN: "Your business asks everybody to use two-step sign-in.", ZH: "企业要求所有成员启用两步验证。"},
		Remedy: connector.Text{EN: "Set it up, then go on.", ZH: "请先启用两步验证，然后继续。"}}
}

// factorScope is where the secret of a person's second factor stands.
func factorScope(tenant, agent canon.ID) secret.Scope {
	return secret.Scope{Tenant: tenant.String(), Account: agent.String(), Field: "second factor"}
}

func (a *Auth) seal(ctx context.Context, scope store.Scope, agent canon.ID, text string) ([]byte, error) {
	key, err := scope.DataKey(ctx)
	if err != nil {
		return nil, err
	}
	return a.box.Seal(key, factorScope(scope.Tenant(), agent), []byte(text))
}

func (a *Auth) open(ctx context.Context, scope store.Scope, agent canon.ID, sealed []byte) (string, error) {
	key, err := scope.DataKey(ctx)
	if err != nil {
		return "", err
	}
	text, err := a.box.Open(key, factorScope(scope.Tenant(), agent), sealed)
	if err != nil {
		return "", fmt.Errorf("second factor of agent %s: %w", agent, err)
	}
	return string(text), nil
}

// second asks for the second factor of somebody whose password was right, if
// they have one. Its guesses count apart from those of the password.
func (a *Auth) second(r *http.Request, scope store.Scope, v core.Agent, device, account, code string) error {
	ctx := r.Context()
	f, err := scope.SecondFactor(ctx, v.ID)
	if err != nil || !f.On() {
		return err
	}
	if code = tidyCode(code); code == "" {
		return errNeedsCode()
	}
	giveBack, err := a.try("code ", device, account, a.address(r))
	if err != nil {
		return err
	}
	fits, err := a.takeCode(ctx, scope, v, f, code, a.address(r).String())
	if err != nil {
		return err
	}
	if !fits {
		a.refused(ctx, scope.Tenant(), v, a.address(r), "code")
		return errWrongCode(core.FaultForbidden)
	}
	giveBack()
	return nil
}

// takeCode uses a code up, of the app or for recovery.
func (a *Auth) takeCode(ctx context.Context, scope store.Scope, v core.Agent, f store.SecondFactor, code, from string) (fits bool, err error) {
	if !isCode(code) {
		err = scope.Write(ctx, func(t *store.Tx) error {
			if fits, err = t.TakeRecoveryCode(v.ID, recoveryHash(scope.Tenant(), v.ID, code)); err != nil || !fits {
				return err
			}
			return t.Audit(core.Audit{Actor: v.ID, Name: v.Name, Action: "second_factor.recovered", Target: v.ID.String(), Address: from})
		})
		return fits, err
	}
	text, err := a.open(ctx, scope, v.ID, f.Secret)
	if err != nil {
		return false, err
	}
	step, ok := stepOf(text, code, scope.Now())
	if !ok {
		return false, nil
	}
	err = scope.Write(ctx, func(t *store.Tx) error {
		fits, err = t.TakeStep(v.ID, step)
		return err
	})
	return fits, err
}
