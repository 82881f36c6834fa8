package wechat

import (
	"context"
	"time"

	"parley/core/connector"
)

// tokenKey is the access token's name in the link's cache, which all nodes
// share.
const tokenKey = "access_token"

// early is how long before its end a token is replaced. The platform makes the
// next one five minutes ahead, and both count until then.
const early = 4 * time.Minute

// accessToken returns the link's token. It is the stable kind: asked for again
// while it counts, by whichever node, the platform gives the same one, so that
// nodes never take it from each other.
// https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
func (c *Conn) accessToken(ctx context.Context) (string, error) {
	if c.by != nil {
		return c.by.token(ctx)
	}
	return c.env.Cache.Once(ctx, tokenKey, func(ctx context.Context) (string, time.Duration, error) {
		return c.newToken(ctx, false)
	})
}

// renew replaces a token the platform refused. When the platform itself still
// gives that one, it is told to make another.
func (c *Conn) renew(ctx context.Context, refused string) (string, error) {
	if c.by != nil {
		return c.by.renew(ctx, refused)
	}
	if kept, ok, err := c.env.Cache.Get(ctx, tokenKey); err != nil {
		return "", err
	} else if ok && kept == refused {
		if err := c.env.Cache.Delete(ctx, tokenKey); err != nil {
			return "", err
		}
	}
	return c.env.Cache.Once(ctx, tokenKey, func(ctx context.Context) (string, time.Duration, error) {
		token, life, err := c.newToken(ctx, false)
		if err == nil && token == refused {
			token, life, err = c.newToken(ctx, true)
		}
		return token, life, err
	})
}

func (c *Conn) newToken(ctx context.Context, force bool) (string, time.Duration, error) {
	var got struct {
		status
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	ask := struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh,omitempty"`
	}{"client_credential", c.appID, c.secret, force}
	if err := c.exchange(ctx, "/cgi-bin/stable_token", nil, ask, &got); err != nil {
		return "", 0, connector.Harmless(err)
	}
	if got.Code != 0 {
		return "", 0, c.refusal(got.status)
	}
	if got.AccessToken == "" {
		return "", 0, &connector.Error{Class: connector.Transient, Code: "no_token", Scope: connector.ScopeLink}
	}
	life := time.Duration(got.ExpiresIn)*time.Second - early
	return got.AccessToken, max(life, 30*time.Second), nil
}
