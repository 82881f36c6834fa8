package messaging_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	emu "parley/connectors/emulate/meta"
	"parley/core/canon"
	"parley/core/connector"
)

const backTo = "https://hub.example.com/channels/return"

// door is a link by login: accounts are authorised at Facebook's own page.
type door struct {
	t *testing.T
	*stage
	conn  connector.Conn
	cache *lasting
	now   time.Time
	hub   string // repeats challenges

	mu     sync.Mutex
	lights map[canon.RemoteID]connector.State
}

// lasting is a cache that remembers for how long things were to be kept.
type lasting struct {
	cache
	lives map[string]time.Duration
}

func (c *lasting) Set(ctx context.Context, key, value string, life time.Duration) error {
	c.mu.Lock()
	c.lives[key] = life
	c.mu.Unlock()
	return c.cache.Set(ctx, key, value, life)
}

func (s side) door(t *testing.T, values connector.Values) *door {
	t.Helper()
	d := &door{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), lights: map[canon.RemoteID]connector.State{},
		cache: &lasting{cache{m: map[string]string{}}, map[string]time.Duration{}}}
	played, err := s.play(func() time.Time { return d.now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(played.Close)
	d.stage = played.(*stage)
	d.Redirects(backTo)
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	t.Cleanup(hub.Close)
	d.hub = hub.URL
	d.opens(values, canon.RemoteID(canon.NewID().String()))
	return d
}

// opens opens the link with accounts.
func (d *door) opens(values connector.Values, accounts ...canon.RemoteID) {
	d.t.Helper()
	config := connector.Values{"way": "login", "app_id": emu.AppID, "app_secret": emu.AppSecret, "verify_token": word, "api_base": d.srv.URL, "page_base": d.srv.URL}
	for name, v := range values {
		config[name] = v
	}
	complete, bad := d.side.driver().Spec().Form.Complete(config)
	if len(bad) > 0 {
		d.t.Fatal(bad)
	}
	link := connector.Link{Config: complete, HookURL: d.hub}
	for _, id := range accounts {
		link.Accounts = append(link.Accounts, connector.Account{ID: canon.NewID(), RemoteID: id})
	}
	conn, err := d.side.driver().Open(d.t.Context(), link, connector.Env{HTTP: http.DefaultClient, Cache: d.cache, Clock: func() time.Time { return d.now },
		State: func(s connector.State) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.lights[s.Account] = s
		}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.conn = conn
}

// visit is the page an administrator is sent to.
func (d *door) visit() string {
	d.t.Helper()
	v, err := d.conn.(connector.Authorizer).Authorize(d.t.Context(), connector.Account{}, connector.Back{URL: backTo, State: "s-1"})
	if err != nil {
		d.t.Fatal(err)
	}
	return v.URL
}

// returns hands over what the dialog led back.
func (d *door) returns(back string, err error) (connector.Granted, *connector.Error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil || u.Query().Get("state") != "s-1" {
		d.t.Fatalf("led back to %s, %v", back, err)
	}
	g, err := d.conn.(connector.Authorizer).Authorized(d.t.Context(), u.Query())
	return g, connector.AsError(err)
}

func (d *door) agrees(pages ...string) connector.Granted {
	d.t.Helper()
	g, e := d.returns(d.Agree(d.visit(), emu.Amy, pages...))
	if e != nil {
		d.t.Fatal(e)
	}
	return g
}

func (d *door) sends(n byte) *connector.Error {
	_, err := d.conn.Send(d.t.Context(), d.side.hello(n))
	return connector.AsError(err)
}

func (d *door) light() connector.State {
	d.t.Helper()
	if err := d.conn.(connector.Refresher).Refresh(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lights[d.side.account]
}

// TestALoginBringsTheAccountsOfThePagesThatWereTicked: several are offered for
// choice, one is linked; the app is subscribed to those, and they write.
func TestALoginBringsTheAccountsOfThePagesThatWereTicked(t *testing.T) {
	d := onMessenger.door(t, nil)
	g := d.agrees(emu.Page, emu.OtherPage)
	if len(g.Offered) != 2 || len(g.Accounts) != 0 || g.Offered[0] != (connector.Account{RemoteID: emu.Page, Name: "Lucky Shrub"}) || g.Offered[1].RemoteID != emu.OtherPage {
		t.Fatalf("of two pages it granted %+v", g)
	}
	for _, page := range []string{emu.Page, emu.OtherPage} {
		if life := d.cache.lives["grant:"+page]; life != time.Hour {
			t.Errorf("what nobody chose yet is kept for %s", life)
		}
	}
	d.opens(nil, emu.Page)
	if err := d.conn.(connector.Installer).Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.asked("post subscribed_apps"); n != 1 {
		t.Errorf("one page was chosen, %d were subscribed", n)
	}
	if e := d.sends(1); e != nil {
		t.Error(e)
	}
	if s := d.light(); s.Health != connector.HealthGood {
		t.Errorf("the light is %+v", s)
	}
	if life := d.cache.lives["grant:"+emu.Page]; life < 365*24*time.Hour {
		t.Errorf("a linked page's grant is kept for %s", life)
	}
	if ends := d.conn.(connector.Expirer).Expires(); ends.Sub(d.now) != 90*24*time.Hour {
		t.Errorf("it is said to end on %s", ends)
	}

	// The token of a page outlives the user's, and the short one it began with.
	d.now = d.now.Add(70 * 24 * time.Hour)
	d.Open(emu.Page, string(onMessenger.peer))
	if e := d.sends(2); e != nil {
		t.Error(e)
	}

	d = onInstagram.door(t, nil)
	g = d.agrees(emu.Page, emu.OtherPage)
	if len(g.Offered) != 0 || len(g.Accounts) != 1 || g.Accounts[0] != (connector.Account{RemoteID: emu.Account, Name: "luckyshrub"}) {
		t.Fatalf("of a page with Instagram and one without it granted %+v", g)
	}
	d.opens(nil, emu.Account)
	if e := d.sends(1); e != nil {
		t.Error(e)
	}
}

// TestATokenThatIsRefusedIsMadeAnewOrItsLightTurnsRed.
func TestATokenThatIsRefusedIsMadeAnewOrItsLightTurnsRed(t *testing.T) {
	for _, s := range []side{onMessenger, onInstagram} {
		d := s.door(t, nil)
		d.agrees(emu.Page)
		d.opens(nil, s.account)
		d.Revoke(d.Spokesmen(emu.Page)[0])
		if e := d.sends(1); e == nil || e.Class != connector.Transient || e.Scope != connector.ScopeAccount {
			t.Errorf("%s: a token that was revoked is answered %+v", s.name, e)
		}
		if e := d.sends(2); e != nil {
			t.Errorf("%s: the next goes by a new one: %v", s.name, e)
		}
		d.RemoveApp(emu.Amy)
		if e := d.sends(3); e == nil || e.Class != connector.NeedsLogin || e.Scope != connector.ScopeAccount || e.Code != "not_authorised" {
			t.Errorf("%s: taken back, it is answered %+v", s.name, e)
		}
		if l := d.light(); l.Health != connector.HealthBad || l.Code != "not_authorised" || l.Remedy.ZH == "" {
			t.Errorf("%s: taken back, the light is %+v", s.name, l)
		}
		if err := d.conn.(connector.Pulse).Pulse(t.Context()); err != nil {
			t.Errorf("%s: one account's trouble is the link's: %v", s.name, err)
		}
		d.agrees(emu.Page) // again
		if e := d.sends(4); e != nil {
			t.Errorf("%s: given again: %v", s.name, e)
		}
		if l := d.light(); l.Health != connector.HealthGood {
			t.Errorf("%s: given again, the light is %+v", s.name, l)
		}
		d.Withhold("pages_manage_metadata")
		d.agrees(emu.Page)
		if l := d.light(); l.Health != connector.HealthBad || l.Code != "permission" || !strings.Contains(l.Text.EN, "pages_manage_metadata") {
			t.Errorf("%s: a permission short, the light is %+v", s.name, l)
		}
	}
}

// TestALoginThatBringsNothingSaysWhy.
func TestALoginThatBringsNothingSaysWhy(t *testing.T) {
	d := onMessenger.door(t, nil)
	says := func(what, code string, e *connector.Error) {
		t.Helper()
		if e == nil || e.Code != code || e.Shown.EN == "" || e.Shown.ZH == "" {
			t.Errorf("%s: it says %+v", what, e)
		}
		if e != nil && (strings.Contains(e.Error(), emu.AppSecret) || strings.Contains(e.Error(), "AQBcode")) {
			t.Errorf("%s: a credential is said aloud: %v", what, e)
		}
	}
	_, e := d.returns(d.Decline(d.visit()))
	says("cancelled", "no_code", e)
	_, e = d.returns(d.Agree(d.visit(), emu.Ben, emu.OtherPage))
	says("who may not write for the page", "no_page", e)
	_, e = d.returns(d.Agree(d.visit(), emu.Amy))
	says("no page ticked", "no_page", e)
	back, err := d.Agree(d.visit(), emu.Amy, emu.Page)
	d.returns(back, err)
	_, e = d.returns(back, err)
	says("a code spent twice", "100/36009", e)
	d.opens(connector.Values{"app_secret": "another-secret"})
	_, e = d.returns(d.Agree(d.visit(), emu.Amy, emu.Page))
	says("another app's secret", "1", e)
	if e.Class != connector.NeedsLogin {
		t.Errorf("another app's secret is %s", e.Class)
	}
	_, bad := d.side.driver().Spec().Form.Complete(connector.Values{"way": "login", "app_secret": emu.AppSecret})
	if !slices.ContainsFunc(bad, func(f connector.FieldError) bool { return f.Field == "app_id" }) {
		t.Errorf("a login without an App ID is taken: %v", bad)
	}
}

// TestAConfigurationFixesWhatIsAskedFor: the dialog names it and no permissions,
// and a system user's token is not exchanged.
func TestAConfigurationFixesWhatIsAskedFor(t *testing.T) {
	d := onMessenger.door(t, connector.Values{"config_id": emu.SystemConfiguration})
	u, err := url.Parse(d.visit())
	if q := u.Query(); err != nil || q.Get("config_id") != emu.SystemConfiguration || q.Has("scope") {
		t.Errorf("the dialog is %s", u)
	}
	d.agrees(emu.Page)
	if n := d.asked("post access_token"); n != 1 {
		t.Errorf("%d calls brought a system user's token", n)
	}
	d.opens(connector.Values{"config_id": emu.SystemConfiguration}, emu.Page)
	if e := d.sends(1); e != nil {
		t.Error(e)
	}
	if d.light(); !d.conn.(connector.Expirer).Expires().IsZero() {
		t.Error("a system user's authorisation is said to end")
	}
}

// TestTheTestOfALoginNamesTheStepThatFails before anybody authorised, and after.
func TestTheTestOfALoginNamesTheStepThatFails(t *testing.T) {
	d := onMessenger.door(t, nil)
	failed := func() (name string) {
		_ = d.conn.(connector.Prober).Probe(t.Context(), func(c connector.Check) { // judged by its steps
			if !c.OK && name == "" {
				name = c.Name.EN
			}
		})
		return name
	}
	if name := failed(); name != "" {
		t.Errorf("before anybody authorised, %q fails", name)
	}
	d.agrees(emu.Page)
	d.opens(nil, emu.Page)
	if err := d.conn.(connector.Installer).Uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name := failed(); name != "Account "+emu.Page {
		t.Errorf("nobody subscribed the page, and %q fails", name)
	}
	if err := d.conn.(connector.Installer).Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name := failed(); name != "" {
		t.Errorf("all is well, and %q fails", name)
	}
	d.opens(connector.Values{"app_secret": "another-secret"}, emu.Page)
	if name := failed(); name != "App ID and app secret" {
		t.Errorf("with another secret %q fails", name)
	}
}
