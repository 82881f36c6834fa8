package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// LinkedAccount is an account with what belongs to its link.
type LinkedAccount struct {
	core.Account
	LinkID canon.ID `json:"link_id"`
	// Authorises: at its platform's own page, where more accounts of the link come from.
	Authorises bool   `json:"authorises,omitempty" doc:"It is authorised at its platform's own page: see /accounts/{id}/authorisation"`
	Lists      bool   `json:"lists,omitempty" doc:"Its platform tells which accounts the credentials serve: see /accounts/{id}/choice"`
	HookURL    string `json:"hook_url,omitempty" doc:"Callback address to put into the platform, where it calls one; for those who manage links"`
}

// NewAccount is an account just linked, with the secrets the hub made up.
type NewAccount struct {
	LinkedAccount
	Generated connector.Values `json:"generated,omitempty" doc:"Secrets the hub made up for fields left empty, shown this once"`
}

type accountInput struct {
	Body struct {
		Connector string           `json:"connector" maxLength:"40" doc:"kind of one of /connectors" example:"email"`
		Name      string           `json:"name" minLength:"1" maxLength:"100"`
		Config    connector.Values `json:"config,omitempty" doc:"The fields of the connector's form"`
		Bot       canon.ID         `json:"bot,omitzero" doc:"Who answers first"`
		Team      canon.ID         `json:"team,omitzero" doc:"Who gets what people must answer; empty: agents in no team"`
	}
}

type accountChange struct {
	ByID
	Body struct {
		Name   *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Bot    *canon.ID `json:"bot,omitempty" doc:"Empty takes the bot away"`
		Team   *canon.ID `json:"team,omitempty" doc:"Empty: agents in no team"`
		Paused *bool     `json:"paused,omitempty" doc:"Takes in, but sends nothing"`
	}
}

func (a *API) addAccounts() {
	add(a, route{method: "GET", path: "/accounts", tag: "Channels", may: auth.AccountRead, summary: "Linked accounts with their lights"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[LinkedAccount]], error) {
			after, err := in.after("accounts")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Accounts(ctx, after, in.size())
			out := make([]LinkedAccount, len(all))
			for i, v := range all {
				out[i] = a.linked(c, v)
			}
			return listOf(out, in.Limit, func(v LinkedAccount) string { return cursorText("accounts", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/accounts", tag: "Channels", may: auth.AccountWrite, act: "account.linked", summary: "Link an account", status: 201, secret: true,
		doc: "Makes link and account together. Secrets of the form are sealed and never shown again; those the hub made up are shown in this answer."}, a.linkAccount)
	add(a, route{method: "GET", path: "/accounts/{id}", tag: "Channels", may: auth.AccountRead, summary: "One account"},
		func(ctx context.Context, c *call, in *ByID) (*answer[LinkedAccount], error) {
			v, err := c.scope.Account(ctx, in.ID)
			return &answer[LinkedAccount]{a.linked(c, v)}, err
		})
	add(a, route{method: "PATCH", path: "/accounts/{id}", tag: "Channels", may: auth.AccountWrite, act: "account.changed", summary: "Change name, bot, team or pause of an account"}, a.changeAccount)
	add(a, route{method: "DELETE", path: "/accounts/{id}", tag: "Channels", may: auth.AccountWrite, act: "account.deleted", summary: "Unlink an account", status: 204,
		doc: "Its link goes with it when it carries no other account. What was said stays."},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			var link canon.ID
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				v, err := t.Account(ctx, in.ID)
				if err != nil {
					return "", err
				}
				link, err = t.DeleteAccount(ctx, in.ID, c.by())
				return in.ID.String() + " " + v.Name, err
			})
			if err != nil {
				return nil, err
			}
			return nil, a.reload(ctx, c, link)
		})
}

func (a *API) linked(c *call, v core.Account) LinkedAccount {
	out := LinkedAccount{Account: v, LinkID: v.Link}
	if conn, open := a.Links.Conn(c.who.Tenant, v.Link); open {
		_, out.Lists = conn.(connector.Lister)
		out.Authorises = conn.Capabilities(canon.ThreadKey{Account: v.RemoteID}).Can(connector.OpsAuthorize)
	}
	if c.who.Can(auth.LinkRead) && a.called(c, v.Link) {
		out.HookURL = a.Links.HookURL(v.Link)
	}
	return out
}

