package email

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"parley/core/connector"
)

// smtpFailed classes a failure before the mail was accepted: by the server's
// code where it gave one, otherwise as the network's.
func smtpFailed(step string, err error) error {
	var e *connector.Error
	if errors.As(err, &e) {
		return e
	}
	var refused *smtp.SMTPError
	if !errors.As(err, &refused) {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return &connector.Error{Class: connector.Transient, Code: "cancelled", Err: fmt.Errorf("SMTP %s: %w", step, err)}
		}
		return &connector.Error{Class: connector.Transient, Code: "smtp_" + step, Scope: connector.ScopeAccount, Err: fmt.Errorf("SMTP %s: %w", step, err),
			Shown: connector.Text{
				EN: "The mail server broke off before it took the mail. It is tried again.",
				ZH: "邮件服务器在接收前中断，将自动重试。",
			}}
	}
	return refusal(step, refused)
}

func refusal(step string, r *smtp.SMTPError) *connector.Error {
	code := strconv.Itoa(r.Code)
	if r.EnhancedCode != (smtp.EnhancedCode{}) && r.EnhancedCode != smtp.NoEnhancedCode && r.EnhancedCode[0] > 0 {
		code = fmt.Sprintf("%d %d.%d.%d", r.Code, r.EnhancedCode[0], r.EnhancedCode[1], r.EnhancedCode[2])
	}
	words := strings.Join(strings.Fields(r.Message), " ")
	words = words[:min(len(words), 300)]
	e := &connector.Error{Code: code, Err: fmt.Errorf("SMTP %s refused: %s %s", step, code, words)}
	lower := strings.ToLower(words)
	switch {
	case r.Code == 530 || r.Code == 535 || r.Code == 534:
		return authRefused(e)
	case r.Code < 500 && limited(lower):
		e.Class, e.Scope, e.RetryAfter = connector.RateLimited, connector.ScopeAccount, 15*time.Minute
		e.Shown = connector.Text{
			EN: "The provider limits how much may be sent just now (" + code + "). It is tried again later.",
			ZH: "服务商限制了发信频率（" + code + "），稍后自动重试。",
		}
	case r.Code < 500:
		e.Class = connector.Transient
		if step == "rcpt" { // greylisting: a second try within minutes is refused too
			e.RetryAfter = 5 * time.Minute
			e.Scope = connector.ScopeThread
		}
		e.Shown = connector.Text{
			EN: "The mail server asks to try again later (" + code + ").",
			ZH: "邮件服务器要求稍后重试（" + code + "）。",
		}
	case step == "greeting":
		e.Class, e.Scope = connector.Transient, connector.ScopeAccount
		e.Shown = connector.Text{
			EN: "The mail server does not talk to the hub (" + code + "). Check host and port.",
			ZH: "邮件服务器拒绝会话（" + code + "）。请检查主机和端口。",
		}
	case step == "mail":
		e.Class, e.Scope = connector.Invalid, connector.ScopeAccount
		e.Shown = connector.Text{
			EN: "The provider does not let this user send from this address (" + code + "): " + words,
			ZH: "服务商不允许该用户以此地址发信（" + code + "）：" + words,
		}
	case step == "rcpt" && gone(r):
		e.Class, e.Scope = connector.Gone, connector.ScopeThread
		e.Shown = connector.Text{
			EN: "The customer's address does not exist any more (" + code + "): " + words,
			ZH: "客户的邮箱地址不存在（" + code + "）：" + words,
		}
	case r.Code == 552 || strings.Contains(lower, "too large") || strings.Contains(lower, "too big") || strings.Contains(lower, "size"):
		e.Class = connector.Invalid
		e.Shown = connector.Text{
			EN: "The mail is too large for the provider (" + code + ").",
			ZH: "邮件超过服务商的大小限制（" + code + "）。",
		}
	default:
		e.Class = connector.Invalid
		e.Shown = connector.Text{
			EN: "The provider refused the mail (" + code + "): " + words,
			ZH: "服务商拒绝了此邮件（" + code + "）：" + words,
		}
	}
	return e
}

// gone reports a recipient who is no more, as against one who is full, closed
// to us, or too far away.
func gone(r *smtp.SMTPError) bool {
	if r.EnhancedCode[0] == 5 {
		return r.EnhancedCode[1] == 1 && r.EnhancedCode[2] != 8 || r.EnhancedCode[1] == 2 && r.EnhancedCode[2] == 1
	}
	return r.Code == 550 || r.Code == 551 || r.Code == 553
}

func limited(text string) bool {
	for _, word := range []string{"rate", "limit", "quota", "too many", "throttl", "frequen", "exceed", "4.7.0 try again", "频率", "频繁"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// smtpAuthFailed reads a no to a sign-in.
func smtpAuthFailed(err error) *connector.Error {
	var refused *smtp.SMTPError
	if !errors.As(err, &refused) {
		var e *connector.Error
		if errors.As(smtpFailed("auth", err), &e) {
			return e
		}
		return &connector.Error{Class: connector.Transient, Code: "smtp_auth", Err: err}
	}
	e := refusal("auth", refused)
	if refused.Code >= 500 && e.Class != connector.NeedsLogin && refused.Code != 502 && refused.Code != 503 && refused.Code != 554 {
		return authRefused(e)
	}
	if refused.Code < 500 {
		e.Scope = connector.ScopeAccount
	}
	return e
}

func authRefused(e *connector.Error) *connector.Error {
	e.Class, e.Scope = connector.NeedsLogin, connector.ScopeLink
	e.Shown = connector.Text{
		EN: "The provider refuses user name or password for sending. Check the authorisation code, and that SMTP is switched on.",
		ZH: "服务商拒绝了发信的用户名或密码。请检查授权码，并确认已开启 SMTP。",
	}
	return e
}

func tooLarge(limit int64) error {
	return &connector.Error{Class: connector.Invalid, Code: "too_large", Shown: connector.Text{
		EN: fmt.Sprintf("The mail is larger than the %d MB its provider takes. Send large files as a link.", limit>>20),
		ZH: fmt.Sprintf("邮件超过服务商 %d MB 的上限，请以链接方式发送大文件。", limit>>20),
	}}
}
