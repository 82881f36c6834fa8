package played_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	playedmeta "parley/connectors/emulate/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// TestMeta_BrandsLinkedOneByOneEachHearTheirCustomers: an app has one callback,
// and whoever is linked last sets it. The brand linked before hears its customers
// all the same, its light and its test say so, and when the last one is deleted
// the callback does not stay behind at an address that is gone.
func TestMeta_BrandsLinkedOneByOneEachHearTheirCustomers(t *testing.T) {
	t.Parallel()
	for name, c := range metaChannels() {
		if len(c.accounts) < 2 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := c.accounts[1]
			c.accounts = c.accounts[:1]
			r := newMeta(t, c)
			values := r.values(second)
			account := r.Add(c.driver, "Outlet", second, values)
			var link canon.ID
			r.Until("the callback is that of the brand linked last", func() bool {
				v, err := r.Store.For(r.Tenant).Account(t.Context(), account)
				link = v.Link
				return err == nil && r.p.Hook(c.product) == r.Core.HookURL(link)
			})
			outlet := r.Customer.Of(account).On(r.p.PhoneTo(string(second)))
			for name, who := range map[string]interface {
				Says(string)
				Line(string, func(core.Message) bool) core.Message
			}{"first": r.Customer, "second": outlet} {
				who.Says("hello to the " + name)
				who.Line("what is said to the "+name, func(m core.Message) bool { return m.Content.Plain() == "hello to the "+name })
			}
			if talk, _ := r.Talk(); talk.Account != r.Account {
				t.Error("a customer of the first stands with another brand")
			}
			for _, l := range []canon.ID{r.Link, link} {
				conn, _ := r.Core.Conn(r.Tenant, l)
				_ = conn.(connector.Prober).Probe(t.Context(), func(k connector.Check) {
					if !k.OK {
						t.Errorf("the test of a brand says %q: %s", k.Name.EN, k.Detail.EN)
					}
				})
			}
			r.Write(func(tx *store.Tx) error { return tx.DeleteLink(t.Context(), link, canon.ID{}) })
			if err := r.Core.Reload(t.Context(), r.Tenant, link); err != nil {
				t.Fatal(err)
			}
			r.Until("the callback comes to the brand that is left", func() bool { return r.p.Hook(c.product) == r.Hook() })
			r.Says("still there?")
			r.hears("what is said afterwards", func(m core.Message) bool { return strings.HasPrefix(m.Content.Plain(), "still") })
		})
	}
}

// TestMeta_NobodyElsesAppSpeaksForAnAccount: a callback that is authentic to one
// link is taken by another only where that one's own secret finds it authentic.
func TestMeta_NobodyElsesAppSpeaksForAnAccount(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["messenger"])
	values, secret := r.values("777000777000777"), "0123456789abcdef0123456789abcdef"
	values["app_secret"] = secret
	account := r.Add(r.c.driver, "Stranger", "777000777000777", values)
	v, err := r.Store.For(r.Tenant).Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":1796000000000,"messaging":[{"sender":{"id":"424242"},"recipient":{"id":%q},"timestamp":1796000000000,"message":{"mid":"m_forged","text":"forged"}}]}]}`, playedmeta.Page, playedmeta.Page)
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(body))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Core.HookURL(v.Link), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	taken := func(link canon.ID) int {
		all, err := r.Store.For(r.Tenant).Callbacks(t.Context(), link, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if own, theirs := taken(v.Link), taken(r.Link); resp.StatusCode != http.StatusOK || own != 1 || theirs != 0 {
		t.Errorf("%s: the stranger's link has %d of it, the page's %d", resp.Status, own, theirs)
	}
}
