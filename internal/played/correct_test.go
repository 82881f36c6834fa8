package played_test

import (
	"strings"
	"testing"
	"time"

	"parley/connectors/email"
	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
	"parley/internal/testenv"
)

// corrects has the agent change a message where the platform changes none, and
// returns what is sent in its place: what the author was shown before.
func corrects(t *testing.T, h *played.Hub, m core.Message, text string) string {
	t.Helper()
	ctx, desk := t.Context(), h.Core.Desk
	shown, instead, err := desk.Correction(ctx, h.Tenant, m.ID, text)
	if err != nil || !instead {
		t.Fatalf("of a correction the author is told %v, %v", instead, err)
	}
	sent, err := desk.Edit(ctx, h.Tenant, m.ID, h.Agent, text)
	if err != nil {
		t.Fatal(err)
	}
	if sent.ID == m.ID || sent.Content.Fallback() != shown.Fallback() || sent.Content.ReplyTo == nil || sent.Content.ReplyTo.ID != m.ID {
		t.Errorf("sent is %+v, shown was %q", sent, shown.Fallback())
	}
	h.Until("the correction is sent", func() bool { return h.Message(sent.ID).State == canon.Sent })
	if was := h.Message(m.ID); !was.Edited.IsZero() || was.Content.Fallback() != m.Content.Fallback() {
		t.Errorf("the first message, which the customer still has, became %+v", was)
	}
	return shown.Fallback()
}

// reacts has the agent put an emoji on a message where the platform has no
// reactions.
func reacts(t *testing.T, h *played.Hub, m core.Message, emoji string) {
	t.Helper()
	sent, err := h.Core.Desk.React(t.Context(), h.Tenant, m.ID, h.Agent, emoji)
	if err != nil {
		t.Fatal(err)
	}
	if sent.ID == m.ID || sent.Content.ReplyTo == nil || sent.Content.ReplyTo.ID != m.ID {
		t.Errorf("the emoji is %+v", sent)
	}
	h.Until("the emoji is sent", func() bool { return h.Message(sent.ID).State == canon.Sent })
	if was := h.Message(m.ID); len(was.Reactions) != 0 {
		t.Errorf("the message wears %+v, which the customer does not see", was.Reactions)
	}
}

// TestEMail_ACorrectionAndAReactionAreMails: a mail that was sent cannot be
// changed, and has no reactions.
func TestEMail_ACorrectionAndAReactionAreMails(t *testing.T) {
	t.Parallel()
	server := testenv.Dovecot(t)
	desk, ann := server.NewMailbox(t, "desk"), server.NewMailbox(t, "ann")
	h := played.Start(t, played.Setup{Driver: email.New(), Values: mailbox(server, desk), Accounts: []canon.RemoteID{canon.RemoteID(desk.Address)}, Away: true})
	desk.Deliver(t, ann.Address, []byte("From: Ann <"+ann.Address+">\r\nTo: <"+desk.Address+">\r\nSubject: Tea\r\nMessage-ID: <1@ann>\r\nDate: "+time.Now().Format(time.RFC1123Z)+"\r\n\r\nagent\r\n"))
	c := h.Take(h.Customer(nil, ann.Address).Queued())
	var question core.Message
	for _, m := range h.Thread(c) {
		if m.From == core.FromCustomer {
			question = m
		}
	}
	before := len(ann.Wait(t, "INBOX", 1)) // she is told where she stands
	said := h.Sends(c, canon.Text{Body: "It comes on Monday."})
	if got := corrects(t, h, said, "It comes on Tuesday."); got != "更正：It comes on Tuesday." {
		t.Errorf("it reads %q", got)
	}
	reacts(t, h, question, "👍")
	all := mailsOf(t, ann, before+3)[before:]
	for i, want := range []string{"It comes on Monday.", "> It comes on Monday.\n\n更正：It comes on Tuesday.", "> agent\n\n👍"} {
		if !strings.HasPrefix(strings.TrimSpace(strings.ReplaceAll(all[i].text, "\r\n", "\n")), want) || !strings.Contains(all[i].subject, "Tea") {
			t.Errorf("mail %d is %+v", i, all[i])
		}
	}
}
