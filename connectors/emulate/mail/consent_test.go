package mail

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const backTo = "https://hub.example.com/channels/return"

// office is a program that asks to be let into a mailbox.
type office struct {
	t   *testing.T
	c   *Consent
	srv *httptest.Server
	now time.Time
}

func newOffice(t *testing.T) *office {
	o := &office{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	o.c = &Consent{Owners: []string{"help@shop.example"}, Redirects: []string{backTo}, Clock: func() time.Time { return o.now }}
	o.srv = httptest.NewServer(o.c)
	t.Cleanup(o.srv.Close)
	return o
}

func with(base url.Values, pairs ...string) url.Values {
	out := maps.Clone(base)
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// The verifier and challenge of RFC 7636, appendix B.
var (
	asking = url.Values{"client_id": {ClientID}, "redirect_uri": {backTo}, "response_type": {"code"}, "scope": {Scope}, "state": {"s 1"}, "access_type": {"offline"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}
	exchanging = url.Values{"client_id": {ClientID}, "client_secret": {ClientSecret}, "grant_type": {"authorization_code"}, "redirect_uri": {backTo},
		"code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}
)

// presses opens the page and presses a button of it.
func (o *office) presses(q url.Values, owner string) (page string, led url.Values) {
	o.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(o.srv.URL+"/authorize?"+q.Encode(), url.Values{"owner": {owner}})
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	at, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(body), at.Query()
}

type answered struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string
}

func (o *office) asks(in url.Values) (out answered) {
	o.t.Helper()
	res, err := http.PostForm(o.srv.URL+"/token", in)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		o.t.Fatal(err)
	}
	return out
}

func (o *office) code() string {
	o.t.Helper()
	_, led := o.presses(asking, "help@shop.example")
	if led.Get("code") == "" || led.Get("state") != "s 1" {
		o.t.Fatalf("led back with %v", led)
	}
	return led.Get("code")
}

func TestAMailboxIsLentAndTakenBack(t *testing.T) {
	o := newOffice(t)
	if _, led := o.presses(asking, ""); led.Get("error") != "access_denied" || led.Get("state") != "s 1" {
		t.Errorf("cancelled, it leads back with %v", led)
	}
	got := o.asks(with(exchanging, "code", o.code()))
	if got.Refresh == "" || !o.c.Opens("Help@shop.example", got.Access) || o.c.Opens("jane@example.com", got.Access) {
		t.Fatalf("%+v", got)
	}
	again := url.Values{"client_id": {ClientID}, "client_secret": {ClientSecret}, "grant_type": {"refresh_token"}, "refresh_token": {got.Refresh}}
	if more := o.asks(again); !o.c.Opens("help@shop.example", more.Access) || more.Refresh != "" {
		t.Errorf("%+v", more)
	}
	o.now = o.now.Add(tokenLife)
	if o.c.Opens("help@shop.example", got.Access) {
		t.Error("an access token lives for ever")
	}
	if online := o.asks(with(exchanging, "code", func() string {
		_, led := o.presses(with(asking, "access_type", "online"), "help@shop.example")
		return led.Get("code")
	}())); online.Refresh != "" || online.Access == "" {
		t.Errorf("without offline: %+v", online)
	}
	// Another takes its place, as at Microsoft.
	o.c.Rotates = true
	next := o.asks(again)
	if next.Refresh == "" || o.asks(again).Error != "invalid_grant" {
		t.Errorf("%+v", next)
	}
	o.c.Revoke("help@shop.example")
	if gone := o.asks(with(again, "refresh_token", next.Refresh)); gone.Error != "invalid_grant" || o.c.Opens("help@shop.example", next.Access) {
		t.Errorf("taken back: %+v", gone)
	}
}

// Each rule of the provider's page and token address is broken once.
func TestEveryRuleOfConsentIsKept(t *testing.T) {
	page := func(pairs ...string) func(*office) string {
		return func(o *office) string {
			said, led := o.presses(with(asking, pairs...), "help@shop.example")
			if len(led) > 0 {
				return "it leads to " + led.Encode()
			}
			return said
		}
	}
	token := func(pairs ...string) func(*office) string {
		return func(o *office) string { return o.asks(with(with(exchanging, "code", o.code()), pairs...)).Error }
	}
	breaks := map[string]func(*office) string{
		"application known":   page("client_id", "somebody"),
		"address registered":  page("redirect_uri", backTo+"/"),
		"answer by code":      page("response_type", "token"),
		"permission known":    page("scope", "everything"),
		"secret":              token("client_secret", "guessed"),
		"code known":          token("code", "4/0Aguess"),
		"same address":        token("redirect_uri", backTo+"/"),
		"verifier":            token("code_verifier", ""),
		"grant known":         token("grant_type", "password"),
		"refresh token known": token("grant_type", "refresh_token", "refresh_token", "1//0gguess"),
		"code once": func(o *office) string {
			in := with(exchanging, "code", o.code())
			o.asks(in)
			return o.asks(in).Error
		},
		"code in time": func(o *office) string {
			in := with(exchanging, "code", o.code())
			o.now = o.now.Add(codeLife)
			return o.asks(in).Error
		},
	}
	for _, rule := range consentRules() {
		t.Run(rule.Name, func(t *testing.T) {
			broken := breaks[rule.Name]
			if broken == nil {
				t.Fatal("nothing breaks it")
			}
			if said := broken(newOffice(t)); !strings.Contains(said, rule.Code) {
				t.Errorf("it answers %q, want %s", said, rule.Code)
			}
		})
	}
}
