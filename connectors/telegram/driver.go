package telegram

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this connector in the API.
const Kind = "telegram"

// Driver connects bots of Telegram.
type Driver struct{}

// New returns the driver.
func New() connector.Driver { return Driver{} }

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Spec describes the connector.
func (Driver) Spec() connector.Spec {
	return connector.Spec{
		Kind: Kind,
		Name: text("Telegram", "Telegram"),
		Help: text("Serve the private chats, groups and business chats of a Telegram bot. You need the bot's token from @BotFather.",
			"接待 Telegram 机器人的私聊、群组和商务会话。需要从 @BotFather 获取机器人令牌。"),
		Row:     "world",
		Form:    form(),
		Ceiling: capabilities(true),
		Docs:    "docs/connectors/telegram.md",
	}
}

// conn is one link, whichever way it receives.
type conn struct {
	env     connector.Env
	link    connector.Link
	token   string
	bot     int64  // the bot's own id, which its token begins with
	base    string // of the Bot API server, without a slash at the end
	local   bool   // the server runs with --local
	account canon.RemoteID
	hide    func(string) string // takes the token out of a text
	hook    bool                // it receives by webhook
	menu    []command
	watch   time.Duration // how often the webhook is looked after
	well    atomic.Bool   // the state shown last was good
}

// hooked receives by webhook; its streamer keeps the webhook set.
type hooked struct{ *conn }

// polled receives by long polling.
type polled struct{ *conn }

var (
	_ connector.Webhook  = hooked{}
	_ connector.Streamer = hooked{}
	_ connector.Streamer = polled{}

	_ connector.Fetcher   = (*conn)(nil)
	_ connector.Editor    = (*conn)(nil)
	_ connector.Revoker   = (*conn)(nil)
	_ connector.Reactor   = (*conn)(nil)
	_ connector.Typer     = (*conn)(nil)
	_ connector.Marker    = (*conn)(nil)
	_ connector.Profiler  = (*conn)(nil)
	_ connector.Portrayer = (*conn)(nil)
	_ connector.Installer = (*conn)(nil)
	_ connector.Prober    = (*conn)(nil)
)

// Open makes a Conn of a completed form.
func (Driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	bot, ok := botOf(link.Config["token"])
	if !ok {
		return nil, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_token", Shown: badToken, Err: errors.New("opening a telegram link: the token is none")}
	}
	if env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("opening a telegram link: no HTTP client was lent")}
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	if env.State == nil {
		env.State = func(connector.State) {}
	}
	menu, err := readMenu(link.Config["commands"])
	if err != nil {
		return nil, &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: "bad_commands", Err: fmt.Errorf("opening a telegram link: %w", err)}
	}
	c := &conn{
		env: env, link: link, token: link.Config["token"], bot: bot, base: strings.TrimRight(link.Config["api_base"], "/"),
		local: link.Config["local_server"] == "true", account: canon.RemoteID(fmt.Sprint(bot)), menu: menu, watch: watchEvery,
	}
	if c.base == "" {
		c.base = publicServer
	}
	values := link.Config
	c.hide = func(s string) string { return form().RedactText(values, s) }
	if len(link.Accounts) == 1 && link.Accounts[0].RemoteID != "" {
		c.account = link.Accounts[0].RemoteID
	}
	if c.hook = link.Config["receive"] == receiveWebhook; c.hook {
		return hooked{c}, nil
	}
	return polled{c}, nil
}

// Close lets go of nothing: the client belongs to the hub.
func (c *conn) Close(context.Context) error { return nil }

// HookSecret is the secret token of a link's webhook: 64 characters out of the
// allowed A-Z, a-z, 0-9, _ and -, made from the bot's token so that there is
// nothing to fill in and a revoked token takes the old secret with it.
func HookSecret(token string, link canon.ID) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("telegram webhook " + link.String()))
	return hex.EncodeToString(mac.Sum(nil))
}

// Same is the bot, at its server.
func (Driver) Same(v connector.Values) string {
	bot, ok := botOf(v["token"])
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d at %s", bot, cmp.Or(strings.TrimRight(v["api_base"], "/"), publicServer))
}
