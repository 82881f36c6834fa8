package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// call is one request on its way through an operation.
type call struct {
	who   auth.Identity
	scope store.Scope
	lang  string
	op    string
	route route
	r     *http.Request
	w     http.ResponseWriter
	// changed says that something was committed that the feed tells of.
	changed bool
	// noted keeps an operation from being written down twice.
	noted bool
}

type callKey struct{}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// admit says who is asking, lets only those in who may, and hands the call on.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	r, w := humachi.Unwrap(ctx)
	op := ctx.Operation()
	rt := a.routes[op.OperationID]
	c := &call{lang: language(r.Header.Get("Accept-Language")), op: op.OperationID, route: rt, r: r, w: w}
	if rt.may == auth.Public {
		c.who.Address = a.Auth.Address(r)
		next(huma.WithValue(ctx, callKey{}, c))
		return
	}
	who, err := a.Auth.Identify(r)
	if err == nil {
		who, err = a.actor(r, who)
	}
	if err == nil && !who.Can(rt.may) {
		err = forbidden(rt.may)
	}
	if err == nil && who.Bare && !rt.bare {
		err = auth.ErrBare()
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	c.who, c.scope = who, a.Store.For(who.Tenant)
	next(huma.WithValue(ctx, callKey{}, c))
}

// actor is the agent a token works as, if it names one.
func (a *API) actor(r *http.Request, who auth.Identity) (auth.Identity, error) {
	named := r.Header.Get("Parley-Agent")
	if named == "" {
		return who, nil
	}
	id, err := canon.ParseID(named)
	if err != nil {
		return who, core.Invalid("id", "header.Parley-Agent", connector.Text{EN: "This is not an id.", ZH: "不是有效的 id。"}, connector.Text{EN: "Give the id of an agent.", ZH: "请提供客服的 id。"})
	}
	return a.Auth.ActAs(r.Context(), who, id)
}

// refuse answers outside of an operation's handler.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := asProblem(err, language(r.Header.Get("Accept-Language")), requestID(r.Context()))
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		a.Log.Error("a request failed", "request", p.RequestID, "path", r.URL.Path, "err", err)
	}
	writeProblem(w, p)
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = jsonFormat.Marshal(w, p) // the caller went away: nobody is left to tell
}

// write commits a change together with the line in the audit that tells of it.
// do returns what the change is about.
func (c *call) write(ctx context.Context, do func(t *store.Tx) (target string, err error)) error {
	c.noted = true
	err := c.scope.Write(ctx, func(t *store.Tx) error {
		target, err := do(t)
		if err != nil {
			return err
		}
		return c.audit(t, target, "")
	})
	c.changed = c.changed || err == nil
	return err
}

// note writes down an act that something else committed.
func (c *call) note(ctx context.Context, target, detail string) error {
	if c.noted {
		return nil
	}
	c.noted = true
	return c.scope.Write(ctx, func(t *store.Tx) error { return c.audit(t, target, detail) })
}

func (c *call) audit(t *store.Tx, target, detail string) error {
	if c.route.act == "" {
		return nil
	}
	name := c.who.Name
	if !c.who.Token.IsZero() && !c.who.Agent.IsZero() {
		name += " (by token)"
	}
	return t.Audit(core.Audit{Actor: c.who.Who(), Name: name, Action: c.route.act, Target: target, Detail: detail, Address: c.who.Address.String()})
}

// by is the agent a change is told to be of; zero for a program.
func (c *call) by() canon.ID { return c.who.Agent }

// language chooses between the two languages errors are worded in.
func language(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch {
		case strings.HasPrefix(strings.ToLower(tag), "zh"):
			return "zh"
		case strings.HasPrefix(strings.ToLower(tag), "en"):
			return "en"
		}
	}
	return "en"
}
