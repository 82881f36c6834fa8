package line

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// Options configure a platform; zero values are made up.
type Options struct {
	Clock  func() time.Time
	Client *http.Client // for callbacks
	// ChannelID, ChannelSecret and Token (a long-lived one) are the credentials
	// it accepts.
	ChannelID, ChannelSecret, Token string
	Name                            string // of the account
	// Monthly is how many messages the plan allows a month; 0: any number.
	Monthly int
	// Rates lowers how many calls of an operation a second are taken.
	Rates map[string]int
	// Hook is where callbacks go until the channel sets another address.
	Hook string
	// PlainHTTP takes addresses without TLS, which LINE never does: for a demo on
	// one machine.
	PlainHTTP bool
	// Redeliver repeats what was not answered by 2xx, as the account's setting
	// "Webhook redelivery" does. LINE does not tell when; Schedule does here.
	Redeliver bool
	Schedule  []time.Duration
	Sleep     func(context.Context, time.Duration) error
	People    []emulate.Customer
	// First is where the numbers of messages begin; a platform that is begun
	// anew beside a hub that remembers the last one must not repeat them.
	First int
}

// Platform is LINE for one channel. Safe for concurrent use.
type Platform struct {
	o      Options
	calls  emulate.Calls
	faults emulate.Faults

	mu       sync.Mutex
	seq      int
	tokens   map[string]time.Time // stateless ones, and when they end
	replies  map[string]*replyToken
	keys     map[string]taken // by retry key
	reads    map[string]string
	quotes   map[string]string // token → message
	people   map[string]*person
	order    []string
	groups   map[string]*group
	contents map[string]*content
	pushed   int
	hook     string
	active   bool
	counts   map[string]window
	watchers map[int]func(string)

	menus     map[string]*richMenu
	menuOrder []string
	shownMenu string                 // to everybody
	made      map[string][]time.Time // when menus were made and deleted, by operation
}

type replyToken struct {
	peer string
	at   time.Time
	used bool
}

// taken is what a retry key was used for.
type taken struct {
	at   time.Time
	sent []sentMessage
}

type sentMessage struct {
	ID    string `json:"id"`
	Quote string `json:"quoteToken,omitempty"`
}

// window counts the calls of one second.
type window struct {
	second int64
	n      int
}

// New returns a platform with two customers, unless others are given.
func New(o Options) *Platform {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&o.ChannelID, "1657000042")
	def(&o.ChannelSecret, "8f14e45fceea167a5a36dedd4bea2543")
	def(&o.Token, "long-lived-token-of-the-channel-0042/abcdefghijklmnopqrstuvwxyz==")
	def(&o.Name, "Tea House")
	if o.Schedule == nil && o.Redeliver {
		o.Schedule = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}
	}
	if len(o.People) == 0 {
		o.People = []emulate.Customer{{ID: userID("yui"), Name: "結衣", Lang: "ja"}, {ID: userID("somchai"), Name: "Somchai", Lang: "th"}}
	}
	p := &Platform{
		o: o, tokens: map[string]time.Time{}, replies: map[string]*replyToken{}, keys: map[string]taken{}, reads: map[string]string{},
		quotes: map[string]string{}, people: map[string]*person{}, groups: map[string]*group{}, contents: map[string]*content{},
		seq: o.First, hook: o.Hook, active: true, counts: map[string]window{}, watchers: map[int]func(string){},
		menus: map[string]*richMenu{}, made: map[string][]time.Time{},
	}
	p.faults.Tokens(p.ExpireTokens)
	for _, c := range o.People {
		p.people[c.ID] = &person{Customer: c, friend: true}
		p.order = append(p.order, c.ID)
	}
	return p
}

// Config is what the channel's owner copies from the console.
func (p *Platform) Config() map[string]string {
	return map[string]string{"channel_id": p.o.ChannelID, "channel_secret": p.secret()}
}

func (p *Platform) secret() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.o.ChannelSecret
}

// ReissueSecret is "Issue" beside the channel secret in the console: it returns
// another one, which signs callbacks and issues tokens from now on. Those issued
// before live on.
func (p *Platform) ReissueSecret() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.o.ChannelSecret = p.secretOf("channel secret")
	return p.o.ChannelSecret
}

// Token is the channel's long-lived access token.
func (p *Platform) Token() string { return p.o.Token }

// BotID is the account's own user id, the destination of callbacks.
func (p *Platform) BotID() string { return userID("the account " + p.o.ChannelID) }

// Calls are the requests so far, oldest first.
func (p *Platform) Calls() []emulate.Call { return p.calls.All() }

// Misbehave queues faults; Behave forgets those that are left.
func (p *Platform) Misbehave(faults ...emulate.Fault) { p.faults.Misbehave(faults...) }

// Expires tells that tokens end.
func (p *Platform) Expires() bool { return p.faults.Expires() }

// Behave forgets the faults that are left.
func (p *Platform) Behave() { p.faults.Behave() }

// ExpireTokens ends the life of every stateless token.
func (p *Platform) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

// Hook is where callbacks go now. SetHook changes it, as the console does.
func (p *Platform) Hook() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hook
}

// SetHook changes where callbacks go, and whether they do ("Use webhook").
func (p *Platform) SetHook(address string, active bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook, p.active = address, active
}

// Pushed is how many messages of the month are used.
func (p *Platform) Pushed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pushed
}

// next makes an id of 18 digits, as messages have.
func (p *Platform) next() string {
	p.seq++
	return fmt.Sprintf("%018d", 500000000000000000+p.seq)
}

// secretOf makes an opaque token: the same in every run.
func (p *Platform) secretOf(kind string) string {
	p.seq++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", p.o.ChannelSecret, kind, p.seq))
	return hex.EncodeToString(sum[:16])
}

func userID(name string) string { return "U" + digest(name) }

func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}
