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

// pendingLife is how long a new second factor waits for its first code.
const pendingLife = 30 * time.Minute

// SecondFactor is what a person sees of their own second factor.
type SecondFactor struct {
	On            bool      `json:"on"`
	Since         time.Time `json:"since,omitzero"`
	RecoveryCodes int       `json:"recovery_codes" doc:"How many are left"`
	Required      bool      `json:"required" doc:"Everybody in this business must have one"`
}

// Enrolment is a second factor to put into an app. It is shown this once.
type Enrolment struct {
	Secret  string    `json:"secret" doc:"To type into the app, in base32"`
	URI     string    `json:"uri" doc:"The same as an otpauth address, for a QR code"`
	Expires time.Time `json:"expires" doc:"Until when it waits for its first code"`
}

func errNoFactor() error {
	return &core.Fault{Kind: core.FaultConflict, Code: "no_second_factor",
		Text:   connector.Text{EN: "Two-step sign-in is not set up.", ZH: "尚未启用两步验证。"},
		Remedy: connector.Text{EN: "Set it up first.", ZH: "请先启用两步验证。"}}
}

// Factor is the state of a person's own second factor.
func (a *Auth) Factor(ctx context.Context, who Identity) (SecondFactor, error) {
	scope := a.store.For(who.Tenant)
	f, err := scope.SecondFactor(ctx, who.Agent)
	if err != nil {
		return SecondFactor{}, err
	}
	left, err := scope.RecoveryCodes(ctx, who.Agent)
	if err != nil {
		return SecondFactor{}, err
	}
	t, err := scope.ReadTenant(ctx)
	return SecondFactor{On: f.On(), Since: f.Since, RecoveryCodes: left, Required: t.Settings.RequireSecondFactor}, err
}

// BeginFactor makes a second factor for a person that waits for its first code.
// One that is in force stays so until then.
func (a *Auth) BeginFactor(ctx context.Context, who Identity, password string) (Enrolment, error) {
	v, err := a.own(ctx, who, "body.password", password)
	if err != nil {
		return Enrolment{}, err
	}
	scope := a.store.For(who.Tenant)
	t, err := scope.ReadTenant(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	out := Enrolment{Expires: scope.Now().Add(pendingLife)}
	if out.Secret, out.URI, err = newFactor("Parley "+t.Name, v.Email); err != nil {
		return Enrolment{}, err
	}
	sealed, err := a.seal(ctx, scope, v.ID, out.Secret)
	if err != nil {
		return Enrolment{}, err
	}
	err = scope.Write(ctx, func(t *store.Tx) error {
		if err := t.PendFactor(v.ID, sealed, out.Expires); err != nil {
			return err
		}
		return a.audit(t, who, "second_factor.started", v.ID)
	})
	if err != nil {
		return Enrolment{}, err
	}
	return out, nil
}

// ConfirmFactor puts the waiting second factor in force by a code of it, and
// returns fresh recovery codes. The person's other sessions, and the sockets of
// those, end; this one gets a fresh secret.
func (a *Auth) ConfirmFactor(w http.ResponseWriter, r *http.Request, who Identity, code string) ([]string, error) {
	ctx := r.Context()
	scope := a.store.For(who.Tenant)
	v, err := scope.Agent(ctx, who.Agent)
	if err != nil {
		return nil, err
	}
	f, err := scope.SecondFactor(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	if f.Pending == nil || !scope.Now().Before(f.Until) {
		return nil, errOverPending()
	}
	key := "confirm " + v.ID.String()
	if wait := a.guesses.take(key, rateAccount, scope.Now()); wait > 0 {
		return nil, &SlowDown{wait}
	}
	text, err := a.open(ctx, scope, v.ID, f.Pending)
	if err != nil {
		return nil, err
	}
	step, ok := stepOf(text, tidyCode(code), scope.Now())
	if !ok {
		return nil, errWrongCode(core.FaultInvalid)
	}
	a.guesses.forget(key)
	codes, hashes := newRecoveryCodes(who.Tenant, v.ID)
	err = scope.Write(ctx, func(t *store.Tx) error {
		ok, err := t.ConfirmFactor(v.ID, f.Pending, step)
		if err == nil && !ok {
			err = errOverPending()
		}
		if err == nil {
			err = t.SetRecoveryCodes(v.ID, hashes)
		}
		if err != nil {
			return err
		}
		return t.EndSessions(ctx, v.ID, nil)
	})
	if err != nil {
		return nil, err
	}
	if _, err := a.Begin(w, r, who.Tenant, v, "second_factor.added"); err != nil {
		return nil, err
	}
	return codes, nil
}

func errOverPending() error {
	return &core.Fault{Kind: core.FaultConflict, Code: "nothing_to_confirm",
		Text:   connector.Text{EN: "No two-step sign-in waits for its first code.", ZH: "没有等待确认的两步验证设置。"},
		Remedy: connector.Text{EN: "Begin again; it waits for half an hour.", ZH: "请重新开始，新的设置在半小时内有效。"}}
}

// NewRecoveryCodes replaces a person's recovery codes.
func (a *Auth) NewRecoveryCodes(ctx context.Context, who Identity, password string) ([]string, error) {
	v, err := a.ownFactor(ctx, who, password)
	if err != nil {
		return nil, err
	}
	codes, hashes := newRecoveryCodes(who.Tenant, v.ID)
	err = a.store.For(who.Tenant).Write(ctx, func(t *store.Tx) error {
		if err := t.SetRecoveryCodes(v.ID, hashes); err != nil {
			return err
		}
		return a.audit(t, who, "second_factor.codes", v.ID)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// DropFactor removes a person's own second factor, unless their business asks
// for one.
func (a *Auth) DropFactor(ctx context.Context, who Identity, password string) error {
	v, err := a.ownFactor(ctx, who, password)
	if err != nil {
		return err
	}
	return a.store.For(who.Tenant).Write(ctx, func(t *store.Tx) error {
		tenant, err := t.ReadTenant(ctx)
		if err != nil {
			return err
		}
		if tenant.Settings.RequireSecondFactor {
			return &core.Fault{Kind: core.FaultForbidden, Code: "second_factor_kept",
				Text:   connector.Text{EN: "Your business asks everybody to use two-step sign-in.", ZH: "企业要求所有成员启用两步验证。"},
				Remedy: connector.Text{EN: "Set it up anew instead; that takes the place of what there is.", ZH: "可以重新设置一个新的来替换。"}}
		}
		if _, err := t.RemoveFactor(ctx, v.ID); err != nil {
			return err
		}
		return a.audit(t, who, "second_factor.removed", v.ID)
	})
}

// TakeFactor removes somebody else's second factor, in a transaction that is
// written down by the caller, and ends their sessions.
func TakeFactor(ctx context.Context, t *store.Tx, agent canon.ID) error {
	if _, err := t.Agent(ctx, agent); err != nil {
		return err
	}
	on, err := t.RemoveFactor(ctx, agent)
	if err != nil {
		return err
	}
	if !on {
		return errNoFactor()
	}
	return t.EndSessions(ctx, agent, nil)
}

// ownFactor is own for somebody who has a second factor.
func (a *Auth) ownFactor(ctx context.Context, who Identity, password string) (core.Agent, error) {
	v, err := a.own(ctx, who, "body.password", password)
	if err != nil {
		return v, err
	}
	f, err := a.store.For(who.Tenant).SecondFactor(ctx, v.ID)
	if err == nil && !f.On() {
		err = errNoFactor()
	}
	return v, err
}
