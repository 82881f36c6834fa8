package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The names of what a third-party platform keeps with its link.
const (
	ticketName   = "component_ticket"
	platformName = "component_token"
)

// ticketLife is how long a ticket counts; a new one comes every ten minutes.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/component_verify_ticket.html
const ticketLife = 12 * time.Hour

// Expires in seconds, as the platform writes it.
type expiry int64

func (e expiry) life() time.Duration { return max(time.Duration(e)*time.Second-early, 30*time.Second) }

// token is the platform's own token, made of the newest ticket.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/component_access_token.html
func (p *platform) token(ctx context.Context) (string, error) {
	return p.api.env.Cache.Once(ctx, platformName, func(ctx context.Context) (string, time.Duration, error) {
		ticket, ok, err := p.api.env.Cache.Get(ctx, ticketName)
		if err != nil {
			return "", 0, err
		}
		if !ok {
			return "", 0, errNoTicket()
		}
		ask := struct {
			AppID  string `json:"component_appid"`
			Secret string `json:"component_appsecret"`
			Ticket string `json:"component_verify_ticket"`
		}{p.api.appID, p.api.secret, ticket}
		var got struct {
			status
			Token   string `json:"component_access_token"`
			Expires expiry `json:"expires_in"`
		}
		if err := p.api.exchange(ctx, "/cgi-bin/component/api_component_token", nil, ask, &got); err != nil {
			return "", 0, connector.Harmless(err)
		}
		if err := p.api.verdict(got.status); err != nil {
			return "", 0, err
		}
		return got.Token, got.Expires.life(), nil
	})
}

func errNoTicket() *connector.Error {
	return &connector.Error{Class: connector.Transient, Scope: connector.ScopeLink, Code: "no_ticket", RetryAfter: time.Minute,
		Shown: text("WeChat has not sent its ticket yet. Enter the callback address as 授权事件接收 URL; the ticket comes within ten minutes.",
			"尚未收到微信推送的 component_verify_ticket。请把回调地址填入“授权事件接收 URL”，十分钟内会收到推送。")}
}

// call asks in the platform's own name, and once more with a fresh token when
// the one it has is refused.
func (p *platform) call(ctx context.Context, path string, ask any, into answer) error {
	for again := false; ; again = true {
		token, err := p.token(ctx)
		if err != nil {
			return withoutToken(err)
		}
		if err := p.api.exchange(ctx, path, url.Values{"component_access_token": {token}}, ask, into); err != nil {
			return err
		}
		if again || !tokenRefused(into.state().Code) {
			return p.api.verdict(into.state())
		}
		if err := p.forget(ctx, platformName, token); err != nil {
			return withoutToken(err)
		}
	}
}

// forget drops a kept value unless somebody has replaced it.
func (p *platform) forget(ctx context.Context, name, was string) error {
	if now, ok, err := p.api.env.Cache.Get(ctx, name); err != nil || !ok || now != was {
		return err
	}
	return p.api.env.Cache.Delete(ctx, name)
}

// authorizer is what an account gave the platform: its tokens are made of it.
type authorizer struct {
	*platform
	id canon.RemoteID
}

func (g *authorizer) name(what string) string { return what + ":" + string(g.id) }

// token is the account's access token.
func (g *authorizer) token(ctx context.Context) (string, error) {
	return g.api.env.Cache.Once(ctx, g.name("token"), g.fresh)
}

// renew replaces a token that was refused.
func (g *authorizer) renew(ctx context.Context, refused string) (string, error) {
	if err := g.forget(ctx, g.name("token"), refused); err != nil {
		return "", err
	}
	return g.token(ctx)
}

