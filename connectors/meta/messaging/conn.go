package messaging

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// Conn is one link: pages, or the Instagram accounts of pages.
type Conn struct {
	graph.Hook
	product product
	env     connector.Env
	api     *graph.Client
	token   string // of the system user
	login   bool   // people authorise accounts at Facebook's own page
	dialog  string // where that is, with the version
	config  string // of Facebook Login for Business; "" asks for permissions
	secret  string
	app     string
	account canon.RemoteID // of the form
	pages   []canon.RemoteID
	hook    string
	linked  bool // by now, and not only tried
	verify  string
	threads graph.Threads
	life    graph.Life   // of the token
	turn    atomic.Int64 // which account is looked at next
}

var (
	_ connector.Webhook   = (*Conn)(nil)
	_ connector.Fetcher   = (*Conn)(nil)
	_ connector.Reactor   = (*Conn)(nil)
	_ connector.Typer     = (*Conn)(nil)
	_ connector.Marker    = (*Conn)(nil)
	_ connector.Profiler  = (*Conn)(nil)
	_ connector.Installer = (*Conn)(nil)
	_ connector.Prober    = (*Conn)(nil)
	_ connector.Desk      = (*Conn)(nil)

	_ connector.Authorizer = (*Conn)(nil)
	_ connector.Refresher  = (*Conn)(nil)
	_ connector.Pulse      = (*Conn)(nil)
	_ connector.Expirer    = (*Conn)(nil)
)

// Open makes a Conn of a completed form.
func (d Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	if env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("opening a link of " + d.product.kind + ": no HTTP client was lent")}
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	v := link.Config
	c := &Conn{
		Hook: graph.NewHook(v["app_secret"], v["verify_token"]), product: d.product, env: env,
		api:   &graph.Client{HTTP: env.HTTP, Base: graph.Base(v), Secret: v["app_secret"], Now: env.Clock},
		token: v["access_token"], login: v["way"] == byLogin, dialog: graph.Dialog(v), config: v["config_id"], secret: v["app_secret"], app: v["app_id"], account: canon.RemoteID(v["account"]),
		hook: link.HookURL, linked: graph.Linked(link), verify: v["verify_token"],
	}
	if !c.login {
		c.product.caps.Ops = maps.Clone(c.product.caps.Ops)
		delete(c.product.caps.Ops, connector.OpsAuthorize)
	}
	for _, a := range link.Accounts {
		if a.RemoteID != "" {
			c.pages = append(c.pages, a.RemoteID)
		}
	}
	if len(c.pages) == 0 && c.account != "" {
		c.pages = []canon.RemoteID{c.account}
	}
	return c, nil
}

// Close lets go of nothing: the client belongs to the hub.
func (c *Conn) Close(context.Context) error { return nil }

// Capabilities are the same for every thread but for the window.
func (c *Conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := c.product.caps
	caps.Window = c.threads.Window(key, caps.Window)
	return caps
}
