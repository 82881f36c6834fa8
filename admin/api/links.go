package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type linkChange struct {
	ByID
	Body struct {
		Name   *string          `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Config connector.Values `json:"config,omitempty" doc:"Fields to change; an empty text takes one away, a secret left out stays"`
		Paused *bool            `json:"paused,omitempty"`
	}
}

func (a *API) addLinks() {
	add(a, route{method: "GET", path: "/links", tag: "Channels", may: auth.LinkRead, summary: "Sets of credentials, without their secrets"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Link]], error) {
			after, err := in.after("links")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Links(ctx, after, in.size())
			out := make([]core.Link, len(all))
			for i, l := range all {
				out[i] = a.shownLink(l)
			}
			return listOf(out, in.Limit, func(v core.Link) string { return cursorText("links", v.ID) }), err
		})
	add(a, route{method: "GET", path: "/links/{id}", tag: "Channels", may: auth.LinkRead, summary: "One link: its form without the secrets, which are only named"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Link], error) {
			l, err := c.scope.Link(ctx, in.ID)
			return &answer[core.Link]{a.shownLink(l)}, err
		})
	add(a, route{method: "PATCH", path: "/links/{id}", tag: "Channels", may: auth.LinkWrite, act: "link.changed", summary: "Change the form of a link"}, a.changeLink)
	add(a, route{method: "DELETE", path: "/links/{id}", tag: "Channels", may: auth.LinkWrite, act: "link.deleted", summary: "Delete a link with its accounts", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				l, err := t.Link(ctx, in.ID)
				if err != nil {
					return "", err
				}
				return in.ID.String() + " " + l.Name, t.DeleteLink(ctx, in.ID, c.by())
			})
			if err != nil {
				return nil, err
			}
			return nil, a.reload(ctx, c, in.ID)
		})
}

func (a *API) shownLink(l store.LinkRow) core.Link {
	v := l.Link
	v.HookURL = a.Links.HookURL(v.ID)
	if v.Config == nil {
		v.Config = connector.Values{}
	}
	return v
}

func (a *API) changeLink(ctx context.Context, c *call, in *linkChange) (*answer[core.Link], error) {
	b := in.Body
	if err := oneLineIf("body.name", b.Name); err != nil {
		return nil, err
	}
	l, err := c.scope.Link(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if b.Config != nil {
		if err := a.refill(ctx, c, &l, b.Config); err != nil {
			return nil, err
		}
	}
	set(&l.Name, b.Name)
	set(&l.Paused, b.Paused)
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		if err := t.SaveLink(l, false); err != nil {
			return "", err
		}
		return l.ID.String() + " " + l.Name, a.renamed(ctx, t, l)
	})
	if err != nil {
		return nil, err
	}
	if err := a.reload(ctx, c, l.ID); err != nil {
		return nil, err
	}
	if l, err = c.scope.Link(ctx, in.ID); err != nil {
		return nil, err
	}
	return &answer[core.Link]{a.shownLink(l)}, nil
}

// changed is the whole form of a link with some fields changed.
func (a *API) changed(ctx context.Context, c *call, l store.LinkRow, form connector.Form, change connector.Values) (connector.Values, error) {
	key, err := c.scope.DataKey(ctx)
	if err != nil {
		return nil, err
	}
	old, err := l.Values(a.Box, key, c.who.Tenant)
	if err != nil {
		return nil, err
	}
	next := connector.Values{}
	for name, value := range old {
		next[name] = value
	}
	for name, value := range change {
		next[name] = value
	}
	return form.Keep(old, next), nil
}

// refill puts changed fields into the whole form and seals it again.
func (a *API) refill(ctx context.Context, c *call, l *store.LinkRow, change connector.Values) error {
	d, err := a.driver(l.Kind, "body.config")
	if err != nil {
		return err
	}
	form := d.Spec().Form
	next, err := a.changed(ctx, c, *l, form, change)
	if err != nil {
		return err
	}
	values, err := a.complete(d, next)
	if err != nil {
		return err
	}
	key, err := c.scope.DataKey(ctx)
	if err != nil {
		return err
	}
	l.Same = connector.SameOf(d, values)
	l.Config, l.Sealed, err = store.SealValues(a.Box, key, c.who.Tenant, l.ID, form, values)
	return err
}

// renamed keeps the platform's id of an only account true to the form.
func (a *API) renamed(ctx context.Context, t *store.Tx, l store.LinkRow) error {
	d, ok := a.Connectors.Driver(l.Kind)
	if !ok || d.Spec().ManyAccounts {
		return nil
	}
	return t.OnlyRemoteID(ctx, l.ID, func(id canon.ID) canon.RemoteID { return remoteOf(l.Config, id) })
}
