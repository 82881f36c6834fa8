package wecom

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// The corporation that is played.
const (
	CorpID  = "ww5f1a2b3c4d5e6f70"
	AgentID = "1000002"
	// Account is the first service account, Account2 another of the corporation.
	Account  = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"
	Account2 = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw"
	// Customer writes to customer service, Member to the application.
	Customer = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"
	Member   = "zhangsan"
	// Servicer is a colleague who serves in WeCom, Group a customer group of hers.
	Servicer = "lisi"
	Group    = "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA"
)

// Credentials are what an administrator copies from WeCom's console.
type Credentials struct {
	CorpID, AgentID, Secret, Token, AESKey string
}

// Options configure a platform; the zero value plays it as documented.
type Options struct {
	Clock  func() time.Time
	Client *http.Client                               // posts callbacks
	Sleep  func(context.Context, time.Duration) error // waits between tries of a callback; nil: real time
	// Tokenless is how many sync_msg an account may be asked for in a minute
	// without a callback's token; 0 means 60. The document says "strict" and no
	// number (94670).
	Tokenless int
	// PerMinute is how many messages of the application reach one member in a
	// minute; the others are dropped unsaid (90236). 0 means 30.
	PerMinute int
	// PageSize is the most messages a page holds, whatever was asked for; 0 means
	// 1000. EmptyPages is how many pages with nothing but has_more come before
	// each page.
	PageSize, EmptyPages int
	// Messages is how many messages may follow a customer's; 0 means 5.
	Messages int
	// First is where the numbers of messages begin; a platform that is begun
	// anew beside a hub that remembers the last one must not repeat them.
	First int
}

// Platform is WeCom, played. Safe for concurrent use.
type Platform struct {
	emulate.Faults
	Log emulate.Calls

	o      Options
	app    Credentials
	kf     Credentials
	ctx    context.Context
	cancel context.CancelFunc
	posts  sync.WaitGroup

	mu        sync.Mutex
	hooks     map[string]string // kind → address
	lost      int               // callbacks that get lost from now on
	tokens    map[string]grant
	media     map[string]*material
	accounts  []*account
	people    map[string]*person
	chats     map[string]*chat // account/customer
	codes     map[string]*code
	nudges    map[string]nudge // token of a callback → what it is good for
	tokenless map[string][]time.Time
	members   map[string][]time.Time // of messages to a member
	lines     map[string]*line       // messages of the application by id
	appChats  map[string][]emulate.Bubble
	groups    map[string]*group
	bar       []json.RawMessage // the application's menu
	tasks     map[string]*task
	watchers  map[int]func(kind, who string)
	n         int
	serves    bool // a service provider's application may manage service accounts
}

// New returns a platform at rest.
func New(o Options) *Platform {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Tokenless == 0 {
		o.Tokenless = 60
	}
	if o.PerMinute == 0 {
		o.PerMinute = 30
	}
	if o.PageSize == 0 {
		o.PageSize = 1000
	}
	if o.Messages == 0 {
		o.Messages = windowMessages
	}
	p := &Platform{
		o:     o,
		n:     o.First,
		app:   Credentials{CorpID, AgentID, secret("app"), "QDG6eKappToken", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"},
		kf:    Credentials{CorpID, "1000009", secret("kf"), "R7xKfServiceTok", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"},
		hooks: map[string]string{}, tokens: map[string]grant{}, media: map[string]*material{}, people: map[string]*person{},
		chats: map[string]*chat{}, codes: map[string]*code{}, nudges: map[string]nudge{}, tokenless: map[string][]time.Time{},
		members: map[string][]time.Time{}, lines: map[string]*line{}, appChats: map[string][]emulate.Bubble{},
		groups: map[string]*group{}, tasks: map[string]*task{}, watchers: map[int]func(string, string){},
	}
	p.Tokens(p.ExpireTokens)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.accounts = []*account{{id: Account, name: "小店客服", manage: true}, {id: Account2, name: "售后客服", manage: true}}
	for _, x := range []person{{Customer, "王小明", "zh-CN", "oIwsHuBQ2wEbBSyuFvSHkUp4mEFA", false}, {"wmAJ2GCAAAs9Ve-EU9RsKhDGVyDr2nBA", "Anna Lee", "en", "", false}} {
		p.people[x.id] = &x
	}
	p.people[Member] = &person{Member, "张三", "zh-CN", "", true}
	p.people["wangwu"] = &person{"wangwu", "Wang Wu", "en", "", true}
	p.groups[Group] = &group{id: Group, name: "老客户群", owner: Servicer, members: []string{Servicer, Customer}}
	return p
}

func secret(name string) string { return name + "-secret-7Zr3mGq0vKXbT9sWnE4u" }

// Close ends the deliveries of callbacks.
func (p *Platform) Close() {
	p.cancel()
	p.posts.Wait()
}

// App and KF are the credentials of the application and of customer service.
func (p *Platform) App() Credentials { return p.credentials("wecom") }

// KF are the credentials of customer service.
func (p *Platform) KF() Credentials { return p.credentials("wechatkf") }

// ResetSecret makes the Secret of "wecom" or "wechatkf" anew, as its
// administrator does in the console, and returns it. The one before and the
// access tokens it gave count no more.
func (p *Platform) ResetSecret(kind string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	made := secretID("made-anew-")
	if kind == "wecom" {
		p.app.Secret = made
	} else {
		p.kf.Secret = made
	}
	for token, g := range p.tokens {
		if g.kind == kind {
			delete(p.tokens, token)
		}
	}
	return made
}

// person is who writes: a customer on WeChat, or a member of the corporation.
type person struct {
	id, name, lang, unionID string
	member                  bool
}

// id makes a name no one has; the caller holds the lock.
func (p *Platform) id(prefix string) string {
	p.n++
	return prefix + strconv.Itoa(p.n)
}

// secretID makes a name nobody can guess.
func secretID(prefix string) string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + hex.EncodeToString(b[:])
}

func (p *Platform) now() time.Time { return p.o.Clock().UTC().Truncate(time.Second) }

// changed tells watchers that somebody's screen is another. The caller does not
// hold the lock.
func (p *Platform) changed(kind, who string) {
	p.mu.Lock()
	var all []func(string, string)
	for _, w := range p.watchers {
		all = append(all, w)
	}
	p.mu.Unlock()
	for _, w := range all {
		w(kind, who)
	}
}

func chatKey(account, customer string) string { return account + "/" + customer }

func joined(lines ...string) string {
	kept := lines[:0:0]
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
