package wechat

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"parley/connectors/emulate"
)

// loginPage is where administrators authorise.
const loginPage = "/cgi-bin/componentloginpage"

// visit is a request for the page that may be shown.
type visit struct {
	back *url.URL
	only string // the account it is for
	pre  string
}

// visit holds the address of the page against the platform's rules; referer is
// the page it was opened from, "" when nobody looks.
func (c *ComponentApp) visit(q url.Values, referer string) (visit, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := visit{only: q.Get("biz_appid"), pre: q.Get("pre_auth_code")}
	back, err := url.Parse(q.Get("redirect_uri"))
	ends, given := c.pre[v.pre]
	from, _ := url.Parse(referer)
	switch {
	case q.Get("component_appid") != c.o.AppID:
		return v, errors.New("component_appid: 参数错误")
	case !given || !c.o.Clock().Before(ends):
		return v, errors.New("pre_auth_code: 授权码已失效，请重新发起授权")
	case err != nil || back.Host == "" || c.o.Domain != "" && back.Hostname() != c.o.Domain:
		return v, errors.New("redirect_uri: 请确认授权回调页所在域名与授权发起页域名相同")
	case c.o.Domain != "" && referer != "" && (from == nil || from.Hostname() != c.o.Domain):
		return v, errors.New("referer: 请确认授权入口页所在域名与授权发起页域名相同")
	case v.only != "" && c.member(v.only) == nil:
		return v, errors.New("biz_appid: 参数错误")
	case v.only == "" && !strings.Contains("123", q.Get("auth_type")) || q.Get("auth_type") == "" && v.only == "":
		return v, errors.New("auth_type: 参数错误")
	}
	v.back = back
	return v, nil
}

// Authorize is an administrator who opens the page, scans its code and confirms
// for an account. It returns the address the browser is led back to.
func (c *ComponentApp) Authorize(ctx context.Context, page, appID string) (string, error) {
	at, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	v, err := c.visit(at.Query(), "")
	if err != nil {
		return "", err
	}
	return c.confirm(ctx, v, appID)
}

func (c *ComponentApp) confirm(ctx context.Context, v visit, appID string) (string, error) {
	if v.only != "" && v.only != appID {
		return "", errors.New("biz_appid: 只能授权指定的帐号")
	}
	word, err := c.grant(ctx, v.pre, appID)
	if word == "" {
		return "", err
	}
	q := v.back.Query()
	q.Set("auth_code", word)
	q.Set("expires_in", strconv.Itoa(int(codeLife.Seconds())))
	back := *v.back
	back.RawQuery = q.Encode()
	return back.String(), err
}

// Grant is an administrator who authorises in the account's own console, or in
// a browser that is closed then: the platform tells of it, and nobody comes back.
func (c *ComponentApp) Grant(ctx context.Context, appID string) error {
	_, err := c.grant(ctx, "", appID)
	return err
}

// grant authorises the platform for an account and tells of it. It returns the
// authorisation code, which counts even when the notice was not taken.
func (c *ComponentApp) grant(ctx context.Context, pre, appID string) (word string, err error) {
	c.mu.Lock()
	m := c.member(appID)
	if m == nil {
		c.mu.Unlock()
		return "", errors.New("没有这个帐号")
	}
	kind := "authorized"
	if m.authorised {
		kind = "updateauthorized"
	}
	delete(c.pre, pre)
	m.authorised = true
	m.withhold(!slices.ContainsFunc(m.funcs, func(id int) bool { return id == officialMessages || id == miniMessages }))
	if c.messages != "" {
		m.SetHook(strings.ReplaceAll(c.messages, "$APPID$", appID))
	}
	word = c.id("queryauthcode")
	ends := c.o.Clock().Add(codeLife)
	c.codes[word] = code{account: m, ends: ends}
	c.mu.Unlock()
	return word, c.tell(ctx, kind, "<AuthorizerAppid>"+appID+"</AuthorizerAppid><AuthorizationCode>"+cdata(word)+"</AuthorizationCode><AuthorizationCodeExpiredTime>"+
		strconv.FormatInt(ends.Unix(), 10)+"</AuthorizationCodeExpiredTime><PreAuthCode>"+cdata(pre)+"</PreAuthCode>")
}

// Untick takes a set of permissions away from what an account gives from now on.
func (c *ComponentApp) Untick(appID string, id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.member(appID)
	var left []int
	for _, f := range m.funcs {
		if f != id {
			left = append(left, f)
		}
	}
	m.funcs = left
}

// TakeBack is an administrator who ends the authorisation in the account's
// console. quiet: the notice of it is lost.
func (c *ComponentApp) TakeBack(ctx context.Context, appID string, quiet bool) error {
	c.mu.Lock()
	m := c.member(appID)
	m.authorised, m.refresh = false, ""
	m.takeBack()
	m.SetHook("")
	c.mu.Unlock()
	if quiet {
		return nil
	}
	return c.tell(ctx, "unauthorized", "<AuthorizerAppid>"+appID+"</AuthorizerAppid>")
}

