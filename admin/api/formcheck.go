package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

type formInput struct {
	Body struct {
		Connector string           `json:"connector" maxLength:"40"`
		Config    connector.Values `json:"config,omitempty" doc:"As far as it is filled in"`
		Link      canon.ID         `json:"link,omitzero" doc:"Whose form it is, where it is changed: fields left out are as they are stored"`
	}
}

// FormCheck is what does not fit in a form.
type FormCheck struct {
	Problems []FormProblem `json:"problems"`
}

// FormProblem is what is wrong with one field.
type FormProblem struct {
	Field string         `json:"field"`
	Text  connector.Text `json:"text"`
}

func (a *API) addFormCheck() {
	add(a, route{method: "POST", path: "/accounts/check", tag: "Channels", may: auth.AccountWrite, summary: "Check a form while it is filled in",
		doc: "By the connector's own rules, also those between fields. Nobody is asked and nothing is stored."},
		func(ctx context.Context, c *call, in *formInput) (*answer[FormCheck], error) {
			d, err := a.driver(in.Body.Connector, "body.connector")
			if err != nil {
				return nil, err
			}
			form, values := d.Spec().Form, in.Body.Config
			if !in.Body.Link.IsZero() {
				if !c.who.Can(auth.LinkWrite) {
					return nil, forbidden(auth.LinkWrite)
				}
				l, err := c.scope.Link(ctx, in.Body.Link)
				if err == nil && l.Kind != in.Body.Connector {
					err = core.NotFound("link")
				}
				if err != nil {
					return nil, at(err, "body.link")
				}
				if values, err = a.changed(ctx, c, l, form, values); err != nil {
					return nil, err
				}
			}
			out := FormCheck{Problems: []FormProblem{}}
			_, bad := form.Complete(values)
			for _, f := range bad {
				out.Problems = append(out.Problems, FormProblem{f.Field, f.Text})
			}
			return &answer[FormCheck]{out}, nil
		})
}
