package mail

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"parley/connectors/emulate"
)

// The application that is registered at the provider.
const (
	ClientID     = "parley-journeys.apps.example"
	ClientSecret = "GOCSPX-played-secret-of-the-app"
)

// Scope is the permission to read and send a mailbox's mail.
const Scope = "https://mail.example/"

// How long things last: codes ten minutes, access tokens an hour.
const (
	codeLife  = 10 * time.Minute
	tokenLife = time.Hour
)

// Consent is the provider's page where owners of mailboxes let programs in, and
// the address where programs get tokens, after RFC 6749, 6750 and 7636 and what
// Google and Microsoft write of theirs. It is an http.Handler: pages at
// /authorize, tokens at /token. Safe for concurrent use.
type Consent struct {
	// Owners are the mailboxes whose owners may be played on the page.
	Owners []string
	// Redirects are the addresses it may lead back to; nil: any.
	Redirects []string
	// Rotates gives another refresh token each time one is used, as Microsoft does.
	Rotates bool
	// Online gives nothing lasting, as to a program that was let in before.
	Online bool
	// Access makes an access token for a mailbox, where a mail server of its own
	// checks them; nil: a word that Opens knows.
	Access func(mailbox string) string
	// Clock is the time; nil is the system's.
	Clock func() time.Time

	mu     sync.Mutex
	codes  map[string]granted
	tokens map[string]string // refresh tokens, by mailbox
	access map[string]granted
	asked  int
}

type granted struct {
	mailbox, redirect, challenge string
	ends                         time.Time
	used, offline                bool
}

// consentRules are what the provider insists on.
func consentRules() []emulate.Rule {
	const google, rfc = "https://developers.google.com/identity/protocols/oauth2/web-server", "https://www.rfc-editor.org/rfc/rfc6749#section-5.2"
	return []emulate.Rule{
		{Name: "application known", Says: "The client id is one that is registered.", Doc: google, Code: "invalid_client"},
		{Name: "address registered", Says: "The address to lead back to is registered, letter for letter.", Doc: google, Code: "redirect_uri_mismatch"},
		{Name: "answer by code", Says: "An answer is asked for as code.", Doc: google, Code: "unsupported_response_type"},
		{Name: "permission known", Says: "What is asked for is a permission the provider has.", Doc: google, Code: "invalid_scope"},
		{Name: "secret", Says: "A program proves itself by its secret.", Doc: rfc, Code: "invalid_client"},
		{Name: "code known", Says: "A code is one the page led back with.", Doc: rfc, Code: "invalid_grant"},
		{Name: "code once", Says: "A code is good once.", Doc: rfc, Code: "invalid_grant"},
		{Name: "code in time", Says: "A code is good for ten minutes.", Doc: rfc, Code: "invalid_grant"},
		{Name: "same address", Says: "A code is exchanged with the address it was led back to.", Doc: rfc, Code: "invalid_grant"},
		{Name: "verifier", Says: "A code asked for with a challenge is exchanged with its verifier.", Doc: "https://www.rfc-editor.org/rfc/rfc7636#section-4.6", Code: "invalid_grant"},
		{Name: "refresh token known", Says: "A refresh token was given, and was neither replaced nor taken back.", Doc: rfc, Code: "invalid_grant"},
		{Name: "grant known", Says: "Tokens are given for a code or a refresh token.", Doc: rfc, Code: "unsupported_grant_type"},
	}
}

// refused is an error code and what it means.
type refused struct{ code, says string }

// ServeHTTP shows the page and gives tokens.
func (c *Consent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/authorize":
		c.page(w, r)
	case "/token":
		c.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (c *Consent) now() time.Time {
	if c.Clock == nil {
		return time.Now()
	}
	return c.Clock()
}

// asks holds the address of the page against the rules. What is wrong is said on
// the page: it must not lead back to an address nobody knows.
func (c *Consent) asks(q url.Values) *refused {
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != ClientID:
		return &refused{code: "invalid_client", says: "The OAuth client was not found."}
	case err != nil || back.Host == "" || c.Redirects != nil && !slices.Contains(c.Redirects, q.Get("redirect_uri")):
		return &refused{code: "redirect_uri_mismatch", says: "You can’t sign in because this app sent an invalid request."}
	case q.Get("response_type") != "code":
		return &refused{code: "unsupported_response_type", says: "The response type is not supported."}
	case !slices.Contains(strings.Fields(q.Get("scope")), Scope):
		return &refused{code: "invalid_scope", says: "Some requested scopes were invalid."}
	}
	return nil
}

