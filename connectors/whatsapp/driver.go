//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this connector in the API.
const Kind = "whatsapp"

// Options are what the driver needs besides its links.
type Options struct {
	// Played stands in for every host of WhatsApp: the address of a played one,
	// for the demo and tests. Whoever sets it also has whatsmeow trust it.
	Played string
	// Sees is told every QR code that is shown, as a camera before the screen
	// would see it; nil: no played phone looks. It must not block.
	Sees func(code string)
}

// Driver links WhatsApp accounts.
type Driver struct {
	o     Options
	shelf *shelf
}

// New returns the driver.
func New(o Options) connector.Driver { return &Driver{o: o, shelf: newShelf()} }

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Spec describes the connector.
func (*Driver) Spec() connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: text("WhatsApp (linked device)", "WhatsApp（关联设备）"),
		Help: text("Serve an ordinary WhatsApp or WhatsApp Business number as a linked device: scan a code with the phone. Unofficial; for many or unasked messages use the Cloud API.",
			"以“已关联设备”方式接入普通 WhatsApp 或 WhatsApp Business 号码：用手机扫码即可。此为非官方方式，大量发送或主动触达请使用 Cloud API。"),
		Row:     "world",
		Form:    form(),
		Ceiling: capabilities(0),
		Docs:    "docs/connectors/whatsapp.md",
	}
}

// conn is one link: one linked device of one number.
type conn struct {
	env     connector.Env
	o       Options
	shelf   *shelf
	name    string // of the account, for a number that has none
	account canon.RemoteID
	session types.JID // the linked device; empty: none
	pace    float64   // messages a second
	version *store.WAVersionContainer
	first   bool // only people who wrote first are answered
	online  bool
	reject  bool // incoming calls

	mu     sync.Mutex
	cli    *whatsmeow.Client // while it is signed in
	down   *connector.Error  // why it is not
	logins map[string]*pairing
}

var (
	_ connector.Streamer = (*conn)(nil)
	_ connector.Login    = (*conn)(nil)
	_ connector.Fetcher  = (*conn)(nil)
	_ connector.Editor   = (*conn)(nil)
	_ connector.Revoker  = (*conn)(nil)
	_ connector.Reactor  = (*conn)(nil)
	_ connector.Typer    = (*conn)(nil)
	_ connector.Marker   = (*conn)(nil)
	_ connector.Profiler = (*conn)(nil)
	_ connector.Prober   = (*conn)(nil)
	_ connector.Leaver   = (*conn)(nil)
)

// Open makes a Conn of a completed form.
func (d *Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	if env.HTTP == nil || env.Database == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("opening a WhatsApp link: no client or no database was lent")}
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	if env.State == nil {
		env.State = func(connector.State) {}
	}
	v := link.Config
	c := &conn{
		env: env, o: d.o, shelf: d.shelf, logins: map[string]*pairing{},
		first: v["reply_first"] == "true", online: v["online"] == "true", reject: v["reject_calls"] == "true",
	}
	bad := func(code string, err error) (connector.Conn, error) {
		return nil, &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: code, Err: err}
	}
	var err error
	if v["session"] != "" {
		if c.session, err = types.ParseJID(v["session"]); err != nil {
			return bad("bad_session", err)
		}
	}
	if c.version, err = readVersion(v["client_version"]); err != nil {
		return bad("bad_version", err)
	}
	perMinute, err := strconv.Atoi(v["pace"])
	if err != nil || perMinute < 1 {
		return bad("bad_pace", errors.New("the pace is no number"))
	}
	c.pace = float64(perMinute) / 60
	if len(link.Accounts) == 1 {
		c.account, c.name = link.Accounts[0].RemoteID, link.Accounts[0].Name
	}
	c.down = unlinked()
	if !c.session.IsEmpty() {
		c.down = away()
	}
	return c, nil
}

// Close gives up logins that are under way.
func (c *conn) Close(context.Context) error {
	c.mu.Lock()
	open := c.logins
	c.logins = map[string]*pairing{}
	c.mu.Unlock()
	for _, p := range open {
		p.stop()
	}
	return nil
}

// signedIn is the client to send with, or why there is none.
func (c *conn) signedIn() (*whatsmeow.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cli == nil {
		return nil, c.down
	}
	return c.cli, nil
}

func (c *conn) setClient(cli *whatsmeow.Client, down *connector.Error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cli, c.down = cli, down
}
