package messaging

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// backKey keeps the address the dialog leads back to: a code is exchanged only
// with the very address it was asked for with.
const backKey = "back"

// away is how long somebody may be at the dialog.
const away = 30 * time.Minute

// Authorize makes the address of the login dialog: with a configuration of
// Facebook Login for Business where the form names one, which fixes what is asked
// for, else with the permissions themselves.
// https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow
// https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business
func (c *Conn) Authorize(ctx context.Context, _ connector.Account, back connector.Back) (connector.Visit, error) {
	if !c.login {
		return connector.Visit{}, &connector.Error{Class: connector.Unsupported, Scope: connector.ScopeLink, Code: "by_token", Shown: text(
			"This account is linked by a token. Choose Facebook login in its settings first.", "该账号通过令牌接入。请先在账号设置中改为 Facebook 登录。")}
	}
	if err := c.env.Cache.Set(ctx, backKey, back.URL, away); err != nil {
		return connector.Visit{}, err
	}
	q := url.Values{"client_id": {c.app}, "redirect_uri": {back.URL}, "state": {back.State}, "response_type": {"code"}}
	if c.config != "" {
		q.Set("config_id", c.config)
		q.Set("override_default_response_type", "true")
	} else {
		q.Set("scope", strings.Join(c.product.scopes, ","))
		q.Set("auth_type", "rerequest") // what was declined before is asked for again
	}
	return connector.Visit{URL: c.dialog + "/dialog/oauth?" + q.Encode(), Expires: c.env.Clock().Add(away)}, nil
}

// Authorized exchanges the code for a user's token that lasts, and lists the
// accounts it may act for. Which of several to link is for a person to say.
func (c *Conn) Authorized(ctx context.Context, returned url.Values) (connector.Granted, error) {
	word := returned.Get("code")
	if word == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "no_code", Err: errors.New("the dialog led back without a code"),
			Shown: text("Facebook led back without an authorisation: it was not confirmed.", "Facebook 未返回授权码：授权未确认。")}
	}
	back, ok, err := c.env.Cache.Get(ctx, backKey)
	if err != nil {
		return connector.Granted{}, err
	}
	if !ok {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "late", Shown: text("It took too long. Begin again.", "等待时间过长，请重新发起授权。")}
	}
	user, err := c.user(ctx, word, back)
	if err != nil {
		return connector.Granted{}, err
	}
	all, err := c.speakers(ctx, user, toChoose)
	if err != nil {
		return connector.Granted{}, err
	}
	var found []connector.Account
	for _, s := range all {
		id := s.account(c.product.instagram)
		if id == "" || s.Token == "" || len(s.Tasks) > 0 && !slices.Contains(s.Tasks, "MESSAGING") {
			continue
		}
		g := grant{Page: s.ID, Token: s.Token, User: user, Name: s.Name}
		if c.product.instagram && s.Instagram.Username != "" {
			g.Name = s.Instagram.Username
		}
		if err := c.keep(ctx, id, g); err != nil {
			return connector.Granted{}, err
		}
		found = append(found, connector.Account{RemoteID: id, Name: g.Name})
	}
	switch len(found) {
	case 0:
		return connector.Granted{}, c.product.nothing()
	case 1:
		return connector.Granted{Accounts: found}, nil
	}
	return connector.Granted{Offered: found}, nil
}

// nothing says that a login brought no account.
func (p product) nothing() error {
	e := &connector.Error{Class: connector.Invalid, Scope: connector.ScopeAccount, Code: "no_page", Shown: text(
		"The login brought no page you may write for. Tick a page in the dialog; you need its task Messages.",
		"登录未授权任何可发消息的主页。请在对话框中勾选主页，且您须拥有该主页的“消息”任务权限。")}
	if p.instagram {
		e.Shown = text(
			"The login brought no Instagram account you may write for. Tick the page it is connected to in the dialog; the account must be a professional one.",
			"登录未授权任何可发消息的 Instagram 账号。请在对话框中勾选其关联的主页；账号须为专业账号。")
	}
	return e
}

// token is an answer of the token endpoint.
type token struct {
	Token   string       `json:"access_token"`
	Expires graph.Number `json:"expires_in"` // seconds; none of a system user's
}

// lasting is from when on a token is not exchanged for a longer one.
const lasting = 48 * time.Hour

// user exchanges a code for the token of who agreed, and a short one for one of
// sixty days: the tokens of pages that come of it have no end.
// https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived
func (c *Conn) user(ctx context.Context, word, back string) (string, error) {
	var short, long token
	if err := c.exchanged(ctx, url.Values{"redirect_uri": {back}, "code": {word}}, &short); err != nil {
		return "", err
	}
	if short.Expires == 0 || time.Duration(short.Expires)*time.Second > lasting {
		return short.Token, nil
	}
	err := c.exchanged(ctx, url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {short.Token}}, &long)
	return long.Token, err
}

// exchanged asks the token endpoint. Its credentials go in the body: addresses
// are written down on the way.
func (c *Conn) exchanged(ctx context.Context, in url.Values, out *token) error {
	in.Set("client_id", c.app)
	in.Set("client_secret", c.secret)
	err := c.api.Call(ctx, graph.Request{Method: http.MethodPost, Path: "/oauth/access_token", Open: true, Quiet: true,
		Body: strings.NewReader(in.Encode()), Type: "application/x-www-form-urlencoded"}, out)
	if e := connector.AsError(err); e != nil {
		again := *e
		if e.Code == "1" { // "Error validating client secret"
			again.Class, again.Scope, again.Shown = connector.NeedsLogin, connector.ScopeLink, text(
				"The app secret is not that of the App ID. Copy both again from App settings → Basic.", "应用密钥与应用编号不匹配。请从“应用设置 → 基本”重新复制。")
		}
		return &again
	}
	if out.Token == "" {
		return &connector.Error{Class: connector.Transient, Code: "no_token", Shown: text("Facebook gave no token. Begin again.", "Facebook 未返回令牌，请重新发起授权。")}
	}
	return nil
}

// account is what a page is called on a link of the product.
func (s speaker) account(instagram bool) canon.RemoteID {
	if instagram {
		return s.Instagram.ID
	}
	return canon.RemoteID(s.ID)
}
