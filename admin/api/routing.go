package api

import (
	"context"
	"fmt"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

// Route is where what is written to one account goes.
type Route struct {
	Account  canon.ID       `json:"account"`
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Bot      canon.ID       `json:"bot,omitzero"`
	Team     canon.ID       `json:"team,omitzero"`
	Sentence connector.Text `json:"sentence" doc:"The same in words"`
}

// Routing is all routes.
type Routing struct {
	Items []Route `json:"items"`
}

type routingInput struct {
	Body struct {
		Items []struct {
			Account canon.ID `json:"account"`
			Bot     canon.ID `json:"bot,omitzero" doc:"Who answers first; empty: people"`
			Team    canon.ID `json:"team,omitzero" doc:"Who gets what people must answer; empty: agents in no team"`
		} `json:"items" minItems:"1" maxItems:"500"`
	}
}

type simulateInput struct {
	Body struct {
		Account canon.ID  `json:"account"`
		At      time.Time `json:"at,omitzero" doc:"Absent: now"`
	}
}

// Simulation is what would happen to a customer who writes.
type Simulation struct {
	Owner core.Owner       `json:"owner" doc:"Who would have the conversation"`
	Open  bool             `json:"open" doc:"Whether people serve then"`
	Opens time.Time        `json:"opens,omitzero" doc:"When closed: the next opening"`
	Steps []connector.Text `json:"steps" doc:"What is decided in turn"`
}

func (a *API) addRouting() {
	add(a, route{method: "GET", path: "/routing", tag: "Routing", may: auth.RoutingRead, summary: "Which bot and team each account has"},
		func(ctx context.Context, c *call, _ *none) (*answer[Routing], error) { return a.routing(ctx, c) })
	add(a, route{method: "PUT", path: "/routing", tag: "Routing", may: auth.RoutingWrite, act: "routing.changed", summary: "Set bot and team of accounts",
		doc: "Accounts not named stay as they are."}, a.setRouting)
	add(a, route{method: "POST", path: "/routing/simulate", tag: "Routing", may: auth.RoutingRead, summary: "Say what would happen to a customer who writes"}, a.simulate)
}

func (a *API) routing(ctx context.Context, c *call) (*answer[Routing], error) {
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return nil, err
	}
	out := Routing{Items: []Route{}}
	after := canon.ID{}
	for {
		accounts, err := c.scope.Accounts(ctx, after, 200)
		if err != nil {
			return nil, err
		}
		for _, v := range accounts {
			after = v.ID
			out.Items = append(out.Items, Route{Account: v.ID, Name: v.Name, Kind: v.Kind, Bot: v.Bot, Team: v.Team, Sentence: sentence(d, v)})
		}
		if len(accounts) < 200 {
			return &answer[Routing]{out}, nil
		}
	}
}

// sentence is a route in words.
func sentence(d *store.Directory, v core.Account) connector.Text {
	teamEN, teamZH := "agents in no team", "未分组的客服"
	if t, ok := d.Teams[v.Team]; ok {
		teamEN, teamZH = t.Name, t.Name
	}
	if b, ok := d.Bots[v.Bot]; ok {
		state := connector.Text{}
		if b.Version == 0 {
			state = connector.Text{EN: " (not published yet)", ZH: "（尚未发布）"}
		}
		return connector.Text{
			EN: fmt.Sprintf("%s → %s%s answers first; people: %s", v.Name, b.Name, state.EN, teamEN),
			ZH: fmt.Sprintf("%s → 先由 %s%s 接待，转人工时由 %s 接待", v.Name, b.Name, state.ZH, teamZH)}
	}
	return connector.Text{EN: fmt.Sprintf("%s → %s", v.Name, teamEN), ZH: fmt.Sprintf("%s → %s", v.Name, teamZH)}
}

func (a *API) setRouting(ctx context.Context, c *call, in *routingInput) (*answer[Routing], error) {
	links := map[canon.ID]bool{}
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		target := ""
		for i, item := range in.Body.Items {
			v, err := t.Account(ctx, item.Account)
			if err != nil {
				return "", at(err, fmt.Sprintf("body.items[%d].account", i))
			}
			v.Bot, v.Team = item.Bot, item.Team
			if _, err := t.ChangeAccount(ctx, v, c.by()); err != nil {
				return "", at(err, fmt.Sprintf("body.items[%d]", i))
			}
			links[v.Link] = true
			target += v.Name + "; "
		}
		return target, nil
	})
	if err != nil {
		return nil, err
	}
	a.Links.Changed(c.who.Tenant)
	return a.routing(ctx, c)
}

// at names the field a refusal is about.
func at(err error, field string) error {
	if f, ok := core.AsFault(err); ok {
		named := *f
		named.Field = field
		return &named
	}
	return err
}

func (a *API) simulate(ctx context.Context, c *call, in *simulateInput) (*answer[Simulation], error) {
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return nil, err
	}
	v, ok := d.Accounts[in.Body.Account]
	if !ok {
		return nil, at(core.NotFound("account"), "body.account")
	}
	when := in.Body.At
	if when.IsZero() {
		when = c.scope.Now()
	}
	out := Simulation{Open: true, Steps: []connector.Text{}}
	step := func(en, zh string, args ...any) {
		out.Steps = append(out.Steps, connector.Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)})
	}
	team, inTeam := d.Teams[v.Team]
	hours := d.Tenant.Hours
	if inTeam && !team.Hours.IsZero() {
		hours = team.Hours
	}
	if k, has := d.Calendars[hours]; has {
		out.Open, out.Opens = orchestrate.Open(k, when)
		step("Hours %s: people serve: %t.", "工作时间 %s：人工服务中：%t。", k.Name, out.Open)
	} else {
		step("No hours are set: people always serve.", "未设置工作时间：始终提供人工服务。")
	}
	if b, has := d.Bots[v.Bot]; has && b.Version > 0 {
		step("%s has the bot %s, version %d: it answers first.", "%s 配置了机器人 %s（版本 %d），由其先接待。", v.Name, b.Name, b.Version)
		out.Owner = core.Owner{Kind: core.StatusBot, ID: b.ID}
		return &answer[Simulation]{out}, nil
	} else if has {
		step("The bot %s has no published version: people answer.", "机器人 %s 尚未发布：由人工接待。", b.Name)
	} else {
		step("%s has no bot: people answer.", "%s 未配置机器人：由人工接待。", v.Name)
	}
	out.Owner = core.Owner{Kind: core.StatusQueue, Team: v.Team}
	if inTeam {
		step("The team %s gets it: the online agent with the smallest share of load, else its queue.", "由技能组 %s 接待：分配给负载占比最低的在线客服，否则进入排队。", team.Name)
	} else {
		step("Agents in no team get it: the online one with the smallest share of load, else the queue.", "由未分组的客服接待：分配给负载占比最低的在线客服，否则进入排队。")
	}
	return &answer[Simulation]{out}, nil
}
