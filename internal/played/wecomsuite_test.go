package played_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// TestWeComSuite_FromInstallationToInstallation: a corporation installs the application, its
// member is answered, tokens run out, the application is removed and installed
// again: the account is the same, with everything that was said.
func TestWeComSuite_FromInstallationToInstallation(t *testing.T) {
	t.Parallel()
	p := playedwecom.NewSuite(playedwecom.Options{})
	p.Unpublish()
	api := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); api.Close() })
	values := connector.Values(p.Config())
	values["api_base"], values["page_base"], values["test"] = api.URL, api.URL, "true"
	h := played.Start(t, played.Setup{Driver: wecom.NewSuite(), Values: values, Language: "zh", Away: true})
	h.Light(h.Account, connector.HealthPoor, "no_ticket")
	if err := p.SetCallbacks(t.Context(), h.Hook(), h.Hook()+"/$CORPID$"); err != nil {
		t.Fatal(err)
	}
	h.Light(h.Account, connector.HealthPoor, "not_authorised")
	installs := func(_ context.Context, page string) (string, error) { return p.Install(page) }
	if all := h.Authorise(h.Account, installs); len(all) != 1 || all[0].ID != h.Account {
		t.Fatalf("installed by %+v", all)
	}
	h.Light(h.Account, connector.HealthGood, "ok")

	c := h.Customer(p.AppPhone(), playedwecom.Member)
	p.TellText(playedwecom.Member, "转人工")
	talk := h.Take(c.Queued())
	h.Sends(talk, canon.Text{Body: "您好，我是 Mei"})
	c.Sees("您好，我是 Mei")
	h.Sends(talk, h.File("p.png", "image/png", picture()))
	p.TellFile(playedwecom.Member, "image", "p.png", "image/png", picture())
	c.Line("the picture", func(m core.Message) bool {
		media, ok := first(m).(canon.Media)
		return ok && !media.File.IsZero() && media.State == canon.MediaReady
	})

	p.Expire()
	h.Sends(talk, canon.Text{Body: "令牌更新后"})
	c.Sees("令牌更新后")
	if !slices.ContainsFunc(p.Log.All(), func(x emulate.Call) bool { return x.Op == "service/get_corp_token" && x.Code == "" }) {
		t.Error("the corporation's token was not refreshed")
	}

	if err := p.Remove(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Light(h.Account, connector.HealthBad, "not_authorised")
	waits := h.Post(talk, canon.ID{}, canon.Text{Body: "稍后送达"})
	h.Until("the message was tried", func() bool {
		tries, err := h.Store.For(h.Tenant).Attempts(t.Context(), waits.ID)
		return err == nil && len(tries) > 0
	})
	if all := h.Authorise(h.Account, installs); len(all) != 1 || all[0].ID != h.Account {
		t.Fatalf("installed again by %+v", all)
	}
	c.Sees("稍后送达")
	h.Light(h.Account, connector.HealthGood, "ok")
	p.TellText(playedwecom.Member, "还在吗")
	c.Line("the new words", func(m core.Message) bool { return m.Content.Fallback() == "还在吗" })
	if !slices.ContainsFunc(c.Lines(), func(m core.Message) bool { return strings.Contains(m.Content.Fallback(), "我是 Mei") }) {
		t.Error("what was said before is gone")
	}

	// Removed, and installed again from WeCom's own market, where nobody comes back
	// from: green by itself, and what waited is sent.
	if err := p.Remove(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Light(h.Account, connector.HealthBad, "not_authorised")
	waits = h.Post(talk, canon.ID{}, canon.Text{Body: "再次送达"})
	h.Until("the message was tried", func() bool {
		tries, err := h.Store.For(h.Tenant).Attempts(t.Context(), waits.ID)
		return err == nil && len(tries) > 0
	})
	if err := p.Market(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Light(h.Account, connector.HealthGood, "ok")
	c.Sees("再次送达")
	h.Sends(talk, canon.Text{Body: "照常送达"})

	// WeCom's word of the removal is lost: the next message finds out.
	if err := p.Remove(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	h.Post(talk, canon.ID{}, canon.Text{Body: "无法送达"})
	h.Light(h.Account, connector.HealthBad, "40084")
}
