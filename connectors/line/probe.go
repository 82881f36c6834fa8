package line

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/connector"
)

// Probe tests the credentials line by line: token, account, callback address,
// and a signed callback LINE sends to it.
func (c *Conn) Probe(ctx context.Context, step func(connector.Check)) error {
	p := prober{c: c, ctx: ctx, step: step}
	p.do(text("LINE issues an access token", "LINE 可签发访问令牌"), text("Compare channel ID and channel secret with Basic settings.", "请对照 Basic settings 检查 Channel ID 和 Channel secret。"), func() (connector.Text, error) {
		_, err := c.token(ctx)
		return connector.Text{}, err
	})
	p.do(text("The account answers", "官方账号可访问"), text("Check that the Messaging API is enabled for the account.", "请确认该账号已启用 Messaging API。"), p.account)
	p.do(text("Messages left this month", "本月剩余消息数"), text("Raise the plan in LINE Official Account Manager. Replies within a minute stay free.", "请在 LINE Official Account Manager 升级套餐；一分钟内的回复始终免费。"), p.quota)
	p.do(text("LINE sends callbacks to this hub", "LINE 的回调指向本系统"),
		text("Save the account to have the address set, and turn on “Use webhook” in the Messaging API tab. The address must be https with a certificate the world knows.",
			"保存账号即可自动设置回调地址，并在 Messaging API 标签页打开“Use webhook”。地址必须为 https 且证书受信任。"), p.webhook)
	return p.err
}

type prober struct {
	c    *Conn
	ctx  context.Context
	step func(connector.Check)
	err  error
}

// do runs one step, unless an earlier one failed.
func (p *prober) do(name, remedy connector.Text, run func() (connector.Text, error)) {
	if p.err != nil {
		return
	}
	began := p.c.env.Clock()
	detail, err := run()
	check := connector.Check{Name: name, OK: err == nil, Detail: detail, Took: p.c.env.Clock().Sub(began)}
	if e := connector.AsError(err); e != nil {
		p.err = e
		check.Detail, check.Remedy = e.Shown, remedy
		if e.Shown.EN == "" {
			check.Detail = text("LINE could not be reached.", "无法连接 LINE。")
		}
	}
	p.step(check)
}

func (p *prober) account() (connector.Text, error) {
	var bot *messaging_api.BotInfoResponse
	err := p.c.call(p.ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, bot, err = api.GetBotInfoWithHttpInfo()
		return res, err
	})
	if err != nil {
		return connector.Text{}, err
	}
	name := bot.DisplayName + " " + bot.BasicId
	if bot.ChatMode == messaging_api.BotInfoResponseCHAT_MODE_BOT {
		return text(name+". Its chat is off: LINE marks messages as read by itself.", name+"。聊天功能已关闭，LINE 会自动标记已读。"), nil
	}
	return text(name, name), nil
}

func (p *prober) quota() (connector.Text, error) {
	q, err := p.c.usage(p.ctx)
	switch {
	case err != nil:
		return connector.Text{}, err
	case q.Limit == 0:
		return text("The plan sets no limit.", "套餐不限条数。"), nil
	}
	return text(fmt.Sprintf("%d of %d", max(0, q.Limit-q.Used), q.Limit), fmt.Sprintf("剩余 %d，共 %d", max(0, q.Limit-q.Used), q.Limit)), nil
}

// webhook looks where LINE sends callbacks, and has it send one.
func (p *prober) webhook() (connector.Text, error) {
	at, err := p.c.endpoint(p.ctx)
	switch {
	case err != nil:
		return connector.Text{}, err
	case at == nil || at.Endpoint == "":
		return text("No address is set yet; it is set when the account is saved.", "尚未设置回调地址，保存账号时会自动设置。"), nil
	case at.Endpoint != p.c.hook:
		return text("It is set to another address now: "+at.Endpoint+". It is moved when the account is saved.", "当前指向其他地址："+at.Endpoint+"。保存账号时会改为本系统地址。"), nil
	case !at.Active:
		return connector.Text{}, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "webhook_off",
			Shown: text("“Use webhook” is off, so LINE sends nothing.", "“Use webhook”未开启，LINE 不会推送消息。")}
	}
	return p.c.tryEndpoint(p.ctx)
}

// Rehearse is a callback without events, as LINE's own “Verify” sends it.
func (c *Conn) Rehearse() (connector.Raw, error) {
	body := []byte(`{"destination":"` + string(c.account) + `","events":[]}`)
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write(body)
	return connector.Raw{Method: http.MethodPost, Body: body, Header: http.Header{"Content-Type": {"application/json"},
		signatureHeader: {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}}, nil
}

// Pulse asks for the account.
func (c *Conn) Pulse(ctx context.Context) error {
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.GetBotInfoWithHttpInfo()
		return res, err
	})
}