func (c *Consent) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	bad := c.asks(q)
	if bad == nil && r.Method == http.MethodPost {
		with := url.Values{"error": {"access_denied"}}
		if owner := r.PostFormValue("owner"); slices.Contains(c.Owners, owner) {
			with = url.Values{"code": {c.agree(q, owner)}, "scope": {q.Get("scope")}}
		}
		http.Redirect(w, r, led(q, with), http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = c.form(bad, q.Get("login_hint")).Render(w) // whoever asked hung up
}

// led is the address that is led back to.
func led(q, with url.Values) string {
	back, _ := url.Parse(q.Get("redirect_uri")) // asks has read it
	in := back.Query()
	for name, v := range with {
		in[name] = v
	}
	if state := q.Get("state"); state != "" {
		in.Set("state", state)
	}
	back.RawQuery = in.Encode()
	return back.String()
}

func (c *Consent) agree(q url.Values, owner string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.codes == nil {
		c.codes = map[string]granted{}
	}
	word := "4/0A" + rand.Text()
	c.codes[word] = granted{
		mailbox: owner, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), ends: c.now().Add(codeLife),
		offline: q.Get("access_type") == "offline" || slices.Contains(strings.Fields(q.Get("scope")), "offline_access"),
	}
	return word
}

// form is the page: whose mailbox it is, or why it cannot be used.
func (c *Consent) form(bad *refused, hint string) g.Node {
	const style = "body{font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}button{display:block;width:100%;margin:.6rem 0;padding:.8rem;font:inherit}"
	var content g.Node = h.Form(h.Method("post"),
		h.P(g.Text("Parley wants to read, compose and send your mail.")),
		g.If(hint != "", h.P(g.Text("Asked for: "+hint))),
		g.Map(c.Owners, func(owner string) g.Node {
			return h.Button(h.Name("owner"), h.Value(owner), g.Text("Continue as "+owner))
		}),
		h.Button(g.Text("Cancel")))
	if bad != nil {
		content = h.P(h.Role("alert"), g.Text("Error 400: "+bad.code+". "+bad.says))
	}
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(h.Meta(h.Charset("utf-8")), h.Meta(h.Name("viewport"), h.Content("width=device-width")), h.TitleEl(g.Text("Sign in to your mailbox")), h.StyleEl(g.Raw(style))),
		h.Body(h.H1(g.Text("Sign in to your mailbox")), content)))
}

func (c *Consent) token(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	out, bad := c.issue(r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if bad != nil {
		status := http.StatusBadRequest
		if bad.code == "invalid_client" {
			status = http.StatusUnauthorized
		}
		w.WriteHeader(status)
		out = map[string]any{"error": bad.code, "error_description": bad.says}
	}
	_ = json.NewEncoder(w).Encode(out) // whoever asked hung up
}

func (c *Consent) issue(r *http.Request) (map[string]any, *refused) {
	if r.PostFormValue("client_id") != ClientID || subtle.ConstantTimeCompare([]byte(r.PostFormValue("client_secret")), []byte(ClientSecret)) == 0 {
		return nil, &refused{code: "invalid_client", says: "The OAuth client was not found, or its secret is wrong."}
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		return c.exchange(r)
	case "refresh_token":
		old := r.PostFormValue("refresh_token")
		mailbox, ok := c.tokens[old]
		if !ok {
			return nil, &refused{code: "invalid_grant", says: "Token has been expired or revoked."}
		}
		if c.Rotates {
			delete(c.tokens, old)
		}
		return c.mint(mailbox, c.Rotates), nil
	}
	return nil, &refused{code: "unsupported_grant_type", says: "Invalid grant_type"}
}

func (c *Consent) exchange(r *http.Request) (map[string]any, *refused) {
	word := r.PostFormValue("code")
	of, ok := c.codes[word]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case !ok:
		return nil, &refused{code: "invalid_grant", says: "Malformed auth code."}
	case of.used:
		return nil, &refused{code: "invalid_grant", says: "The code was redeemed already."}
	case !c.now().Before(of.ends):
		return nil, &refused{code: "invalid_grant", says: "The code has expired."}
	case r.PostFormValue("redirect_uri") != of.redirect:
		return nil, &refused{code: "invalid_grant", says: "The address is not the one the code was led back to."}
	case of.challenge != "" && of.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		return nil, &refused{code: "invalid_grant", says: "Missing code verifier, or a wrong one."}
	}
	of.used = true
	c.codes[word] = of
	return c.mint(of.mailbox, of.offline && !c.Online), nil
}

func (c *Consent) mint(mailbox string, lasting bool) map[string]any {
	access := "ya29." + rand.Text()
	if c.Access != nil {
		access = c.Access(mailbox)
	}
	if c.tokens == nil {
		c.tokens, c.access = map[string]string{}, map[string]granted{}
	}
	c.access[access] = granted{mailbox: mailbox, ends: c.now().Add(tokenLife)}
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds()), "scope": Scope}
	if lasting {
		refresh := "1//0g" + rand.Text()
		c.tokens[refresh] = mailbox
		out["refresh_token"] = refresh
	}
	return out
}

// Opens tells whether an access token opens a mailbox now.
func (c *Consent) Opens(mailbox, access string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	of, ok := c.access[access]
	return ok && strings.EqualFold(of.mailbox, mailbox) && c.now().Before(of.ends)
}

// Revoke is the owner of a mailbox who takes back what they let programs do.
func (c *Consent) Revoke(mailbox string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for token, of := range c.tokens {
		if of == mailbox {
			delete(c.tokens, token)
		}
	}
	for token, of := range c.access {
		if of.mailbox == mailbox {
			delete(c.access, token)
		}
	}
}

// Asked is how many tokens were asked for.
func (c *Consent) Asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}
