package journey

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
)

// shutPhone is a customer whose channel takes nothing but templates any more: by
// its clock they wrote a day ago.
func shutPhone(t *testing.T, h *hub) (phone *playedmeta.Platform, writes func(words string)) {
	t.Helper()
	clock := func() time.Time { return time.Now().Add(-25 * time.Hour) }
	p := playedmeta.New(playedmeta.Options{Clock: clock, Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{50 * time.Millisecond}, 100)}})
	platform := httptest.NewServer(p)
	t.Cleanup(platform.Close)
	p.Serving(platform.Listener.Addr().String())
	h.account(t, "whatsappcloud", "Shop", "", map[string]string{
		"account": playedmeta.Number, "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "waba_id": playedmeta.WABA, "api_base": platform.URL})
	until(t, "the hub sets its callback", func() (bool, string) { return p.Hook(playedmeta.WhatsApp) != "", "" })
	return p, func(words string) {
		t.Helper()
		if err := p.Phone(playedmeta.WhatsApp).Do(t.Context(), "16505551234", emulate.Act{Kind: emulate.ActText, Text: words}); err != nil {
			t.Fatal(err)
		}
	}
}

type way struct {
	Account      named  `json:"account"`
	Address      string `json:"address"`
	Known        string `json:"known"`
	Conversation string `json:"conversation"`
}

type wentOn struct {
	Conversation struct {
		ID    string `json:"id"`
		Owner struct {
			ID string `json:"id"`
		} `json:"owner"`
	} `json:"conversation"`
	Message message `json:"message"`
}

// other is the conversation a line of a thread leads to.
type other struct {
	Event struct {
		Kind  string `json:"kind"`
		Other struct {
			Conversation string `json:"conversation"`
			Address      string `json:"address"`
			Why          string `json:"why"`
		} `json:"other"`
	} `json:"event"`
	Name string `json:"name"`
}

// leads finds the line of a kind in a conversation.
func leads(t *testing.T, a api, conversation, kind string) (found []other) {
	t.Helper()
	for _, o := range list[other](t, a, "/conversations/"+conversation+"/messages?limit=200") {
		if o.Event.Kind == kind {
			found = append(found, o)
		}
	}
	return found
}

// TestAClosedWindowGoesOnByMail: a day too late for the channel the customer
// wrote on, the agent goes on by mail, where an address is known. The customer
// gets one mail with a subject; their answer comes into the conversation it
// belongs to; the next word goes there too; and both threads say who went where
// and why.
func TestAClosedWindowGoesOnByMail(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		_, writes := shutPhone(t, h)
		writes("where is my parcel?")
		here := h.conversationWith(t, "where is my parcel?")
		lin := api{base: h.url, token: h.token, agent: s.lin.id}
		lin.do(t, "POST", "/conversations/"+here+"/take", nil, nil)
		if got := list[way](t, lin, "/conversations/"+here+"/ways"); len(got) != 0 {
			t.Errorf("before an address or a mailbox is known there are %+v", got)
		}
		server, box := s.mailbox(t, "")
		sheena := server.NewMailbox(t, "sheena")
		var c struct {
			Contact struct {
				ID string `json:"id"`
			} `json:"contact"`
		}
		lin.do(t, "GET", "/conversations/"+here, nil, &c)
		lin.do(t, "PATCH", "/contacts/"+c.Contact.ID, map[string]any{"attributes": map[string]string{"邮箱": sheena.Address, "城市": "Leipzig"}}, nil)

		ways := list[way](t, lin, "/conversations/"+here+"/ways")
		if len(ways) != 1 || ways[0].Address != sheena.Address || ways[0].Known != "attribute" || ways[0].Conversation != "" {
			t.Fatalf("the ways are %+v", ways)
		}
		by := ways[0]
		goOn := func(words, id string) (got wentOn) {
			t.Helper()
			lin.do(t, "POST", "/conversations/"+here+"/ways", map[string]any{"account": by.Account.ID, "address": by.Address, "subject": "Your parcel", "text": words, "client_id": id}, &got)
			return got
		}
		// An address nobody knows of the customer is not written to, nor by
		// somebody who does not have the conversation.
		if p := lin.refused(t, "POST", "/conversations/"+here+"/ways", map[string]any{"account": by.Account.ID, "address": "other@parley.test", "text": "x"}); p.Code != "no_way" {
			t.Errorf("an address nobody knows: %+v", p)
		}
		chen := api{base: h.url, token: h.token, agent: s.chen.id}
		if p := chen.refused(t, "POST", "/conversations/"+here+"/ways", map[string]any{"account": by.Account.ID, "address": by.Address, "text": "x"}); p.Code != "not_owner" {
			t.Errorf("somebody else's conversation: %+v", p)
		}

		first := goOn("It is in Leipzig.", "once")
		if again := goOn("It is in Leipzig.", "once"); again.Message.ID != first.Message.ID {
			t.Errorf("said once, the message is %s and %s", first.Message.ID, again.Message.ID)
		}
		there := first.Conversation
		if there.Owner.ID != s.lin.id || there.ID == here {
			t.Fatalf("it goes on in %+v", there)
		}
		mails := inbox(t, sheena, "It is in Leipzig.")
		if m := mails[0]; len(mails) != 1 || m.subject() != "Your parcel" || m.Get("In-Reply-To") != "" || !strings.Contains(m.Get("From"), box.Address) {
			t.Errorf("%d mails; the first is %q from %q, in reply to %q", len(mails), m.subject(), m.Get("From"), m.Get("In-Reply-To"))
		}
		out, back := leads(t, lin, here, "onward"), leads(t, lin, there.ID, "origin")
		if len(out) != 1 || out[0].Event.Other.Conversation != there.ID || out[0].Event.Other.Why != "shut" || out[0].Event.Other.Address != sheena.Address || out[0].Name != s.lin.name {
			t.Errorf("the first conversation says %+v", out)
		}
		if len(back) != 1 || back[0].Event.Other.Conversation != here || back[0].Event.Other.Why != "shut" {
			t.Errorf("the second says %+v", back)
		}

		// The answer, from a program that names only the mail it answers.
		letter{from: sheena.Address, name: "Sheena", to: box.Address, subject: "AW: Your parcel", id: "<answer@customer.test>",
			inReplyTo: mails[0].Get("Message-Id"), text: "Then I shall wait."}.send(t, server)
		if got := lin.conversationWith(t, "Then I shall wait."); got != there.ID {
			t.Errorf("the answer came into %s, not %s", got, there.ID)
		}

		// What is said next goes on there, in the thread of the mail.
		if ways = list[way](t, lin, "/conversations/"+here+"/ways"); len(ways) != 1 || ways[0].Conversation != there.ID || ways[0].Known != "identity" {
			t.Errorf("after the answer the ways are %+v", ways)
		}
		if second := goOn("It comes tomorrow.", "twice"); second.Conversation.ID != there.ID {
			t.Errorf("the second went to %s", second.Conversation.ID)
		}
		mails = inbox(t, sheena, "It comes tomorrow.")
		if m := mails[len(mails)-1]; m.Get("In-Reply-To") != "<answer@customer.test>" || m.subject() != "Re: Your parcel" {
			t.Errorf("the second mail is %q in reply to %q", m.subject(), m.Get("In-Reply-To"))
		}
		if open := h.conversations(t, "status=open"); len(open) != 2 || open[0].Contact.ID != open[1].Contact.ID {
			raw, _ := json.Marshal(open)
			t.Errorf("of one person there are %s", raw)
		}
	})
}

