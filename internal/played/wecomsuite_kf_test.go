package played_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/connectors/emulate"
	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
	"parley/internal/played"
)

// TestWeComSuite_CustomersOfServiceAccounts: with the application come the service
// accounts its corporation lets it manage, each an account of its own; customers
// on WeChat are answered there by the application's tokens; taken permissions and
// a removed application show at the accounts they are about.
func TestWeComSuite_CustomersOfServiceAccounts(t *testing.T) {
	t.Parallel()
	p := playedwecom.NewSuite(playedwecom.Options{Tokenless: 1 << 30})
	p.Serves(true)
	api := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); api.Close() })
	values := connector.Values(p.Config())
	values["api_base"], values["page_base"] = api.URL, api.URL
	h := played.Start(t, played.Setup{Driver: wecom.NewSuite(), Values: values, Language: "zh", Away: true})
	if err := p.SetCallbacks(t.Context(), h.Hook(), h.Hook()+"/$CORPID$"); err != nil {
		t.Fatal(err)
	}
	installs := func(_ context.Context, page string) (string, error) { return p.Install(page) }
	h.Light(h.Account, connector.HealthPoor, "not_authorised")
	all := h.Authorise(h.Account, installs)
	if len(all) != 3 || all[0].ID != h.Account || all[1].RemoteID != playedwecom.CorpID+"/"+playedwecom.Account || all[2].Name != "售后客服" {
		t.Fatalf("what was authorised: %+v", all)
	}
	for _, a := range all {
		h.Light(a.ID, connector.HealthGood, "ok")
	}

	c := h.Customer(p.Phone(), playedwecom.Customer).Of(all[1].ID)
	c.Says("转人工")
	talk := h.Take(c.Queued())
	if talk.Account != all[1].ID {
		t.Errorf("the conversation is on %s", talk.Account)
	}
	h.Sends(talk, canon.Text{Body: "您好，我是 Mei"})
	c.Sees("您好，我是 Mei")
	h.Sends(talk, h.File("p.png", "image/png", picture()))
	c.Does(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "p.png", MIME: "image/png", File: picture()})
	p.Expire()
	h.Sends(talk, canon.Text{Body: "令牌更新后"})
	c.Sees("令牌更新后")

	// A member of the same corporation writes to the application meanwhile.
	member := h.Customer(p.Phone(), playedwecom.Member)
	member.Says("转人工")
	if other := member.Queued(); other.Account != h.Account {
		t.Errorf("the member's conversation is on %s", other.Account)
	}

	// One service account is taken away, and given again.
	p.Manage(playedwecom.Account, false)
	h.Light(all[1].ID, connector.HealthBad, "95017")
	h.Light(all[2].ID, connector.HealthGood, "ok")
	p.Manage(playedwecom.Account, true)
	h.Light(all[1].ID, connector.HealthGood, "ok")

	// The application is removed: all of them go red, and come back with it.
	if err := p.Remove(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Light(all[1].ID, connector.HealthBad, "not_authorised")
	p.Say(playedwecom.Account, playedwecom.Customer, "还在吗")
	if again := h.Authorise(h.Account, installs); len(again) != 3 || again[1].ID != all[1].ID {
		t.Fatalf("installed again: %+v", again)
	}
	c.Line("what was said meanwhile", func(m core.Message) bool { return m.Content.Fallback() == "还在吗" })
	h.Light(all[1].ID, connector.HealthGood, "ok")
}

// TestWeComSuite_InstalledFromTheMarket: a corporation installs the application in
// WeCom's own market, which nobody was sent to. It waits, authorised, with its
// service accounts, until somebody links it; then it works at once.
func TestWeComSuite_InstalledFromTheMarket(t *testing.T) {
	t.Parallel()
	p := playedwecom.NewSuite(playedwecom.Options{Tokenless: 1 << 30})
	p.Serves(true)
	api := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); api.Close() })
	values := connector.Values(p.Config())
	values["api_base"], values["page_base"] = api.URL, api.URL
	h := played.Start(t, played.Setup{Driver: wecom.NewSuite(), Values: values, Language: "zh", Away: true})
	if err := p.SetCallbacks(t.Context(), h.Hook(), h.Hook()+"/$CORPID$"); err != nil {
		t.Fatal(err)
	}
	h.Light(h.Account, connector.HealthPoor, "not_authorised")
	if err := p.Market(t.Context()); err != nil {
		t.Fatal(err)
	}
	var waiting []string
	h.Until("the corporation and its service accounts wait", func() bool {
		all, err := h.Store.For(h.Tenant).Letters(t.Context(), store.InboxUnrouted, 0, 10)
		waiting = nil
		for _, l := range all {
			waiting = append(waiting, string(l.Envelope))
		}
		return err == nil && len(all) == 3
	})
	if said := strings.Join(waiting, " "); !strings.Contains(said, "茶语科技") || !strings.Contains(said, playedwecom.CorpID+"/"+playedwecom.Account2) || !strings.Contains(said, "create_auth") {
		t.Errorf("what waits: %s", said)
	}
	var corp core.Account
	h.Write(func(tx *store.Tx) (err error) {
		corp, _, err = tx.AddAccount(t.Context(), core.Account{Link: h.Link, Kind: wecom.KindSuite, Name: "茶语科技", RemoteID: playedwecom.CorpID}, canon.ID{})
		return err
	})
	if err := h.Core.Reload(t.Context(), h.Tenant, h.Link); err != nil {
		t.Fatal(err)
	}
	h.Light(corp.ID, connector.HealthGood, "ok")
	member := h.Customer(p.Phone(), playedwecom.Member).Of(corp.ID)
	member.Says("转人工")
	talk := h.Take(member.Queued())
	h.Sends(talk, canon.Text{Body: "您好"})
	member.Sees("您好")
}
