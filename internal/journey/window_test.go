package journey

import (
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
)

// An agent comes back to a customer a day too late: the composer says that the
// time is over and what can be done, keeps the words until the customer writes,
// and sends a template meanwhile. What the channel changes about a message is
// shown before it leaves.
func TestAClosedWindowAtTheComposer(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	var behind atomic.Int64 // what the platform's clock says of when the customer wrote
	behind.Store(int64(25 * time.Hour))
	clock := func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }
	p := playedmeta.New(playedmeta.Options{Clock: clock, Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{50 * time.Millisecond}, 100)}})
	platform := httptest.NewServer(p)
	t.Cleanup(platform.Close)
	p.Serving(platform.Listener.Addr().String())
	h.account(t, "whatsappcloud", "Shop", "", map[string]string{
		"account": playedmeta.Number, "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "waba_id": playedmeta.WABA, "api_base": platform.URL})
	until(t, "the hub sets its callback", func() (bool, string) { return p.Hook(playedmeta.WhatsApp) != "", "" })
	phone := p.Phone(playedmeta.WhatsApp)
	writes := func(words string) {
		t.Helper()
		if err := phone.Do(t.Context(), "16505551234", emulate.Act{Kind: emulate.ActText, Text: words}); err != nil {
			t.Fatal(err)
		}
	}
	reads := func(words string) {
		t.Helper()
		until(t, "the customer reads "+words, func() (bool, string) {
			shown := p.Shown(playedmeta.Number, "16505551234")
			return slices.Contains(shown, words), ""
		})
	}

	lin := s.signIn(t, s.lin, manner{Size: &size{1440, 1000}})
	lin.goes("Online")
	writes("where is my parcel?")
	lin.opens("Sheena Nelson")
	c := lin.composer()
	lin.sees(text("The time to answer is over").within(c))
	lin.sees(text("leave by themselves").within(c))
	lin.shot("window-closed")

	// Kept, and thought better of; kept, and kept.
	lin.fill(lin.field(), "It is in Paris")
	lin.click(button("Send when they write").within(c))
	lin.sees(lin.log("agent").has("Waits until the customer writes"))
	lin.click(button("Discard").within(lin.log("agent")))
	lin.sees(lin.log("agent").has("Not sent"))
	lin.fill(lin.field(), "It is in Leipzig")
	lin.click(button("Send when they write").within(c))
	lin.sees(lin.log("agent").has("It is in Leipzig").has("Waits until the customer writes"))

	// A template leaves at once, in the words that were shown.
	lin.click(role("radio", "Choose an approved template").loose().within(c))
	lin.fill(role("searchbox", "Search templates").within(c), "order 发货")
	lin.click(button("order_shipped").loose().within(c))
	lin.fill(css("form input").within(c), "1042")
	lin.sees(css("blockquote").has("您的订单 1042 已发货").within(c))
	lin.shot("window-template")
	lin.click(button("Send template").within(c))
	lin.sees(lin.log("agent").has("您的订单 1042 已发货"))
	reads("您的订单 1042 已发货\nLucky Shrub")

	small := somebody(t, s.lin.name, manner{Locale: "en-GB", Scheme: "dark", Size: &size{390, 844}}).open(s.url)
	small.fill(label("E-mail"), s.lin.email)
	small.fill(label("Password"), password)
	small.click(button("Sign in"))
	small.click(css("a[href*='/inbox/']:has(time)").has("Sheena Nelson").nth(0))
	small.sees(text("The time to answer is over"))
	small.sees(text("Waits until the customer writes"))
	small.shot("window-closed-small")
	wide := false
	small.eval(&wide, "", "document.documentElement.scrollWidth > innerWidth")
	if wide {
		t.Error("the page is wider than the screen")
	}

	// The customer answers now, and what was kept leaves.
	behind.Store(0)
	writes("yes?")
	reads("It is in Leipzig")
	lin.misses(text("Waits until the customer writes"))
	lin.misses(text("The time to answer is over"))
	lin.sees(text("Can be answered for another").within(c))

	// A picture of a type the channel does not take goes as a link, and it is said.
	lin.upload(css("input[type=file]").within(c), "note.csv", []byte("a,b\n1,2\n"))
	lin.sees(text("Sent as a link").within(c))
	lin.shot("window-preview")
	if slices.Contains(p.Shown(playedmeta.Number, "16505551234"), "It is in Paris") {
		t.Error("what was discarded was sent")
	}
	log := lin.did()
	if len(log.Errors) > 0 {
		t.Errorf("the page said %q", log.Errors)
	}
}
