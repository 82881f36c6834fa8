package meta

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// People with Facebook, who manage pages.
const (
	Amy = "10158000000000001" // both pages, with every task
	Ben = "10158000000000002" // the other page, and may only read its figures
	Eva = "10158000000000003" // two pages of her own
)

// Configurations of Facebook Login for Business: what a dialog asks for is
// fixed in them ("Facebook Login for Business: Create a configuration").
const (
	Configuration       = "1389274610283111" // a user's token
	SystemConfiguration = "1389274610283112" // a token of the business's system user, without end
)

// How long things last: codes ten minutes, tokens of a user an hour or two, and
// sixty days once they were exchanged ("Long-Lived Access Tokens"); whoever
// does not come by for ninety days is not looked at any more ("Refresh User
// Access Tokens: data access").
const (
	codeLife  = 10 * time.Minute
	shortLife = 90 * time.Minute
	longLife  = 60 * 24 * time.Hour
	dataLife  = 90 * 24 * time.Hour
)

// tokenPath is where codes and tokens are exchanged.
const tokenPath = "/oauth/access_token"

type user struct {
	id, name string
	pages    []string
	tasks    []string
}

func people() []user {
	every := []string{"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"}
	return []user{
		{Amy, "Amy Lin", []string{Page, OtherPage}, every},
		{Ben, "Ben Ode", []string{OtherPage}, []string{"ANALYZE"}},
		{Eva, "Eva Ruiz", []string{Nursery, Florist}, every},
	}
}

// consent is what a user agreed to in a dialog.
type consent struct {
	user   user
	pages  []string // ticked
	scopes []string
	system bool // the token is a system user's
	given  time.Time
}

// code is one a dialog led back with.
type code struct {
	consent  *consent
	redirect string
	ends     time.Time
	used     bool
}

// session is a token of a user.
type session struct {
	consent *consent
	ends    time.Time // zero: never
}

// spokesman is a token of a page that a user's token brought.
type spokesman struct {
	page    string
	consent *consent
	ends    time.Time // as the user's token it came of, where that was a short one
}

// logins is who agreed to what. It is guarded by the platform's lock.
type logins struct {
	redirects []string // "Valid OAuth Redirect URIs"; nil: any
	codes     map[string]*code
	sessions  map[string]session
	speak     map[string]spokesman
	removed   map[*consent]bool
	withheld  []string // permissions people untick
}

func newLogins() logins {
	return logins{codes: map[string]*code{}, sessions: map[string]session{}, speak: map[string]spokesman{}, removed: map[*consent]bool{}}
}

// Redirects enters the addresses a dialog may lead back to, as a developer does
// in the App Dashboard.
func (p *Platform) Redirects(addresses ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.logins.redirects = addresses
}

// Withhold has people untick permissions in the dialogs to come.
func (p *Platform) Withhold(scopes ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.logins.withheld = scopes
}

// RemoveApp is a user who takes the app out of their business integrations:
// whatever they agreed to is over.
func (p *Platform) RemoveApp(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.logins.codes {
		if c.consent.user.id == id {
			p.logins.removed[c.consent] = true
		}
	}
}

// accessToken exchanges a code for a user's token, or a token for one that
// lives longer. The app proves itself by its secret.
func (p *Platform) accessToken(q *request) (outcome, *refusal) {
	in, err := url.ParseQuery(string(q.body))
	if err != nil {
		return outcome{}, bad("The form cannot be read")
	}
	for name, v := range q.URL.Query() {
		in[name] = v
	}
	switch {
	case in.Get("client_id") != AppID:
		return outcome{}, no(101, 0, "Error validating application. Cannot get application info due to a system error.")
	case in.Get("client_secret") != AppSecret:
		return outcome{}, no(1, 0, "Error validating client secret.")
	case in.Get("grant_type") == "fb_exchange_token":
		return p.longer(in.Get("fb_exchange_token"))
	}
	c := p.logins.codes[in.Get("code")]
	switch {
	case c == nil:
		return outcome{}, bad("Invalid verification code format.")
	case c.used:
		return outcome{}, no(100, 36009, "This authorization code has been used.")
	case !p.now().Before(c.ends):
		return outcome{}, no(100, 36007, "This authorization code has expired.")
	case in.Get("redirect_uri") != c.redirect:
		return outcome{}, no(100, 36008, "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request")
	}
	c.used = true
	if c.consent.system {
		return p.mint(c.consent, 0)
	}
	return p.mint(c.consent, shortLife)
}

