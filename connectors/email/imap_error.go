package email

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"parley/core/connector"
)

// imapFailed classes a failure of a command: the connection or the server, never
// the credentials.
func imapFailed(step string, err error) error {
	var e *connector.Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	e = &connector.Error{Class: connector.Transient, Code: "imap_" + step, Scope: connector.ScopeLink, Err: fmt.Errorf("IMAP %s: %w", step, err),
		Shown: connector.Text{
			EN: "The mail server broke off or did not answer. It is tried again by itself.",
			ZH: "邮件服务器中断连接或没有响应，将自动重试。",
		}}
	return e
}

// openFailed tells a mailbox that is not there from a server in trouble.
func openFailed(name string, err error) error {
	var no *imap.Error
	if !errors.As(err, &no) || no.Type != imap.StatusResponseTypeNo || passing(no) {
		return imapFailed("select", err)
	}
	e := &connector.Error{Class: connector.Invalid, Code: "mailbox_missing", Scope: connector.ScopeLink, Err: fmt.Errorf("select %q: %s", name, no.Text),
		Shown: connector.Text{
			EN: "There is no mailbox " + name + ". Check its name.",
			ZH: "没有名为 " + name + " 的文件夹，请检查名称。",
		}}
	if strings.Contains(strings.ToLower(no.Text), "unsafe") {
		e.Class, e.Code = connector.NeedsLogin, "unsafe_login"
		e.Shown = connector.Text{
			EN: "The provider calls this an unsafe sign-in. Switch IMAP on in the mailbox's settings and use its authorisation code.",
			ZH: "服务商提示登录不安全（Unsafe Login）。请在邮箱设置中开启 IMAP 并使用授权码。",
		}
	}
	return e
}

// loginFailed reads a server's no. Only what can be nothing but the credentials
// asks for them: a server that is busy, or a connection that broke, must never
// switch a mailbox off.
func loginFailed(err error) *connector.Error {
	var no *imap.Error
	if !errors.As(err, &no) {
		var e *connector.Error
		if errors.As(imapFailed("login", err), &e) {
			return e
		}
		return &connector.Error{Class: connector.Transient, Code: "cancelled", Scope: connector.ScopeLink, Err: err}
	}
	cause := fmt.Errorf("sign in: %s", strings.TrimSpace(string(no.Code)+" "+no.Text))
	if passing(no) {
		return &connector.Error{Class: connector.RateLimited, Code: "login_limited", Scope: connector.ScopeLink, RetryAfter: 2 * time.Minute, Err: cause,
			Shown: connector.Text{
				EN: "The provider does not let the hub in just now: too many sign-ins, or its system is busy. It is tried again; if it stays so, check the authorisation code and that IMAP is switched on.",
				ZH: "服务商暂时拒绝登录：登录过于频繁或系统繁忙，将自动重试。若持续出现，请检查授权码以及是否已开启 IMAP。",
			}}
	}
	return &connector.Error{Class: connector.NeedsLogin, Code: "auth_failed", Scope: connector.ScopeLink, Err: cause,
		Shown: connector.Text{
			EN: "The provider refuses user name or password. Many want an authorisation code or app password instead, and IMAP switched on in the mailbox's settings.",
			ZH: "服务商拒绝了用户名或密码。许多邮箱需要使用授权码，并在邮箱设置中开启 IMAP。",
		}}
}

// passing reports a refusal that may end by itself.
func passing(no *imap.Error) bool {
	switch no.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeContactAdmin:
		return true
	case imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeExpired:
		return false
	}
	text := strings.ToLower(no.Text)
	for _, word := range []string{"try again", "temporar", "too many", "busy", "frequen", "rate limit", "overload", "unavailable", "timeout", "timed out", "internal error", "频繁", "繁忙", "稍后"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
