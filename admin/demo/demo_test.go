package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/admin/auth"
	"parley/admin/demo"
	"parley/connectors/emulate/mail"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// rig is an empty installation with a mail server, ready to be filled.
type rig struct {
	t      *testing.T
	config demo.Config
	mail   *mail.Server
}

// form takes any field of the demo; what is secret is what the real forms call
// secret.
func form(string) (connector.Form, bool) {
	var f connector.Form
	for _, name := range []string{"name", "color", "title_zh", "subtitle_zh", "title_en", "subtitle_en", "address", "display_name", "sent_copy", "imap_host", "imap_port",
		"imap_security", "smtp_host", "smtp_port", "smtp_security", "poll_seconds", "signature", "api_base"} {
		f.Fields = append(f.Fields, connector.Field{Name: name, Kind: connector.FieldText})
	}
	for _, name := range []string{"imap_password", "secret"} {
		f.Fields = append(f.Fields, connector.Field{Name: name, Kind: connector.FieldSecret})
	}
	return f, true
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := t.Context()
	s, err := store.Open(ctx, store.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	box := secret.NewBox(secret.NewMasterKey())
	tenant, err := s.EnsureDefaultTenant(ctx, box)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, config: demo.Config{
		Store: s, Box: box, Tenant: tenant, Hash: auth.NewHasher(2).Hash, Form: form, Language: "zh", PublicURL: "http://127.0.0.1:8080",
		BotKind: "rules", BotContent: json.RawMessage(`{"version":1}`), PlatformBase: "http://127.0.0.1:1", PlatformSecret: "canary-of-the-platform",
		Dial: new(net.Dialer).DialContext,
	}}
	r.startMail()
	return r
}

// startMail starts a mail server on new ports, as each start of the demo does.
func (r *rig) startMail() {
	r.t.Helper()
	var users []mail.User
	for _, m := range demo.Mailboxes() {
		users = append(users, mail.User{Address: m.Address, Password: m.Password})
	}
	s, err := mail.Start(context.WithoutCancel(r.t.Context()), mail.Options{FilesSent: true}, users...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { s.Close() })
	r.mail, r.config.IMAP, r.config.SMTP = s, s.IMAPAddr, s.SMTPAddr
}

