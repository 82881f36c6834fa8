package email

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"parley/core/connector"
)

// visitKey keeps what a code is exchanged with: a secret of our own (RFC 7636),
// and the very address the provider leads back to.
const visitKey = "oauth-visit"

// away is how long somebody may be at the provider.
const away = 30 * time.Minute

// lending is a mailbox that its owner opens at the provider's page.
type lending struct{ of *conn }

// Authorize makes the address of the provider's page where the owner of the
// mailbox lets the hub in.
// https://developers.google.com/identity/protocols/oauth2/web-server
// https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
func (l lending) Authorize(ctx context.Context, _ connector.Account, back connector.Back) (connector.Visit, error) {
	c, o := l.of, l.of.settings.OAuth
	page, err := url.Parse(o.AuthURL)
	if err != nil {
		return connector.Visit{}, &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: "settings", Err: err, Shown: connector.Text{
			EN: "The OAuth sign-in address cannot be read. Check it in the settings.", ZH: "无法识别 OAuth 授权地址，请在设置中检查。"}}
	}
	// Two who are away at once carry the same secret: whoever comes back first must
	// not end the visit of the other.
	verifier, was, err := c.visit(ctx)
	if err != nil {
		return connector.Visit{}, err
	}
	if was != back.URL {
		verifier = rand.Text() + rand.Text()
	}
	if err := c.env.Cache.Set(ctx, visitKey, verifier+" "+back.URL, away); err != nil {
		return connector.Visit{}, fmt.Errorf("keep the visit: %w", err)
	}
	challenge := sha256.Sum256([]byte(verifier))
	q := page.Query()
	for name, value := range map[string]string{
		"client_id": o.ClientID, "redirect_uri": back.URL, "response_type": "code", "state": back.State, "scope": o.Scope,
		"code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
		"login_hint": c.settings.Address,
		// Google gives a refresh token only when asked for both.
		"access_type": "offline", "prompt": "consent",
	} {
		q.Set(name, value)
	}
	page.RawQuery = q.Encode()
	return connector.Visit{URL: page.String(), Expires: c.env.Clock().Add(away)}, nil
}

// visit is what was kept of those who are away; "" where nobody is.
func (c *conn) visit(ctx context.Context) (verifier, back string, err error) {
	raw, _, err := c.env.Cache.Get(ctx, visitKey)
	if err != nil {
		return "", "", fmt.Errorf("read the visit: %w", err)
	}
	verifier, back, _ = strings.Cut(raw, " ")
	return verifier, back, nil
}

// Authorized exchanges the code for a refresh token, which the link keeps among
// its settings, once the mailbox has opened with what came with it.
func (l lending) Authorized(ctx context.Context, returned url.Values) (connector.Granted, error) {
	c := l.of
	word := returned.Get("code")
	if word == "" {
		return connector.Granted{}, notGranted(safeCode(returned.Get("error")))
	}
	verifier, back, err := c.visit(ctx)
	if err != nil {
		return connector.Granted{}, err
	}
	if back == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "late", Shown: connector.Text{EN: "It took too long. Begin again.", ZH: "等待时间过长，请重新发起授权。"}}
	}
	got, err := c.issue(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {word}, "redirect_uri": {back}, "code_verifier": {verifier}})
	if err != nil {
		return connector.Granted{}, notExchanged(err)
	}
	if got.Refresh == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "no_refresh_token", Shown: connector.Text{
			EN: "The provider gave no lasting permission. Take this application out of the mailbox's account security, then authorise again.",
			ZH: "服务商未授予长期权限。请在该邮箱的账号安全设置中移除本应用，然后重新授权。",
		}}
	}
	if err := c.opens(ctx, got.Token); err != nil {
		return connector.Granted{}, err
	}
	return connector.Granted{
		Config:   connector.Values{"oauth_refresh_token": got.Refresh},
		Accounts: []connector.Account{{RemoteID: c.account, Name: c.settings.Address}},
	}, nil
}

// opens refuses what was granted for another mailbox. A server in trouble is no
// reason to: a code is good once.
func (c *conn) opens(ctx context.Context, token string) error {
	s, err := c.connectIMAP(ctx)
	if err != nil {
		return nil
	}
	defer s.net.Close()
	err = guarded(ctx, s.net, replyTimeout, func() error { return s.client.Authenticate(xoauth2{c.settings.IMAPUser, token}) })
	if err == nil || loginFailed(err).Class != connector.NeedsLogin {
		return nil
	}
	return &connector.Error{Class: connector.Invalid, Code: "other_mailbox", Err: err, Shown: connector.Text{
		EN: "The mailbox " + c.settings.IMAPUser + " does not open with what was granted. Sign in as its owner, and leave reading and sending mail ticked. At a company, IMAP may be switched off by its administrator.",
		ZH: "授权后仍无法打开邮箱 " + c.settings.IMAPUser + "。请以该邮箱的所有者登录，并勾选读取和发送邮件的权限；企业邮箱可能由管理员关闭了 IMAP。",
	}}
}

// notGranted is what a provider leads back with instead of a code (RFC 6749,
// 4.1.2.1).
func notGranted(code string) error {
	e := &connector.Error{Class: connector.Invalid, Code: "oauth_" + code, Err: errors.New("the provider led back without a code: " + code)}
	switch code {
	case "access_denied":
		e.Shown = connector.Text{EN: "Nothing was granted: it was cancelled at the provider, or may only be granted by the company's administrator.", ZH: "未获得授权：已在服务商处取消，或需由企业管理员同意。"}
	case "invalid_scope":
		e.Shown = connector.Text{EN: "The provider does not know the permissions asked for. Check them in the settings, and that mail is switched on for the registered application.", ZH: "服务商不识别所请求的权限。请检查设置中的权限范围，并确认已为注册的应用开通邮件权限。"}
	default:
		e.Shown = connector.Text{EN: "The provider led back without granting anything (" + code + "). Begin again.", ZH: "服务商未授予权限（" + code + "）。请重新发起授权。"}
	}
	return e
}

// notExchanged words what is amiss with a code: nothing is wrong yet with the
// mailbox.
func notExchanged(err error) error {
	e := connector.AsError(err)
	if e.Class != connector.NeedsLogin || e.Code == "oauth_invalid_client" || e.Code == "oauth_unauthorized_client" {
		return err
	}
	again := *e
	again.Class, again.Shown = connector.Invalid, connector.Text{
		EN: "The provider does not take its code back. Enter this hub's address with /channels/return behind it, letter for letter, as redirect address of the registered application, and begin again.",
		ZH: "服务商不接受授权码。请在注册的应用中将“本系统地址 + /channels/return”逐字填为重定向地址，然后重新发起授权。",
	}
	return &again
}
