package played_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"

	"parley/connectors/emulate"
	playedwechat "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// openTale is a hub with a third-party platform of WeChat on its other side.
type openTale struct {
	*played.Hub
	t          *testing.T
	p          *playedwechat.ComponentApp
	shop, mini *playedwechat.Platform
}

func newWeChatOpen(t *testing.T) *openTale {
	t.Helper()
	r := &openTale{t: t, p: playedwechat.NewComponent(playedwechat.ComponentOptions{Domain: "127.0.0.1"})}
	r.shop, r.mini = r.p.Accounts()[0], r.p.Accounts()[1]
	api := httptest.NewServer(r.p)
	t.Cleanup(api.Close)
	values := connector.Values(r.p.Config())
	values["api_base"], values["page_base"] = api.URL, api.URL
	r.Hub = played.Start(t, played.Setup{Driver: wechat.Component(), Values: values, Language: "zh"})
	return r
}

// enters is what the developer does in the console of the Open Platform.
func (r *openTale) enters() {
	r.t.Helper()
	if err := r.p.SetAddresses(r.t.Context(), r.Hook(), r.Hook()+"/$APPID$"); err != nil {
		r.t.Fatal(err)
	}
}

// scans is an administrator who confirms for an account.
func (r *openTale) scans(p *playedwechat.Platform) func(context.Context, string) (string, error) {
	return func(ctx context.Context, page string) (string, error) { return r.p.Authorize(ctx, page, p.AppID()) }
}

// TestWeChatOpen_FromAuthorisationToAuthorisation: an account is authorised, its customer is
// answered, tokens run out, the authorisation is taken back and given again: the
// account is the same, with everything that was said.
func TestWeChatOpen_FromAuthorisationToAuthorisation(t *testing.T) {
	t.Parallel()
	r := newWeChatOpen(t)
	r.Light(r.Account, connector.HealthPoor, "no_ticket")
	r.enters()
	r.Light(r.Account, connector.HealthPoor, "not_authorised") // the ticket came; nobody has authorised yet
	if all := r.Authorise(r.Account, r.scans(r.shop)); len(all) != 1 || all[0].ID != r.Account {
		t.Fatalf("authorised %+v", all)
	}
	r.Light(r.Account, connector.HealthGood, "ok")
	if got := r.AccountNow(r.Account).RemoteID; got != canon.RemoteID(r.shop.AppID()) {
		t.Errorf("the account is called %q", got)
	}

	c := r.Customer(r.shop, lilei)
	c.Says("转人工")
	talk := c.Served()
	r.Sends(talk, canon.Text{Body: "您好，我是 Mei"})
	c.Sees("您好，我是 Mei")
	r.Sends(talk, r.File("收据.png", "image/png", picture()))
	c.Does(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "a.png", MIME: "image/png", File: picture()})
	c.Line("the picture", func(m core.Message) bool {
		media, ok := first(m).(canon.Media)
		return ok && !media.File.IsZero() && media.State == canon.MediaReady
	})

	// Every token runs out at once.
	r.p.Expire()
	r.Sends(talk, canon.Text{Body: "令牌更新后"})
	c.Sees("令牌更新后")
	if !r.asked("component/api_authorizer_token") {
		t.Error("the account's token was not refreshed")
	}

	// Taken back: red within seconds, and what is said waits.
	if err := r.p.TakeBack(t.Context(), r.shop.AppID(), false); err != nil {
		t.Fatal(err)
	}
	r.Light(r.Account, connector.HealthBad, "not_authorised")
	waits := r.Post(talk, canon.ID{}, canon.Text{Body: "稍后送达"})
	r.Until("the message was tried", func() bool {
		tries, err := r.Store.For(r.Tenant).Attempts(t.Context(), waits.ID)
		return err == nil && len(tries) > 0
	})
	if m := r.Message(waits.ID); m.State == canon.Sent || m.State == canon.Failed {
		t.Errorf("without an authorisation the message is %s", m.State)
	}

	// Authorised again in the account's own console, where nobody comes back from:
	// green by itself, and what waited is sent.
	if err := r.p.Grant(t.Context(), r.shop.AppID()); err != nil {
		t.Fatal(err)
	}
	r.Light(r.Account, connector.HealthGood, "ok")
	c.Sees("稍后送达")

	// Taken back and authorised once more, here: the same account.
	if err := r.p.TakeBack(t.Context(), r.shop.AppID(), false); err != nil {
		t.Fatal(err)
	}
	r.Light(r.Account, connector.HealthBad, "not_authorised")
	waits = r.Post(talk, canon.ID{}, canon.Text{Body: "再次送达"})
	r.Until("the message was tried", func() bool {
		tries, err := r.Store.For(r.Tenant).Attempts(t.Context(), waits.ID)
		return err == nil && len(tries) > 0
	})
	if all := r.Authorise(r.Account, r.scans(r.shop)); len(all) != 1 || all[0].ID != r.Account {
		t.Fatalf("authorised again: %+v", all)
	}
	c.Sees("再次送达")
	r.Light(r.Account, connector.HealthGood, "ok")
	c.Says("还在吗")
	c.Line("the new words", func(m core.Message) bool { return m.Content.Fallback() == "还在吗" })
	if now, _ := c.Talk(); now.ID != talk.ID {
		t.Error("the conversation did not go on")
	}
	if lines := c.Lines(); !slices.ContainsFunc(lines, func(m core.Message) bool { return m.Content.Fallback() == "您好，我是 Mei" }) {
		t.Error("what was said before is gone")
	}
}

