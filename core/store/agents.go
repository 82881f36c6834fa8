package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

const agentCols = "id, email, name, avatar, role, lang, tz, state, state_at, max_load, load, created, disabled"

func scanAgent(rows *sql.Rows) (core.Agent, error) {
	var a core.Agent
	var stateAt, created, disabled int64
	err := rows.Scan(&a.ID, &a.Email, &a.Name, &a.Avatar, &a.Role, &a.Language, &a.TimeZone, &a.State, &stateAt, &a.MaxLoad, &a.Load, &created, &disabled)
	a.StateAt, a.Created, a.Disabled, a.Teams = at(stateAt), at(created), at(disabled), []canon.ID{}
	return a, err
}

// Agents lists agents after an id, oldest first.
func (c Scope) Agents(ctx context.Context, after canon.ID, limit int) ([]core.Agent, error) {
	out, err := list(ctx, c.s, scanAgent, "SELECT "+agentCols+" FROM agents WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	return out, withTeams(ctx, c.s, c.tenant, out)
}

// Agent reads one agent.
func (c Scope) Agent(ctx context.Context, id canon.ID) (core.Agent, error) {
	return agent(ctx, c.s, c.tenant, id)
}

// Agent reads one agent inside the transaction.
func (t *Tx) Agent(ctx context.Context, id canon.ID) (core.Agent, error) {
	return agent(ctx, t, t.tenant, id)
}

func agent(ctx context.Context, r reader, tenant, id canon.ID) (core.Agent, error) {
	a, err := one(ctx, r, scanAgent, "SELECT "+agentCols+" FROM agents WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return a, core.NotFound("agent")
	}
	if err != nil {
		return a, fmt.Errorf("read agent: %w", err)
	}
	all := []core.Agent{a}
	err = withTeams(ctx, r, tenant, all)
	return all[0], err
}

// AgentByEmail finds an agent by their address, in any case.
func (c Scope) AgentByEmail(ctx context.Context, email string) (core.Agent, bool, error) {
	a, err := one(ctx, c.s, scanAgent, "SELECT "+agentCols+" FROM agents WHERE tenant = $1 AND email = $2", c.tenant, strings.ToLower(email))
	if errors.Is(err, errNone) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("read agent: %w", err)
	}
	all := []core.Agent{a}
	err = withTeams(ctx, c.s, c.tenant, all)
	return all[0], true, err
}

// PasswordHash reads the hash of an agent's password; it is empty until one was
// chosen. Nothing else returns it.
func (c Scope) PasswordHash(ctx context.Context, id canon.ID) (string, error) {
	return passwordHash(ctx, c.s, c.tenant, id)
}

// PasswordHash reads it inside the transaction.
func (t *Tx) PasswordHash(ctx context.Context, id canon.ID) (string, error) {
	return passwordHash(ctx, t, t.tenant, id)
}

func passwordHash(ctx context.Context, r reader, tenant, id canon.ID) (string, error) {
	h, err := one(ctx, r, scalar[string], "SELECT password FROM agents WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return "", core.NotFound("agent")
	}
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return h, nil
}

func withTeams(ctx context.Context, r reader, tenant canon.ID, all []core.Agent) error {
	byID := make(map[canon.ID]*core.Agent, len(all))
	ids := make([]canon.ID, len(all))
	for i := range all {
		byID[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	type pair struct{ agent, team canon.ID }
	pairs, err := listIn(ctx, r, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.agent, &p.team)
		return p, err
	}, "SELECT agent, team FROM team_members WHERE tenant = $1 AND agent IN (%s) ORDER BY agent, team", []any{tenant}, uniqueIDs(ids))
	if err != nil {
		return fmt.Errorf("read teams of agents: %w", err)
	}
	for _, p := range pairs {
		byID[p.agent].Teams = append(byID[p.agent].Teams, p.team)
	}
	return nil
}

