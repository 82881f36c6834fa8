package line

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this connector in the API.
const Kind = "line"

// Driver is the connector of LINE Official Accounts.
type Driver struct{}

// New returns the driver.
func New() connector.Driver { return Driver{} }

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Spec describes the connector.
func (Driver) Spec() connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: text("LINE", "LINE"),
		Help: text("A LINE Official Account with the Messaging API. You need its channel ID and channel secret from the LINE Developers Console.",
			"接入开通了 Messaging API 的 LINE 官方账号。需要 LINE Developers 控制台中的 Channel ID 和 Channel secret。"),
		Row:        "world",
		Form:       form(),
		Ceiling:    capabilities(),
		NeedsHTTPS: true,
		Docs:       "docs/connectors/line.md",
	}
}

// Conn is one link: one channel of the Messaging API.
type Conn struct {
	env      connector.Env
	id       string // of the channel; "" with a token of one's own
	secret   string // of the channel
	own      string // a long-lived token, "" to issue stateless ones
	api      string // addresses without a slash at the end
	data     string
	stickers string // where the pictures of stickers are
	hook     string
	account  canon.RemoteID
	hide     func(string) string // takes the link's secrets out of a text
	poster   func() []byte       // stands for a film, and for a picture too large to be its own preview

	mu    sync.Mutex
	quota connector.Quota
}

var (
	_ connector.Webhook  = (*Conn)(nil)
	_ connector.Fetcher  = (*Conn)(nil)
	_ connector.Typer    = (*Conn)(nil)
	_ connector.Marker   = (*Conn)(nil)
	_ connector.Profiler = (*Conn)(nil)

	_ connector.MemberProfiler = (*Conn)(nil)
	_ connector.Menuer         = (*Conn)(nil)
	_ connector.MenuPictured   = (*Conn)(nil)
	_ connector.Installer      = (*Conn)(nil)
	_ connector.Prober         = (*Conn)(nil)
	_ connector.Refresher      = (*Conn)(nil)
)

// Open makes a Conn of a completed form.
func (Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	v := link.Config
	c := &Conn{
		env: env, id: v["channel_id"], secret: v["channel_secret"], own: v["access_token"],
		api: strings.TrimRight(v["api_base"], "/"), data: strings.TrimRight(v["data_base"], "/"), hook: link.HookURL,
		hide:   func(s string) string { return form().RedactText(v, s) },
		poster: sync.OnceValue(drawPoster),
	}
	switch {
	case c.secret == "" || c.own == "" && c.id == "":
		return nil, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "incomplete", Err: errors.New("opening a LINE link: the channel secret, or a way to a token, is missing")}
	case c.env.HTTP == nil || c.env.Cache == nil:
		return nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("opening a LINE link: no client or no cache was lent")}
	}
	if c.api == "" {
		c.api = apiBase
	}
	if c.data == "" {
		c.data = c.api // another host in place of LINE plays both of its own
		if c.api == apiBase {
			c.data = dataBase
		}
	}
	if c.stickers = c.api; c.api == apiBase {
		c.stickers = stickerBase
	}
	if len(link.Accounts) == 1 {
		c.account = link.Accounts[0].RemoteID
	}
	if c.env.Clock == nil {
		c.env.Clock = time.Now
	}
	return c, nil
}

// Close lets go of nothing: client and cache belong to the hub.
func (c *Conn) Close(context.Context) error { return nil }

// Routes: callbacks come to the callback address itself, and the customers'
// phones fetch the poster below it.
func (c *Conn) Routes() []connector.Route {
	return []connector.Route{{Method: "POST"}, {Method: "GET", Path: posterPath}}
}

// is compares the path of a callback.
func is(raw connector.Raw, method, path string) bool { return raw.Method == method && raw.Path == path }

// clone keeps bytes that outlive their callback.
func clone(b []byte) []byte { return bytes.Clone(b) }

// Same is the channel, where the form names it.
func (Driver) Same(v connector.Values) string {
	if v["channel_id"] == "" {
		return ""
	}
	return v["channel_id"] + " at " + cmp.Or(strings.TrimRight(v["api_base"], "/"), apiBase)
}
