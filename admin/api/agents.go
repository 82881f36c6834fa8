package api

import (
	"context"
	"fmt"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type agentInput struct {
	Body struct {
		Email    string     `json:"email" minLength:"3" maxLength:"254"`
		Name     string     `json:"name" minLength:"1" maxLength:"100"`
		Role     core.Role  `json:"role" enum:"owner,admin,supervisor,agent,limited,designer"`
		Password string     `json:"password,omitempty" minLength:"8" maxLength:"1024" writeOnly:"true" doc:"Without one they cannot sign in until they choose one by a link: make it at /agents/{id}/password-link"`
		MaxLoad  *int       `json:"max_load,omitempty" minimum:"0" maximum:"200" doc:"Most conversations at a time by automatic assignment; over 100 only with wide_load"`
		Teams    []canon.ID `json:"teams,omitempty" maxItems:"200"`
		Language string     `json:"language,omitempty" enum:"zh,en"`
		TimeZone string     `json:"time_zone,omitempty" maxLength:"60"`
	}
}

type agentChange struct {
	ByID
	Body struct {
		Email    *string     `json:"email,omitempty" minLength:"3" maxLength:"254"`
		Name     *string     `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Role     *core.Role  `json:"role,omitempty" enum:"owner,admin,supervisor,agent,limited,designer"`
		Password *string     `json:"password,omitempty" minLength:"8" maxLength:"1024" writeOnly:"true"`
		MaxLoad  *int        `json:"max_load,omitempty" minimum:"0" maximum:"200"`
		Teams    *[]canon.ID `json:"teams,omitempty" maxItems:"200"`
		Language *string     `json:"language,omitempty" enum:"zh,en"`
		TimeZone *string     `json:"time_zone,omitempty" maxLength:"60"`
		Disabled *bool       `json:"disabled,omitempty" doc:"May not sign in any more; signed out within a second"`
	}
}

type agentState struct {
	ByID
	Body struct {
		State core.AgentState `json:"state" enum:"online,busy,away,invisible,offline"`
	}
}

func (a *API) addAgents() {
	add(a, route{method: "GET", path: "/agents", tag: "Team", may: auth.AgentRead, summary: "People who serve, with state and load",
		doc: "Who is invisible looks offline to others."},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Agent]], error) {
			after, err := in.after("agents")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Agents(ctx, after, in.size())
			for i := range all {
				all[i] = masked(all[i], c.who)
			}
			return listOf(all, in.Limit, func(v core.Agent) string { return cursorText("agents", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/agents", tag: "Team", may: auth.AgentWrite, act: "agent.created", summary: "Add a person", status: 201}, a.addAgent)
	add(a, route{method: "GET", path: "/agents/{id}", tag: "Team", may: auth.AgentRead, summary: "One person"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Agent], error) {
			v, err := c.scope.Agent(ctx, in.ID)
			return &answer[core.Agent]{masked(v, c.who)}, err
		})
	add(a, route{method: "PATCH", path: "/agents/{id}", tag: "Team", may: auth.AgentWrite, act: "agent.changed", summary: "Change a person",
		doc: "A new password or role, or disabling, ends their sessions within a second, with their sockets. What they had goes to the queues when they may serve no more; what they snoozed, when it wakes."}, a.changeAgent)
	add(a, route{method: "DELETE", path: "/agents/{id}", tag: "Team", may: auth.AgentWrite, act: "agent.deleted", summary: "Delete a person who serves nobody", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				v, err := t.Agent(ctx, in.ID)
				if err == nil {
					err = mayTouch(c.who, v.Role)
				}
				if err != nil {
					return "", err
				}
				return v.ID.String() + " " + v.Email, t.DeleteAgent(ctx, in.ID, c.by())
			})
			return nil, err
		})
	add(a, route{method: "PUT", path: "/agents/{id}/state", tag: "Team", may: auth.AgentState, act: "agent.state", summary: "Set somebody's state", status: 204},
		func(ctx context.Context, c *call, in *agentState) (*none, error) {
			return nil, a.setState(ctx, c, in.ID, in.Body.State)
		})
}

// masked shows an invisible agent as offline to all others, and how much others
// have in progress to who may see all of it: the feed tells nobody else of it.
func masked(v core.Agent, to auth.Identity) core.Agent {
	if v.ID == to.Agent {
		return v
	}
	if v.State == core.AgentInvisible {
		v.State = core.AgentOffline
	}
	if to.Visible() != nil {
		v.Load = 0
	}
	return v
}

// mayTouch refuses to give, change or take a role above one's own.
func mayTouch(who auth.Identity, r core.Role) error {
	if r == core.RoleOwner && !who.Can(auth.OwnerWrite) {
		return forbidden(auth.OwnerWrite)
	}
	if !auth.Within(r, who.Role) {
		return forbidden(auth.AgentWrite)
	}
	return nil
}

func (a *API) ceiling(ctx context.Context, c *call, load int) error {
	t, err := c.scope.ReadTenant(ctx)
	if err != nil {
		return err
	}
	if most := t.Settings.LoadCeiling(); load > most {
		return core.Invalid("max_load", "body.max_load", connector.Text{EN: fmt.Sprintf("This is more than %d.", most), ZH: fmt.Sprintf("不能大于 %d。", most)},
			connector.Text{EN: "Lower it, or switch wide_load on for the business.", ZH: "请降低数值，或为企业开启 wide_load。"})
	}
	return nil
}

func (a *API) addAgent(ctx context.Context, c *call, in *agentInput) (*answer[core.Agent], error) {
	b := in.Body
	v := core.Agent{Role: b.Role, MaxLoad: defaultLoad, Teams: b.Teams, Language: b.Language, TimeZone: b.TimeZone}
	set(&v.MaxLoad, b.MaxLoad)
	if err := mayTouch(c.who, v.Role); err != nil {
		return nil, err
	}
	var err error
	if v.Email, err = address("body.email", b.Email); err != nil {
		return nil, err
	}
	if v.Name, err = oneLine("body.name", b.Name); err != nil {
		return nil, err
	}
	if err := zone("body.time_zone", v.TimeZone); err != nil {
		return nil, err
	}
	if err := a.ceiling(ctx, c, v.MaxLoad); err != nil {
		return nil, err
	}
	if v.Language == "" {
		t, err := c.scope.ReadTenant(ctx)
		if err != nil {
			return nil, err
		}
		v.Language = t.Language
	}
	hash := ""
	if b.Password != "" {
		if err := auth.CheckPassword("body.password", b.Password, v.Email, v.Name); err != nil {
			return nil, err
		}
		if hash, err = a.Auth.Hash(ctx, b.Password); err != nil {
			return nil, err
		}
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		var err error
		v, err = t.AddAgent(ctx, v, hash, c.by())
		return v.ID.String() + " " + v.Email, err
	})
	return &answer[core.Agent]{v}, err
}

func (a *API) changeAgent(ctx context.Context, c *call, in *agentChange) (*answer[core.Agent], error) {
	b := in.Body
	was, err := c.scope.Agent(ctx, in.ID)
	if err == nil {
		err = mayTouch(c.who, was.Role)
	}
	if err == nil && b.Role != nil {
		err = mayTouch(c.who, *b.Role)
	}
	if err != nil {
		return nil, err
	}
	if was.ID == c.who.Agent && (b.Role != nil && *b.Role != was.Role || b.Disabled != nil && *b.Disabled) {
		return nil, &core.Fault{Kind: core.FaultForbidden, Code: "own_role", Field: "body.role",
			Text:   connector.Text{EN: "Nobody changes their own role or disables themselves.", ZH: "不能修改自己的角色或停用自己。"},
			Remedy: connector.Text{EN: "Ask another owner or administrator.", ZH: "请联系其他所有者或管理员。"}}
	}
	if was.ID == c.who.Agent && b.Password != nil {
		return nil, errOwnSignIn("body.password")
	}
	if b.Email != nil {
		if *b.Email, err = address("body.email", *b.Email); err != nil {
			return nil, err
		}
	}
	if err := oneLineIf("body.name", b.Name); err != nil {
		return nil, err
	}
	if b.TimeZone != nil {
		if err := zone("body.time_zone", *b.TimeZone); err != nil {
			return nil, err
		}
	}
	if b.MaxLoad != nil {
		if err := a.ceiling(ctx, c, *b.MaxLoad); err != nil {
			return nil, err
		}
	}
	hash := ""
	if b.Password != nil {
		if err := auth.CheckPassword("body.password", *b.Password, was.Email, was.Name); err != nil {
			return nil, err
		}
		if hash, err = a.Auth.Hash(ctx, *b.Password); err != nil {
			return nil, err
		}
	}
	var out core.Agent
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := t.Agent(ctx, in.ID)
		if err == nil {
			err = mayTouch(c.who, v.Role) // it may have been raised meanwhile
		}
		if err != nil {
			return "", err
		}
		set(&v.Email, b.Email)
		set(&v.Name, b.Name)
		set(&v.Role, b.Role)
		set(&v.MaxLoad, b.MaxLoad)
		set(&v.Teams, b.Teams)
		set(&v.Language, b.Language)
		set(&v.TimeZone, b.TimeZone)
		if b.Disabled != nil {
			if v.Disabled = (time.Time{}); *b.Disabled {
				v.Disabled = t.Now()
			}
		}
		if out, err = t.ChangeAgent(ctx, v, c.by()); err != nil {
			return "", err
		}
		if hash != "" {
			err = t.SetPassword(ctx, v.ID, hash, nil)
		}
		return v.ID.String() + " " + changedWords(b.Role, b.Password, b.Disabled), err
	})
	if err == nil {
		a.Links.Changed(c.who.Tenant)
		if was.Disabled.IsZero() && was.Role.Serves() && (!out.Disabled.IsZero() || !out.Role.Serves()) {
			err = a.Desk.Relieve(ctx, c.who.Tenant, out.ID, c.by())
		}
		a.Desk.Drain(c.who.Tenant)
	}
	return &answer[core.Agent]{masked(out, c.who)}, err
}

// changedWords says for the audit what of weight was changed.
func changedWords(role *core.Role, password *string, disabled *bool) string {
	s := ""
	if role != nil {
		s += "role " + string(*role) + " "
	}
	if password != nil {
		s += "password "
	}
	if disabled != nil {
		s += fmt.Sprintf("disabled %t", *disabled)
	}
	return s
}
