package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

func scanTeam(rows *sql.Rows) (core.Team, error) {
	var t core.Team
	var created int64
	var goals []byte
	err := rows.Scan(&t.ID, &t.Name, &t.Hours, &created, &t.Rating, &goals)
	t.Created, t.Members = at(created), []canon.ID{}
	return t, errors.Join(err, readGoals(goals, &t))
}

// readGoals reads what a team promises; nothing: what the business does.
func readGoals(raw []byte, t *core.Team) error {
	if len(raw) == 0 {
		return nil
	}
	t.Goals = new(core.Goals)
	return json.Unmarshal(raw, t.Goals)
}

func encodeGoals(g *core.Goals) (string, error) {
	if g == nil {
		return "", nil
	}
	raw, err := json.Marshal(g)
	return string(raw), err
}

// Teams lists teams after an id, oldest first, with members and how many wait.
func (c Scope) Teams(ctx context.Context, after canon.ID, limit int) ([]core.Team, error) {
	out, err := list(ctx, c.s, scanTeam, "SELECT id, name, hours, created, rating, goals FROM teams WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list teams: %w", err)
	}
	return out, withMembers(ctx, c.s, c.tenant, out)
}

// Team reads one team.
func (c Scope) Team(ctx context.Context, id canon.ID) (core.Team, error) {
	return team(ctx, c.s, c.tenant, id)
}

// Team reads one team inside the transaction.
func (t *Tx) Team(ctx context.Context, id canon.ID) (core.Team, error) {
	return team(ctx, t, t.tenant, id)
}

func team(ctx context.Context, r reader, tenant, id canon.ID) (core.Team, error) {
	v, err := one(ctx, r, scanTeam, "SELECT id, name, hours, created, rating, goals FROM teams WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return v, core.NotFound("team")
	}
	if err != nil {
		return v, fmt.Errorf("read team: %w", err)
	}
	all := []core.Team{v}
	err = withMembers(ctx, r, tenant, all)
	return all[0], err
}

func withMembers(ctx context.Context, r reader, tenant canon.ID, all []core.Team) error {
	byID := make(map[canon.ID]*core.Team, len(all))
	ids := make([]canon.ID, len(all))
	for i := range all {
		byID[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	type pair struct{ team, agent canon.ID }
	pairs, err := listIn(ctx, r, func(rows *sql.Rows) (pair, error) {
		var p pair
		err := rows.Scan(&p.team, &p.agent)
		return p, err
	}, "SELECT team, agent FROM team_members WHERE tenant = $1 AND team IN (%s) ORDER BY team, agent", []any{tenant}, uniqueIDs(ids))
	if err != nil {
		return fmt.Errorf("read members of teams: %w", err)
	}
	for _, p := range pairs {
		byID[p.team].Members = append(byID[p.team].Members, p.agent)
	}
	type count struct {
		team canon.ID
		n    int
	}
	counts, err := listIn(ctx, r, func(rows *sql.Rows) (count, error) {
		var v count
		err := rows.Scan(&v.team, &v.n)
		return v, err
	}, "SELECT team, n FROM shelves WHERE tenant = $1 AND status = 1 AND team IN (%s)", []any{tenant}, uniqueIDs(ids))
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	for _, v := range counts {
		byID[v.team].Queued += v.n
	}
	return nil
}

// SaveTeam adds a team (zero id) or stores its name, calendar and members.
func (t *Tx) SaveTeam(ctx context.Context, v core.Team, by canon.ID) (core.Team, error) {
	fresh := v.ID.IsZero()
	if fresh {
		v.ID, v.Created = canon.NewID(), t.Now()
	}
	same, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM teams WHERE tenant = $1 AND name = $2 AND id <> $3", t.tenant, v.Name, v.ID)
	if err != nil {
		return v, err
	}
	if len(same) > 0 {
		return v, taken("body.name")
	}
	if err := t.exists(ctx, "calendars", v.Hours, "calendar", "body.hours"); err != nil {
		return v, err
	}
	goals, err := encodeGoals(v.Goals)
	if err != nil {
		return v, err
	}
	if fresh {
		_, err = t.exec("INSERT INTO teams (tenant, id, name, hours, created, rating, goals) VALUES ($1, $2, $3, $4, $5, $6, $7)", t.tenant, v.ID, v.Name, v.Hours, ms(v.Created), string(v.Rating), goals)
	} else if err = t.recountTeam(ctx, v, goals); err == nil {
		_, err = t.exec("UPDATE teams SET name = $3, hours = $4, rating = $5, goals = $6 WHERE tenant = $1 AND id = $2", t.tenant, v.ID, v.Name, v.Hours, string(v.Rating), goals)
	}
	if err != nil {
		return v, err
	}
	if v.Members = uniqueIDs(v.Members); v.Members == nil {
		v.Members = []canon.ID{}
	}
	if _, err := t.exec("DELETE FROM team_members WHERE tenant = $1 AND team = $2", t.tenant, v.ID); err != nil {
		return v, err
	}
	var rows [][]any
	for i, agent := range v.Members {
		if err := t.exists(ctx, "agents", agent, "agent", fmt.Sprintf("body.members[%d]", i)); err != nil {
			return v, err
		}
		rows = append(rows, []any{t.tenant, v.ID, agent})
	}
	if err := t.insert("INSERT INTO team_members (tenant, team, agent)", 3, "", rows); err != nil {
		return v, err
	}
	return v, t.announce(core.FeedSettings, by, v.ID, v)
}

// DeleteTeam removes a team nobody waits for. Accounts that gave to it give to
// agents in no team.
func (t *Tx) DeleteTeam(ctx context.Context, id, by canon.ID) error {
	if _, err := t.Team(ctx, id); err != nil {
		return err
	}
	waiting, err := t.QueueLength(ctx, id)
	if err != nil {
		return err
	}
	if waiting > 0 {
		return &core.Fault{Kind: core.FaultConflict, Code: "team_queued",
			Text:   connector.Text{EN: "Customers wait in this team's queue.", ZH: "该技能组仍有客户在排队。"},
			Remedy: connector.Text{EN: "Answer or transfer them first.", ZH: "请先接待或转接这些会话。"}}
	}
	for _, q := range []string{
		"UPDATE accounts SET team = NULL WHERE tenant = $1 AND team = $2",
		"DELETE FROM team_members WHERE tenant = $1 AND team = $2",
		"DELETE FROM teams WHERE tenant = $1 AND id = $2",
	} {
		if _, err := t.exec(q, t.tenant, id); err != nil {
			return err
		}
	}
	if err := t.recount(); err != nil { // what its agents have goes by the business now
		return err
	}
	return t.announce(core.FeedSettings, by, id, nil)
}
