package api

import (
	"context"
	"regexp"
	"slices"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// viewFilter is a filter as callers write it.
type viewFilter struct {
	Status   []core.Status `json:"status,omitempty" maxItems:"6" enum:"open,bot,queue,agent,snoozed,closed" doc:"Any of them; none: open, which is bot, queue and agent"`
	Owner    []string      `json:"owner,omitempty" maxItems:"50" doc:"Agents and bots by id; me is whoever looks, and what they were added to"`
	Account  []canon.ID    `json:"account,omitempty" maxItems:"50"`
	Team     []string      `json:"team,omitempty" maxItems:"50" doc:"By id; none is what is in no team"`
	Tag      []canon.ID    `json:"tag,omitempty" maxItems:"50" doc:"Any of them"`
	Language []string      `json:"language,omitempty" maxItems:"20" doc:"As zh"`
	Wait     int           `json:"wait,omitempty" minimum:"0" maximum:"525600" doc:"For how many minutes a customer waits at least"`
	Priority []string      `json:"priority,omitempty" maxItems:"3" enum:"urgent,high,none" doc:"Any of them; none is as any"`
	Overdue  bool          `json:"overdue,omitempty" doc:"What should have been answered or closed by now; not together with wait"`
	Sort     string        `json:"sort,omitempty" enum:"newest,waiting,due,priority"`
}

func (f viewFilter) core() core.Filter {
	return core.Filter{Statuses: f.Status, Owners: f.Owner, Accounts: f.Account, Teams: f.Team, Tags: f.Tag, Languages: f.Language, Priorities: f.Priority, Wait: f.Wait, Overdue: f.Overdue, Sort: f.Sort}
}

type viewInput struct {
	Body struct {
		Name   string      `json:"name" minLength:"1" maxLength:"60"`
		Icon   string      `json:"icon,omitempty" enum:"list,star,flag,clock,zap,users,globe,tag,heart,alert" default:"list"`
		Color  string      `json:"color,omitempty" enum:"grey,blue,green,amber,red,purple,teal,pink" default:"grey" doc:"A colour name of the interface"`
		Filter viewFilter  `json:"filter"`
		Shared bool        `json:"shared,omitempty" doc:"For others too, which takes view.share; otherwise only for oneself"`
		Roles  []core.Role `json:"roles,omitempty" maxItems:"7" enum:"owner,admin,supervisor,agent,limited,designer,bot" doc:"With whom it is shared; none: with all"`
	}
}

type viewChange struct {
	ByID
	Body struct {
		Name   *string      `json:"name,omitempty" minLength:"1" maxLength:"60"`
		Icon   *string      `json:"icon,omitempty" enum:"list,star,flag,clock,zap,users,globe,tag,heart,alert"`
		Color  *string      `json:"color,omitempty" enum:"grey,blue,green,amber,red,purple,teal,pink"`
		Filter *viewFilter  `json:"filter,omitempty"`
		Shared *bool        `json:"shared,omitempty"`
		Roles  *[]core.Role `json:"roles,omitempty" maxItems:"7" enum:"owner,admin,supervisor,agent,limited,designer,bot"`
		Place  *int         `json:"place,omitempty" minimum:"0" maximum:"100000" doc:"Views are in this order, then by age"`
	}
}

// ViewCounts are how many conversations views show.
type ViewCounts struct {
	Counts map[string]int `json:"counts" doc:"By id of the view; 100 stands for 100 and more"`
}

// maxViews is how many views are shared, and how many of their own everybody may
// have.
const maxViews = 100

// viewCounted is how far views are counted.
const viewCounted = 100

func (a *API) addViews() {
	add(a, route{method: "GET", path: "/views", tag: "Conversations", may: auth.ConversationRead, summary: "Saved views: those shared with one's role and one's own, in their order"},
		func(ctx context.Context, c *call, _ *none) (*answer[list[core.View]], error) {
			all, err := a.viewsOf(ctx, c)
			return &answer[list[core.View]]{list[core.View]{Items: all}}, err
		})
	add(a, route{method: "GET", path: "/views/counts", tag: "Conversations", may: auth.ConversationRead, summary: "How many conversations each saved view shows, counted up to 100"}, a.viewCounts)
	add(a, route{method: "POST", path: "/views", tag: "Conversations", may: auth.ViewWrite, act: "view.created", summary: "Save a view", status: 201,
		doc: "A filter with a name. Of several values of one field any fits, of several fields all have to."},
		func(ctx context.Context, c *call, in *viewInput) (*answer[core.View], error) {
			b := in.Body
			v := core.View{Name: b.Name, Icon: b.Icon, Color: b.Color, Filter: b.Filter.core(), Roles: b.Roles}
			if !b.Shared {
				v.Owner, v.Roles = c.who.Who(), nil
			}
			return a.saveView(ctx, c, v)
		})
	add(a, route{method: "GET", path: "/views/{id}", tag: "Conversations", may: auth.ConversationRead, summary: "One saved view"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.View], error) {
			v, err := a.view(ctx, c, in.ID)
			return &answer[core.View]{v}, err
		})
	add(a, route{method: "PATCH", path: "/views/{id}", tag: "Conversations", may: auth.ViewWrite, act: "view.changed", summary: "Change a saved view"}, a.changeView)
	add(a, route{method: "DELETE", path: "/views/{id}", tag: "Conversations", may: auth.ViewWrite, act: "view.deleted", summary: "Delete a saved view", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			v, err := a.view(ctx, c, in.ID)
			if err == nil {
				err = mayView(c, v)
			}
			if err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return v.ID.String() + " " + v.Name, t.DeleteView(v.ID, c.by()) })
		})
}

