package messaging

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// grant is what somebody gave for an account at Facebook's own page.
type grant struct {
	Page    string `json:"page"`
	Token   string `json:"token"` // of the page
	User    string `json:"user"`  // the token of who gave it: it brings the page's anew
	Name    string `json:"name"`
	Expires int64  `json:"expires"` // of the page's token, Unix seconds; 0: never, or not known
}

// kept is how long the grant of a linked account is kept: until it is taken back.
// One of an account nobody chose is forgotten within the hour.
const (
	kept    = 10 * 365 * 24 * time.Hour
	waiting = time.Hour
)

func grantKey(account canon.RemoteID) string { return "grant:" + string(account) }

func (c *Conn) granted(ctx context.Context, account canon.RemoteID) (g grant, ok bool, err error) {
	raw, ok, err := c.env.Cache.Get(ctx, grantKey(account))
	if err != nil || !ok {
		return g, false, err
	}
	if err := json.Unmarshal([]byte(raw), &g); err != nil {
		return g, false, &connector.Error{Class: connector.Internal, Code: "kept_grant", Err: err}
	}
	return g, true, nil
}

func (c *Conn) keep(ctx context.Context, account canon.RemoteID, g grant) error {
	life := waiting
	if slices.Contains(c.pages, account) {
		life = kept
	}
	raw, _ := json.Marshal(g) // strings and a number always encode
	return c.env.Cache.Set(ctx, grantKey(account), string(raw), life)
}

// lent is the pass of an account that was authorised.
func (c *Conn) lent(ctx context.Context, account canon.RemoteID) (pass, error) {
	g, ok, err := c.granted(ctx, account)
	if err != nil {
		return pass{}, err
	}
	if !ok {
		return pass{}, unauthorised()
	}
	return pass{g.Page, g.Token}, nil
}

// renew gets a page's token anew by the token of who gave it. Where that is over,
// too, only a person can help.
func (c *Conn) renew(ctx context.Context, account canon.RemoteID) error {
	g, ok, err := c.granted(ctx, account)
	if err != nil {
		return err
	}
	if !ok {
		return unauthorised()
	}
	p, err := c.find(ctx, g.User, account)
	if e := connector.AsError(err); e != nil && e.Class == connector.NeedsLogin {
		return unauthorised()
	}
	if err != nil {
		return err
	}
	if p.Token == g.Token {
		return unauthorised()
	}
	g.Token = p.Token
	return c.keep(ctx, account, g)
}

func unauthorised() *connector.Error {
	return &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeAccount, Code: "not_authorised", Shown: text(
		"Nobody lets the app act for this account, or not any more.", "该账号尚未授权应用，或授权已失效。")}
}

// ours are the accounts of the link that the platform has a name for.
func (c *Conn) ours() []canon.RemoteID {
	return slices.DeleteFunc(slices.Clone(c.pages), func(id canon.RemoteID) bool { return !isNamed(id) })
}

// isNamed tells an account from one that was set up and not authorised yet.
func isNamed(id canon.RemoteID) bool {
	return id != "" && !slices.ContainsFunc([]byte(id), func(b byte) bool { return b < '0' || b > '9' })
}

// look asks whether an account's grant still counts and for what, keeps it while
// it does, and turns the account's light.
func (c *Conn) look(ctx context.Context, account canon.RemoteID) (g grant, err error) {
	if err := c.ping(ctx, account); err != nil {
		return g, c.dark(account, err)
	}
	g, ok, err := c.granted(ctx, account)
	if err != nil || !ok {
		return g, err
	}
	f, err := c.api.Inspect(ctx, g.Token, c.app+"|"+c.secret, c.product.scopes...)
	if err != nil {
		return g, err
	}
	if g.Expires = 0; !f.Ends.IsZero() {
		g.Expires = f.Ends.Unix()
	}
	if len(f.Lacks) > 0 {
		e := graph.Lacking(f.Lacks)
		e.Scope, e.Code = connector.ScopeAccount, "permission"
		return g, c.dark(account, e)
	}
	c.env.State(connector.State{Account: account, Health: connector.HealthGood, Code: "ok", Text: text("Authorised and working", "已授权，运行正常")})
	return g, c.keep(ctx, account, g)
}

