package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
)

// Contentment is how content the customers of somebody were.
type Contentment struct {
	ID       canon.ID `json:"id,omitzero"`
	Asked    int64    `json:"asked"`
	Answered int64    `json:"answered"`
	Average  float64  `json:"average,omitempty" doc:"Of the scores, 1 to 5; absent without any"`
}

// Contentments is how content customers were, by whom they had.
type Contentments struct {
	All      Contentment   `json:"all"`
	Agents   []Contentment `json:"agents"`
	Teams    []Contentment `json:"teams"`
	Accounts []Contentment `json:"accounts"`
	Bots     []Contentment `json:"bots"`
}

type contentInput struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"7" doc:"Those asked today and on the days before, so many in all; days are those of UTC"`
}

func (a *API) addContentment() {
	add(a, route{method: "GET", path: "/ratings/averages", tag: "Conversations", may: auth.ConversationAll, summary: "How content customers were, by agent, team, account and bot",
		doc: "Kept counts, never counted on reading. A rating counts on the day its customer was asked."}, a.contentment)
}

func (a *API) contentment(ctx context.Context, c *call, in *contentInput) (*answer[Contentments], error) {
	found, err := c.scope.Contentment(ctx, a.Store.Now().AddDate(0, 0, 1-in.Days))
	if err != nil {
		return nil, err
	}
	out := Contentments{Agents: []Contentment{}, Teams: []Contentment{}, Accounts: []Contentment{}, Bots: []Contentment{}}
	for _, v := range found {
		one := Contentment{ID: v.ID, Asked: v.Asked, Answered: v.Answered}
		if v.Answered > 0 {
			one.Average = float64(v.Total) / float64(v.Answered)
		}
		switch v.Of {
		case core.ContentAll:
			one.ID = canon.ID{}
			out.All = one
		case core.ContentAgent:
			out.Agents = append(out.Agents, one)
		case core.ContentTeam:
			out.Teams = append(out.Teams, one)
		case core.ContentAccount:
			out.Accounts = append(out.Accounts, one)
		case core.ContentBot:
			out.Bots = append(out.Bots, one)
		}
	}
	return &answer[Contentments]{out}, nil
}
