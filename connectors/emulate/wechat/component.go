package wechat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// ComponentOptions make a third-party platform. Empty ones get values that
// serve.
type ComponentOptions struct {
	AppID, Secret, Token, AESKey string
	// Domain is the host authorisations may begin at and lead back to
	// (授权发起页域名); empty: any.
	Domain   string
	Client   *http.Client
	Clock    func() time.Time
	Patience time.Duration
	First    int
}

// ComponentApp plays a third-party platform of the Open Platform with the
// accounts whose administrators may authorise it. Safe for concurrent use.
type ComponentApp struct {
	emulate.Faults
	emulate.Calls // of the accounts too
	o             ComponentOptions

	mu               sync.Mutex
	events, messages string // addresses; the second holds $APPID$
	banned           bool
	n                int
	tickets          map[string]time.Time // → when it was pushed
	tokens           map[string]time.Time // → its end
	pre              map[string]time.Time
	codes            map[string]code
	all              []*member
}

// code is an authorisation code.
type code struct {
	account *member
	ends    time.Time
	spent   bool
}

// member is an account somebody may authorise.
type member struct {
	*Platform
	authorised bool
	refresh    string
	funcs      []int
}

// NewComponent returns a third-party platform that no account has authorised.
func NewComponent(o ComponentOptions) *ComponentApp {
	or := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	or(&o.AppID, "wxb1c2d3e4f5a60718")
	or(&o.Secret, "7b0c9d1e2f3a4b5c6d7e8f9012a3b4c5")
	or(&o.Token, "parleyOpenToken9")
	or(&o.AESKey, "aB3cD5eF7gH9iJ1kL3mN5oP7qR9sT1uV3wX5yZ7aB9s")
	if o.Clock == nil {
		o.Clock = time.Now
	}
	c := &ComponentApp{o: o, n: o.First, tickets: map[string]time.Time{}, tokens: map[string]time.Time{}, pre: map[string]time.Time{}, codes: map[string]code{}}
	c.Tokens(c.Expire)
	c.Add(Options{}, officialFuncs...)
	c.Add(Options{Mini: true, Original: "gh_9a8b7c6d5e4f", AppID: "wx9d2e7c4b1a5f8036", Name: "茶语小程序"}, miniFuncs...)
	return c
}

// The sets of permissions with the customer-service messages in them.
const officialMessages, miniMessages = 1, 19

// The sets of permissions an account gives when nothing is unticked.
var officialFuncs, miniFuncs = []int{1, 2, 3, 4, 7, 11, 15}, []int{17, 18, 19}

// Add adds an account with the sets of permissions its administrator ticks.
func (c *ComponentApp) Add(o Options, funcs ...int) *Platform {
	o.Token, o.AESKey, o.SealAs, o.Client, o.Clock, o.Patience, o.First = c.o.Token, c.o.AESKey, c.o.AppID, c.o.Client, c.o.Clock, c.o.Patience, c.o.First
	o.log = &c.Calls
	m := &member{Platform: New(o), funcs: funcs}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, m)
	return m.Platform
}

// Accounts are the accounts there are, the first an official one, the second a
// mini-program.
func (c *ComponentApp) Accounts() []*Platform {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*Platform
	for _, m := range c.all {
		out = append(out, m.Platform)
	}
	return out
}

// AppID is what the account is called.
func (p *Platform) AppID() string { return p.o.AppID }

// Config is what the developer reads off the console, by the names of a linking
// form.
func (c *ComponentApp) Config() map[string]string {
	return map[string]string{"app_id": c.o.AppID, "app_secret": c.o.Secret, "token": c.o.Token, "aes_key": c.o.AESKey}
}

// Ban takes our address off the whitelist, or puts it back.
func (c *ComponentApp) Ban(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.banned = on
}

// Expire ends every token given so far, the platform's and the accounts'.
func (c *ComponentApp) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for t := range c.tokens {
		c.tokens[t] = c.o.Clock()
	}
	for _, m := range c.all {
		m.Expire()
	}
}

// member finds an account; c.mu is held.
func (c *ComponentApp) member(appID string) *member {
	for _, m := range c.all {
		if m.o.AppID == appID {
			return m
		}
	}
	return nil
}

// id makes a word nobody can guess; c.mu is held.
func (c *ComponentApp) id(kind string) string {
	c.n++
	return fmt.Sprintf("%s@@@%06d%s", kind, c.n, rand.Text())
}

