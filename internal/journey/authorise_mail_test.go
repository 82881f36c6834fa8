package journey

import (
	"net"
	"strings"
	"testing"

	"parley/connectors/emulate/mail"
)

// linksMailbox is an administrator who links a mailbox that takes no password: its
// owner agrees at the provider, takes that back, and agrees again. Whoever agrees
// for another mailbox is told so.
func (s *shop) linksMailbox(t *testing.T, admin *desk) {
	const other = "sales@journey.test"
	consent := &mail.Consent{Owners: []string{shopAddress, other}, Redirects: []string{s.url + "/channels/return"}, Rotates: true}
	provider, err := mail.Start(t.Context(), mail.Options{FilesSent: true, Consent: consent}, mail.User{Address: shopAddress, Password: "none"}, mail.User{Address: other}, mail.User{Address: customerAddress})
	if err != nil {
		t.Fatal(err)
	}
	imapHost, imapPort, _ := net.SplitHostPort(provider.IMAPAddr)
	smtpHost, smtpPort, _ := net.SplitHostPort(provider.SMTPAddr)
	base := serves(t, consent)

	admin.visit(s.url + "/channels/link/email")
	admin.fill(label("Name").nth(0), "Post")
	admin.fill(label("Mail address").loose(), shopAddress)
	admin.choose("auth", "OAuth: agree at the provider")
	admin.choose("imap_security", "None")
	admin.choose("smtp_security", "None")
	for name, value := range map[string]string{"IMAP server": imapHost, "IMAP port": imapPort, "SMTP server": smtpHost, "SMTP port": smtpPort,
		"OAuth client id": mail.ClientID, "OAuth client secret": mail.ClientSecret} {
		admin.fill(label(name).loose(), value)
	}
	admin.click(text("more settings").loose())
	for name, value := range map[string]string{"OAuth token address": base + "/token", "OAuth sign-in address": base + "/authorize", "OAuth permissions": mail.Scope} {
		admin.fill(label(name).loose(), value)
	}
	admin.shot("mailbox-form")
	admin.click(button("Link account"))
	admin.sees(text("Post is linked"))
	first := s.accounts(t)["Post"]

	admin.click(button("Open the account"))
	admin.sees(text("Press “Authorise” on the account's page and agree at the mail provider."))
	admin.misses(button("Authorise another account"))
	admin.shot("mailbox-waits")
	admin.click(button("Authorise"))
	admin.click(button("Continue as " + other))
	admin.sees(text("The mailbox " + shopAddress + " does not open with what was granted.").loose())
	admin.visit(s.url + "/channels/a/" + first.ID)
	admin.click(button("Authorise"))
	admin.click(button("Continue as " + shopAddress))
	admin.sees(text("Post is authorised"))
	customer := &post{t: t, provider: provider}
	says(t, customer, customerAddress, "还有货吗")
	talk := s.conversationWith(t, "还有货吗")

	provider.TakeBack(shopAddress)
	admin.sees(role("alert").has("Post is not working"))
	inHerName := s.api
	inHerName.agent = admin.who.id
	inHerName.do(t, "POST", "/conversations/"+talk+"/messages", object{"text": "有的。"}, nil)
	admin.visit(s.url + "/channels/a/" + first.ID)
	admin.shot("mailbox-taken-back")
	admin.click(button("Authorise again"))
	admin.click(button("Continue as " + shopAddress))
	admin.sees(text("Post is authorised"))
	admin.misses(role("alert").has("Post is not working"))
	until(t, "the customer reads what had waited", func() (bool, string) {
		seen := drawn(customer.Screen(customerAddress).Bubbles)
		return strings.Contains(seen, "有的。"), seen
	})
	for _, v := range admin.axe("") {
		t.Error(v)
	}
}
