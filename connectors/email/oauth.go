package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core/connector"
)

// tokenKey names the access token all nodes share.
const tokenKey = "oauth-access-token"

// kept is how long a refresh token that took another's place is kept: until it is
// replaced in turn, or the mailbox is authorised again.
const kept = 10 * 365 * 24 * time.Hour

// token returns an access token, made from the refresh token when the cached
// one has ended; all nodes share it.
func (c *conn) token(ctx context.Context) (string, error) {
	if c.settings.OAuth.RefreshToken == "" {
		return "", unauthorised()
	}
	if c.env.Cache == nil {
		t, _, err := c.freshToken(ctx)
		return t, err
	}
	return c.env.Cache.Once(ctx, tokenKey, c.freshToken)
}

// forgetToken drops a token the server refused, so that the next sign-in makes
// a new one.
func (c *conn) forgetToken(ctx context.Context) {
	if c.env.Cache != nil && c.settings.OAuth != nil {
		_ = c.env.Cache.Delete(ctx, tokenKey) // it ends by itself
	}
}

// withToken does what signs in, and once more where a token was refused: it may have
// ended before its time, and the next one is made anew.
func (c *conn) withToken(do func() error) error {
	err := do()
	var e *connector.Error
	if c.settings.OAuth == nil || !errors.As(err, &e) || e.Code != tokenNotTaken {
		return err
	}
	return do()
}

// tokenNotTaken is the code of a sign-in refused with a token.
const tokenNotTaken = "token_refused"

// notTaken words a refusal of a sign-in with a token, and drops the token.
func (c *conn) notTaken(ctx context.Context, e *connector.Error) *connector.Error {
	if c.settings.OAuth == nil || e.Class != connector.NeedsLogin {
		return e
	}
	c.forgetToken(ctx)
	e.Code = tokenNotTaken
	e.Shown = connector.Text{
		EN: "The mail server does not let the hub in with what was granted. Authorise the account again, as the owner of " + c.settings.Address + "; at a company, IMAP and SMTP sign-in may be switched off.",
		ZH: "邮件服务器不接受已授予的权限。请以 " + c.settings.Address + " 的所有者身份重新授权；企业邮箱可能关闭了 IMAP 或 SMTP 登录。",
	}
	return e
}

// unauthorised is why a mailbox is not read that nobody has authorised yet.
func unauthorised() *connector.Error {
	return &connector.Error{Class: connector.NeedsLogin, Code: "not_authorised", Scope: connector.ScopeLink, Shown: connector.Text{
		EN: "Press “Authorise” on the account's page and agree at the mail provider.",
		ZH: "请在账号页面点击“去授权”，并在邮箱服务商处确认。",
	}}
}

// issued is an answer of a token address (RFC 6749, 5.1 and 5.2).
type issued struct {
	Token   string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Seconds int    `json:"expires_in"`
	Error   string `json:"error"`
}

// life is how long the token is used: less than it lives.
func (i issued) life() time.Duration {
	return max(time.Duration(i.Seconds)*time.Second-2*time.Minute, time.Minute)
}

// freshToken makes an access token from the newest refresh token. A provider may
// give another refresh token with it, as Microsoft does each time: the one before
// ends 90 days after it was given, however often it is used.
// https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens
func (c *conn) freshToken(ctx context.Context) (string, time.Duration, error) {
	refresh, err := c.refreshToken(ctx)
	if err != nil {
		return "", 0, err
	}
	got, err := c.issue(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	if err != nil {
		return "", 0, err
	}
	if got.Refresh != "" && got.Refresh != refresh && c.env.Cache != nil {
		if err := c.env.Cache.Set(ctx, c.refreshKey(), got.Refresh, kept); err != nil {
			return "", 0, fmt.Errorf("keep the new refresh token: %w", err)
		}
	}
	return got.Token, got.life(), nil
}

// refreshToken is the newest one that came of the form's.
func (c *conn) refreshToken(ctx context.Context) (string, error) {
	if c.env.Cache != nil {
		newer, ok, err := c.env.Cache.Get(ctx, c.refreshKey())
		if err != nil {
			return "", fmt.Errorf("read the refresh token: %w", err)
		}
		if ok {
			return newer, nil
		}
	}
	return c.settings.OAuth.RefreshToken, nil
}

// refreshKey names the successor of the form's token, and of no other.
func (c *conn) refreshKey() string {
	sum := sha256.Sum256([]byte(c.settings.OAuth.RefreshToken))
	return "oauth-refresh-token:" + hex.EncodeToString(sum[:8])
}

// issue asks the token address.
func (c *conn) issue(ctx context.Context, form url.Values) (got issued, err error) {
	o := c.settings.OAuth
	form.Set("client_id", o.ClientID)
	if o.ClientSecret != "" {
		form.Set("client_secret", o.ClientSecret)
	}
	ctx, cancel := context.WithTimeout(ctx, replyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return got, tokenAway(fmt.Errorf("ask for a token: %w", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := c.env.HTTP.Do(req)
	if err != nil {
		return got, tokenAway(connector.NetworkError(err, false).Err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&got); err != nil || got.Token == "" {
		cause := fmt.Errorf("the token address answered %d", resp.StatusCode)
		if resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
			return got, c.tokenRefused(safeCode(got.Error), cause)
		}
		return got, tokenAway(cause)
	}
	return got, nil
}

// tokenRefused says what is to be done after a no of the token address.
func (c *conn) tokenRefused(code string, cause error) error {
	e := &connector.Error{Class: connector.NeedsLogin, Code: "oauth_" + code, Scope: connector.ScopeLink, Err: cause}
	switch {
	case code == "invalid_client" || code == "unauthorized_client":
		e.Shown = connector.Text{
			EN: "The provider does not accept the OAuth client id or secret. Secrets may end: make a new one where the application is registered, and enter it in the settings.",
			ZH: "服务商不接受 OAuth 客户端 ID 或密钥。密钥可能已过期：请在应用注册处新建密钥，并在设置中填写。",
		}
	case !c.settings.lends():
		e.Shown = connector.Text{
			EN: "The provider no longer accepts the refresh token. Grant access again and enter the new token.",
			ZH: "服务商不再接受刷新令牌。请重新授权并填写新的令牌。",
		}
	default:
		e.Shown = connector.Text{
			EN: "The provider no longer lets the hub into this mailbox. Press “Authorise again” on the account's page.",
			ZH: "服务商已不允许系统访问此邮箱。请在账号页面点击“重新授权”。",
		}
	}
	return e
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
