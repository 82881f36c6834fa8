package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

type teamInput struct {
	Body struct {
		Name    string          `json:"name" minLength:"1" maxLength:"60"`
		Hours   canon.ID        `json:"hours,omitzero" doc:"A calendar of its own; empty: that of the business"`
		Members []canon.ID      `json:"members,omitempty" maxItems:"500"`
		Rating  core.TeamRating `json:"rating,omitempty" enum:"on,off" doc:"Whether its customers are asked how content they are; left out: as the business says"`
		Goals   *core.Goals     `json:"goals,omitempty" doc:"What its customers are promised; left out: what the business promises"`
	}
}

type teamChange struct {
	ByID
	Body struct {
		Name    *string     `json:"name,omitempty" minLength:"1" maxLength:"60"`
		Hours   *canon.ID   `json:"hours,omitempty"`
		Members *[]canon.ID `json:"members,omitempty" maxItems:"500"`
		Rating  *string     `json:"rating,omitempty" enum:"on,off,tenant" doc:"tenant: as the business says"`
		Goals   *core.Goals `json:"goals,omitempty" doc:"Replaces all of them"`
		Own     *bool       `json:"own_goals,omitempty" doc:"false: it promises what the business does"`
	}
}

// ListInput is a list by id.
type ListInput struct{ Paging }

// after reads the place in a list by id.
func (p Paging) after(kind string) (canon.ID, error) {
	var id canon.ID
	err := cursorPlace(kind, p.Cursor, &id)
	return id, err
}

// size is how many to read: one more than asked for, to know whether there is
// more.
func (p Paging) size() int { return p.Limit + 1 }

func (a *API) addTeams() {
	add(a, route{method: "GET", path: "/teams", tag: "Team", may: auth.TeamRead, summary: "Teams with members and how many wait"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Team]], error) {
			after, err := in.after("teams")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Teams(ctx, after, in.size())
			return listOf(all, in.Limit, func(v core.Team) string { return cursorText("teams", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/teams", tag: "Team", may: auth.TeamWrite, act: "team.created", summary: "Make a team", status: 201},
		func(ctx context.Context, c *call, in *teamInput) (*answer[core.Team], error) {
			return a.saveTeam(ctx, c, func(*store.Tx) (core.Team, error) {
				return core.Team{Name: in.Body.Name, Hours: in.Body.Hours, Members: in.Body.Members, Rating: in.Body.Rating, Goals: in.Body.Goals}, nil
			})
		})
	add(a, route{method: "GET", path: "/teams/{id}", tag: "Team", may: auth.TeamRead, summary: "One team"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Team], error) {
			v, err := c.scope.Team(ctx, in.ID)
			return &answer[core.Team]{v}, err
		})
	add(a, route{method: "PATCH", path: "/teams/{id}", tag: "Team", may: auth.TeamWrite, act: "team.changed", summary: "Change a team"},
		func(ctx context.Context, c *call, in *teamChange) (*answer[core.Team], error) {
			return a.saveTeam(ctx, c, func(t *store.Tx) (core.Team, error) {
				v, err := t.Team(ctx, in.ID)
				if err != nil {
					return v, err
				}
				set(&v.Name, in.Body.Name)
				set(&v.Hours, in.Body.Hours)
				set(&v.Members, in.Body.Members)
				if r := in.Body.Rating; r != nil {
					v.Rating = core.TeamRating(strings.TrimPrefix(*r, "tenant"))
				}
				if in.Body.Goals != nil {
					v.Goals = in.Body.Goals
				}
				if own := in.Body.Own; own != nil && !*own {
					v.Goals = nil
				}
				return v, nil
			})
		})
	add(a, route{method: "DELETE", path: "/teams/{id}", tag: "Team", may: auth.TeamWrite, act: "team.deleted", summary: "Delete a team", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			err := c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteTeam(ctx, in.ID, c.by()) })
			if err == nil {
				a.Links.Changed(c.who.Tenant)
			}
			return nil, err
		})
}

func (a *API) saveTeam(ctx context.Context, c *call, read func(*store.Tx) (core.Team, error)) (*answer[core.Team], error) {
	var out core.Team
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := read(t)
		if err != nil {
			return "", err
		}
		if v.Name, err = oneLine("body.name", v.Name); err != nil {
			return "", err
		}
		out, err = t.SaveTeam(ctx, v, c.by())
		return out.ID.String(), err
	})
	if err == nil {
		a.Links.Changed(c.who.Tenant)
		a.Desk.Drain(c.who.Tenant)
	}
	return &answer[core.Team]{out}, err
}
