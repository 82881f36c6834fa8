package played_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	playedwechat "parley/connectors/emulate/wechat"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/internal/played"
)

// Two customers of the played account.
const (
	lilei = "oLi7u5xQmZ1aRk9TfWcEoB2dNvHs"
	han   = "oHan2M8yPq4bSj6UgXdFpC3eOwIt"
)

// wechatTale is a hub with WeChat on its other side.
type wechatTale struct {
	*played.Hub
	*played.Customer
	t   *testing.T
	p   *playedwechat.Platform
	bot played.Gate // when it is gated
}

func newWeChat(t *testing.T, driver connector.Driver, o playedwechat.Options, customer string, gated bool) *wechatTale {
	t.Helper()
	setup := played.Setup{Driver: driver}
	if !gated {
		return tellWeChat(t, setup, o, customer)
	}
	bot := played.NewGate()
	setup.Bot = bot
	r := tellWeChat(t, setup, o, customer)
	r.bot = bot
	return r
}

// newWeChatWith has a bot of one's own; nil: the rule bot.
func newWeChatWith(t *testing.T, driver connector.Driver, o playedwechat.Options, customer string, bot orchestrate.BotKind) *wechatTale {
	t.Helper()
	return tellWeChat(t, played.Setup{Driver: driver, Bot: bot}, o, customer)
}

// newWeChatAt is one whose hub goes by a clock.
func newWeChatAt(t *testing.T, clock *played.Clock, driver connector.Driver, o playedwechat.Options, customer string) *wechatTale {
	t.Helper()
	return tellWeChat(t, played.Setup{Driver: driver, Clock: clock.Now}, o, customer)
}

func tellWeChat(t *testing.T, setup played.Setup, o playedwechat.Options, customer string) *wechatTale {
	t.Helper()
	r := &wechatTale{t: t, p: playedwechat.New(o)}
	api := httptest.NewServer(r.p)
	t.Cleanup(api.Close)
	values := connector.Values(r.p.Config())
	values["api_base"] = api.URL
	setup.Values, setup.Accounts, setup.Language = values, []canon.RemoteID{canon.RemoteID(values["account"])}, "zh"
	r.Hub = played.Start(t, setup)
	r.Customer = r.Hub.Customer(r.p, customer)
	r.p.SetHook(r.Hook())
	return r
}

// seen is what the customer reads from account and platform, oldest first.
func (r *wechatTale) seen() (out []string) {
	for _, b := range r.Screen().Bubbles {
		if b.From != "me" {
			out = append(out, playedwechat.Words(b))
		}
	}
	return out
}

// reads waits until the customer reads a text.
func (r *wechatTale) reads(text string) {
	r.t.Helper()
	r.Until("the customer reads "+text, func() bool {
		return slices.ContainsFunc(r.seen(), func(s string) bool { return strings.Contains(s, text) })
	})
}

// sent tells a line of ours that the platform took.
func sent(text string) func(core.Message) bool {
	return func(m core.Message) bool { return m.Content.Fallback() == text && m.State == canon.Sent }
}
