package journey

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/meta"
)

// linksPages is an administrator who links pages by Facebook login: agrees at
// Facebook, chooses one page of two, adds the other later, sees the light turn
// red when the app is taken out there, and green when it is agreed to again.
func (s *shop) linksPages(t *testing.T, admin *desk) {
	p := meta.New(meta.Options{Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{50 * time.Millisecond}, 100)}})
	base := serves(t, p)
	p.Serving(host(base))
	p.Redirects(s.url + "/channels/return")
	phone := p.Phone(meta.Messenger)

	admin.visit(s.url + "/channels/link/messenger")
	admin.fill(label("Name").nth(0), "Flower shop")
	admin.choose("way", "Facebook login")
	admin.fill(label("App secret").loose(), meta.AppSecret)
	admin.fill(label("App ID").loose(), meta.AppID)
	admin.fill(label("App ID").loose(), "") // what is amiss between fields is said before anything is pressed
	admin.sees(text("Facebook login needs the App ID."))
	admin.fill(label("App ID").loose(), meta.AppID)
	admin.misses(text("Facebook login needs the App ID."))
	admin.click(button("3 more settings"))
	admin.fill(label("API address").loose(), base)
	admin.fill(label("Address of the login page").loose(), base)
	admin.shot("login-form")
	admin.click(button("Link account"))
	admin.sees(text("Flower shop is linked"))
	first := s.accounts(t)["Flower shop"]

	admin.click(button("Open the account"))
	admin.sees(text("No account has been authorised yet."))
	admin.click(button("Authorise"))
	admin.shot("login-dialog")
	admin.click(button("Continue as Amy Lin"))
	admin.sees(role("heading", "Which accounts are to be linked?"))
	admin.click(label("Lucky Shrub Outlet").loose())
	admin.shot("login-choose")
	for _, v := range admin.axe("") {
		t.Error(v)
	}
	admin.click(button("Link 1 account"))
	admin.sees(text("Flower shop is authorised"))
	says(t, phone, phone.Customers()[0].ID, "Are you open?")
	talk := s.conversationWith(t, "Are you open?")

	// The other page needs no choice: it is the only new one.
	admin.click(button("Authorise another account"))
	admin.click(button("Continue as Amy Lin"))
	admin.sees(text("Lucky Shrub Outlet is authorised"))
	if all := s.accounts(t); all["Flower shop"].ID != first.ID || all["Lucky Shrub Outlet"].Link != first.Link {
		t.Errorf("the accounts are %+v, and were set up as %+v", all, first)
	}

	// Amy takes the app out of her integrations, and agrees again: what was said
	// meanwhile has waited.
	p.RemoveApp(meta.Amy)
	inHerName := s.api
	inHerName.agent = admin.who.id
	inHerName.do(t, "POST", "/conversations/"+talk+"/messages", object{"text": "Until six."}, nil)
	admin.sees(role("alert").has("Flower shop is not working"))
	admin.visit(s.url + "/channels/a/" + first.ID)
	admin.click(button("Authorise again"))
	admin.click(button("Continue as Amy Lin"))
	admin.sees(text("Flower shop is authorised"))
	admin.misses(role("alert").has("Flower shop is not working"))
	until(t, "the customer reads what had waited", func() (bool, string) {
		seen := drawn(phone.Screen(phone.Customers()[0].ID).Bubbles)
		return strings.Contains(seen, "Until six."), seen
	})
}