// AddAgent adds a person with the hash of their password.
func (t *Tx) AddAgent(ctx context.Context, a core.Agent, hash string, by canon.ID) (core.Agent, error) {
	if a.ID.IsZero() {
		a.ID = canon.NewID()
	}
	a.Email, a.Created, a.State = strings.ToLower(a.Email), t.Now(), core.AgentOffline
	if err := t.freeEmail(ctx, a); err != nil {
		return a, err
	}
	if err := t.exists(ctx, "files", a.Avatar, "file", "body.avatar"); err != nil {
		return a, err
	}
	if _, err := t.exec("INSERT INTO agents (tenant, id, email, name, password, role, avatar, lang, tz, max_load, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		t.tenant, a.ID, a.Email, a.Name, hash, string(a.Role), a.Avatar, a.Language, a.TimeZone, a.MaxLoad, ms(a.Created)); err != nil {
		return a, err
	}
	if err := t.setTeams(ctx, &a); err != nil {
		return a, err
	}
	return a, t.announce(core.FeedAgentCreated, by, a.ID, a)
}

func (t *Tx) freeEmail(ctx context.Context, a core.Agent) error {
	same, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM agents WHERE tenant = $1 AND email = $2 AND id <> $3", t.tenant, a.Email, a.ID)
	if err == nil && len(same) > 0 {
		return taken("body.email")
	}
	return err
}

func (t *Tx) setTeams(ctx context.Context, a *core.Agent) error {
	if a.Teams = uniqueIDs(a.Teams); a.Teams == nil {
		a.Teams = []canon.ID{}
	}
	if _, err := t.exec("DELETE FROM team_members WHERE tenant = $1 AND agent = $2", t.tenant, a.ID); err != nil {
		return err
	}
	var rows [][]any
	for i, team := range a.Teams {
		if err := t.exists(ctx, "teams", team, "team", fmt.Sprintf("body.teams[%d]", i)); err != nil {
			return err
		}
		rows = append(rows, []any{t.tenant, team, a.ID})
	}
	return t.insert("INSERT INTO team_members (tenant, team, agent)", 3, "", rows)
}

// ChangeAgent stores everything of an agent but password, state and load. The
// last owner who can sign in stays one. A person who may not sign in any more,
// or whose role changed, is signed out everywhere.
func (t *Tx) ChangeAgent(ctx context.Context, a core.Agent, by canon.ID) (core.Agent, error) {
	if err := t.lockTenant(ctx); err != nil {
		return a, err
	}
	was, err := t.Agent(ctx, a.ID)
	if err != nil {
		return a, err
	}
	a.Email = strings.ToLower(a.Email)
	a.State, a.StateAt, a.Load, a.Created = was.State, was.StateAt, was.Load, was.Created
	if err := t.freeEmail(ctx, a); err != nil {
		return a, err
	}
	if err := t.exists(ctx, "files", a.Avatar, "file", "body.avatar"); err != nil {
		return a, err
	}
	if !a.Disabled.IsZero() {
		a.State = core.AgentOffline
		if _, err := t.EndPasswordLink(a.ID, LinkRevoked); err != nil {
			return a, err
		}
	}
	if _, err := t.exec("UPDATE agents SET email = $3, name = $4, role = $5, avatar = $6, lang = $7, tz = $8, max_load = $9, disabled = $10, state = $11 WHERE tenant = $1 AND id = $2",
		t.tenant, a.ID, a.Email, a.Name, string(a.Role), a.Avatar, a.Language, a.TimeZone, a.MaxLoad, ms(a.Disabled), string(a.State)); err != nil {
		return a, err
	}
	if err := t.setTeams(ctx, &a); err != nil {
		return a, err
	}
	if was.Role != a.Role || !a.Disabled.IsZero() {
		if err := t.EndSessions(ctx, a.ID, nil); err != nil {
			return a, err
		}
		if err := t.keepOwner(ctx, was.Role); err != nil {
			return a, err
		}
	}
	return a, t.announce(core.FeedAgentChanged, by, a.ID, a)
}

