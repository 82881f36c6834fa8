package wechat

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The kinds of this family.
const (
	KindOfficial = "wechat"
	KindMini     = "wechatmini"
)

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// Official returns the driver of official accounts (公众号: 服务号, 订阅号).
func Official() connector.Driver { return official{} }

// Mini returns the driver of the customer service of mini-programs (小程序客服).
func Mini() connector.Driver { return mini{} }

type (
	official struct{}
	mini     struct{}
)

// Spec describes official accounts.
func (official) Spec() connector.Spec {
	return connector.Spec{
		Kind: KindOfficial,
		Name: text("WeChat Official Account", "微信公众号"),
		Help: text("A service or subscription account of WeChat. You need its AppID, AppSecret and the server settings of the page “Settings and development”.",
			"微信服务号或订阅号。需要 AppID、AppSecret，并在“设置与开发”中填写服务器配置。"),
		Row: "china", Form: form(false), Ceiling: officialCaps(soundEverything{}), NeedsHTTPS: false,
		Docs: "docs/connectors/wechat.md",
	}
}

// Spec describes mini-programs.
func (mini) Spec() connector.Spec {
	return connector.Spec{
		Kind: KindMini,
		Name: text("WeChat Mini Program", "微信小程序"),
		Help: text("The customer service button of a mini-program. You need its AppID, AppSecret and the message push settings of “Development management”.",
			"小程序客服。需要 AppID、AppSecret，并在“开发管理”中填写消息推送配置。"),
		Row: "china", Form: form(true), Ceiling: miniCaps(), NeedsHTTPS: true,
		Docs: "docs/connectors/wechatmini.md",
	}
}

// Conn is what both kinds have.
type Conn struct {
	env     connector.Env
	mini    bool
	account canon.RemoteID
	appID   string
	secret  string
	seal    seal
	base    string // without a slash at the end
	caps    connector.Capabilities
	windows windows
	hide    func(string) string // takes the link's secrets out of a text

	// Of an account that authorised a third-party platform: whose tokens it calls
	// with, what it is named by in place of its original id, and that id.
	by       *authorizer
	as       canon.RemoteID
	original string
}

// OfficialConn is one official account.
type OfficialConn struct{ *Conn }

// MiniConn is one mini-program.
type MiniConn struct{ *Conn }

var (
	_ connector.Webhook   = (*Conn)(nil)
	_ connector.Uploader  = (*Conn)(nil)
	_ connector.Fetcher   = (*Conn)(nil)
	_ connector.Typer     = (*Conn)(nil)
	_ connector.Templater = (*Conn)(nil)
	_ connector.Prober    = (*Conn)(nil)
	_ connector.Replier   = OfficialConn{}
	_ connector.Repeater  = OfficialConn{}
	_ connector.Profiler  = OfficialConn{}
	_ connector.Menuer    = OfficialConn{}
)

// Open makes a Conn of a completed form.
func (official) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := open(link, env, false)
	if err != nil {
		return nil, err
	}
	return OfficialConn{c}, nil
}

// Open makes a Conn of a completed form.
func (mini) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := open(link, env, true)
	if err != nil {
		return nil, err
	}
	return MiniConn{c}, nil
}

func open(link connector.Link, env connector.Env, isMini bool) (*Conn, error) {
	v := link.Config
	c := &Conn{
		env: env, mini: isMini, account: canon.RemoteID(v["account"]), appID: v["app_id"], secret: v["app_secret"],
		seal: seal{token: v["token"], aesKey: v["aes_key"], appID: v["app_id"], safe: v["mode"] != "plain"},
		base: strings.TrimRight(v["api_base"], "/"),
	}
	if c.seal.safe && len(c.seal.aesKey) != 43 {
		return nil, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_aes_key", Err: errors.New("safe mode without an EncodingAESKey of 43 characters")}
	}
	if env.HTTP == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("no HTTP client was lent")}
	}
	if c.env.Clock == nil {
		c.env.Clock = time.Now
	}
	if c.base == "" {
		c.base = defaultBase
	}
	c.caps = miniCaps()
	if !isMini {
		c.caps = officialCaps(env.Convert)
	}
	spec := form(isMini)
	c.hide = func(s string) string { return spec.RedactText(v, s) }
	return c, nil
}

// Close lets go of nothing: the client belongs to the hub.
func (c *Conn) Close(context.Context) error { return nil }

// Capabilities are the same for every thread, but for its window.
func (c *Conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := c.caps
	if w, ok := c.windows.of(key.Peer); ok {
		caps.Window.Closes, caps.Window.Left, caps.Window.Since = w.closes, w.left, w.since
	}
	return caps
}

// Same is the official account.
func (official) Same(v connector.Values) string {
	return v["app_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}

// Same is the mini-program.
func (mini) Same(v connector.Values) string {
	return v["app_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}
