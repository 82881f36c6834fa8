package played_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/email"
	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/connectors/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
	"parley/internal/played"
	"parley/internal/testenv"
)

// told is a mail as somebody reads it.
type told struct{ id, subject, text, from string }

// mailsOf are those in a mailbox, oldest first, once there are n.
func mailsOf(t *testing.T, box testenv.Mailbox, n int) (out []told) {
	t.Helper()
	for _, raw := range box.Wait(t, "INBOX", n) {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, told{m.Header.Get("Message-Id"), subject, plain(t, m), m.Header.Get("From")})
	}
	return out
}

// plain is the first text of a mail.
func plain(t *testing.T, m *mail.Message) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	var body io.Reader = p
	if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(p)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestAlertsComeByMail: over a real mail server, everybody named is written to
// when an account turns red, when it has been well again for a while, and when
// its token has seven days left: once each, in the language of the business,
// with the cause, what to do and where.
func TestAlertsComeByMail(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": testenv.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alertsByMail(t, database(t))
		})
	}
}

func alertsByMail(t *testing.T, database string) {
	clock := &played.Clock{}
	p := playedmeta.New(playedmeta.Options{Clock: clock.Now, Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
	p.Grant(clock.Now().Add(30*24*time.Hour).Unix(), "whatsapp_business_messaging", "whatsapp_business_management")
	var away atomic.Bool
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	p.Serving(api.Listener.Addr().String())
	h := played.Start(t, played.Setup{Driver: meta.WhatsApp(), Also: []connector.Driver{email.New()}, Database: database, Clock: clock.Now, Pulse: 200 * time.Millisecond,
		Accounts: []canon.RemoteID{playedmeta.Number}, Values: connector.Values{
			"account": playedmeta.Number, "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "api_base": api.URL, "waba_id": playedmeta.WABA}})

	server := testenv.Dovecot(t)
	desk, ann, bob := server.NewMailbox(t, "desk"), server.NewMailbox(t, "ann"), server.NewMailbox(t, "bob")
	from := h.Add(email.New(), "Desk", canon.RemoteID(desk.Address), mailbox(server, desk))
	speaks := func(language string) {
		h.Write(func(tx *store.Tx) error {
			v, err := tx.ReadTenant(t.Context())
			if err != nil {
				return err
			}
			v.Language = language
			return tx.ChangeTenant(t.Context(), v, canon.ID{})
		})
	}
	speaks("en")
	h.Write(func(tx *store.Tx) error {
		return tx.SaveAlertSettings(t.Context(), core.AlertSettings{Mail: []string{ann.Address, bob.Address}, MailAccount: from}, nil)
	})
	page := h.URL + "/channels/a/" + h.Account.String()
	h.Until("the platform answers, and says when the token ends", func() bool {
		v, err := h.Store.For(h.Tenant).Account(t.Context(), h.Account)
		return err == nil && v.State.Health == connector.HealthGood && !v.State.Expires.IsZero()
	})

	away.Store(true)
	red := mailsOf(t, ann, 1)[0]
	if red.subject != "Tea House is not working" || !strings.Contains(red.text, "outage") || !strings.Contains(red.text, page) || !strings.Contains(red.from, desk.Address) {
		t.Errorf("of the red light Ann reads %+v", red)
	}
	if got := mailsOf(t, bob, 1)[0]; got.subject != red.subject || got.text != red.text {
		t.Errorf("Bob reads %+v", got)
	}

	away.Store(false)
	h.Until("the light is green", func() bool {
		v, err := h.Store.For(h.Tenant).Account(t.Context(), h.Account)
		return err == nil && v.State.Health == connector.HealthGood
	})
	clock.Pass(store.GreenAfter + time.Second)
	if green := mailsOf(t, ann, 2)[1]; green.subject != "Tea House works again" || !strings.Contains(green.text, "both directions") || green.id == red.id {
		t.Errorf("of the green light she reads %+v", green)
	}

	speaks("zh")
	clock.Pass(24 * 24 * time.Hour)
	token := mailsOf(t, ann, 3)[2]
	if !strings.Contains(token.subject, "的凭据将于") || !strings.Contains(token.text, "请在到期前更新") || !strings.Contains(token.text, page) {
		t.Errorf("of the token she reads %+v", token)
	}

	// Nothing is told twice: what comes next is the next change.
	away.Store(true)
	if all := mailsOf(t, ann, 4); len(all) != 4 || !strings.Contains(all[3].subject, "无法正常工作") {
		t.Errorf("in the end she has %+v", all)
	}
	all, err := h.Store.For(h.Tenant).Alerts(t.Context(), canon.ID{}, 20)
	if err != nil || len(all) != 4 {
		t.Fatalf("%d alerts, %v", len(all), err)
	}
	for _, a := range all[1:] {
		for _, s := range a.Sends {
			if s.State != "sent" || s.Tries != 1 {
				t.Errorf("%s to %s is %s after %d tries: %s", a.Kind, s.Target, s.State, s.Tries, s.Trouble)
			}
		}
	}
}

// mailbox is the form of a mailbox on a test server.
func mailbox(server testenv.Mail, box testenv.Mailbox) connector.Values {
	imapHost, imapPort, _ := net.SplitHostPort(server.IMAPAddr)
	smtpHost, smtpPort, _ := net.SplitHostPort(server.SMTPAddr)
	return connector.Values{
		"address": box.Address, "display_name": "Tea House", "imap_password": box.Password,
		"imap_host": imapHost, "imap_port": imapPort, "imap_security": "none",
		"smtp_host": smtpHost, "smtp_port": smtpPort, "smtp_security": "none", "poll_seconds": "10",
	}
}
