package email

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate/mail"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/testenv"
)

const backTo = "https://hub.example.com/channels/return"

// lent is a mailbox of a real server that is opened at its provider's page.
type lent struct {
	*box
	t       *testing.T
	consent *mail.Consent
	asker   connector.Authorizer
}

func newLent(t *testing.T, changes ...connector.Values) *lent {
	t.Helper()
	b := newBox(t)
	other := b.server.NewMailbox(t, "other")
	boxes := map[string]testenv.Mailbox{b.Address: b.Mailbox, other.Address: other}
	l := &lent{box: b, t: t, consent: &mail.Consent{Owners: []string{b.Address, other.Address}, Redirects: []string{backTo},
		Access: func(mailbox string) string { return boxes[mailbox].AccessToken(time.Hour) }}}
	at := httptest.NewServer(l.consent)
	t.Cleanup(at.Close)
	delete(b.link.Config, "imap_password")
	l.changes(connector.Values{"auth": "xoauth2", "smtp_user": "-", "oauth_client_id": mail.ClientID, "oauth_client_secret": mail.ClientSecret,
		"oauth_token_url": at.URL + "/token", "oauth_auth_url": at.URL + "/authorize", "oauth_scope": mail.Scope})
	for _, c := range changes {
		l.changes(c)
	}
	return l
}

// changes enters values in the form, and opens the link with them.
func (l *lent) changes(v connector.Values) {
	l.t.Helper()
	for name, value := range v {
		l.link.Config[name] = value
	}
	l.asker = l.open(l.t).(connector.Authorizer)
}

