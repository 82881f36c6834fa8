package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

type tagInput struct {
	Body struct {
		Scope core.TagScope `json:"scope" enum:"conversation,contact"`
		Name  string        `json:"name" minLength:"1" maxLength:"60"`
		Color string        `json:"color,omitempty" maxLength:"20" pattern:"^[a-z0-9-]*$" doc:"A colour name of the interface"`
	}
}

type tagChange struct {
	ByID
	Body struct {
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"60"`
		Color *string `json:"color,omitempty" maxLength:"20" pattern:"^[a-z0-9-]*$"`
	}
}

type tagList struct {
	Paging
	Scope core.TagScope `query:"scope" enum:"conversation,contact"`
}

func (a *API) addTags() {
	add(a, route{method: "GET", path: "/tags", tag: "Settings", may: auth.TagRead, summary: "Tags of conversations and contacts"},
		func(ctx context.Context, c *call, in *tagList) (*answer[list[core.Tag]], error) {
			after, err := in.after("tags")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Tags(ctx, in.Scope, after, in.size())
			return listOf(all, in.Limit, func(v core.Tag) string { return cursorText("tags", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/tags", tag: "Settings", may: auth.TagWrite, act: "tag.created", summary: "Make a tag", status: 201},
		func(ctx context.Context, c *call, in *tagInput) (*answer[core.Tag], error) {
			return a.saveTag(ctx, c, core.Tag{Scope: in.Body.Scope, Name: in.Body.Name, Color: in.Body.Color})
		})
	add(a, route{method: "GET", path: "/tags/{id}", tag: "Settings", may: auth.TagRead, summary: "One tag"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Tag], error) {
			v, err := c.scope.Tag(ctx, in.ID)
			return &answer[core.Tag]{v}, err
		})
	add(a, route{method: "PATCH", path: "/tags/{id}", tag: "Settings", may: auth.TagWrite, act: "tag.changed", summary: "Change a tag"},
		func(ctx context.Context, c *call, in *tagChange) (*answer[core.Tag], error) {
			v, err := c.scope.Tag(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			set(&v.Name, in.Body.Name)
			set(&v.Color, in.Body.Color)
			return a.saveTag(ctx, c, v)
		})
	add(a, route{method: "DELETE", path: "/tags/{id}", tag: "Settings", may: auth.TagWrite, act: "tag.deleted", summary: "Delete a tag, from everything it is on", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteTag(in.ID, c.by()) })
		})
}

func (a *API) saveTag(ctx context.Context, c *call, v core.Tag) (*answer[core.Tag], error) {
	var err error
	if v.Name, err = oneLine("body.name", v.Name); err != nil {
		return nil, err
	}
	fresh := v.ID
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v.ID = fresh // a second run makes a new one
		v, err = t.SaveTag(ctx, v, c.by())
		return v.ID.String() + " " + v.Name, err
	})
	return &answer[core.Tag]{v}, err
}

// onTag is something with a tag put on it.
type onTag struct {
	ByID
	Tag canon.ID `path:"tag"`
}
