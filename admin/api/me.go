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

type meInput struct {
	Body struct {
		Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Language *string   `json:"language,omitempty" enum:"zh,en"`
		TimeZone *string   `json:"time_zone,omitempty" maxLength:"60" doc:"IANA name; empty: that of the browser"`
		Avatar   *canon.ID `json:"avatar,omitempty" doc:"A file; empty takes it away"`
	}
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"1024"`
		New string `json:"new" minLength:"8" maxLength:"1024"`
	}
}

type stateInput struct {
	Body struct {
		State core.AgentState `json:"state" enum:"online,busy,away,invisible,offline"`
	}
}

func (a *API) addMe() {
	add(a, route{method: "PATCH", path: "/me", tag: "Session", may: auth.Self, act: "profile.changed", summary: "Change one's own profile"}, a.changeMe)
	add(a, route{method: "POST", path: "/me/password", tag: "Session", may: auth.Self, act: "password.changed", summary: "Change one's own password", status: 204, secret: true,
		doc: "All other sessions end within a second, with their sockets. This one gets a new cookie."},
		func(ctx context.Context, c *call, in *passwordInput) (*none, error) {
			c.changed = true
			return nil, a.Auth.ChangePassword(c.w, c.r, c.who, in.Body.Old, in.Body.New)
		})
	add(a, route{method: "PUT", path: "/me/state", tag: "Session", may: auth.Self, summary: "Say whether one takes conversations", status: 204},
		func(ctx context.Context, c *call, in *stateInput) (*none, error) {
			return nil, a.setState(ctx, c, c.who.Agent, in.Body.State)
		})
}

func (a *API) changeMe(ctx context.Context, c *call, in *meInput) (*answer[core.Agent], error) {
	b := in.Body
	if err := oneLineIf("body.name", b.Name); err != nil {
		return nil, err
	}
	if b.TimeZone != nil {
		if err := zone("body.time_zone", *b.TimeZone); err != nil {
			return nil, err
		}
	}
	var out core.Agent
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := t.Agent(ctx, c.who.Agent)
		if err != nil {
			return "", err
		}
		set(&v.Name, b.Name)
		set(&v.Language, b.Language)
		set(&v.TimeZone, b.TimeZone)
		set(&v.Avatar, b.Avatar)
		out, err = t.ChangeAgent(ctx, v, c.by())
		return v.ID.String(), err
	})
	return &answer[core.Agent]{out}, err
}

// setState stores an agent's state; conversations that wait go to those who
// became free.
func (a *API) setState(ctx context.Context, c *call, agent canon.ID, state core.AgentState) error {
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		if _, err := t.Agent(ctx, agent); err != nil {
			return "", err
		}
		_, err := t.StoreState(ctx, agent, state, c.by())
		return agent.String() + " " + string(state), err
	})
	if err == nil {
		a.Links.Changed(c.who.Tenant)
		a.Desk.Drain(c.who.Tenant)
	}
	return err
}

// set changes a field that was sent.
func set[T any](field *T, sent *T) {
	if sent != nil {
		*field = *sent
	}
}

// oneLineIf checks and tidies a name if it was sent.
func oneLineIf(field string, sent *string) error {
	if sent == nil {
		return nil
	}
	text, err := oneLine(field, *sent)
	*sent = text
	return err
}

// zone refuses a time zone nobody knows; an empty one passes.
func zone(field, name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return core.Invalid("time_zone", field, connector.Text{EN: "There is no such time zone.", ZH: "没有这个时区。"},
			connector.Text{EN: "Write an IANA name such as Asia/Shanghai.", ZH: "请填写 IANA 时区名，例如 Asia/Shanghai。"})
	}
	return nil
}