// keepOwner refuses a change of somebody of a role after which nobody could
// own the tenant.
func (t *Tx) keepOwner(ctx context.Context, was core.Role) error {
	if was != core.RoleOwner {
		return nil
	}
	n, err := one(ctx, t, scalar[int64], "SELECT count(*) FROM agents WHERE tenant = $1 AND role = 'owner' AND disabled = 0", t.tenant)
	if err != nil || n > 0 {
		return err
	}
	return &core.Fault{Kind: core.FaultConflict, Code: "last_owner",
		Text:   connector.Text{EN: "There must be an owner who can sign in.", ZH: "至少要保留一位可登录的所有者。"},
		Remedy: connector.Text{EN: "Make somebody else an owner first.", ZH: "请先将其他人设为所有者。"}}
}

// SetPassword stores the hash of a new password, voids a link by which one may
// be chosen, and ends all sessions of the agent but the one kept (nil: none).
func (t *Tx) SetPassword(ctx context.Context, id canon.ID, hash string, keep []byte) error {
	n, err := t.exec("UPDATE agents SET password = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, hash)
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("agent")
	}
	if _, err := t.EndPasswordLink(id, LinkChanged); err != nil {
		return err
	}
	return t.EndSessions(ctx, id, keep)
}

// StoreState stores whether an agent takes conversations.
func (t *Tx) StoreState(ctx context.Context, id canon.ID, state core.AgentState, by canon.ID) (core.Agent, error) {
	if _, err := t.exec("UPDATE agents SET state = $3, state_at = $4 WHERE tenant = $1 AND id = $2 AND disabled = 0", t.tenant, id, string(state), ms(t.Now())); err != nil {
		return core.Agent{}, err
	}
	a, err := t.Agent(ctx, id)
	if err != nil {
		return a, err
	}
	return a, t.announce(core.FeedAgentState, by, id, a)
}

// DeleteAgent removes a person who serves nobody. What they said keeps their
// name.
func (t *Tx) DeleteAgent(ctx context.Context, id, by canon.ID) error {
	if err := t.lockTenant(ctx); err != nil {
		return err
	}
	a, err := t.Agent(ctx, id)
	if err != nil {
		return err
	}
	serving, err := t.serves(ctx, core.StatusAgent, id)
	if err != nil {
		return err
	}
	if serving {
		return &core.Fault{Kind: core.FaultConflict, Code: "agent_serves",
			Text:   connector.Text{EN: "This person still has conversations.", ZH: "该客服仍有进行中的会话。"},
			Remedy: connector.Text{EN: "Transfer or close them first, or disable the person instead.", ZH: "请先转接或结束这些会话，或改为停用该账号。"}}
	}
	if err := t.EndSessions(ctx, id, nil); err != nil {
		return err
	}
	for _, q := range []string{
		"DELETE FROM team_members WHERE tenant = $1 AND agent = $2",
		"DELETE FROM colleagues WHERE tenant = $1 AND agent = $2",
		"DELETE FROM canned WHERE tenant = $1 AND agent = $2",
		"DELETE FROM views WHERE tenant = $1 AND agent = $2",
		"DELETE FROM second_factors WHERE tenant = $1 AND agent = $2",
		"DELETE FROM recovery_codes WHERE tenant = $1 AND agent = $2",
		"DELETE FROM password_links WHERE tenant = $1 AND agent = $2",
		"DELETE FROM ended_password_links WHERE tenant = $1 AND agent = $2",
		"DELETE FROM mentions WHERE tenant = $1 AND agent = $2",
		"DELETE FROM agents WHERE tenant = $1 AND id = $2",
	} {
		if _, err := t.exec(q, t.tenant, id); err != nil {
			return err
		}
	}
	if err := t.keepOwner(ctx, a.Role); err != nil {
		return err
	}
	return t.announce(core.FeedAgentDeleted, by, id, map[string]string{"name": a.Name})
}
