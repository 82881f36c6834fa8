package email

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core/connector"
)

// xoauth2 is Google's and Microsoft's way to sign in with a token.
type xoauth2 struct{ user, token string }

// Start gives the whole of it at once.
func (x xoauth2) Start() (mech string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's report of a failure with nothing, as it wants
// before it says no.
func (x xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// plainLogin is AUTH LOGIN for servers that know no PLAIN.
type plainLogin struct{ user, pass string }

func (p plainLogin) Start() (mech string, first []byte, err error) { return "LOGIN", nil, nil }

func (p plainLogin) Next(challenge []byte) ([]byte, error) {
	if strings.HasPrefix(strings.ToLower(string(challenge)), "pass") {
		return []byte(p.pass), nil
	}
	return []byte(p.user), nil
}

// token returns an access token, made from the refresh token when the cached
// one has ended; all nodes share it.
func (c *conn) token(ctx context.Context) (string, error) {
	if c.env.Cache == nil {
		t, _, err := c.freshToken(ctx)
		return t, err
	}
	return c.env.Cache.Once(ctx, tokenKey, c.freshToken)
}

const tokenKey = "oauth-access-token"

// forgetToken drops a token the server refused, so that the next sign-in makes
// a new one.
func (c *conn) forgetToken(ctx context.Context) {
	if c.env.Cache != nil && c.settings.OAuth != nil {
		_ = c.env.Cache.Delete(ctx, tokenKey) // it ends by itself
	}
}

func (c *conn) freshToken(ctx context.Context) (string, time.Duration, error) {
	o := c.settings.OAuth
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {o.ClientID}, "refresh_token": {o.RefreshToken}}
	if o.ClientSecret != "" {
		form.Set("client_secret", o.ClientSecret)
	}
	ctx, cancel := context.WithTimeout(ctx, replyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, tokenAway(fmt.Errorf("ask for a token: %w", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := c.env.HTTP.Do(req)
	if err != nil {
		return "", 0, tokenAway(connector.NetworkError(err, false).Err)
	}
	defer resp.Body.Close()
	var got struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
		Error   string `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&got); err != nil || got.Token == "" {
		if resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
			return "", 0, &connector.Error{Class: connector.NeedsLogin, Code: "oauth_" + safeCode(got.Error), Scope: connector.ScopeLink,
				Err: fmt.Errorf("the token address answered %d", resp.StatusCode),
				Shown: connector.Text{
					EN: "The provider no longer accepts the refresh token. Grant access again and enter the new token.",
					ZH: "服务商不再接受刷新令牌。请重新授权并填写新的令牌。",
				}}
		}
		return "", 0, tokenAway(fmt.Errorf("the token address answered %d", resp.StatusCode))
	}
	life := time.Duration(got.Seconds)*time.Second - 2*time.Minute
	return got.Token, max(life, time.Minute), nil
}

func tokenAway(err error) error {
	return &connector.Error{Class: connector.Transient, Code: "oauth_unreachable", Scope: connector.ScopeLink, Err: err,
		Shown: connector.Text{EN: "The provider's token address does not answer. It is tried again.", ZH: "服务商的令牌地址没有响应，将自动重试。"}}
}

// safeCode keeps a code of the provider to letters and underscores.
func safeCode(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
	if s == "" {
		return "refused"
	}
	return s[:min(len(s), 40)]
}
