package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// conn is one open link: usually one site, one account.
type conn struct {
	options  Options
	link     connector.Link
	site     *site
	env      connector.Env
	accounts map[canon.ID]connector.Account
	visitors visitors
	sights   sights
	wheel    *wheel

	ctx  context.Context // ends when the conn closes
	stop context.CancelFunc
}

var (
	_ connector.Conn    = (*conn)(nil)
	_ connector.Server  = (*conn)(nil)
	_ connector.Editor  = (*conn)(nil)
	_ connector.Revoker = (*conn)(nil)
)

func newConn(o Options, link connector.Link, s *site, env connector.Env) *conn {
	if env.Clock == nil {
		env.Clock = time.Now
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	c := &conn{options: o, link: link, site: s, env: env, accounts: make(map[canon.ID]connector.Account, len(link.Accounts))}
	for _, a := range link.Accounts {
		if a.RemoteID == "" {
			a.RemoteID = canon.RemoteID(a.ID.String()) // the platform is us: our id is its id
		}
		c.accounts[a.ID] = a
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.visitors.all = make(map[canon.RemoteID]*presence)
	c.wheel = newWheel()
	return c
}

func (c *conn) now() time.Time { return c.env.Clock() }

// Capabilities is the same for every thread.
func (c *conn) Capabilities(canon.ThreadKey) connector.Capabilities {
	return capabilities(c.options.Limits)
}

// Edits and Revokes mark what Send can do: the line changes in the hub's own
// storage, and the visitor's open chats are woken by the hub.
func (c *conn) Edits() {}

// Revokes: see Edits.
func (c *conn) Revokes() {}

// Send has nothing left to do: the line stands in the thread, where the visitor
// reads it. So sending twice shows it once, and nothing here can fail halfway.
func (c *conn) Send(_ context.Context, r connector.Request) (connector.Receipt, error) {
	if _, ok := c.accounts[r.Account.ID]; !ok {
		return connector.Receipt{}, &connector.Error{
			Class: connector.Invalid, Scope: connector.ScopeAccount,
			Shown: connector.Text{EN: "This chat does not belong to the account any more. Open the conversation anew.", ZH: "该聊天已不属于此账号，请重新打开会话。"},
			Err:   fmt.Errorf("send on web link %s: account %s is not on it", c.link.ID, r.Account.ID),
		}
	}
	receipt := connector.Receipt{State: canon.Sent, At: c.now().UTC()}
	switch r.Op {
	case connector.OpPost:
		receipt.RemoteID = canon.RemoteID(r.Key.String())
	case connector.OpEdit, connector.OpRevoke:
		receipt.RemoteID = r.Target
	default:
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: string(r.Op),
			Shown: connector.Text{EN: "The chat of a website does not know this.", ZH: "网站聊天不支持此操作。"}}
	}
	return receipt, nil
}

// Close ends every socket with "service restart", so that visitors come back by
// themselves.
func (c *conn) Close(ctx context.Context) error {
	c.stop()
	sockets := c.wheel.stop()
	var wait sync.WaitGroup
	for _, s := range sockets {
		wait.Go(func() { s.close(closeRestart, "restarting") })
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close web link: %w", ctx.Err())
	}
}

// lane is the thread of one visitor on one account.
func (c *conn) lane(account connector.Account, v visitor) canon.ThreadKey {
	return canon.ThreadKey{Account: account.RemoteID, Peer: v.Peer}
}

// envelope wraps what a visitor did. Keys are made by browsers, so they only
// count within their visitor.
func (c *conn) envelope(account connector.Account, v visitor, key string, event canon.Event) canon.Envelope {
	return canon.Envelope{
		Account: account.RemoteID, Thread: c.lane(account, v), From: v.peer(),
		EventID: string(v.Peer) + "/" + key, Time: c.now().UTC(), Event: event,
	}
}

// Routes lists what Serve answers, below /chat/{account}.
func (c *conn) Routes() []connector.Route {
	out := make([]connector.Route, 0, len(routes))
	for _, r := range routes {
		out = append(out, connector.Route{Method: r.method, Path: r.path})
	}
	return out
}

// Serve answers one request under /chat/{account}. Sockets outlive it and keep
// the sink.
func (c *conn) Serve(w http.ResponseWriter, r *http.Request, sink connector.Sink) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cache-Control", "no-store")
	lang := language(r.Header.Get("Accept-Language"))
	account, path, ok := c.resolve(r.URL.Path)
	if !ok {
		problem(w, lang, notFound)
		return
	}
	if c.env.Chat == nil || c.env.Cache == nil {
		problem(w, lang, away)
		return
	}
	known := false
	for _, rt := range routes {
		if rt.path != path {
			continue
		}
		known = true
		if rt.method == r.Method || (rt.method == http.MethodGet && r.Method == http.MethodHead) {
			x := &exchange{w: w, r: r, talk: talk{
				conn: c, sink: sink, account: account, addr: c.options.ClientAddr(r).Unmap(), lang: lang,
			}}
			x.run(rt)
			return
		}
		h.Add("Allow", rt.method)
	}
	if known {
		problem(w, lang, wrongMethod)
		return
	}
	problem(w, lang, notFound)
}
