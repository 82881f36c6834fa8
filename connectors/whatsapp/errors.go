//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"

	"parley/core/connector"
)

func badTarget(err error) *connector.Error {
	return &connector.Error{Class: connector.Invalid, Code: "bad_target", Err: err, Shown: text("This is no chat or message of WhatsApp.", "这不是有效的 WhatsApp 会话或消息。")}
}

// plain takes addresses and what may be a token out of a cause.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// meaning is what an error code of an acknowledgement or answer means.
type meaning struct {
	code  string
	name  string
	class connector.Class
	scope connector.Scope
	wait  time.Duration
	shown connector.Text
}

// catalogue is what is known of the server's codes; WhatsApp publishes none. The
// sources are whatsmeow's constants and issues.
func catalogue() []meaning {
	return []meaning{
		{"400", "refused", connector.Invalid, "", 0, text("WhatsApp refuses this message.", "WhatsApp 拒绝了此消息。")},
		{"401", "not_signed_in", connector.NeedsLogin, connector.ScopeLink, 0, text("The device is not linked any more. Link it again in the account's settings.", "设备已解除关联，请在账号设置中重新关联。")},
		{"403", "no_member", connector.Gone, "", 0, text("The account is not in this group any more. Have it added again.", "该号码已不在群组中，重新加入后才能发言。")},
		{"404", "not_on_whatsapp", connector.Gone, "", 0, text("This number is not on WhatsApp.", "该号码未注册 WhatsApp。")},
		{"405", "not_allowed", connector.Invalid, "", 0, text("Only administrators may write to this group.", "此群组仅限管理员发言。")},
		{"419", "limit", connector.RateLimited, connector.ScopeAccount, 10 * time.Minute, text("WhatsApp takes no more messages from this number for a while. They are sent later by themselves.", "WhatsApp 暂时不再接收此号码的消息，系统稍后会自动发送。")},
		{"429", "rate", connector.RateLimited, connector.ScopeAccount, 2 * time.Minute, text("This number sends too fast. WhatsApp takes its messages again in a moment; lower the pace in the account's settings.", "该号码发送过快，稍后系统会自动重发；请在账号设置中降低发送速度。")},
		{"463", "cold_contact", connector.WindowClosed, "", 0, text("WhatsApp does not let this number write to people who never wrote to it. Wait for their message.", "WhatsApp 不允许此号码主动联系从未来信的人，请等待对方来信。")},
		{"475", "not_trusted", connector.Gone, "", 0, text("WhatsApp does not let this number write to this person.", "WhatsApp 不允许此号码联系该用户。")},
		{"479", "bad_stanza", connector.Invalid, "", 0, text("WhatsApp cannot read this message. Update Parley.", "WhatsApp 无法识别此消息，请升级 Parley。")},
		{"500", "server", connector.Transient, "", 0, text("WhatsApp had trouble. The message is sent again by itself.", "WhatsApp 服务异常，系统会自动重发。")},
		{"501", "not_known", connector.Invalid, "", 0, text("WhatsApp does not know this kind of request any more. Update Parley.", "WhatsApp 已不再支持此类请求，请升级 Parley。")},
		{"503", "server", connector.Transient, "", 0, text("WhatsApp had trouble. The message is sent again by itself.", "WhatsApp 服务异常，系统会自动重发。")},
	}
}

var codeIn = regexp.MustCompile(`(?:server returned error|returned status) (\d{3})`)

// refusal classes an error of sending. What the server said no to did surely not
// arrive. An acknowledgement that did not come leaves it open; everything before
// the message itself, such as asking for keys, sent nothing.
func refusal(err error) *connector.Error {
	var cut *whatsmeow.DisconnectedError
	if m := codeIn.FindStringSubmatch(err.Error()); m != nil {
		for _, known := range catalogue() {
			if known.code == m[1] {
				return &connector.Error{Class: known.class, Code: known.name, Scope: known.scope, RetryAfter: known.wait, Shown: known.shown, Err: plain(err)}
			}
		}
		return &connector.Error{Class: connector.Invalid, Code: m[1], Err: plain(err), Shown: text("WhatsApp refuses this message ("+m[1]+").", "WhatsApp 拒绝了此消息（"+m[1]+"）。")}
	}
	switch {
	case errors.Is(err, whatsmeow.ErrMessageTimedOut), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &cut) && strings.HasPrefix(cut.Action, "message send"):
		return &connector.Error{Class: connector.Uncertain, Code: "no_answer", Err: plain(err)}
	case errors.Is(err, whatsmeow.ErrNotLoggedIn):
		return unlinked()
	case strings.Contains(err.Error(), "no LID found"):
		return refusal(errors.New("server returned error 404"))
	}
	return &connector.Error{Class: connector.Transient, Code: "network", Err: plain(err)}
}
