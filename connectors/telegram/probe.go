package telegram

import (
	"context"
	"net/http"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/connector"
)

// me is the User that getMe returns.
type me struct {
	tgbotapi.User
	Business bool `json:"can_connect_to_business"`
}

// Probe tests the token, the way messages come in, and says what the bot may do.
func (c *conn) Probe(ctx context.Context, step func(connector.Check)) error {
	began := c.env.Clock()
	var bot me
	err := c.ask(ctx, "getMe", nil, &bot)
	check := connector.Check{Name: text("Telegram accepts the token", "Telegram 接受令牌"), OK: err == nil, Took: c.env.Clock().Sub(began)}
	if err != nil {
		check.Detail, check.Remedy = explain(err)
		step(check)
		return err
	}
	check.Detail = text("The bot is @"+bot.UserName+".", "机器人为 @"+bot.UserName+"。")
	step(check)
	if err := c.probeReceiving(ctx, step); err != nil {
		return err
	}
	step(rights(bot))
	return nil
}

// explain puts a failure into a line of the report.
func explain(err error) (detail, remedy connector.Text) {
	e := connector.AsError(err)
	detail, remedy = text("It could not be asked: "+e.Error()+".", "请求失败："+e.Error()+"。"), e.Shown
	if remedy.EN == "" {
		remedy = text("Check the address of the Bot API server and the hub's way to it.", "请检查 Bot API 服务器地址以及系统到它的网络。")
	}
	return detail, remedy
}

func (c *conn) probeReceiving(ctx context.Context, step func(connector.Check)) error {
	if c.hook {
		step(connector.Check{Name: text("Telegram can call the hub", "Telegram 可以回调系统"), OK: c.callable(),
			Detail: text("The callback address is "+c.link.HookURL, "回调地址为 "+c.link.HookURL), Remedy: badAddress})
	}
	began := c.env.Clock()
	info, err := c.hookInfo(ctx)
	check := connector.Check{Name: text("Messages come in", "可以接收消息"), OK: err == nil, Took: c.env.Clock().Sub(began)}
	switch ours := info.URL == c.link.HookURL; {
	case err != nil:
		check.Detail, check.Remedy = explain(err)
	case c.hook && ours && info.Error != "" && info.Pending > 0:
		at := time.Unix(info.ErrorDate, 0).UTC().Format(time.DateTime)
		check.OK = false
		check.Detail = text(strconv.Itoa(info.Pending)+" messages wait; the last delivery failed at "+at+" UTC: “"+info.Error+"”.",
			strconv.Itoa(info.Pending)+" 条消息等待投递；最近一次失败于 "+at+" UTC：“"+info.Error+"”。")
		check.Remedy = remedyOf(info.Error)
	case c.hook && ours:
		check.Detail = text("The webhook is set.", "Webhook 已设置。")
	case info.URL != "":
		check.Detail = text("Another program receives them now. Once this account is linked, the hub does.", "目前由其他程序接收。账号接入后将改由本系统接收。")
	case c.hook:
		check.Detail = text("The webhook is set once the account is linked.", "账号接入后会自动设置 Webhook。")
	default:
		check.Detail = text("The hub pulls them; no public address is needed.", "由系统主动拉取，无需公网地址。")
	}
	step(check)
	return err
}

// rights says what the bot sees and where it may be: nothing of it is a fault.
func rights(bot me) connector.Check {
	groups := text("In groups it sees all messages.", "在群组中可看到全部消息。")
	switch {
	case !bot.CanJoinGroups:
		groups = text("It cannot be added to groups (@BotFather, /setjoingroups).", "不能加入群组（可在 @BotFather 用 /setjoingroups 开启）。")
	case !bot.CanReadAllGroupMessages:
		groups = text("In groups it sees only what is addressed to it (@BotFather, /setprivacy).", "在群组中只能看到发给它的消息（可在 @BotFather 用 /setprivacy 修改）。")
	}
	business := text(" Business accounts can connect it.", "商务账号可以连接它。")
	if !bot.Business {
		business = text(" Business accounts cannot connect it (@BotFather, Bot Settings, Business Mode).", "商务账号不能连接它（可在 @BotFather 的 Bot Settings → Business Mode 开启）。")
	}
	return connector.Check{Name: text("What the bot may do", "机器人权限"), OK: true, Detail: text(groups.EN+business.EN, groups.ZH+business.ZH)}
}

// Rehearse is an update about nothing, with the secret token.
func (c hooked) Rehearse() (connector.Raw, error) {
	return connector.Raw{Method: http.MethodPost, Body: []byte(`{"update_id":0}`),
		Header: http.Header{"Content-Type": {"application/json"}, header: {HookSecret(c.token, c.link.ID)}}}, nil
}

// Pulse asks who the bot is.
func (c *conn) Pulse(ctx context.Context) error { return c.ask(ctx, "getMe", nil, nil) }