func (p *Platform) longer(token string) (outcome, *refusal) {
	s, ok := p.logins.sessions[token]
	if !ok {
		return outcome{}, no(190, 0, "Invalid OAuth access token.")
	}
	if refused := p.lives(s.consent, s.ends); refused != nil {
		return outcome{}, refused
	}
	return p.mint(s.consent, longLife)
}

func (p *Platform) mint(c *consent, life time.Duration) (outcome, *refusal) {
	token := "EAAVkq4ZBuser" + c.user.id + "n" + strconv.Itoa(p.next())
	s := session{consent: c}
	out := map[string]any{"access_token": token, "token_type": "bearer"}
	if life > 0 {
		s.ends, out["expires_in"] = p.now().Add(life), int(life.Seconds())
	}
	p.logins.sessions[token] = s
	return outcome{json: out}, nil
}

// lives refuses a token whose time is over or whose user took it back
// ("Handling errors: 190").
func (p *Platform) lives(c *consent, ends time.Time) *refusal {
	switch {
	case p.logins.removed[c]:
		return no(190, 458, "Error validating access token: The user has not authorized application %s.", AppID)
	case !ends.IsZero() && !p.now().Before(ends):
		return no(190, 463, "Error validating access token: Session has expired")
	}
	return nil
}

// person checks a token that came of a dialog; known is false for any other.
func (p *Platform) person(token string) (known bool, refused *refusal) {
	if s, ok := p.logins.sessions[token]; ok {
		return true, p.lives(s.consent, s.ends)
	}
	if s, ok := p.logins.speak[token]; ok {
		return true, p.lives(s.consent, s.ends)
	}
	return false, nil
}

// Spokesmen are the tokens of a page that logins brought and that still count.
func (p *Platform) Spokesmen(page string) (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for token, s := range p.logins.speak {
		if s.page == page && !p.revoked[token] && p.lives(s.consent, s.ends) == nil {
			all = append(all, token)
		}
	}
	return all
}

// speaks tells whether a token is one of a page.
func (p *Platform) speaks(token, page string) bool {
	return token == p.pageToken(page) || p.logins.speak[token].page == page
}

// may holds a token of a page against what its user agreed to; other tokens may
// do everything.
func (p *Platform) may(token, scope string) bool {
	s, ok := p.logins.speak[token]
	return !ok || slices.Contains(s.consent.scopes, scope)
}

// managed are the pages a user ticked, with tokens of their own: as long as the
// user's token where that is short, without end where it is long ("Get a
// Long-Lived Page Access Token").
func (p *Platform) managed(token string) []any {
	s := p.logins.sessions[token]
	all := []any{}
	if !slices.Contains(s.consent.scopes, "pages_show_list") {
		return all
	}
	for _, page := range s.consent.pages {
		speaker := spokesman{page: page, consent: s.consent}
		if !s.ends.IsZero() && s.ends.Sub(p.now()) <= shortLife {
			speaker.ends = s.ends
		}
		own := ""
		for n := 0; own == "" || p.revoked[own]; n++ {
			sum := sha256.Sum256([]byte(token + page + strconv.Itoa(n)))
			own = "EAAVkq4ZBpage" + page + hex.EncodeToString(sum[:8])
		}
		p.logins.speak[own] = speaker
		info := p.pageInfo(page)
		info["access_token"], info["tasks"] = own, s.consent.user.tasks
		all = append(all, info)
	}
	return all
}

// facts is what debug_token says of a token that came of a dialog.
func (p *Platform) facts(token string) map[string]any {
	out := map[string]any{"app_id": AppID, "application": "Parley", "type": "USER"}
	s := p.logins.sessions[token]
	c, ends := s.consent, s.ends
	if speaker, ok := p.logins.speak[token]; ok {
		out["type"], out["profile_id"] = "PAGE", speaker.page
		c, ends = speaker.consent, speaker.ends
	}
	if c.system {
		out["type"] = "SYSTEM_USER"
	} else {
		out["data_access_expires_at"] = c.given.Add(dataLife).Unix()
	}
	out["expires_at"] = 0
	if !ends.IsZero() {
		out["expires_at"] = ends.Unix()
	}
	out["is_valid"], out["user_id"], out["scopes"] = p.lives(c, ends) == nil, c.user.id, c.scopes
	return out
}
