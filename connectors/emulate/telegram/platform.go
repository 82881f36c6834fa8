package telegram

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// Options are how the platform is; the zero value is the public server.
type Options struct {
	Clock    func() time.Time // nil: the system's
	Token    string           // of the bot; "" makes one
	Username string           // "" is ParleyDemoBot
	Name     string           // "" is "Parley demo"
	// Local is a server of one's own in local mode: larger files, webhooks by
	// http, paths instead of downloads.
	Local bool
	// Started: the customers have pressed START before.
	Started bool
	// Flood has the platform keep its limits of rate.
	Flood bool
	// Client posts webhooks; nil is http.DefaultClient.
	Client *http.Client
	// Sleep waits between the tries of a webhook; nil: real time.
	Sleep func(context.Context, time.Duration) error
	// First is where the numbers of messages begin; a platform that is begun
	// anew beside a hub that remembers the last one must not repeat them.
	First int
}

// Platform is Telegram with one bot. Safe for concurrent use.
type Platform struct {
	emulate.Faults
	log emulate.Calls

	o      Options
	bot    int64
	client *http.Client

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu        sync.Mutex
	users     map[int64]*user
	order     []int64 // of the users
	chats     map[chatKey]*chat
	files     map[string]*file
	lastFile  int
	lastAlbum int64
	revoked   int // tokens so far
	queries   map[string]query
	commands  []map[string]any
	floods    map[int64][]time.Time
	business  map[string]*connection

	lastUpdate  int64
	lastFresh   time.Time // when the last update was made
	pending     []*pending
	allowed     []string
	confirmed   int
	poll        *poller
	hook        webhook
	held        bool
	last        *pending // the update taken last by webhook
	watchers    map[int]func(string)
	lastWatcher int
}

const defaultToken = "7000000001:AAEmulatedTokenOfTheParleyDemoBot00"

// New returns a platform with two customers who have not written yet.
func New(o Options) *Platform {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Token == "" {
		o.Token = defaultToken
	}
	if o.Username == "" {
		o.Username = "ParleyDemoBot"
	}
	if o.Name == "" {
		o.Name = "Parley demo"
	}
	number, _, _ := strings.Cut(o.Token, ":")
	bot, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("emulate telegram: the token does not begin with the bot's number: %v", err))
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Platform{
		o: o, bot: bot, client: o.Client, ctx: ctx, stop: stop,
		users: map[int64]*user{}, chats: map[chatKey]*chat{}, files: map[string]*file{}, queries: map[string]query{},
		floods: map[int64][]time.Time{}, business: map[string]*connection{}, watchers: map[int]func(string){},
		lastUpdate: 800_000_000 + int64(o.First), lastFile: o.First,
	}
	p.addUser(501, "李雷", "lilei", "zh-hans")
	p.addUser(502, "Jane Miller", "jane_m", "en")
	for _, u := range p.users {
		u.started = o.Started
	}
	return p
}

// Close ends deliveries and long polls, and waits for them.
func (p *Platform) Close() {
	p.stop()
	p.mu.Lock()
	p.endPoll("")
	p.mu.Unlock()
	p.work.Wait()
}

// Token is the bot's token.
func (p *Platform) Token() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.o.Token
}

// Revoke is /revoke at @BotFather: it returns another token, and the one before
// is refused from now on. A call that polls ends.
func (p *Platform) Revoke() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked++
	p.o.Token = fmt.Sprintf("%d:AARevokedAndMadeAnewForTheDemoBot%02d", p.bot, p.revoked)
	p.endPoll("")
	return p.o.Token
}

// Bot is the bot's number.
func (p *Platform) Bot() int64 { return p.bot }

// Calls lists what the bot called, oldest first.
func (p *Platform) Calls() []emulate.Call { return p.log.All() }

// ServeHTTP answers /bot<token>/<method>, /file/bot<token>/<path> and, for the
// page of phones, /media/<file>.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/bot"):
		token, method, _ := strings.Cut(strings.TrimPrefix(path, "/bot"), "/")
		p.serveMethod(w, r, token, method)
	case strings.HasPrefix(path, "/file/bot"):
		p.serveFile(w, r)
	case strings.HasPrefix(path, "/media/"):
		p.serveMedia(w, strings.TrimPrefix(path, "/media/"))
	default:
		write(w, http.StatusNotFound, map[string]any{"ok": false, "error_code": 404, "description": "Not Found"})
	}
}
