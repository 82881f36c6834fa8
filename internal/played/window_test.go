package played_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	playedwechat "parley/connectors/emulate/wechat"
	"parley/connectors/meta"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// TestWhatsApp_AClosedWindowTakesATemplateAndKeepsWhatWaits: a day after the
// customer wrote, words that wait are kept, a template leaves, and when the
// customer answers the words follow in the order they were written; what was
// thought better of does not.
func TestWhatsApp_AClosedWindowTakesATemplateAndKeepsWhatWaits(t *testing.T) {
	t.Parallel()
	clock := &played.Clock{}
	p := playedmeta.New(playedmeta.Options{Clock: clock.Now, Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	p.Serving(api.Listener.Addr().String())
	h := played.Start(t, played.Setup{Driver: meta.WhatsApp(), Clock: clock.Now, Accounts: []canon.RemoteID{playedmeta.Number}, Values: connector.Values{
		"account": playedmeta.Number, "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "api_base": api.URL, "waba_id": playedmeta.WABA}})
	h.Install()
	c := h.Customer(p.Phone(playedmeta.WhatsApp), "16505551234")
	c.Says("where is my parcel?")
	c.AsksForAPerson()
	talk := c.Served()
	h.Sends(talk, canon.Text{Body: "I am looking"})
	if w := h.Reach(talk).Window; w.Shut(h.Store.Now()) || w.Closes.Sub(h.Store.Now()) < 23*time.Hour {
		t.Fatalf("just after the customer wrote the window is %+v", w)
	}
	if m := h.Hold(talk, canon.Text{Body: "found it"}); m.State == canon.Held {
		t.Error("what may be said at once was kept")
	}
	c.Sees("found it")

	clock.Pass(25 * time.Hour)
	if w := h.Reach(talk).Window; !w.Shut(h.Store.Now()) {
		t.Fatalf("a day later the window is %+v", w)
	}
	first, slip, second := h.Hold(talk, canon.Text{Body: "it is in Leipzig"}), h.Hold(talk, canon.Text{Body: "it is in Paris"}), h.Hold(talk, canon.Text{Body: "and comes tomorrow"})
	if first.State != canon.Held || h.Message(first.ID).State != canon.Held {
		t.Fatalf("after the window closed the words are %s", first.State)
	}
	if _, err := h.Core.Desk.Discard(t.Context(), h.Tenant, slip.ID, h.Agent); err != nil {
		t.Fatal(err)
	}
	// Said without asking for that, it fails in words, and can be kept still.
	late := h.Post(talk, canon.ID{}, canon.Text{Body: "are you there?"})
	h.Until("the platform refuses what comes too late", func() bool { return h.Message(late.ID).State == canon.Failed })
	if f := h.Message(late.ID).Failure; f == nil || f.Class != string(connector.WindowClosed) || !strings.Contains(f.Text, "24 hours") {
		t.Errorf("the failure is %+v", f)
	}
	if _, err := h.Core.Desk.Hold(t.Context(), h.Tenant, late.ID, h.Agent); err != nil {
		t.Fatal(err)
	}

	all, err := h.Conn().(connector.Templater).Templates(t.Context(), connector.Account{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(x canon.Template) bool { return x.Name == "order_shipped" })
	if i < 0 || len(all[i].Params) != 1 {
		t.Fatalf("no template with a word to fill in among %+v", all)
	}
	chosen := all[i]
	chosen.Params[0].Text = "1042"
	chosen = chosen.Filled()
	h.Sends(talk, chosen)
	if got := c.Sees("1042"); got.Text != chosen.Text {
		t.Errorf("the agent saw %q, the customer %q", chosen.Text, got.Text)
	}
	if h.Message(first.ID).State != canon.Held {
		t.Error("the template let go what waits for the customer")
	}

	c.Says("yes?")
	for _, m := range []core.Message{first, second, late} {
		h.Until("what was kept is sent", func() bool {
			s := h.Message(m.ID).State
			return s == canon.Sent || s == canon.Delivered
		})
	}
	var said []string
	for _, b := range c.Theirs() {
		said = append(said, b.Text)
	}
	if got := said[len(said)-3:]; !slices.Equal(got, []string{"it is in Leipzig", "and comes tomorrow", "are you there?"}) {
		t.Errorf("in the end the customer reads %q", got)
	}
	if h.Message(slip.ID).State != canon.Cancelled || slices.Contains(said, "it is in Paris") {
		t.Errorf("what was thought better of is %s: %q", h.Message(slip.ID).State, said)
	}
}

// TestWeChat_WhatWaitsLeavesAsFarAsTheWindowGoes: within 48 hours five messages
// may follow one of the customer's. The sixth waits, as does what is written when
// the time is over, over a restart of the hub too; of what waits, five follow the
// customer's next words and the rest the words after.
func TestWeChat_WhatWaitsLeavesAsFarAsTheWindowGoes(t *testing.T) {
	t.Parallel()
	clock := &played.Clock{}
	r := newWeChatAt(t, clock, wechat.Official(), playedwechat.Options{Clock: clock.Now}, lilei)
	r.Says("订单到哪了")
	r.AsksForAPerson()
	talk := r.Served()
	r.Until("the bot has said its last word", func() bool {
		return !slices.ContainsFunc(r.Customer.Lines(), func(m core.Message) bool { return m.State == canon.Queued || m.State == canon.Sending })
	})
	left := r.Reach(talk).Window.Left
	for range left {
		r.Sends(talk, canon.Text{Body: "一"})
	}
	if w := r.Reach(talk).Window; left == 0 || !w.Shut(r.Store.Now()) {
		t.Fatalf("after %d more the window is %+v", left, w)
	}
	var kept []core.Message
	for _, text := range []string{"甲", "乙", "丙", "丁", "戊", "己"} {
		kept = append(kept, r.Hold(talk, canon.Text{Body: text}))
	}
	clock.Pass(49 * time.Hour)
	r.Change(r.Values()) // opened anew, the channel remembers nothing; the hub does
	if w := r.Reach(talk).Window; !w.Shut(r.Store.Now()) {
		t.Fatalf("two days later the window is %+v", w)
	}
	if kept = append(kept, r.Hold(talk, canon.Text{Body: "庚"})); kept[6].State != canon.Held {
		t.Fatalf("two days later the words are %s", kept[6].State)
	}
	r.Says("在吗")
	r.reads("戊")
	if s := r.Message(kept[5].ID).State; s != canon.Held {
		t.Errorf("beyond what the customer's words allow, a message is %s", s)
	}
	r.Says("好的")
	r.reads("庚")
	got := r.seen()
	if got = got[len(got)-7:]; strings.Join(got, "") != "甲乙丙丁戊己庚" {
		t.Errorf("in the end the customer reads %q", got)
	}
	if slices.ContainsFunc(r.Customer.Lines(), func(m core.Message) bool { return m.State == canon.Failed }) {
		t.Error("something failed")
	}
}
