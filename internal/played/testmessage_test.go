package played_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/email"
	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/connectors/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
	"parley/internal/testenv"
)

// TestATestMessageGoesToWhomTheAdministratorNames: to a mail address that never
// wrote, over a real mail server, in a conversation nobody has; and to a user by
// the platform's own id, on the thread they have already.
func TestATestMessageGoesToWhomTheAdministratorNames(t *testing.T) {
	t.Parallel()
	p := playedmeta.New(playedmeta.Options{Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	p.Serving(api.Listener.Addr().String())
	h := played.Start(t, played.Setup{Driver: meta.WhatsApp(), Also: []connector.Driver{email.New()}, Accounts: []canon.RemoteID{playedmeta.Number}, Values: connector.Values{
		"account": playedmeta.Number, "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "api_base": api.URL, "waba_id": playedmeta.WABA}})
	server := testenv.Dovecot(t)
	desk, ann := server.NewMailbox(t, "desk"), server.NewMailbox(t, "ann")
	mails := h.Add(email.New(), "Desk", canon.RemoteID(desk.Address), mailbox(server, desk))
	try := func(account canon.ID, to string) core.Message {
		t.Helper()
		m, err := h.Core.Desk.TryTo(t.Context(), h.Tenant, account, to, "This is a test.", h.Agent)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}

	m := try(mails, ann.Address)
	got := mailsOf(t, ann, 1)
	if len(got) != 1 || !strings.Contains(got[0].text, "This is a test.") || !strings.Contains(got[0].from, desk.Address) {
		t.Errorf("Ann reads %+v", got)
	}
	h.Ends(m.ID, canon.Sent)
	r, err := h.Store.For(h.Tenant).Round(t.Context(), m.Conversation)
	if err != nil || r.Owner.Kind != core.StatusClosed || m.From != core.FromSystem || len(h.Conversations()) != 0 {
		t.Errorf("of a test there is left %+v, %v", r.Conversation, err)
	}
	counts, err := h.Store.For(h.Tenant).Tallies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range counts {
		if n != 0 && name != "status:closed" {
			t.Errorf("of a closed test %d count as %s", n, name)
		}
	}
	if _, err := h.Core.Desk.TryTo(t.Context(), h.Tenant, mails, "no address", "x", h.Agent); err == nil {
		t.Error("what is no address was written to")
	}

	h.Install()
	c := h.Customer(p.Phone(playedmeta.WhatsApp), "16505551234")
	c.Says("hello")
	h.Until("there is a conversation", func() bool { return len(h.Conversations()) == 1 })
	try(h.Account, "16505551234")
	c.Sees("This is a test.")
	if n := len(h.Conversations()); n != 1 {
		t.Errorf("there are %d conversations", n)
	}
}
