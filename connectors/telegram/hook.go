package telegram

import (
	"context"
	"strings"
	"time"

	"parley/core/connector"
)

// watchEvery is how often the webhook is looked after: trouble shows within a
// minute.
const watchEvery = 30 * time.Second

// Run keeps the webhook set and tells what Telegram says of it; the updates
// themselves come by callback. It commits nothing.
func (c hooked) Run(ctx context.Context, _ connector.Cursors, _ <-chan connector.Wake, _ connector.Sink) error {
	if !c.callable() {
		c.state(connector.State{Health: connector.HealthBad, Code: "bad_webhook", Text: text("Telegram cannot call the hub.", "Telegram 无法回调系统。"), Remedy: badAddress})
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(c.watch)
	defer tick.Stop()
	err := c.Install(ctx)
	for began := c.env.Clock(); err == nil; {
		var info hookInfo
		if info, err = c.hookInfo(ctx); err != nil {
			break
		}
		if info.URL != c.link.HookURL {
			// Somebody took it off, or another program set its own.
			if err = c.setHook(ctx); err == nil {
				began = c.env.Clock()
				c.state(taken)
			}
		} else {
			c.state(health(info, began))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return c.stopped(ctx, err)
}

// taken says that somebody else has a hand in how the bot receives.
var taken = connector.State{Health: connector.HealthPoor, Code: "webhook_taken",
	Text:   text("The bot's webhook was changed by another program. It is put right by itself.", "机器人的 Webhook 被其他程序修改，系统已自动恢复。"),
	Remedy: text("Stop the other program, or give it a bot of its own.", "请停用另一个程序，或为它另建机器人。")}

var badAddress = text("Give the hub a public https address on port 443, 80, 88 or 8443 (PARLEY_PUBLIC_URL), or choose long polling.",
	"请为系统配置公网 https 地址（PARLEY_PUBLIC_URL，端口 443、80、88 或 8443），或改用长轮询。")

// health is what Telegram says of its deliveries. A failure of before the
// webhook was set by us, or after which nothing waits any more, is over.
func health(info hookInfo, since time.Time) connector.State {
	if info.ErrorDate == 0 || info.ErrorDate < since.Unix() || info.Pending == 0 {
		return connector.State{Health: connector.HealthGood, Code: "ok", Text: text("Telegram delivers to the hub.", "Telegram 回调正常。")}
	}
	return connector.State{Health: connector.HealthBad, Code: "webhook_fails",
		Text:   text("Telegram cannot deliver to the hub: “"+info.Error+"”.", "Telegram 回调失败：“"+info.Error+"”。"),
		Remedy: remedyOf(info.Error)}
}

// remedyOf says what to do about a failure Telegram reports.
func remedyOf(failure string) connector.Text {
	lower := strings.ToLower(failure)
	for _, known := range []struct {
		says   string
		remedy connector.Text
	}{
		{"ssl", text("Renew or complete the certificate of the public address.", "请更新或补全公网地址的证书链。")},
		{"certificate", text("Renew or complete the certificate of the public address.", "请更新或补全公网地址的证书链。")},
		{"resolve", text("Check the name of the public address in the DNS.", "请检查公网地址的域名解析。")},
		{"401", text("Something before the hub changes headers. Let X-Telegram-Bot-Api-Secret-Token through.", "系统前的代理改动了请求头，请放行 X-Telegram-Bot-Api-Secret-Token。")},
		{"404", text("Something before the hub does not pass /hooks/ on. Let it through.", "系统前的代理未转发 /hooks/，请放行。")},
		{"timed out", text("Open the hub's port to the internet, or choose long polling.", "请向公网开放系统端口，或改用长轮询。")},
		{"refused", text("Open the hub's port to the internet, or choose long polling.", "请向公网开放系统端口，或改用长轮询。")},
	} {
		if strings.Contains(lower, known.says) {
			return known.remedy
		}
	}
	return text("Check that the public address leads to the hub. Telegram tries again by itself; long polling works without it.",
		"请确认公网地址可访问本系统。Telegram 会自动重试，也可改用长轮询。")
}
