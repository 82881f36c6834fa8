package wechat

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// KindComponent is the word for accounts that authorised a third-party platform.
const KindComponent = "wechatopen"

// Component returns the driver of third-party platforms of the WeChat Open
// Platform (开放平台第三方平台): official accounts and mini-programs whose
// administrators authorised it, all over one pair of callback addresses.
func Component() connector.Driver { return component{} }

type component struct{}

// Spec describes the kind.
func (component) Spec() connector.Spec {
	ceiling := officialCaps(soundEverything{})
	ceiling.Ops[connector.OpsAuthorize] = connector.Full
	return connector.Spec{
		Kind: KindComponent,
		Name: text("WeChat Open Platform", "微信开放平台（第三方平台）"),
		Help: text("Official accounts and mini-programs that authorise your third-party platform by scanning a code. You need the third-party platform's AppID, AppSecret, token and key, once for all accounts.",
			"公众号、小程序管理员扫码授权给您的第三方平台即可接入。只需填写一次第三方平台的 AppID、AppSecret、Token 和密钥，适用于所有授权账号。"),
		Row: "china", Form: componentForm(), Ceiling: ceiling, ManyAccounts: true,
		Docs: "docs/connectors/wechatopen.md", Callbacks: componentCallbacks(),
	}
}

// componentCallbacks are the two addresses of a third-party platform.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/operation/thirdparty/prepare.html
func componentCallbacks() []connector.Callback {
	return []connector.Callback{
		{Name: text("Authorisation events (授权事件接收 URL)", "授权事件接收 URL"),
			Help: text("At open.weixin.qq.com under 管理中心 → 第三方平台 → 详情 → 开发资料. WeChat sends its ticket here every ten minutes, and tells who authorised or took it back.",
				"open.weixin.qq.com “管理中心 → 第三方平台 → 详情 → 开发资料”。微信每十分钟向此地址推送票据，并通知授权和取消授权。")},
		{Path: "/$APPID$", Name: text("Messages and events (消息与事件接收 URL)", "消息与事件接收 URL"),
			Help: text("In the same place, exactly as it stands: WeChat puts each account's AppID in place of $APPID$. What customers write comes here.",
				"同一位置，原样填写（含 $APPID$）：微信会自动替换为各授权账号的 AppID。客户的消息推送到此地址。")},
	}
}

// Same is the third-party platform.
func (component) Same(v connector.Values) string {
	return v["app_id"] + " at " + strings.TrimRight(v["api_base"], "/")
}

// ComponentConn is one third-party platform with the accounts that authorised it.
type ComponentConn struct {
	*platform
	named []canon.RemoteID // the accounts linked

	mu   sync.Mutex
	subs map[canon.RemoteID]*Conn
}

// platform is what a third-party platform does in its own name.
type platform struct {
	api     *Conn // without an account: its calls carry no token of one
	page    string
	waiting atomic.Bool // for the first ticket
}

var (
	_ connector.Webhook         = (*ComponentConn)(nil)
	_ connector.Replier         = (*ComponentConn)(nil)
	_ connector.Authorizer      = (*ComponentConn)(nil)
	_ connector.Refresher       = (*ComponentConn)(nil)
	_ connector.Uploader        = (*ComponentConn)(nil)
	_ connector.AccountUploader = (*ComponentConn)(nil)
	_ connector.Fetcher         = (*ComponentConn)(nil)
	_ connector.Typer           = (*ComponentConn)(nil)
	_ connector.Templater       = (*ComponentConn)(nil)
	_ connector.Profiler        = (*ComponentConn)(nil)
	_ connector.Menuer          = (*ComponentConn)(nil)
	_ connector.Prober          = (*ComponentConn)(nil)
	_ connector.Rehearser       = (*ComponentConn)(nil)
)

// Open makes a Conn of a completed form. What is known of the accounts comes from
// the link's kept values.
func (component) Open(ctx context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	v := link.Config
	api, err := open(connector.Link{Config: connector.Values{
		"app_id": v["app_id"], "app_secret": v["app_secret"], "token": v["token"], "aes_key": v["aes_key"], "mode": "safe", "api_base": v["api_base"],
	}}, env, false)
	if err != nil {
		return nil, err
	}
	spec := componentForm()
	api.hide = func(s string) string { return spec.RedactText(v, s) }
	c := &ComponentConn{platform: &platform{api: api, page: strings.TrimRight(v["page_base"], "/")}, subs: map[canon.RemoteID]*Conn{}}
	if c.page == "" {
		c.page = defaultPage
	}
	for _, a := range link.Accounts {
		if a.RemoteID == "" {
			continue
		}
		known, err := c.about(ctx, a.RemoteID)
		if err != nil {
			return nil, err
		}
		c.named = append(c.named, a.RemoteID)
		c.subs[a.RemoteID] = c.made(a.RemoteID, known)
	}
	return c, nil
}

// sub is one account, as if it were linked by itself, but for whose tokens it
// calls with and how it is named. Of one nobody linked, nothing is known.
func (c *ComponentConn) sub(id canon.RemoteID) *Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.subs[id]; s != nil {
		return s
	}
	return c.made(id, about{})
}

// know has an account's Conn follow what is known of it.
func (c *ComponentConn) know(id canon.RemoteID, known about) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.subs[id]; s == nil || s.original != known.Original || s.mini != known.Mini {
		c.subs[id] = c.made(id, known)
	}
}

// made makes the Conn of an account.
func (c *ComponentConn) made(id canon.RemoteID, known about) *Conn {
	s := &Conn{env: c.api.env, mini: known.Mini, account: id, as: id, original: known.Original, appID: string(id),
		seal: c.api.seal, base: c.api.base, hide: c.api.hide, by: &authorizer{c.platform, id}, caps: officialCaps(c.api.env.Convert)}
	if s.mini {
		s.caps = miniCaps()
	}
	s.caps.Ops[connector.OpsAuthorize] = connector.Full
	return s
}

// about is what is known of an account.
type about struct {
	Original string `json:"original"` // gh_…
	Name     string `json:"name"`
	Mini     bool   `json:"mini"`
	Lacks    bool   `json:"lacks"` // the permission to read and send messages
}

// kept is how long what must not be lost is kept: an account's refresh token
// counts until the account takes it back.
const kept = 10 * 365 * 24 * time.Hour

func (p *platform) about(ctx context.Context, id canon.RemoteID) (a about, err error) {
	if p.api.env.Cache == nil {
		return a, nil
	}
	raw, ok, err := p.api.env.Cache.Get(ctx, "about:"+string(id))
	if err != nil || !ok {
		return a, err
	}
	return a, json.Unmarshal([]byte(raw), &a)
}

// Close lets go of nothing: the client belongs to the hub.
func (c *ComponentConn) Close(context.Context) error { return nil }

// Capabilities are those of the account the thread is on.
func (c *ComponentConn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	return c.sub(key.Account).Capabilities(key)
}