// PushTicket pushes a fresh ticket, as the platform does every ten minutes.
func (c *ComponentApp) PushTicket(ctx context.Context) error {
	c.mu.Lock()
	ticket := c.id("ticket")
	c.tickets[ticket] = c.o.Clock()
	c.mu.Unlock()
	return c.tell(ctx, "component_verify_ticket", "<ComponentVerifyTicket>"+cdata(ticket)+"</ComponentVerifyTicket>")
}

// Notice is what the platform tells its developer, sealed and signed: the query
// and the body of a post.
func (c *ComponentApp) Notice(kind, fields string) (query url.Values, body []byte) {
	now := c.o.Clock()
	plain := "<xml><AppId>" + c.o.AppID + "</AppId><CreateTime>" + strconv.FormatInt(now.Unix(), 10) + "</CreateTime><InfoType>" + kind + "</InfoType>" + fields + "</xml>"
	return c.SealAt([]byte(plain), now, rand.Text()[:10])
}

// SealAt seals and signs a notice at a time and with a nonce of one's own.
func (c *ComponentApp) SealAt(plain []byte, at time.Time, nonce string) (query url.Values, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	secret, err := util.EncryptMsg([]byte(rand.Text()[:16]), plain, c.o.AppID, c.o.AESKey)
	if err != nil {
		panic("emulate/wechat: the key of the options is none: " + err.Error())
	}
	query = url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {util.Signature(c.o.Token, stamp, nonce)}, "encrypt_type": {"aes"},
		"msg_signature": {util.Signature(c.o.Token, stamp, nonce, string(secret))}}
	return query, []byte("<xml><AppId>" + cdata(c.o.AppID) + "</AppId><Encrypt>" + cdata(string(secret)) + "</Encrypt></xml>")
}

// tell posts a notice; it must be answered with success.
func (c *ComponentApp) tell(ctx context.Context, kind, fields string) error {
	c.mu.Lock()
	address := c.events
	c.mu.Unlock()
	if address == "" {
		return nil
	}
	d := emulate.Delivery{Client: c.o.Client, Schedule: nil, Timeout: c.o.Patience, Good: func(r emulate.Reply) bool { return r.Status == http.StatusOK && string(r.Body) == "success" }}
	reply, err := d.Post(ctx, func(int) (*http.Request, error) {
		query, body := c.Notice(kind, fields)
		return http.NewRequest(http.MethodPost, address+"?"+query.Encode(), bytes.NewReader(body))
	})
	if err == nil && (reply.Status != http.StatusOK || string(reply.Body) != "success") {
		err = fmt.Errorf("%w: %s was answered %d %q", errAbnormal, kind, reply.Status, reply.Body)
	}
	return err
}

// loginForm shows accounts to choose from, or why there are none.
func loginForm(bad string, accounts []*Platform) g.Node {
	const style = "body{font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}button{display:block;width:100%;margin:.6rem 0;padding:.8rem;font:inherit}"
	var content g.Node = g.Group{
		h.P(g.Text("请选择要授权的帐号（代替管理员扫码）。")),
		g.Map(accounts, func(p *Platform) g.Node {
			return h.Form(h.Method("post"), h.Button(h.Name("appid"), h.Value(p.o.AppID), g.Text(p.o.Name)))
		}),
	}
	if bad != "" {
		content = h.P(h.Role("alert"), g.Text(bad))
	}
	return h.Doctype(h.HTML(h.Lang("zh"),
		h.Head(h.Meta(h.Charset("utf-8")), h.Meta(h.Name("viewport"), h.Content("width=device-width")), h.TitleEl(g.Text("公众平台帐号授权")), h.StyleEl(g.Raw(style))),
		h.Body(h.H1(g.Text("公众平台帐号授权")), content)))
}

// serveLogin shows the page, and leads whoever confirms back.
func (c *ComponentApp) serveLogin(w http.ResponseWriter, r *http.Request) {
	referer := ""
	if r.Method == http.MethodGet {
		if referer = r.Referer(); referer == "" {
			referer = "about:blank"
		}
	}
	v, err := c.visit(r.URL.Query(), referer)
	if err == nil && r.Method == http.MethodPost {
		var back string
		if back, err = c.confirm(r.Context(), v, r.PostFormValue("appid")); err == nil {
			http.Redirect(w, r, back, http.StatusSeeOther)
			return
		}
	}
	bad := ""
	if err != nil {
		bad = err.Error()
	}
	offered := slices.DeleteFunc(slices.Clone(c.Accounts()), func(p *Platform) bool { return v.only != "" && v.only != p.o.AppID })
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = loginForm(bad, offered).Render(w) // whoever asked hung up
}