// ServeHTTP answers the API in the platform's own name below
// /cgi-bin/component/, the page administrators authorise at, and everything else
// as the account whose token it carries.
func (c *ComponentApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == loginPage:
		c.serveLogin(w, r)
		return
	case !strings.HasPrefix(r.URL.Path, "/cgi-bin/component/"):
		c.serveAccount(w, r)
		return
	}
	op := strings.TrimPrefix(r.URL.Path, "/cgi-bin/")
	do, known := c.operations()[op]
	if !known {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return
	}
	log := emulate.Call{Op: op, Wire: r.Method + " " + op}
	fault, faulty := c.Take(op)
	if faulty && !fault.Taken() {
		log.Status = fault.Status
		c.Calls.Add(log)
		fault.End(w, r)
		return
	}
	out := c.answer(op, r, body, do)
	log.Status = http.StatusOK
	if out.code != 0 {
		log.Code = strconv.Itoa(out.code)
	}
	c.Calls.Add(log)
	if faulty && !fault.Delays(r) {
		fault.End(w, r)
		return
	}
	writeJSON(w, out)
}

// serveAccount hands a call to the account whose token it carries.
func (c *ComponentApp) serveAccount(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	all := append([]*member(nil), c.all...)
	c.mu.Unlock()
	for _, m := range all {
		if m.has(r) {
			m.ServeHTTP(w, r)
			return
		}
	}
	writeJSON(w, refuse(40001, "invalid credential, access_token is invalid or not latest"))
}

// has tells whether a call carries a token of the account, or asks for a file of
// it.
func (p *Platform) has(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		return p.material[id] != nil
	}
	_, ok := p.tokens[r.URL.Query().Get("access_token")]
	return ok
}

// give makes an access token of the account.
func (p *Platform) give() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	token := fmt.Sprintf("84_AuthorizerToken%06d_%s", p.n, p.o.AppID[2:])
	p.tokens[token] = p.o.Clock().Add(tokenLife)
	return token
}

// withhold tells whether the administrator left the customer-service messages
// unticked for the third-party platform that now answers for the account.
func (p *Platform) withhold(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.withheld = is
}

// takeBack ends the account's tokens at once.
func (p *Platform) takeBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

type operation func(ask componentAsk) result

// componentAsk is the body of a call in the platform's own name.
type componentAsk struct {
	AppID   string `json:"component_appid"`
	Secret  string `json:"component_appsecret"`
	Start   string `json:"component_secret"`
	Ticket  string `json:"component_verify_ticket"`
	Code    string `json:"authorization_code"`
	Account string `json:"authorizer_appid"`
	Refresh string `json:"authorizer_refresh_token"`
}

func (c *ComponentApp) operations() map[string]operation {
	return map[string]operation{
		"component/api_start_push_ticket":   c.startTicket,
		"component/api_component_token":     c.componentToken,
		"component/api_create_preauthcode":  c.preAuthCode,
		"component/api_query_auth":          c.queryAuth,
		"component/api_authorizer_token":    c.authorizerToken,
		"component/api_get_authorizer_info": c.authorizerInfo,
	}
}

// answer holds a call against the rules all share, and carries it out.
func (c *ComponentApp) answer(op string, r *http.Request, body []byte, do operation) result {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method != http.MethodPost {
		return refuse(43002, "require POST method")
	}
	if bad := checkBody(body); bad.code != 0 {
		return bad
	}
	var ask componentAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return refuse(47001, "data format error")
	}
	if c.banned {
		return refuse(61004, "access clientip is not registered requestIP: 203.0.113.7")
	}
	if ask.AppID != c.o.AppID {
		return refuse(61011, "invalid component")
	}
	if op != "component/api_component_token" && op != "component/api_start_push_ticket" {
		token := r.URL.Query().Get("component_access_token")
		ends, given := c.tokens[token]
		switch {
		case token == "":
			return refuse(41001, "access_token missing")
		case !given:
			return refuse(40001, "invalid credential, access_token is invalid or not latest")
		case !c.o.Clock().Before(ends):
			return refuse(42001, "access_token expired")
		}
	}
	return do(ask)
}

// SetAddresses is what the developer writes under development data: where
// tickets and authorisations go, and with $APPID$ in it where messages go. The
// first ticket is pushed at once.
func (c *ComponentApp) SetAddresses(ctx context.Context, events, messages string) error {
	if !strings.Contains(messages, "$APPID$") {
		return errors.New("消息与事件接收 URL 必须包含 $APPID$")
	}
	c.mu.Lock()
	c.events, c.messages = events, messages
	for _, m := range c.all {
		if m.authorised {
			m.SetHook(strings.ReplaceAll(messages, "$APPID$", m.o.AppID))
		}
	}
	c.mu.Unlock()
	return c.PushTicket(ctx)
}
