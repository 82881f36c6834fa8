package played_test

import (
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

func TestMeta_ASendWhoseAnswerWasLostIsSettledByWhatThePlatformReports(t *testing.T) {
	t.Parallel()
	for name, c := range metaChannels() {
		if c.product == playedmeta.Instagram {
			continue // its echoes repeat nothing of ours
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newMeta(t, c)
			r.toPerson()
			r.p.Hold()
			r.p.Misbehave(emulate.Fault{Op: "post messages", Kind: emulate.LoseAnswer})
			sent := r.post(canon.ID{}, canon.Text{Body: "did it arrive?"})
			r.Sees("did it arrive?")
			r.Ends(sent.ID, canon.Unconfirmed)
			r.p.Release(nil)
			r.Ends(sent.ID, canon.Delivered)
			seen := 0
			for _, text := range r.p.Shown(string(c.accounts[0]), c.customer) {
				if text == "did it arrive?" {
					seen++
				}
			}
			if seen != 1 {
				t.Errorf("the customer saw it %d times", seen)
			}
			r.alone()
		})
	}
}

// TestMeta_WhatIsReportedBeforeTheAnswerIsKept: the platform shows a message and
// reports on it, seconds before it answers the call that sent it. The report
// counts, a message the platform repeats to us stands once, and what the customer
// says meanwhile is not kept waiting.
func TestMeta_WhatIsReportedBeforeTheAnswerIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range metaChannels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newMeta(t, c)
			r.toPerson()
			r.p.Misbehave(emulate.Fault{Op: "post messages", Kind: emulate.Slow, Wait: 4 * time.Second})
			sent := r.post(canon.ID{}, canon.Text{Body: "early"})
			r.Sees("early")
			r.Does(emulate.Act{Kind: emulate.ActRead})
			r.Says("I have read it")
			r.hears("what they say meanwhile", func(m core.Message) bool { return m.Content.Fallback() == "I have read it" })
			r.Ends(sent.ID, canon.Read)
			n := 0
			for _, m := range r.Thread(r.conversation()) {
				if m.Content.Fallback() == "early" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("it stands %d times in the thread", n)
			}
			r.alone()
		})
	}
}

func TestMeta_StatesInAnyOrderBatchedAndRepeatedEndAlike(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["whatsapp"])
	r.toPerson()
	r.p.Hold()
	sent := r.post(canon.ID{}, canon.Text{Body: "read me"})
	r.Sees("read me")
	r.Does(emulate.Act{Kind: emulate.ActRead})
	r.Says("I have")
	r.p.Release(func(bodies [][]byte) [][]byte {
		var back [][]byte
		for i := range bodies {
			back = append(back, bodies[len(bodies)-1-i])
		}
		whole := playedmeta.Batched(back)[0]
		return [][]byte{whole, whole, bodies[0], whole}
	})
	r.Ends(sent.ID, canon.Read)
	r.hears("what was written meanwhile", func(m core.Message) bool { return m.Content.Plain() == "I have" })
	n := 0
	for _, m := range r.Customer.Lines() {
		if m.Content.Plain() == "I have" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("a message delivered three times stands there %d times", n)
	}
	r.alone()
}

func TestMeta_AfterTheWindowAMessageFailsWithItsReasonAndATemplateArrives(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["whatsapp"])
	r.toPerson()
	r.p.Forget(playedmeta.Number, r.c.customer)
	late := r.post(canon.ID{}, canon.Text{Body: "sorry for the wait"})
	r.Ends(late.ID, canon.Failed)
	caps := r.Conn().Capabilities(canon.ThreadKey{Account: r.c.accounts[0], Peer: canon.RemoteID(r.c.customer)})
	if caps.Window.Closes.IsZero() || caps.Window.Closes.After(r.Store.Now()) {
		t.Errorf("the window is shown to close at %s", caps.Window.Closes)
	}
	all, err := r.Conn().(connector.Templater).Templates(r.t.Context(), connector.Account{RemoteID: r.c.accounts[0]})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 5 || all[1].Name != "order_shipped" || len(all[1].Params) != 1 || all[3].Name != "parcel_at_shop" || len(all[3].Params) != 5 { // without the cards that scroll
		t.Fatalf("the templates are %+v", all)
	}
	use := all[1]
	use.Params[0].Text = "1042"
	r.post(canon.ID{}, use)
	r.Sees("您的订单 1042 已发货")
	shop := all[3]
	for i, words := range []string{"山野书店", "南京西路 1 号", "31.2304", "121.4737", "李雷"} {
		shop.Params[i].Text = words
	}
	shop = shop.Filled()
	if shop.Text != "📍 山野书店, 南京西路 1 号 (31.2304, 121.4737)\n李雷，您的包裹可到店自取。" {
		t.Errorf("the agent reads %q", shop.Text)
	}
	r.post(canon.ID{}, shop)
	if at := r.Sees("李雷，您的包裹可到店自取。"); len(at.Cards) != 1 || at.Cards[0].Title != "山野书店" {
		t.Errorf("the customer sees %+v", at)
	}
}

func TestMeta_ThePlatformsInboxAnswersAndTakesTheConversation(t *testing.T) {
	t.Parallel()
	for name, c := range metaChannels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newMeta(t, c)
			r.Says("hello")
			r.Sees("I am the assistant")
			r.Until("the bot's own echo was looked at", func() bool { r.p.Drain(); return r.conversation().Owner.Kind == core.StatusBot })
			r.p.InboxSays(string(c.accounts[0]), c.customer, "I am on it, says the inbox")
			r.Until("the bot is silent", func() bool { return r.conversation().Owner.Kind != core.StatusBot })
			shown := 0
			for _, m := range r.Customer.Lines() {
				if m.From == core.FromAgent && strings.Contains(m.Content.Plain(), "says the inbox") {
					shown++
				}
			}
			if shown != 1 {
				t.Errorf("the inbox's answer stands there %d times", shown)
			}
			if c.product == playedmeta.WhatsApp {
				return // its app takes no conversation
			}
			r.p.InboxTakes(string(c.accounts[0]), c.customer)
			r.Says("are you there?")
			r.hears("what was said to the inbox", func(m core.Message) bool { return m.Content.Plain() == "are you there?" })
			key := canon.ThreadKey{Account: c.accounts[0], Peer: canon.RemoteID(c.customer)}
			if err := r.Conn().(connector.Desk).Take(r.t.Context(), key); err != nil {
				t.Fatal(err)
			}
			r.Until("the agent has it", func() bool { return r.conversation().Owner.ID == r.Agent })
			r.alone()
			r.post(canon.ID{}, canon.Text{Body: "now I am"})
			r.Sees("now I am")
			if err := r.Conn().(connector.Desk).Return(r.t.Context(), key); err != nil {
				t.Fatal(err)
			}
			last := r.post(canon.ID{}, canon.Text{Body: "and not any more"})
			r.Ends(last.ID, canon.Failed)
		})
	}
}

func TestMeta_APageTokenThatWasRevokedIsMadeAnewAndNothingIsLost(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["messenger"])
	r.toPerson()
	r.p.Revoke(r.p.PageToken(playedmeta.Page))
	sent := r.post(canon.ID{}, canon.Text{Body: "with another token"})
	r.Sees("with another token")
	r.Ends(sent.ID, canon.Delivered)
}
