package played_test

import (
	"testing"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// What is known of how a customer came waits for their first words where nobody
// greets them, and is with the conversation then.
func TestAVisitIsKeptUntilTheCustomerWrites(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	platform, err := fake.New(secret, fake.WithoutLog())
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	w := played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}, API: true})
	w.Caller().Must(canon.ID{}, "PATCH", "/accounts/"+w.Account.String(), map[string]any{"bot": ""}, nil)
	words := platform.Says("customer-1", "hello")
	opened := words
	opened.ID, opened.EventID = canon.NewID(), "opened-1"
	opened.Event = canon.Membership{Kind: canon.MemberOpened}
	opened.Visit = &canon.Visit{Page: "https://shop.example/cart", Title: "Cart", Answers: []canon.Field{{Name: "order", Label: "Order", Value: "A-2026"}},
		System: "iOS 19.1", Model: "iPhone 16 Pro", Carrier: "中国移动", App: "Shop 3.2.1", Address: "203.0.113.7"}
	opened.From.Phone, opened.From.Verified = "+8613800138000", true
	for _, e := range []canon.Envelope{opened, words} {
		if a, err := platform.Post(t.Context(), w.Hook(), e); err != nil || !a.Accepted() {
			t.Fatalf("the customer's event is not taken: %v %d", err, a.Status)
		}
	}
	var c core.Conversation
	w.Until("there is a conversation", func() (ok bool) {
		if all := w.Conversations(); len(all) > 0 {
			c, ok = all[0], true
		}
		return ok
	})
	var got struct{ Visit *canon.Visit }
	w.Caller().Must(canon.ID{}, "GET", "/conversations/"+c.ID.String(), nil, &got)
	if v := got.Visit; v == nil || v.Title != "Cart" || len(v.Answers) != 1 || v.Answers[0].Value != "A-2026" {
		t.Fatalf("the conversation came by %+v", v)
	}
	if v := got.Visit; v.System != "iOS 19.1" || v.Model != "iPhone 16 Pro" || v.Carrier != "中国移动" || v.App != "Shop 3.2.1" || v.Address != "203.0.113.7" {
		t.Errorf("the device is %+v", v)
	}
	var who core.Contact
	w.Caller().Must(canon.ID{}, "GET", "/contacts/"+c.Contact.String(), nil, &who)
	if who.Phone != "+8613800138000" {
		t.Errorf("the phone number is %q", who.Phone)
	}
}
