package messaging

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// appToken is what a call about the app itself needs.
func (c *Conn) appToken() (string, error) {
	if c.app == "" {
		return "", &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: "no_app_id", Shown: text(
			"Fill in the App ID to have the callback set, or set it yourself in the App Dashboard.", "请填写应用编号以自动设置回调，或在应用面板中手动设置。")}
	}
	return c.app + "|" + c.secret, nil
}

// Install has the app's callbacks come here, subscribes it to every page of the
// link, and gives pages the button that opens a conversation.
func (c *Conn) Install(ctx context.Context) error {
	token, err := c.appToken()
	if err != nil {
		return err
	}
	err = c.api.Call(ctx, graph.Request{Method: http.MethodPost, Path: "/" + c.app + "/subscriptions", Token: token, Quiet: true, JSON: object{
		"object": c.product.object, "callback_url": c.hook, "verify_token": c.verify, "fields": c.product.fields, "include_values": true,
	}}, nil)
	if err != nil {
		return err
	}
	return c.each(func(account canon.RemoteID) error {
		if err := c.call(ctx, account, graph.Request{Method: http.MethodPost, Path: "/subscribed_apps", Quiet: true, JSON: object{"subscribed_fields": c.product.fields}}, nil); err != nil {
			return err
		}
		if c.product.instagram {
			return nil
		}
		return c.call(ctx, account, graph.Request{Method: http.MethodPost, Path: "/messenger_profile", Quiet: true, JSON: object{"get_started": object{"payload": getStarted}}}, nil)
	})
}

// Uninstall ends the subscription of every page and takes the button off. The
// app's callback stays: other links may share it.
func (c *Conn) Uninstall(ctx context.Context) error {
	return c.each(func(account canon.RemoteID) error {
		if err := c.call(ctx, account, graph.Request{Method: http.MethodDelete, Path: "/subscribed_apps", Quiet: true}, nil); err != nil {
			return err
		}
		if c.product.instagram {
			return nil
		}
		return c.call(ctx, account, graph.Request{Method: http.MethodDelete, Path: "/messenger_profile", Quiet: true, JSON: object{"fields": []string{"get_started"}}}, nil)
	})
}

// each does it for every account the platform has a name for. One that took its
// authorisation back keeps no other from it: its light says so.
func (c *Conn) each(do func(canon.RemoteID) error) error {
	for _, account := range c.ours() {
		err := do(account)
		if e := connector.AsError(err); e != nil && !(c.login && e.Class == connector.NeedsLogin && e.Scope == connector.ScopeAccount) {
			return err
		}
	}
	return nil
}

// Probe tests the token, the account, the permissions and the callback.
func (c *Conn) Probe(ctx context.Context, step func(connector.Check)) error {
	steps := graph.Steps{Step: step, Now: c.env.Clock}
	if c.login {
		return c.probeLogin(ctx, steps)
	}
	if err := steps.Try(text("Account, app secret and token", "账号、应用密钥与令牌"), text(
		"Compare the account's id, the app secret and the token, and give the system user the page with the task Messages.", "请核对账号编号、应用密钥和令牌，并为系统用户分配该主页的“消息”任务。"),
		func() (connector.Text, error) { return c.named(ctx, c.account) }); err != nil {
		return err
	}
	tokenErr := c.api.Permissions(ctx, steps, c.token, c.env.State, c.product.scopes...)
	hookErr := steps.Try(text("The page sends callbacks to the app", "主页已订阅应用回调"), text(
		"Verify the linked account: that sets it up. Or subscribe the page to the app under Webhooks in the App Dashboard.", "关联后点击“验证”即可自动设置；也可在应用面板的 Webhooks 中为主页订阅应用。"),
		func() (connector.Text, error) { return graph.Subscribed(c.subscribed(ctx, c.account), c.linked) })
	if tokenErr != nil {
		return tokenErr
	}
	return hookErr
}

func (c *Conn) named(ctx context.Context, account canon.RemoteID) (connector.Text, error) {
	if err := c.env.Cache.Delete(ctx, passKey(account)); err != nil { // a test asks the platform, not the memory
		return connector.Text{}, &connector.Error{Class: connector.Internal, Code: "cache", Err: err}
	}
	var page struct {
		Name      string `json:"name"`
		Instagram struct {
			Username string `json:"username"`
		} `json:"instagram_business_account"`
	}
	query := url.Values{"fields": {"name,instagram_business_account{username}"}}
	if err := c.call(ctx, account, graph.Request{Method: http.MethodGet, Query: query, Quiet: true}, &page); err != nil {
		return connector.Text{}, err
	}
	line := page.Name
	if c.product.instagram && page.Instagram.Username != "" {
		line = "@" + page.Instagram.Username + " · " + page.Name
	}
	return connector.Text{EN: line, ZH: line}, nil
}

func (c *Conn) subscribed(ctx context.Context, account canon.RemoteID) error {
	var out struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := c.call(ctx, account, graph.Request{Method: http.MethodGet, Path: "/subscribed_apps", Quiet: true}, &out); err != nil {
		return err
	}
	for _, app := range out.Data {
		if c.app == "" || app.ID == c.app {
			return nil
		}
	}
	return &connector.Error{Class: connector.Invalid, Code: "not_subscribed", Shown: text("The page does not send callbacks to the app.", "主页尚未向应用发送回调。")}
}

// Pulse asks for the account.
func (c *Conn) Pulse(ctx context.Context) error {
	if c.login {
		return c.pulseLogin(ctx)
	}
	return c.ping(ctx, c.account)
}

// Refresh asks how long the token lives; of a link by login, after every account.
func (c *Conn) Refresh(ctx context.Context) error {
	if c.login {
		return c.lookAll(ctx)
	}
	return c.life.Learn(ctx, c.api, c.token)
}

// Expires is when the token runs out.
func (c *Conn) Expires() time.Time { return c.life.Expires() }
