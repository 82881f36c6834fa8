package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"parley/core/connector"
)

// tokenKey is where a link keeps its access token. Application and customer
// service are links of their own, so their tokens never meet; the kind in the
// name says so once more. A Secret that was changed in the form does not live on
// the token of the one before.
func (c *corp) tokenKey() string {
	if c.tokens != nil {
		return "token:" + c.kind + ":" + c.id
	}
	sum := sha256.Sum256([]byte("token of " + c.id + " by " + c.secret))
	return "token:" + c.kind + ":" + hex.EncodeToString(sum[:6])
}

// refreshEarly is how long before its end a token is no longer used.
const refreshEarly = 5 * time.Minute

// accessToken is the link's token, fetched once for all who ask (91039: fetch it
// rarely, one of an application may be replaced at any time).
func (c *corp) accessToken(ctx context.Context) (string, error) {
	if c.env.Cache == nil {
		token, _, err := c.fetchToken(ctx)
		return token, err
	}
	return c.env.Cache.Once(ctx, c.tokenKey(), c.fetchToken)
}

func (c *corp) fetchToken(ctx context.Context) (string, time.Duration, error) {
	if c.tokens != nil {
		return c.tokens(ctx)
	}
	raw, err := c.exchange(ctx, exchange{op: "gettoken", path: "/cgi-bin/gettoken", query: url.Values{"corpid": {c.id}, "corpsecret": {c.secret}}})
	if err != nil {
		return "", 0, connector.Harmless(err)
	}
	var out struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds, 7200 as a rule
	}
	if err := json.Unmarshal(raw, &out); err != nil || out.AccessToken == "" {
		return "", 0, &connector.Error{Class: connector.Transient, Scope: connector.ScopeLink, Code: "no_token", Err: fmt.Errorf("fetching a token: the answer holds none")}
	}
	life := time.Duration(out.ExpiresIn) * time.Second
	return out.AccessToken, max(life-refreshEarly, life/2), nil
}

// dropToken forgets a token that was refused, unless somebody has replaced it.
func (c *corp) dropToken(ctx context.Context, refused string) error {
	if c.env.Cache == nil {
		return nil
	}
	if now, ok, err := c.env.Cache.Get(ctx, c.tokenKey()); err != nil || !ok || now != refused {
		return err
	}
	return c.env.Cache.Delete(ctx, c.tokenKey())
}