// agrees goes to the page, continues as an owner ("" cancels) and comes back.
func (l *lent) agrees(owner string) (connector.Granted, *connector.Error) {
	l.t.Helper()
	visit, err := l.asker.Authorize(l.t.Context(), connector.Account{}, connector.Back{URL: backTo, State: "s"})
	if err != nil {
		l.t.Fatal(err)
	}
	if hint := must1(url.Parse(visit.URL))(l.t).Query().Get("login_hint"); hint != l.Address {
		l.t.Errorf("the page is told %q", hint)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(visit.URL, url.Values{"owner": {owner}})
	if err != nil {
		l.t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil || back.Query().Get("state") != "s" || !strings.HasPrefix(back.String(), backTo+"?") {
		l.t.Fatalf("led back to %v, %v", back, err)
	}
	got, err := l.asker.Authorized(l.t.Context(), back.Query())
	return got, connector.AsError(err)
}

func must1[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (l *lent) run(h *hub) error {
	return l.open(l.t).(connector.Streamer).Run(l.t.Context(), h.cursors(), nil, h)
}

// TestAMailboxIsOpenedAtItsProvider: before, it is red and says what to press;
// after, its mail comes in, for as long as its owner lets it.
func TestAMailboxIsOpenedAtItsProvider(t *testing.T) {
	l := newLent(t)
	h := newHub()
	if e := connector.AsError(l.run(h)); e.Class != connector.NeedsLogin || e.Code != "not_authorised" || !strings.Contains(e.Shown.EN, "Authorise") {
		t.Errorf("before: %v, %q", e, e.Shown.EN)
	}
	got, e := l.agrees(l.Address)
	if e != nil {
		t.Fatal(e, e.Shown.EN)
	}
	if len(got.Accounts) != 1 || got.Accounts[0].RemoteID != canon.RemoteID(l.Address) || got.Config["oauth_refresh_token"] == "" {
		t.Errorf("granted %+v", got)
	}
	l.changes(got.Config)
	l.Deliver(t, "jane@example.com", letterOf(1))
	l.receive(t, h, 1)

	l.consent.Revoke(l.Address)
	must(t, l.memory.Delete(t.Context(), tokenKey))
	if e := connector.AsError(l.run(h)); e.Class != connector.NeedsLogin || e.Code != "oauth_invalid_grant" || !strings.Contains(e.Shown.EN, "Authorise again") {
		t.Errorf("taken back: %v, %q", e, e.Shown.EN)
	}
	if got, e = l.agrees(l.Address); e != nil {
		t.Fatal(e)
	}
	l.changes(got.Config)
	l.Deliver(t, "jane@example.com", letterOf(2))
	l.receive(t, h, 2)
}

// TestARefreshTokenIsFollowed: a provider that gives another one each time takes
// none twice, and the hub that starts again must know the newest.
func TestARefreshTokenIsFollowed(t *testing.T) {
	l := newLent(t)
	l.consent.Rotates = true
	got, e := l.agrees(l.Address)
	if e != nil {
		t.Fatal(e)
	}
	l.changes(got.Config)
	h := newHub()
	for n := 1; n <= 3; n++ {
		must(t, l.memory.Delete(t.Context(), tokenKey))
		l.Deliver(t, "jane@example.com", letterOf(n))
		l.receive(t, h, n)
	}
	if n := l.consent.Asked(); n != 4 { // for the code, and three times since
		t.Errorf("%d tokens were asked for", n)
	}
	// What is entered by hand is not followed by what came of another.
	l.changes(connector.Values{"oauth_refresh_token": "1//0gfrom-elsewhere"})
	must(t, l.memory.Delete(t.Context(), tokenKey))
	if e := connector.AsError(l.run(h)); e.Code != "oauth_invalid_grant" {
		t.Errorf("another token: %v", e)
	}
}

// TestAnAuthorisationThatBringsNothingSaysWhy in words of what to do.
func TestAnAuthorisationThatBringsNothingSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes connector.Values
		owner   func(*lent) string
		before  func(*lent)
		code    string
		says    string
	}{
		{name: "cancelled", owner: func(*lent) string { return "" }, code: "oauth_access_denied", says: "cancelled"},
		{name: "another mailbox", owner: func(l *lent) string { return l.consent.Owners[1] }, code: "other_mailbox", says: "Sign in as its owner"},
		{name: "wrong secret", changes: connector.Values{"oauth_client_secret": "old"}, code: "oauth_invalid_client", says: "make a new one"},
		{name: "nothing lasting", code: "no_refresh_token", says: "no lasting permission",
			before: func(l *lent) { l.consent.Online = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLent(t, c.changes)
			if c.before != nil {
				c.before(l)
			}
			owner := l.Address
			if c.owner != nil {
				owner = c.owner(l)
			}
			_, e := l.agrees(owner)
			if e == nil || e.Code != c.code || !strings.Contains(e.Shown.EN, c.says) || e.Shown.ZH == "" {
				t.Errorf("%v", e)
			}
		})
	}
	t.Run("late", func(t *testing.T) {
		l := newLent(t)
		_, err := l.asker.Authorized(t.Context(), url.Values{"code": {"4/0A"}})
		if e := connector.AsError(err); e == nil || e.Code != "late" {
			t.Errorf("%v", err)
		}
	})
	t.Run("by password", func(t *testing.T) {
		b := newBox(t)
		conn := b.open(t)
		if _, can := conn.(connector.Authorizer); can || conn.Capabilities(canon.ThreadKey{}).Can(connector.OpsAuthorize) {
			t.Error("a mailbox with a password says that it can be authorised")
		}
	})
}

// TestTwoWhoAreAwayBothComeBack: whoever comes back first ends nobody's visit.
func TestTwoWhoAreAwayBothComeBack(t *testing.T) {
	l := newLent(t)
	first, err := l.asker.Authorize(t.Context(), connector.Account{}, connector.Back{URL: backTo, State: "s"})
	if err != nil {
		t.Fatal(err)
	}
	if _, e := l.agrees(l.Address); e != nil {
		t.Fatal(e)
	}
	second, err := l.asker.Authorize(t.Context(), connector.Account{}, connector.Back{URL: backTo, State: "s"})
	if err != nil {
		t.Fatal(err)
	}
	challenge := func(v connector.Visit) string { return must1(url.Parse(v.URL))(t).Query().Get("code_challenge") }
	if challenge(first) == "" || challenge(first) != challenge(second) {
		t.Errorf("%q and %q", challenge(first), challenge(second))
	}
}