// called tells whether anybody calls a link's address: not where the hub alone
// reaches out. One that does not open may be called.
func (a *API) called(c *call, link canon.ID) bool {
	conn, open := a.Links.Conn(c.who.Tenant, link)
	_, hook := conn.(connector.Webhook)
	_, serves := conn.(connector.Server)
	return !open || hook || serves
}

// reload opens a link anew once its change is committed. That it does not open
// shows in its light; the change stands.
func (a *API) reload(ctx context.Context, c *call, link canon.ID) error {
	if err := a.Links.Reload(context.WithoutCancel(ctx), c.who.Tenant, link); err != nil {
		a.Log.Warn("a link does not open after a change", "link", link, "err", err)
	}
	a.Links.Changed(c.who.Tenant)
	return nil
}

// driver finds a kind and completes a filled-in form.
func (a *API) driver(kind, field string) (connector.Driver, error) {
	d, ok := a.Connectors.Driver(kind)
	if !ok {
		kinds := strings.Join(a.Connectors.Kinds(), ", ")
		return nil, core.Invalid("connector", field, connector.Text{EN: "There is no such kind of channel.", ZH: "没有这种渠道。"},
			connector.Text{EN: "Choose one of: " + kinds + ".", ZH: "可选：" + kinds + "。"})
	}
	return d, nil
}

func (a *API) complete(d connector.Driver, config connector.Values) (connector.Values, error) {
	values, bad := d.Spec().Form.Complete(config)
	if len(bad) > 0 {
		return nil, &invalidFields{prefix: "body.config.", fields: bad}
	}
	return values, nil
}

func (a *API) linkAccount(ctx context.Context, c *call, in *accountInput) (*answer[NewAccount], error) {
	b := in.Body
	d, err := a.driver(b.Connector, "body.connector")
	if err != nil {
		return nil, err
	}
	name, err := oneLine("body.name", b.Name)
	if err != nil {
		return nil, err
	}
	values, err := a.complete(d, b.Config)
	if err != nil {
		return nil, err
	}
	key, err := c.scope.DataKey(ctx)
	if err != nil {
		return nil, err
	}
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: b.Connector, Name: name}, Same: connector.SameOf(d, values)}
	if link.Config, link.Sealed, err = store.SealValues(a.Box, key, c.who.Tenant, link.ID, d.Spec().Form, values); err != nil {
		return nil, err
	}
	v := core.Account{ID: canon.NewID(), Link: link.ID, Kind: b.Connector, Name: name, Bot: b.Bot, Team: b.Team}
	v.RemoteID = remoteOf(values, v.ID)
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		if err := t.SaveLink(link, true); err != nil {
			return "", err
		}
		var err error
		v, _, err = t.AddAccount(ctx, v, c.by())
		return v.ID.String() + " " + v.Kind + " " + v.Name, err
	})
	if err != nil {
		return nil, err
	}
	if err := a.reload(ctx, c, link.ID); err != nil {
		return nil, err
	}
	return &answer[NewAccount]{NewAccount{a.linked(c, v), generated(d.Spec().Form, b.Config, values)}}, nil
}

// generated are the secrets a form made up by itself.
func generated(form connector.Form, given, complete connector.Values) connector.Values {
	out := connector.Values{}
	for _, f := range form.Fields {
		if f.Generate && given[f.Name] == "" && complete[f.Name] != "" {
			out[f.Name] = complete[f.Name]
		}
	}
	return out
}

// remoteOf is the platform's id of the only account of a form: what the form
// calls it, its address, or on our own channels our id.
func remoteOf(values connector.Values, id canon.ID) canon.RemoteID {
	for _, name := range []string{"account", "address"} {
		if v := values[name]; v != "" {
			return canon.RemoteID(v)
		}
	}
	return canon.RemoteID(id.String())
}

func (a *API) changeAccount(ctx context.Context, c *call, in *accountChange) (*answer[LinkedAccount], error) {
	b := in.Body
	if err := oneLineIf("body.name", b.Name); err != nil {
		return nil, err
	}
	var out core.Account
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := t.Account(ctx, in.ID)
		if err != nil {
			return "", err
		}
		set(&v.Name, b.Name)
		set(&v.Bot, b.Bot)
		set(&v.Team, b.Team)
		set(&v.Paused, b.Paused)
		out, err = t.ChangeAccount(ctx, v, c.by())
		return v.ID.String() + " " + v.Name, err
	})
	if err != nil {
		return nil, err
	}
	return &answer[LinkedAccount]{a.linked(c, out)}, a.reload(ctx, c, out.Link)
}