// ping makes a call for an account that shows nothing, once more where its token
// was made anew.
func (c *Conn) ping(ctx context.Context, account canon.RemoteID) error {
	ask := func() error {
		return c.call(ctx, account, graph.Request{Method: http.MethodGet, Query: url.Values{"fields": {"id"}}, Quiet: true}, &struct{}{})
	}
	err := ask()
	if e := connector.AsError(err); e != nil && e.Code == "190" && c.login {
		err = ask()
	}
	return err
}

// dark turns the light of an account that only a person can help; any other
// failure is the link's.
func (c *Conn) dark(account canon.RemoteID, err error) error {
	e := connector.AsError(err)
	if e.Class != connector.NeedsLogin || e.Scope != connector.ScopeAccount {
		return err
	}
	c.env.State(connector.State{Account: account, Health: connector.HealthBad, Code: e.Code, Text: e.Shown,
		Remedy: text("Press “Authorise again” on the account's page.", "请在账号页面点击“重新授权”。")})
	return nil
}

// lookAll looks after every account of a link by login.
func (c *Conn) lookAll(ctx context.Context) error {
	var first time.Time
	for _, id := range c.pages {
		if !isNamed(id) {
			c.env.State(connector.State{Account: id, Health: connector.HealthPoor, Code: "not_authorised",
				Text:   text("No account has been authorised yet.", "尚未有账号授权。"),
				Remedy: text("Press “Authorise” on the account's page and agree at Facebook.", "请在账号页面点击“去授权”，并在 Facebook 确认。")})
			continue
		}
		g, err := c.look(ctx, id)
		if err != nil {
			return err
		}
		if ends := time.Unix(g.Expires, 0).UTC(); g.Expires > 0 && (first.IsZero() || ends.Before(first)) {
			first = ends
		}
	}
	c.life.Know(first)
	return nil
}

// probeLogin tests the app, and every account that authorised it.
func (c *Conn) probeLogin(ctx context.Context, steps graph.Steps) error {
	if err := steps.Try(text("App ID and app secret", "应用编号与应用密钥"), text("Copy both again from App settings → Basic.", "请从“应用设置 → 基本”重新复制。"),
		func() (connector.Text, error) { return connector.Text{}, c.appKnown(ctx) }); err != nil {
		return err
	}
	if len(c.ours()) == 0 {
		return steps.Try(text("Authorised accounts", "已授权账号"), connector.Text{}, func() (connector.Text, error) {
			return text("None yet: link it, then press “Authorise” on its page.", "暂无：接入后请在账号页面点击“去授权”。"), nil
		})
	}
	for _, id := range c.ours() {
		name := text("Account "+string(id), "账号 "+string(id))
		if err := steps.Try(name, text("Press “Authorise again” on the account's page and leave every permission ticked.", "请在账号页面点击“重新授权”，并勾选全部权限。"),
			func() (connector.Text, error) { return c.works(ctx, id) }); err != nil {
			return err
		}
	}
	return nil
}

// works says by name that an account is authorised for all that is needed and
// sends callbacks.
func (c *Conn) works(ctx context.Context, account canon.RemoteID) (connector.Text, error) {
	line, err := c.named(ctx, account)
	if err != nil {
		return connector.Text{}, err
	}
	g, _, err := c.granted(ctx, account)
	if err != nil {
		return connector.Text{}, err
	}
	f, err := c.api.Inspect(ctx, g.Token, c.app+"|"+c.secret, c.product.scopes...)
	if err != nil {
		return connector.Text{}, err
	}
	if len(f.Lacks) > 0 {
		return connector.Text{}, graph.Lacking(f.Lacks)
	}
	return line, c.subscribed(ctx, account)
}

// appKnown checks App ID and secret against each other.
func (c *Conn) appKnown(ctx context.Context) error {
	token, err := c.appToken()
	if err != nil {
		return err
	}
	return c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + c.app + "/subscriptions", Token: token, Quiet: true}, &struct{}{})
}

// atOnce is how many accounts a pulse looks at: all of most links, so that trouble
// shows within a minute; of larger ones those that come next.
const atOnce = 10

// pulseLogin looks at the accounts in turn.
func (c *Conn) pulseLogin(ctx context.Context) error {
	all := c.ours()
	if len(all) == 0 {
		return c.appKnown(ctx)
	}
	for range min(atOnce, len(all)) {
		if _, err := c.look(ctx, all[int(c.turn.Add(1))%len(all)]); err != nil {
			return err
		}
	}
	return nil
}
