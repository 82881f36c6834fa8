package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// appID is what an account is called; what is not one is an account that was
// never authorised.
var appID = regexp.MustCompile(`^wx[0-9A-Za-z]{16}$`)

// Authorize makes the address of the page where an administrator scans the code.
// The page takes it only from a page of the domain given as 授权发起页域名, which
// must be the hub's.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Authorization_Process_Technical_Description.html
func (c *ComponentConn) Authorize(ctx context.Context, account connector.Account, back connector.Back) (connector.Visit, error) {
	ask := struct {
		AppID string `json:"component_appid"`
	}{c.api.appID}
	var got struct {
		status
		Code    string `json:"pre_auth_code"`
		Expires int64  `json:"expires_in"`
	}
	if err := c.call(ctx, "/cgi-bin/component/api_create_preauthcode", ask, &got); err != nil {
		return connector.Visit{}, connector.Harmless(err)
	}
	q := url.Values{"component_appid": {c.api.appID}, "pre_auth_code": {got.Code}, "redirect_uri": {back.Whole()}}
	if appID.MatchString(string(account.RemoteID)) {
		q.Set("biz_appid", string(account.RemoteID))
	} else {
		q.Set("auth_type", "3") // official accounts and mini-programs
	}
	return connector.Visit{
		URL:     c.page + "/cgi-bin/componentloginpage?" + q.Encode(),
		Expires: c.api.env.Clock().Add(time.Duration(got.Expires) * time.Second),
	}, nil
}

// Authorized spends the code the administrator came back with.
func (c *ComponentConn) Authorized(ctx context.Context, returned url.Values) (connector.Granted, error) {
	code := returned.Get("auth_code")
	if code == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Code: "no_code", Err: errors.New("the page led back without a code"),
			Shown: text("WeChat led back without an authorisation: it was not confirmed.", "微信未返回授权码：授权未确认。")}
	}
	id, err := c.query(ctx, code)
	if err != nil {
		return connector.Granted{}, err
	}
	g := &authorizer{c.platform, id}
	if err := g.forget(ctx, g.name("code"), code); err != nil {
		return connector.Granted{}, err
	}
	known, err := c.about(ctx, id)
	if err != nil {
		return connector.Granted{}, err
	}
	return connector.Granted{Accounts: []connector.Account{{RemoteID: id, Name: known.Name}}}, nil
}

// function is a set of permissions an account gave.
type function struct {
	Category struct {
		ID int `json:"id"`
	} `json:"funcscope_category"`
}

// The permissions to read and send messages: 消息管理 of official accounts,
// 客服消息管理 of mini-programs.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/product/third_party_authority_instructions.html
const (
	officialMessages = 1
	miniMessages     = 19
)

// learn asks what an account is, and keeps it. funcs are the permissions it
// gave; nil: as the platform says now.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/api_get_authorizer_info.html
func (g *authorizer) learn(ctx context.Context, funcs []function) (about, error) {
	ask := struct {
		AppID   string `json:"component_appid"`
		Account string `json:"authorizer_appid"`
	}{g.api.appID, string(g.id)}
	var got struct {
		status
		Info struct {
			Name     string          `json:"nick_name"`
			Original string          `json:"user_name"`
			Mini     json.RawMessage `json:"MiniProgramInfo"`
		} `json:"authorizer_info"`
		Authorization struct {
			Funcs []function `json:"func_info"`
		} `json:"authorization_info"`
	}
	if err := g.call(ctx, "/cgi-bin/component/api_get_authorizer_info", ask, &got); err != nil {
		return about{}, connector.Harmless(ofAccount(err))
	}
	if funcs == nil {
		funcs = got.Authorization.Funcs
	}
	a := about{Original: got.Info.Original, Name: got.Info.Name, Mini: len(got.Info.Mini) > 0 && string(got.Info.Mini) != "null"}
	need := officialMessages
	if a.Mini {
		need = miniMessages
	}
	a.Lacks = !slices.ContainsFunc(funcs, func(f function) bool { return f.Category.ID == need })
	raw, _ := json.Marshal(a) // strings and truth values always encode
	return a, g.api.env.Cache.Set(ctx, g.name("about"), string(raw), kept)
}

// Refresh keeps the accounts' tokens fresh and turns their lights.
func (c *ComponentConn) Refresh(ctx context.Context) error {
	if _, err := c.token(ctx); err != nil {
		e := connector.AsError(err)
		c.waiting.Store(e.Code == "no_ticket")
		if e.Code == "no_ticket" {
			// The platform may have been told to stop pushing it; asking does no harm.
			if bad := connector.AsError(c.startTicket(ctx)); bad != nil && bad.Class == connector.NeedsLogin {
				e = bad
			}
		}
		c.say(e)
		return err
	}
	c.waiting.Store(false)
	c.api.env.State(goodPlatform())
	if err := c.settle(ctx); err != nil {
		return err
	}
	for _, id := range c.named {
		c.refresh(ctx, id)
	}
	return nil
}

