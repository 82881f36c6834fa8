package meta

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// Product is one of the three channels.
type Product string

// The products.
const (
	WhatsApp  Product = "whatsapp"
	Messenger Product = "messenger"
	Instagram Product = "instagram"
)

// What stands in the world when it begins. Ids are of the shape the documents
// show.
const (
	AppID     = "1517776481860111"
	AppSecret = "0c2f4a7d9e1b3c5d7f9a0b2c4d6e8f01"
	Token     = "EAAVkq4ZBqZCz8BOsystem0user0token0of0the0played0world"

	WABA        = "102290129340398"
	Number      = "106540352242922" // +1 555 078 3881
	OtherNumber = "106540352242923"
	Page        = "4839274610283746"
	OtherPage   = "4839274610283747"
	Nursery     = "4839274610283748"
	Florist     = "4839274610283749"
	Account     = "17841400008460056" // the Instagram account of Page
	Inbox       = "263902037430900"   // the app that is the page's own inbox

	NoWhatsApp = "15550100099" // a number without WhatsApp
	Blocker    = "7061293847561029"
)

// Options change how the world runs.
type Options struct {
	Clock func() time.Time
	// Delivery posts callbacks; the zero value waits on the platform's schedule
	// in real time.
	Delivery emulate.Delivery
	// Hold keeps what the platform would report by itself (states, echoes)
	// until Release: tests that count calls want quiet.
	Hold bool
	// First is where the numbers of messages begin; a platform that is begun
	// anew beside a hub that remembers the last one must not repeat them.
	First int
}

// Platform is Meta, played. Safe for concurrent use.
type Platform struct {
	emulate.Faults
	emulate.Calls
	o Options

	mu        sync.Mutex
	n         int
	hooks     map[Product]hook
	subs      map[string]bool // WABA and pages that send callbacks
	chats     map[chatKey]*chat
	people    map[string]*person
	files     map[string]*file
	templates []Template
	revoked   map[string]bool // tokens
	token     string          // the system user's
	menus     map[string]map[string]any
	sends     map[string][]time.Time // by account, for the throughput
	limits    Limits
	queue     []callback
	busy      bool
	idle      *sync.Cond
	watchers  map[int]func(Product, string)
	watching  int
	links     map[string]link
	grants    []string
	logins    logins
	expires   int64
	host      string // how we were called last
}

// Limits are the platform's, to be made small by tests.
type Limits struct {
	PerSecond int // messages of one number
	Burst     int // messages to one customer in six seconds
	Page      int // messages of a page in a second
}

type link struct{ page, name string }

type chatKey struct{ account, customer string }

// person is somebody who writes.
type person struct {
	emulate.Customer
	product Product
	picture string
	blocked bool
	away    bool // has no WhatsApp
}

// New begins a world.
func New(o Options) *Platform {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	p := &Platform{
		o: o, n: o.First, hooks: map[Product]hook{}, subs: map[string]bool{}, chats: map[chatKey]*chat{}, people: map[string]*person{}, files: map[string]*file{},
		revoked: map[string]bool{}, menus: map[string]map[string]any{}, sends: map[string][]time.Time{},
		limits: Limits{PerSecond: 80, Burst: 45, Page: 250}, watchers: map[int]func(Product, string){},
		links: map[string]link{Number: {"", "Lucky Shrub"}, OtherNumber: {"", "Lucky Shrub Outlet"}, Page: {Page, "Lucky Shrub"}, OtherPage: {OtherPage, "Lucky Shrub Outlet"},
			Nursery: {Nursery, "Greenleaf Nursery"}, Florist: {Florist, "Greenleaf Florist"}, Account: {Page, "luckyshrub"}},
		grants: []string{"whatsapp_business_messaging", "whatsapp_business_management", "pages_messaging", "pages_manage_metadata", "pages_show_list", "pages_read_engagement", "instagram_basic", "instagram_manage_messages"},
	}
	p.token, p.logins = Token, newLogins()
	p.idle = sync.NewCond(&p.mu)
	for _, c := range []person{
		{Customer: emulate.Customer{ID: "16505551234", Name: "Sheena Nelson", Lang: "en"}, product: WhatsApp},
		{Customer: emulate.Customer{ID: "8613800000001", Name: "李雷", Lang: "zh-CN"}, product: WhatsApp},
		{Customer: emulate.Customer{ID: NoWhatsApp, Name: "Nobody", Lang: "en"}, product: WhatsApp, away: true},
		{Customer: emulate.Customer{ID: "7061293847561023", Name: "Peter Chang", Lang: "en"}, product: Messenger, picture: "/pictures/peter.jpg"},
		{Customer: emulate.Customer{ID: "7061293847561024", Name: "韩梅梅", Lang: "zh-CN"}, product: Messenger},
		{Customer: emulate.Customer{ID: Blocker, Name: "Bo", Lang: "en"}, product: Messenger, blocked: true},
		{Customer: emulate.Customer{ID: "1254477777772919", Name: "ana.travels", Lang: "en"}, product: Instagram, picture: "/pictures/ana.jpg"},
		{Customer: emulate.Customer{ID: "1254477777772920", Name: "林小雨", Lang: "zh-CN"}, product: Instagram},
	} {
		p.people[c.ID] = &c
	}
	p.templates = samples()
	return p
}

// SetLimits makes the limits others.
func (p *Platform) SetLimits(change func(*Limits)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.limits)
}

// Revoke makes a token worthless, as when its user takes the app's access away.
func (p *Platform) Revoke(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked[token] = true
}

// Regenerate has the system user's token made anew, as an administrator does in
// the business settings: the one before is worthless, those of its pages too.
func (p *Platform) Regenerate() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked[p.token], p.revoked[p.pageToken(Page)], p.revoked[p.pageToken(OtherPage)] = true, true, true
	p.token = Token + "anew" + strconv.Itoa(p.next())
	return p.token
}

// Grant says what the system user's token may do, and until when; 0: for ever.
func (p *Platform) Grant(expires int64, scopes ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants, p.expires = scopes, expires
}

// PageToken is the token a page has now.
func (p *Platform) PageToken(page string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pageToken(page)
}

// pageToken is a new one whenever the last was revoked.
func (p *Platform) pageToken(page string) string {
	for n := 0; ; n++ {
		token := "EAAVkq4ZBpage" + page + "token" + strconv.Itoa(n)
		if !p.revoked[token] {
			return token
		}
	}
}

func (p *Platform) next() int {
	p.n++
	return p.n
}

func (p *Platform) now() time.Time { return p.o.Clock().UTC() }

// origin is the platform's own address.
func (p *Platform) origin() string { return "http://" + p.host }

// Serving tells the platform its own address ("127.0.0.1:4711"), for the links
// to files it hands out before it is called for the first time.
func (p *Platform) Serving(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.host = host
}

// productOf tells what an account is.
func productOf(account string) Product {
	switch account {
	case Number, OtherNumber:
		return WhatsApp
	case Account:
		return Instagram
	}
	return Messenger
}

// seen tells watchers that a customer's screen changed; with the lock held.
func (p *Platform) seen(c *chat) {
	for _, w := range p.watchers {
		w(productOf(c.account), c.customer)
	}
}

var _ http.Handler = (*Platform)(nil)