func (r *openTale) asked(op string) bool {
	return slices.ContainsFunc(r.p.All(), func(c emulate.Call) bool { return c.Op == op && c.Code == "" })
}

// TestWeChatOpen_AccountsOfOnePlatformStandAlone: an official account and a mini-program over
// the same addresses; one that takes its authorisation back leaves the other well,
// even when the notice of it is lost.
func TestWeChatOpen_AccountsOfOnePlatformStandAlone(t *testing.T) {
	t.Parallel()
	r := newWeChatOpen(t)
	r.enters()
	r.Authorise(r.Account, r.scans(r.shop))
	conn := r.Conn().(connector.Authorizer)
	visit, err := conn.Authorize(t.Context(), connector.Account{RemoteID: canon.RemoteID(r.shop.AppID())}, connector.Back{URL: r.URL + "/channels/return", State: "s"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.p.Authorize(t.Context(), visit.URL, r.mini.AppID()); err == nil {
		t.Error("an account authorised again at a page for another")
	}
	both := r.AuthoriseAnother(r.Account, r.scans(r.mini))
	if len(both) != 1 || both[0].ID == r.Account || both[0].Name != "茶语小程序" {
		t.Fatalf("the second account is %+v", both)
	}
	second := both[0].ID

	r.Customer(r.shop, lilei).Says("你好")
	r.Customer(r.mini, lilei).Does(emulate.Act{Kind: emulate.ActFollow, Value: "order-1042"}, emulate.Act{Kind: emulate.ActText, Text: "转人工"})
	r.Until("each account has its conversation", func() bool { return len(r.Conversations()) == 2 })
	var talk core.Conversation
	r.Until("the agent has the mini-program's", func() bool {
		for _, c := range r.Conversations() {
			if c.Account == second && c.Owner.Kind == core.StatusAgent {
				talk = c
				return true
			}
		}
		return false
	})
	r.Sends(talk, canon.Text{Body: "小程序您好"})
	r.Sends(talk, r.File("a.png", "image/png", picture())) // material of this account, not of the other
	r.Customer(r.mini, lilei).Sees("小程序您好")

	if err := r.p.TakeBack(t.Context(), r.mini.AppID(), true); err != nil {
		t.Fatal(err)
	}
	r.Post(talk, canon.ID{}, canon.Text{Body: "无法送达"})
	r.Light(second, connector.HealthBad, "61003")
	r.Light(r.Account, connector.HealthGood, "ok")

	// An account without the permission says so.
	r.p.Untick(r.mini.AppID(), 19)
	r.Authorise(second, r.scans(r.mini))
	r.Light(second, connector.HealthBad, "permission")
}