// fresh makes a token by the refresh token, the newest there is.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/api_authorizer_token.html
func (g *authorizer) fresh(ctx context.Context) (string, time.Duration, error) {
	if err := g.spend(ctx); err != nil {
		return "", 0, err
	}
	refresh, ok, err := g.api.env.Cache.Get(ctx, g.name("refresh"))
	if err != nil {
		return "", 0, err
	}
	if !ok {
		return "", 0, errNotAuthorised()
	}
	ask := struct {
		AppID   string `json:"component_appid"`
		Account string `json:"authorizer_appid"`
		Refresh string `json:"authorizer_refresh_token"`
	}{g.api.appID, string(g.id), refresh}
	var got struct {
		status
		given
	}
	if err := g.call(ctx, "/cgi-bin/component/api_authorizer_token", ask, &got); err != nil {
		return "", 0, connector.Harmless(ofAccount(err))
	}
	if got.Refresh != "" && got.Refresh != refresh {
		if err := g.api.env.Cache.Set(ctx, g.name("refresh"), got.Refresh, kept); err != nil {
			return "", 0, err
		}
	}
	return got.Token, got.Expires.life(), nil
}

// spend takes up an authorisation the platform told of, which nobody came back
// with: given in the account's own console, or in a browser that was closed.
func (g *authorizer) spend(ctx context.Context) error {
	code, ok, err := g.api.env.Cache.Get(ctx, g.name("code"))
	if err != nil || !ok {
		return err
	}
	_, err = g.query(ctx, code)
	if e := connector.AsError(err); e != nil && e.Retryable() {
		return err
	}
	// Spent or over: what is known already decides.
	return g.forget(ctx, g.name("code"), code)
}

// errNotAuthorised says that an account gave nothing, or took it back.
func errNotAuthorised() *connector.Error {
	return &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeAccount, Code: "not_authorised",
		Shown: text("This account has not authorised your third-party platform, or took it back. Authorise it again on its page.",
			"该账号尚未授权或已取消授权，请在账号页面重新授权。")}
}

// ofAccount makes a refusal of one account's authorisation one of that account,
// not of the whole platform.
func ofAccount(err error) error {
	e := connector.AsError(err)
	if e == nil || e.Scope != connector.ScopeLink || e.Code != "61003" && e.Code != "61023" && e.Code != "40013" {
		return err
	}
	out := *e
	out.Scope = connector.ScopeAccount
	return &out
}

// given are an account's tokens as the platform gives them.
type given struct {
	Token   string `json:"authorizer_access_token"`
	Expires expiry `json:"expires_in"`
	Refresh string `json:"authorizer_refresh_token"`
}

// query spends an authorisation code, which is good once, and keeps what it
// brings. Whoever else holds the same code, the platform's event or the
// administrator who comes back, gets the same account.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/authorization_info.html
func (p *platform) query(ctx context.Context, code string) (canon.RemoteID, error) {
	sum := sha256.Sum256([]byte(code))
	id, err := p.api.env.Cache.Once(ctx, "spent:"+hex.EncodeToString(sum[:8]), func(ctx context.Context) (string, time.Duration, error) {
		ask := struct {
			AppID string `json:"component_appid"`
			Code  string `json:"authorization_code"`
		}{p.api.appID, code}
		var got struct {
			status
			Info struct {
				given
				AppID string     `json:"authorizer_appid"`
				Funcs []function `json:"func_info"`
			} `json:"authorization_info"`
		}
		if err := p.call(ctx, "/cgi-bin/component/api_query_auth", ask, &got); err != nil {
			return "", 0, connector.Harmless(err)
		}
		g := &authorizer{p, canon.RemoteID(got.Info.AppID)}
		return got.Info.AppID, time.Hour, g.keep(ctx, got.Info.given, got.Info.Funcs)
	})
	return canon.RemoteID(id), err
}

// keep makes an account's grant durable, the refresh token first.
func (g *authorizer) keep(ctx context.Context, got given, funcs []function) error {
	cache := g.api.env.Cache
	if err := cache.Set(ctx, g.name("refresh"), got.Refresh, kept); err != nil {
		return err
	}
	if err := cache.Set(ctx, g.name("token"), got.Token, got.Expires.life()); err != nil {
		return err
	}
	// Name and kind are asked for again by Refresh where they cannot be had now.
	_, _ = g.learn(ctx, funcs)
	return nil
}
