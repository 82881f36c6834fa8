package api

import (
	"context"
	"crypto/sha256"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Session is who is signed in and what they may do.
type Session struct {
	Agent       core.Agent          `json:"agent"`
	Tenant      core.Tenant         `json:"tenant"`
	Settings    core.TenantSettings `json:"settings"`
	Preferences core.Preferences    `json:"preferences"`
	Permissions []string            `json:"permissions" doc:"What this person may do: the words of x-authz"`
	Seq         int64               `json:"seq" doc:"Number of the newest entry of the feed: who reads anything after this and follows the feed from here misses nothing"`
	// Bare: see auth.Identity.
	Bare bool `json:"second_factor_missing" doc:"The business asks for a second factor and this person has none: until they set one up, nothing else is answered"`
}

// OwnSession is one of a person's signed-in browsers.
type OwnSession struct {
	ID      canon.ID  `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Address string    `json:"address,omitempty"`
	Browser string    `json:"browser,omitempty"`
	Current bool      `json:"current" doc:"The one asking"`
}

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second factor, where there is one: six digits of the app, or a recovery code"`
		Tenant   string `json:"tenant,omitempty" maxLength:"60" doc:"Short name of the business; empty: default"`
	}
}

type ByID struct {
	ID canon.ID `path:"id"`
}

func (a *API) addSession() {
	add(a, route{method: "POST", path: "/session", tag: "Session", may: auth.Public, act: "session.created", summary: "Sign in",
		doc: "Answers with a cookie. A wrong address and a wrong password are answered alike; too many tries are slowed down. Who has a second factor is asked for its code by the error second_factor: send the same again with the code. A code counts once."},
		func(ctx context.Context, c *call, in *signInInput) (*answer[Session], error) {
			who, err := a.Auth.SignIn(c.w, c.r, in.Body.Tenant, in.Body.Email, in.Body.Password, in.Body.Code)
			if err != nil {
				return nil, err
			}
			c.who, c.scope = who, a.Store.For(who.Tenant)
			return a.session(ctx, c)
		})
	add(a, route{method: "GET", path: "/session", tag: "Session", may: auth.Self, bare: true, summary: "Who is signed in"},
		func(ctx context.Context, c *call, _ *none) (*answer[Session], error) { return a.session(ctx, c) })
	add(a, route{method: "DELETE", path: "/session", tag: "Session", may: auth.Self, bare: true, act: "session.ended", summary: "Sign out", status: 204},
		func(ctx context.Context, c *call, _ *none) (*none, error) {
			c.changed = true
			return nil, a.Auth.SignOut(c.w, c.r, c.who)
		})
	add(a, route{method: "GET", path: "/sessions", tag: "Session", may: auth.Self, summary: "One's own signed-in browsers"},
		func(ctx context.Context, c *call, _ *none) (*answer[list[OwnSession]], error) {
			all, err := c.scope.SessionsOf(ctx, c.who.Agent)
			if err != nil {
				return nil, err
			}
			out := list[OwnSession]{Items: []OwnSession{}}
			for _, s := range all {
				out.Items = append(out.Items, OwnSession{ID: sessionID(s.Hash), Created: s.Created, Seen: s.Seen, Expires: s.Expires,
					Address: s.Address, Browser: s.Browser, Current: string(s.Hash) == string(c.who.Credential)})
			}
			return &answer[list[OwnSession]]{out}, nil
		})
	add(a, route{method: "DELETE", path: "/sessions/{id}", tag: "Session", may: auth.Self, act: "session.ended", summary: "Sign another browser out", status: 204}, a.endSession)
}

func (a *API) endSession(ctx context.Context, c *call, in *ByID) (*none, error) {
	all, err := c.scope.SessionsOf(ctx, c.who.Agent)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if sessionID(s.Hash) == in.ID {
			return nil, c.write(ctx, func(t *store.Tx) (string, error) {
				_, err := t.EndSession(ctx, c.who.Agent, s.Hash)
				return in.ID.String(), err
			})
		}
	}
	return nil, core.NotFound("session")
}

// sessionID names a session to its owner; nothing can be done with it alone.
func sessionID(hash []byte) canon.ID {
	sum := sha256.Sum256(append([]byte("session "), hash...))
	var id canon.ID
	copy(id[:], sum[:])
	return id
}

func (a *API) session(ctx context.Context, c *call) (*answer[Session], error) {
	seq, _, err := c.scope.FeedSeq(ctx) // first: what happens meanwhile is told
	if err != nil {
		return nil, err
	}
	v, err := c.scope.Agent(ctx, c.who.Agent)
	if err != nil {
		return nil, err
	}
	t, err := c.scope.ReadTenant(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.scope.Preferences(ctx, c.who.Agent)
	if err != nil {
		return nil, err
	}
	out := Session{Seq: seq, Agent: v, Tenant: t, Settings: t.Settings, Preferences: p, Permissions: []string{string(auth.Self)}, Bare: c.who.Bare}
	for _, p := range auth.Permissions(c.who.Role) {
		out.Permissions = append(out.Permissions, string(p))
	}
	return &answer[Session]{out}, nil
}