func (r *rig) setup() *demo.Demo {
	r.t.Helper()
	d, err := demo.Setup(r.t.Context(), r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// TestSetupFillsOnce fills an empty hub and starts again: everything is there
// once, and only the addresses of the played servers are new.
func TestSetupFillsOnce(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	scope := r.config.Store.For(r.config.Tenant.ID)
	first := r.setup()
	if !first.Fresh || len(first.People) != 3 {
		t.Errorf("fresh %t, %d people", first.Fresh, len(first.People))
	}
	// As if the mailbox had been read, and somebody renamed the account.
	must(t, scope.Accept(ctx, first.Mail.Link, nil, map[string]string{"INBOX": `{"uid":9}`}))
	must(t, scope.Write(ctx, func(tx *store.Tx) error {
		return tx.Cache(first.Mail.Link, "token", "of the old server", tx.Now().Add(time.Hour))
	}))
	must(t, scope.Write(ctx, func(tx *store.Tx) error {
		a := first.Web
		a.Name = "Renamed"
		_, err := tx.ChangeAccount(ctx, a, canon.ID{})
		return err
	}))
	r.startMail()
	second := r.setup()
	if second.Fresh || second.Web.ID != first.Web.ID || second.Mail.ID != first.Mail.ID || second.Platform.ID != first.Platform.ID || second.Web.Name != "Renamed" {
		t.Errorf("the second start made things anew: %+v", second)
	}

	accounts, err := scope.Accounts(ctx, canon.ID{}, 10)
	must(t, err)
	agents, err := scope.Agents(ctx, canon.ID{}, 10)
	must(t, err)
	teams, err := scope.Teams(ctx, canon.ID{}, 10)
	must(t, err)
	bots, err := scope.Bots(ctx, canon.ID{}, 10)
	must(t, err)
	tags, err := scope.Tags(ctx, "", canon.ID{}, 50)
	must(t, err)
	phrases, err := scope.CannedOf(ctx, canon.ID{}, canon.ID{}, 50)
	must(t, err)
	if len(accounts) != 3 || len(agents) != 3 || len(teams) != 1 || len(teams[0].Members) != 3 || len(bots) != 1 || bots[0].Published != 1 || len(tags) != 6 || len(phrases) != 5 {
		t.Errorf("%d accounts, %d agents, %d teams, %d bots, %d tags, %d phrases", len(accounts), len(agents), len(teams), len(bots), len(tags), len(phrases))
	}
	for _, a := range accounts {
		if a.Bot != bots[0].ID || a.Team != teams[0].ID {
			t.Errorf("account %s leads to bot %s and team %s", a.Name, a.Bot, a.Team)
		}
	}
	link, err := scope.Link(ctx, second.Mail.Link)
	must(t, err)
	_, port, _ := net.SplitHostPort(r.mail.IMAPAddr)
	if link.Config["imap_port"] != port || !slices.Contains(link.Secrets, "imap_password") || slices.Contains(slices.Collect(maps.Keys(link.Config)), "imap_password") {
		t.Errorf("the mail link is %v with the secrets %v; the server is at %s", link.Config, link.Secrets, r.mail.IMAPAddr)
	}
	cursors, err := scope.Cursors(ctx, second.Mail.Link)
	must(t, err)
	if cursors["INBOX"] != "" {
		t.Errorf("the new mail server would be read from where the old one was left: %q", cursors["INBOX"])
	}
	if kept, ok, err := scope.Cached(ctx, second.Mail.Link, "token"); ok || err != nil {
		t.Errorf("the new mail server is asked with what the old one gave: %q %v", kept, err)
	}
	tenant, err := scope.ReadTenant(ctx)
	must(t, err)
	if tenant.Name != "山月茶铺" || tenant.Hours.IsZero() {
		t.Errorf("the tenant is %q with the hours %s", tenant.Name, tenant.Hours)
	}
	for _, p := range first.People {
		a, ok, err := scope.AgentByEmail(ctx, p.Email)
		must(t, err)
		hash, err := scope.PasswordHash(ctx, a.ID)
		must(t, err)
		right, err := auth.NewHasher(1).Check(ctx, hash, p.Password)
		if !ok || a.Role != p.Role || !right || err != nil {
			t.Errorf("%s cannot sign in as %s with the printed password: %v", p.Email, p.Role, err)
		}
		if err := auth.CheckPassword("password", p.Password, p.Email, p.Name); err != nil {
			t.Errorf("the password of %s would be refused: %v", p.Email, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestBannerTellsEverything looks for every address and login.
func TestBannerTellsEverything(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		r := newRig(t)
		r.config.Language = lang
		d := r.setup()
		text := d.Banner()
		for _, want := range []string{"http://127.0.0.1:8080/demo/\n", "http://127.0.0.1:8080/demo/mail\n", "http://127.0.0.1:8080/\n", "lin@demo.example", "demo-lin-2026", "chen@demo.example",
			"anna@demo.example", "(" + string(core.RoleOwner) + ")", demo.ShopMail, r.mail.IMAPAddr, r.mail.SMTPAddr} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the banner lacks %q:\n%s", lang, want, text)
			}
		}
	}
}

// TestFirstCustomersComeOnce plays a hub that is not ready at first.
func TestFirstCustomersComeOnce(t *testing.T) {
	r := newRig(t)
	d := r.setup()
	var seen []string
	refused := false
	post := func(ctx context.Context, hook string, e canon.Envelope) error {
		if !refused {
			refused = true
			return errors.New("connection refused")
		}
		if hook != d.HookURL() || !strings.HasSuffix(hook, d.Platform.Link.String()) || e.Thread.Account != "main" || e.From.Name == "" || e.EventID == "" {
			t.Errorf("posted %+v to %s", e, hook)
		}
		seen = append(seen, e.EventID)
		return r.config.Store.For(r.config.Tenant.ID).Accept(ctx, d.Platform.Link, []store.Arrival{{Link: d.Platform.Link, Account: d.Platform.ID, Envelope: e}}, nil)
	}
	must(t, d.FirstCustomers(t.Context(), post))
	if len(seen) < 3 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != len(seen) {
		t.Errorf("posted the events %v", seen)
	}
	if sent := r.mail.Sent(); len(sent) != 1 || sent[0].To != demo.ShopMail || sent[0].From != demo.CustomerMail {
		t.Errorf("sent %+v", sent)
	}
	again := r.setup()
	must(t, again.FirstCustomers(t.Context(), func(context.Context, string, canon.Envelope) error {
		t.Error("the customers came twice")
		return nil
	}))
}

// get reads a page of the demo.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestShopCarriesTheChat reads the shop in both languages.
func TestShopCarriesTheChat(t *testing.T) {
	d := newRig(t).setup() // a Chinese shop
	h := d.Handler()
	for lang, want := range map[string]string{"": "明前龙井", "?lang=zh": "¥168", "?lang=en": "Spring Longjing"} {
		w := get(t, h, "/demo/"+lang)
		body := w.Body.String()
		script := `<script src="/widget.js" data-account="` + d.Web.ID.String() + `"`
		if w.Code != http.StatusOK || !strings.Contains(body, want) || !strings.Contains(body, script) {
			t.Errorf("%s: %d, without %q or %q", lang, w.Code, want, script)
		}
		if strings.Contains(body, "style=") || strings.Contains(body, "<style") || strings.Contains(body, "onclick") {
			t.Error("the page needs more than its own policy allows")
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
	}
	for _, path := range []string{"/demo/shop.css", "/demo/mail.js"} {
		if w := get(t, h, path); w.Code != http.StatusOK || w.Body.Len() == 0 || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(t, h, "/demo/else"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown page: %d", w.Code)
	}
}

// TestCustomerWritesAndReadsMail goes the whole way of a mail: written on the
// page, taken by the mail server, answered, shown.
func TestCustomerWritesAndReadsMail(t *testing.T) {
	r := newRig(t)
	h := r.setup().Handler()
	post := func(values url.Values, header ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/demo/mail?lang=en", strings.NewReader(values.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w
	}
	w := post(url.Values{"subject": {"茶具 question\r\nBcc: victim@elsewhere.example"}, "text": {"你好,\n.\nwhere is my gaiwan?"}, "answers": {"<a@b>\r\nX: y"}}, "Sec-Fetch-Site", "same-origin")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("sending: %d %s", w.Code, w.Body)
	}
	sent := r.mail.Sent()
	if len(sent) != 1 || sent[0].To != demo.ShopMail {
		t.Fatalf("the mail server took %+v", sent)
	}
	head, _, _ := strings.Cut(string(sent[0].Raw), "\r\n\r\n")
	if strings.Contains(head, "\nBcc") || strings.Contains(head, "\nX:") || strings.Contains(head, "In-Reply-To") {
		t.Errorf("headers were smuggled in:\n%s", head)
	}
	answer := "From: Shop <" + demo.ShopMail + ">\r\nTo: " + demo.CustomerMail + "\r\nSubject: Re: <b>gaiwan</b>\r\nMessage-ID: <x1@shop>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		"On its way! <script>alert(1)</script>\r\n\r\nMay wrote:\r\n> where is my gaiwan?\r\n"
	must(t, r.mail.Deliver(demo.CustomerMail, []byte(answer)))
	body := get(t, h, "/demo/mail?lang=en").Body.String()
	for _, want := range []string{"On its way!", "where is my gaiwan?", "&lt;script&gt;", "Re: &lt;b&gt;gaiwan&lt;/b&gt;", "Quoted text", "answers=%3Cx1%40shop%3E"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mailbox lacks %q", want)
		}
	}
	if strings.Contains(body, "<script>alert") {
		t.Error("a mail acts on the page")
	}
	fragment := get(t, h, "/demo/mail/letters?lang=en").Body.String()
	if !strings.Contains(fragment, "On its way!") || strings.Contains(fragment, "<html") {
		t.Errorf("the list alone is %q", fragment)
	}

	if w := post(url.Values{"text": {"x"}}, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("another site may send mails: %d", w.Code)
	}
	if w := post(url.Values{"text": {"  "}}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Write something first.") {
		t.Errorf("an empty mail: %d", w.Code)
	}
	if w := post(url.Values{"text": {strings.Repeat("x", 100<<10)}}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a mail of 100 kB: %d", w.Code)
	}
	must(t, r.mail.Close())
	if w := post(url.Values{"text": {"keep this draft"}}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "keep this draft") {
		body, _ := io.ReadAll(w.Body)
		t.Errorf("a mail that was not taken: %d %s", w.Code, body)
	}
}