func (a *API) changeView(ctx context.Context, c *call, in *viewChange) (*answer[core.View], error) {
	v, err := a.view(ctx, c, in.ID)
	if err == nil {
		err = mayView(c, v)
	}
	if err != nil {
		return nil, err
	}
	b := in.Body
	set(&v.Name, b.Name)
	set(&v.Icon, b.Icon)
	set(&v.Color, b.Color)
	set(&v.Roles, b.Roles)
	set(&v.Place, b.Place)
	if b.Filter != nil {
		v.Filter = b.Filter.core()
	}
	if b.Shared != nil {
		if v.Owner = (canon.ID{}); !*b.Shared {
			v.Owner, v.Roles = c.who.Who(), nil
		}
	}
	return a.saveView(ctx, c, v)
}

// viewsOf are the views the caller has.
func (a *API) viewsOf(ctx context.Context, c *call) ([]core.View, error) {
	all, err := c.scope.Views(ctx, c.who.Who())
	out := make([]core.View, 0, len(all))
	for _, v := range all {
		if hasView(c, v) {
			out = append(out, v)
		}
	}
	return out, err
}

// hasView reports whether a view is the caller's own or shared with their role;
// who may share sees all that are shared.
func hasView(c *call, v core.View) bool {
	if !v.Owner.IsZero() {
		return v.Owner == c.who.Who()
	}
	return len(v.Roles) == 0 || slices.Contains(v.Roles, c.who.Role) || c.who.Can(auth.ViewShare)
}

// view reads a view; one the caller does not have does not exist.
func (a *API) view(ctx context.Context, c *call, id canon.ID) (core.View, error) {
	v, err := c.scope.View(ctx, id)
	if err == nil && !hasView(c, v) {
		return core.View{}, core.NotFound("view")
	}
	return v, err
}

// mayView refuses changing shared views to those who may not.
func mayView(c *call, v core.View) error {
	if v.Owner.IsZero() && !c.who.Can(auth.ViewShare) {
		return forbidden(auth.ViewShare)
	}
	return nil
}

var aLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}$`)

func (a *API) saveView(ctx context.Context, c *call, v core.View) (*answer[core.View], error) {
	if err := mayView(c, v); err != nil {
		return nil, err
	}
	var err error
	if v.Name, err = oneLine("body.name", v.Name); err != nil {
		return nil, err
	}
	if _, err := a.listQuery(c, v.Filter, "body.filter"); err != nil {
		return nil, err
	}
	for _, l := range v.Filter.Languages {
		if !aLanguage.MatchString(l) {
			return nil, core.Invalid("language", "body.filter.language", connector.Text{EN: "This is not a language.", ZH: "不是有效的语言代码。"}, connector.Text{EN: "Write zh, en and the like.", ZH: "请填写 zh、en 等代码。"})
		}
	}
	if v.ID.IsZero() {
		all, err := c.scope.Views(ctx, c.who.Who())
		if err != nil {
			return nil, err
		}
		if len(slices.DeleteFunc(all, func(x core.View) bool { return x.Owner != v.Owner })) >= maxViews {
			return nil, &core.Fault{Kind: core.FaultConflict, Code: "too_many_views",
				Text:   connector.Text{EN: "There are a hundred views already.", ZH: "视图数量已达上限（100 个）。"},
				Remedy: connector.Text{EN: "Delete one that is not used any more.", ZH: "请先删除不再使用的视图。"}}
		}
	}
	id, place := v.ID, v.Place
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v.ID, v.Place = id, place
		v, err = t.SaveView(ctx, v, c.by())
		return v.ID.String() + " " + v.Name, err
	})
	return &answer[core.View]{v}, err
}

func (a *API) viewCounts(ctx context.Context, c *call, _ *none) (*answer[ViewCounts], error) {
	all, err := a.viewsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	out := ViewCounts{Counts: make(map[string]int, len(all))}
	for _, v := range all {
		q, err := a.listQuery(c, v.Filter, "filter")
		if err != nil {
			continue // it was checked when it was saved
		}
		if out.Counts[v.ID.String()], err = c.scope.CountUpTo(ctx, q, viewCounted); err != nil {
			return nil, err
		}
	}
	return &answer[ViewCounts]{out}, nil
}
