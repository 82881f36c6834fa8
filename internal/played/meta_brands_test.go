package played_test

import (
	"strings"
	"testing"

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