// TestAClosedWindowAtTheComposerGoesOnByMail: the composer offers the address it
// knows beside the template and the waiting, says what will happen, asks for a
// subject, and leads to where the customer answers.
func TestAClosedWindowAtTheComposerGoesOnByMail(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	_, writes := shutPhone(t, h)
	server, box := s.mailbox(t, "")
	sheena := server.NewMailbox(t, "sheena")
	lin := s.signIn(t, s.lin, manner{Size: &size{1440, 1000}})
	lin.goes("Online")
	writes("where is my parcel?")
	here := h.conversationWith(t, "where is my parcel?")
	var c struct {
		Contact named `json:"contact"`
	}
	h.do(t, "GET", "/conversations/"+here, nil, &c)
	h.do(t, "PATCH", "/contacts/"+c.Contact.ID, map[string]any{"email": sheena.Address}, nil)

	lin.opens("Sheena Nelson")
	at := lin.composer()
	mail := role("radio", "Go on by e-mail with "+sheena.Address).loose().within(at)
	lin.sees(text("A new conversation begins there").within(at))
	lin.click(mail)
	lin.fill(role("textbox", "Subject").within(at), "Your parcel")
	lin.fill(lin.field(), "It is in Leipzig.")
	lin.shot("ways-mail")
	lin.click(button("Send").within(at))
	got := inbox(t, sheena, "It is in Leipzig.")
	if len(got) != 1 || got[0].subject() != "Your parcel" {
		t.Errorf("the customer got %d mails; the first is %q", len(got), got[0].subject())
	}
	gone := text("goes on with the customer on 客服邮箱 (" + sheena.Address + ")")
	lin.sees(gone)
	lin.sees(text("the channel takes nothing until the customer writes"))
	lin.sees(text("in the conversation that is open there").within(at))
	lin.shot("ways-gone")

	small := somebody(t, s.lin.name, manner{Locale: "zh-CN", Scheme: "dark", Size: &size{390, 844}}).open(s.url)
	small.fill(css("input[type=email]"), s.lin.email)
	small.fill(css("input[type=password]"), password)
	small.click(css("button[type=submit]"))
	small.click(css("a[href*='/inbox/']:has(time)").has("Shop").nth(0))
	small.sees(css("fieldset").has(sheena.Address))
	small.shot("ways-gone-small")

	lin.click(role("link", "Open conversation").loose().within(role("log")))
	lin.sees(lin.log("agent").has("It is in Leipzig."))
	lin.sees(text("goes on here from Shop"))
	letter{from: sheena.Address, name: "Sheena", to: box.Address, subject: "Re: Your parcel", id: "<answer@customer.test>",
		inReplyTo: got[0].Get("Message-Id"), text: "Then I shall wait."}.send(t, server)
	lin.sees(lin.log("customer").has("Then I shall wait."))
	lin.shot("ways-answered")
	lin.replies("Thank you.")
	if got := inbox(t, sheena, "Thank you."); got[len(got)-1].Get("In-Reply-To") != "<answer@customer.test>" {
		t.Errorf("what was said next is in reply to %q", got[len(got)-1].Get("In-Reply-To"))
	}
	if log := lin.did(); len(log.Errors) > 0 {
		t.Errorf("the page said %q", log.Errors)
	}
}
