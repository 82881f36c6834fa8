package cloud

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/connector"
)

// tiers are how many customers a number may begin to write to in 24 hours
// ("Messaging limits"). How many of them are used up the platform does not tell,
// so it is no quota to count down: the test shows it.
var tiers = map[string]string{"TIER_50": "50", "TIER_250": "250", "TIER_1K": "1,000", "TIER_2K": "2,000", "TIER_10K": "10,000", "TIER_100K": "100,000"}

// Probe tests the number, the token with its permissions, and the callback.
func (c *Conn) Probe(ctx context.Context, step func(connector.Check)) error {
	steps := graph.Steps{Step: step, Now: c.env.Clock}
	if err := steps.Try(text("Phone number, app secret and token", "号码、应用密钥与令牌"), text(
		"Compare the phone number ID, the app secret and the token with the App Dashboard.", "请与应用面板核对电话号码编号、应用密钥和令牌。"),
		func() (connector.Text, error) { return c.number(ctx) }); err != nil {
		return err
	}
	tokenErr := c.api.Permissions(ctx, steps, c.token, c.env.State, "whatsapp_business_messaging", "whatsapp_business_management")
	hookErr := steps.Try(text("Callbacks come to this hub", "回调已指向本系统"), text(
		"Verify the linked account: that sets it up. Or enter the callback address and verify token under WhatsApp → Configuration and subscribe to messages.",
		"关联后点击“验证”即可自动设置；也可在 WhatsApp → 配置 中填写回调网址和验证令牌，并订阅 messages。"),
		func() (connector.Text, error) { return graph.Subscribed(c.subscribed(ctx), c.linked) })
	if tokenErr != nil {
		return tokenErr
	}
	return hookErr
}

func (c *Conn) number(ctx context.Context) (connector.Text, error) {
	var n struct {
		Shown   string `json:"display_phone_number"`
		Name    string `json:"verified_name"`
		Quality string `json:"quality_rating"`
		Tier    string `json:"messaging_limit_tier"`
	}
	query := url.Values{"fields": {"display_phone_number,verified_name,quality_rating,messaging_limit_tier"}}
	if err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + string(c.account), Query: query, Token: c.token, Quiet: true}, &n); err != nil {
		return connector.Text{}, err
	}
	line := n.Name + " " + n.Shown
	if n.Quality != "" {
		line += " · " + n.Quality
	}
	out := connector.Text{EN: line, ZH: line}
	if most := tiers[n.Tier]; most != "" {
		out.EN += " · may begin with " + most + " customers in 24 hours"
		out.ZH += " · 24 小时内最多可主动联系 " + most + " 位客户"
	}
	return out, nil
}

// subscription is what the business account tells of the apps it calls.
type subscription struct {
	Data []struct {
		Override string `json:"override_callback_uri"`
	} `json:"data"`
}

func (c *Conn) subscribed(ctx context.Context) error {
	var s subscription
	if err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + c.waba + "/subscribed_apps", Token: c.token, Quiet: true}, &s); err != nil {
		return err
	}
	// One number of the account was set up last, and the door hands on what is
	// for the others: any callback of this hub will do.
	hooks := c.hook[:strings.LastIndexByte(c.hook, '/')+1]
	ours := func(i int) bool { return s.Data[i].Override == "" || strings.HasPrefix(s.Data[i].Override, hooks) }
	if !slices.ContainsFunc(indices(len(s.Data)), ours) {
		return &connector.Error{Class: connector.Invalid, Code: "not_subscribed", Shown: text(
			"The WhatsApp business account does not send callbacks to this hub.", "该 WhatsApp 商业账号尚未向本系统发送回调。")}
	}
	return nil
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Install subscribes the app to the business account and has callbacks come
// here, whatever address the app itself has.
func (c *Conn) Install(ctx context.Context) error {
	body := object{"override_callback_uri": c.hook, "verify_token": c.verify}
	return c.api.Call(ctx, graph.Request{Method: http.MethodPost, Path: "/" + c.waba + "/subscribed_apps", Token: c.token, JSON: body, Quiet: true}, nil)
}

// Uninstall ends the subscription.
func (c *Conn) Uninstall(ctx context.Context) error {
	return c.api.Call(ctx, graph.Request{Method: http.MethodDelete, Path: "/" + c.waba + "/subscribed_apps", Token: c.token, Quiet: true}, nil)
}

// Pulse asks for the account.
func (c *Conn) Pulse(ctx context.Context) error {
	_, err := c.number(ctx)
	return err
}

// Refresh asks how long the token lives.
func (c *Conn) Refresh(ctx context.Context) error { return c.life.Learn(ctx, c.api, c.token) }

// Expires is when the token runs out.
func (c *Conn) Expires() time.Time { return c.life.Expires() }