// refresh looks after one account.
func (c *ComponentConn) refresh(ctx context.Context, id canon.RemoteID) {
	if !appID.MatchString(string(id)) {
		c.api.env.State(connector.State{Account: id, Health: connector.HealthPoor, Code: "not_authorised",
			Text:   text("No account has been authorised yet.", "尚未有账号授权。"),
			Remedy: text("Press “Authorise” on the account's page and have its administrator scan the code.", "请在账号页面点击“去授权”，由公众号或小程序管理员扫码确认。")})
		return
	}
	g := &authorizer{c.platform, id}
	if _, err := g.token(ctx); err != nil {
		c.sayOf(id, connector.AsError(err))
		return
	}
	known, err := c.about(ctx, id)
	if err == nil && known.Original == "" || known.Lacks {
		known, err = g.learn(ctx, nil)
	}
	if err == nil {
		c.know(id, known)
	}
	if err == nil && known.Lacks {
		c.api.env.State(connector.State{Account: id, Health: connector.HealthBad, Code: "permission",
			Text:   text("The account did not give the permission to read and send messages.", "该账号未授予消息管理权限。"),
			Remedy: text("Authorise it again and leave message management (消息管理, of mini-programs 客服消息管理) ticked.", "请重新授权，并勾选“消息管理”（小程序为“客服消息管理”）权限。")})
		return
	}
	c.api.env.State(connector.State{Account: id, Health: connector.HealthGood, Code: "ok", Text: text("Authorised and working", "已授权，运行正常")})
}

func goodPlatform() connector.State {
	return connector.State{Health: connector.HealthGood, Code: "ok", Text: text("WeChat sends its ticket and takes the credentials.", "票据推送正常，凭据有效。")}
}

// say turns the light of the whole platform, sayOf that of an account.
func (c *ComponentConn) say(e *connector.Error) { c.api.env.State(lightOf(e)) }

func (c *ComponentConn) sayOf(id canon.RemoteID, e *connector.Error) {
	if e.Scope == connector.ScopeLink {
		c.say(e)
		return
	}
	s := lightOf(e)
	s.Account = id
	c.api.env.State(s)
}

func lightOf(e *connector.Error) connector.State {
	s := connector.State{Health: connector.HealthPoor, Code: e.Code, Text: e.Shown}
	if s.Text.EN == "" {
		s.Text = text("WeChat could not be reached.", "无法连接微信服务器。")
	}
	switch {
	case e.Class == connector.NeedsLogin && e.Scope == connector.ScopeAccount:
		s.Health, s.Remedy = connector.HealthBad, text("Press “Authorise again” on the account's page.", "请在账号页面点击“重新授权”。")
	case e.Class == connector.NeedsLogin:
		s.Health, s.Remedy = connector.HealthBad, text("Correct the settings of the third-party platform and save.", "请更正第三方平台配置并保存。")
	default:
		s.Remedy = text("It is tried again by itself.", "系统会自动重试。")
	}
	return s
}

// startTicket has the platform push its tickets.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/component_verify_ticket_service.html
func (p *platform) startTicket(ctx context.Context) error {
	ask := struct {
		AppID  string `json:"component_appid"`
		Secret string `json:"component_secret"`
	}{p.api.appID, p.api.secret}
	var got struct{ status }
	if err := p.api.exchange(ctx, "/cgi-bin/component/api_start_push_ticket", nil, ask, &got); err != nil {
		return connector.Harmless(err)
	}
	return p.api.verdict(got.status)
}

// Probe checks the credentials, the key, and what came of the ticket.
func (c *ComponentConn) Probe(ctx context.Context, step func(connector.Check)) error {
	began := c.api.env.Clock()
	err := c.startTicket(ctx)
	c.api.step(step, began, text("AppID and AppSecret of the third-party platform", "第三方平台 AppID 与 AppSecret"), err,
		text("Copy both again, and put the hub's address on the IP whitelist.", "请重新复制，并把本系统出口 IP 加入白名单。"))
	if err != nil {
		return err
	}
	began = c.api.env.Clock()
	_, err = c.api.seal.close([]byte("<xml></xml>"), began)
	c.api.step(step, began, text("Message encryption key", "消息加解密 Key"), err, text("Copy the 43 characters again.", "请重新复制 43 位密钥。"))
	if err != nil {
		return err
	}
	began = c.api.env.Clock()
	_, err = c.token(ctx)
	if e := connector.AsError(err); e != nil && e.Code == "no_ticket" {
		step(connector.Check{Name: text("Ticket (component_verify_ticket)", "票据（component_verify_ticket）"), OK: true, Detail: e.Shown})
		return nil
	}
	c.api.step(step, began, text("Ticket (component_verify_ticket)", "票据（component_verify_ticket）"), err,
		text("See that the callback address is entered as 授权事件接收 URL.", "请确认回调地址已填入“授权事件接收 URL”。"))
	return err
}
