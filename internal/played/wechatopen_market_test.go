package played_test

import (
	"testing"

	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// TestWeChatOpen_AuthorisedOnItsOwnSide: an account authorises where nobody of
// ours sent it, and is linked only after its code is over: what it gave was kept,
// so it works at once, with what its customer wrote before.
func TestWeChatOpen_AuthorisedOnItsOwnSide(t *testing.T) {
	t.Parallel()
	r := newWeChatOpen(t)
	r.enters()
	r.Light(r.Account, connector.HealthPoor, "not_authorised")
	if err := r.p.Grant(t.Context(), r.shop.AppID()); err != nil {
		t.Fatal(err)
	}
	r.Until("its code is spent", func() bool { return r.asked("component/api_query_auth") })
	r.Customer(r.shop, lilei).Says("有人吗")
	r.Until("what was written waits", func() bool {
		all, err := r.Store.For(r.Tenant).Letters(t.Context(), store.InboxUnrouted, 0, 10)
		return err == nil && len(all) == 1
	})
	var shop core.Account
	r.Write(func(tx *store.Tx) (err error) {
		shop, _, err = tx.AddAccount(t.Context(), core.Account{Link: r.Link, Kind: wechat.KindComponent, Name: "茶语旗舰店", RemoteID: canon.RemoteID(r.shop.AppID())}, canon.ID{})
		return err
	})
	if err := r.Core.Reload(t.Context(), r.Tenant, r.Link); err != nil {
		t.Fatal(err)
	}
	r.Light(shop.ID, connector.HealthGood, "ok")
}
