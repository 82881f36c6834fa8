package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/store"
)

// RecoveryCodes are shown this once.
type RecoveryCodes struct {
	Codes []string `json:"codes" doc:"Each signs in once instead of a code of the app"`
}

type ownPassword struct {
	Body struct {
		Password string `json:"password" maxLength:"1024" doc:"One's own, once more"`
	}
}

type factorCode struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"The six digits the app shows"`
	}
}

func (a *API) addFactor() {
	add(a, route{method: "GET", path: "/me/second-factor", tag: "Session", may: auth.Self, bare: true, summary: "One's own second factor"},
		func(ctx context.Context, c *call, _ *none) (*answer[auth.SecondFactor], error) {
			f, err := a.Auth.Factor(ctx, c.who)
			return &answer[auth.SecondFactor]{f}, err
		})
	add(a, route{method: "POST", path: "/me/second-factor", tag: "Session", may: auth.Self, bare: true, act: "second_factor.started", summary: "Make a second factor", status: 201, secret: true,
		doc: "Answers with a secret for an authenticator app (RFC 6238). It is asked for at sign-in once it was confirmed by a first code; until then nothing changes. It takes the place of one that is in force."},
		func(ctx context.Context, c *call, in *ownPassword) (*answer[auth.Enrolment], error) {
			e, err := a.Auth.BeginFactor(ctx, c.who, in.Body.Password)
			return &answer[auth.Enrolment]{e}, err
		})
	add(a, route{method: "POST", path: "/me/second-factor/confirm", tag: "Session", may: auth.Self, bare: true, act: "second_factor.added", summary: "Confirm it by a first code", secret: true,
		doc: "Answers with ten recovery codes. All other sessions end within a second, with their sockets. This one gets a new cookie."},
		func(ctx context.Context, c *call, in *factorCode) (*answer[RecoveryCodes], error) {
			codes, err := a.Auth.ConfirmFactor(c.w, c.r, c.who, in.Body.Code)
			c.changed = err == nil
			return &answer[RecoveryCodes]{RecoveryCodes{codes}}, err
		})
	add(a, route{method: "POST", path: "/me/second-factor/codes", tag: "Session", may: auth.Self, act: "second_factor.codes", summary: "Make new recovery codes", secret: true,
		doc: "Those from before count no more."},
		func(ctx context.Context, c *call, in *ownPassword) (*answer[RecoveryCodes], error) {
			codes, err := a.Auth.NewRecoveryCodes(ctx, c.who, in.Body.Password)
			return &answer[RecoveryCodes]{RecoveryCodes{codes}}, err
		})
	add(a, route{method: "POST", path: "/me/second-factor/remove", tag: "Session", may: auth.Self, act: "second_factor.removed", summary: "Remove it", status: 204,
		doc: "Refused where the business asks everybody for one."},
		func(ctx context.Context, c *call, in *ownPassword) (*none, error) {
			return nil, a.Auth.DropFactor(ctx, c.who, in.Body.Password)
		})
}

// hasFactor refuses somebody to ask of all what they do not do themselves: they
// would shut themselves out. Programs may.
func (c *call) hasFactor(ctx context.Context, t *store.Tx) error {
	if !c.who.Person() {
		return nil
	}
	f, err := t.SecondFactor(ctx, c.who.Agent)
	if err == nil && !f.On() {
		err = &core.Fault{Kind: core.FaultConflict, Code: "own_second_factor", Field: "body.settings.require_second_factor",
			Text:   connector.Text{EN: "You do not use two-step sign-in yourself.", ZH: "你自己尚未启用两步验证。"},
			Remedy: connector.Text{EN: "Set it up in your profile, then ask it of everybody.", ZH: "请先在个人资料中启用，再对所有人提出要求。"}}
	}
	return err
}
