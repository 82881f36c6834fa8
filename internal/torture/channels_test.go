package torture

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedline "parley/connectors/emulate/line"
	playedmeta "parley/connectors/emulate/meta"
	playedtelegram "parley/connectors/emulate/telegram"
	playedwechat "parley/connectors/emulate/wechat"
	playedwecom "parley/connectors/emulate/wecom"
	"parley/internal/bench/rig"
)

// outside is a channel whose platform is played: one account, one customer, and
// a door before the platform's API.
type outside struct {
	kind     string
	phone    emulate.Phone
	customer string
	api      http.Handler
	calls    func() []emulate.Call
	values   map[string]string                            // for the linking form, without api_base
	serving  func(host string)                            // is told its address; nil: need not know it
	enter    func(ctx context.Context, hook string) error // writes the callback address into the console; nil: the connector does
	// grants authorises the hub at the platform's page and returns where that leads
	// back to; nil: the account is linked by its form alone.
	grants func(ctx context.Context, page string) (back string, err error)
	// rides: plain words of the bot ride in the response to the callback.
	rides bool
	// unasked: the platform reports by itself what became of a message, so that
	// one in doubt may be settled without anybody's word.
	unasked bool
	// turn misbehaves before some rounds, to have the answer go another way.
	turn func(round int)
	// keyed tells of which answers the platform recognises a repeated call, by the
	// call it took them with.
	keyed func(round int) bool

	account string // ours, once linked
	door    *door
}

// quick are the waits of a platform that repeats a callback for as long as a hub
// may be away.
var quick = slices.Repeat([]time.Duration{20 * time.Millisecond}, 500)

func hurry(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// outsides plays every platform there is.
func outsides(t *testing.T) []*outside {
	t.Helper()
	all := []*outside{playLine(), playTelegram(t)}
	all = append(all, playWeChats()...)
	all = append(all, playWeCom(t)...)
	all = append(all, playOpenPlatform(), playSuite(t))
	return served(t, append(all, playMeta()...)...)
}

// served puts a door before each.
func served(t *testing.T, all ...*outside) []*outside {
	t.Helper()
	for _, o := range all {
		serve(t, o)
	}
	return all
}

// serve puts a door before a platform's API.
func serve(t *testing.T, o *outside) {
	t.Helper()
	o.door = &door{o: o}
	server := httptest.NewServer(o.door)
	t.Cleanup(server.Close)
	o.values["api_base"] = server.URL
	if o.grants != nil {
		o.values["page_base"] = server.URL
	}
	if o.serving != nil {
		o.serving(server.Listener.Addr().String())
	}
	if o.keyed == nil {
		o.keyed = func(int) bool { return false }
	}
}

// playLine has the answers of every other round refused their reply token, so
// that they are pushed, under a retry key. One that comes later than a minute is
// pushed, too: what the platform took decides.
func playLine() *outside {
	p := playedline.New(playedline.Options{Client: eachItsOwn, PlainHTTP: true, Redeliver: true, Schedule: quick})
	spent := emulate.Fault{Op: "message/reply", Status: http.StatusBadRequest, Body: []byte(`{"message":"Invalid reply token"}`)}
	return &outside{
		kind: "line", phone: p, customer: p.Customers()[0].ID, api: p, calls: p.Calls, values: p.Config(),
		enter: func(_ context.Context, hook string) error { p.SetHook(hook, true); return nil },
		keyed: func(round int) bool {
			var took []string
			for _, c := range p.Calls() {
				if c.Visible && strings.Contains(c.Text, theAnswer) {
					took = append(took, c.Op)
				}
			}
			return round < len(took) && took[round] == "message/push"
		},
		turn: func(round int) {
			p.Behave()
			if round%2 == 1 {
				p.Misbehave(spent, spent) // what the last kill left open may take one
			}
		},
	}
}

func playTelegram(t *testing.T) *outside {
	p := playedtelegram.New(playedtelegram.Options{Client: eachItsOwn, Local: true, Started: true, Sleep: hurry})
	t.Cleanup(p.Close)
	return &outside{
		kind: "telegram", phone: p, customer: p.Customers()[0].ID, api: p, calls: p.Calls,
		values: map[string]string{"token": p.Token(), "receive": "webhook", "local_server": "true"},
	}
}

func playWeChats() (all []*outside) {
	for _, p := range []*playedwechat.Platform{
		playedwechat.New(playedwechat.Options{Client: eachItsOwn}),
		playedwechat.New(playedwechat.Options{Client: eachItsOwn, Mini: true, Original: "gh_9a8b7c6d5e4f", AppID: "wx9d2e7c4b1a5f8036"}),
	} {
		all = append(all, &outside{
			kind: p.Platform(), phone: p, customer: p.Customers()[0].ID, api: p, calls: p.All, values: p.Config(), rides: p.Platform() == "wechat",
			enter: func(_ context.Context, hook string) error { p.SetHook(hook); return nil },
		})
	}
	return all
}

func playWeCom(t *testing.T) (all []*outside) {
	for _, kind := range []string{"wecom", "wechatkf"} {
		p := playedwecom.New(playedwecom.Options{Client: eachItsOwn, Sleep: hurry, Tokenless: 1_000_000, PerMinute: 1_000_000})
		t.Cleanup(p.Close)
		k, phone, customer, name, value := p.App(), p.AppPhone(), playedwecom.Member, "agent_id", p.App().AgentID
		if kind == "wechatkf" {
			k, phone, customer, name, value = p.KF(), p.KFPhone(), playedwecom.Customer, "account", playedwecom.Account
		}
		all = append(all, &outside{
			kind: kind, phone: phone, customer: customer, api: p, calls: p.Log.All,
			values: map[string]string{"corp_id": k.CorpID, "secret": k.Secret, "callback_token": k.Token, "encoding_aes_key": k.AESKey, name: value},
			enter:  func(ctx context.Context, hook string) error { return p.SetCallback(ctx, kind, hook) },
		})
	}
	return all
}

// playOpenPlatform is an official account that authorises a third-party platform.
func playOpenPlatform() *outside {
	p := playedwechat.NewComponent(playedwechat.ComponentOptions{Client: eachItsOwn})
	phone := p.Phone()
	return &outside{
		kind: phone.Platform(), phone: phone, customer: phone.Customers()[0].ID, api: p, calls: p.All, values: p.Config(), rides: true,
		enter: func(ctx context.Context, hook string) error { return p.SetAddresses(ctx, hook, hook+"/$APPID$") },
		grants: func(ctx context.Context, page string) (string, error) {
			return p.Authorize(ctx, page, p.Accounts()[0].AppID())
		},
	}
}

// playSuite is a corporation that installs a service provider's application.
func playSuite(t *testing.T) *outside {
	p := playedwecom.NewSuite(playedwecom.Options{Client: eachItsOwn, Sleep: hurry, Tokenless: 1_000_000, PerMinute: 1_000_000})
	t.Cleanup(p.Close)
	phone := p.Phone()
	return &outside{
		kind: phone.Platform(), phone: phone, customer: playedwecom.Member, api: p, calls: p.Log.All, values: p.Config(),
		enter:  func(ctx context.Context, hook string) error { return p.SetCallbacks(ctx, hook, hook+"/$CORPID$") },
		grants: func(_ context.Context, page string) (string, error) { return p.Install(page) },
	}
}

func playMeta() (all []*outside) {
	const word = "a-word-both-sides-know"
	for product, own := range map[playedmeta.Product]map[string]string{
		playedmeta.WhatsApp:  {"account": playedmeta.Number, "waba_id": playedmeta.WABA},
		playedmeta.Messenger: {"account": playedmeta.Page, "app_id": playedmeta.AppID},
		playedmeta.Instagram: {"account": playedmeta.Account, "app_id": playedmeta.AppID},
	} {
		p := playedmeta.New(playedmeta.Options{Delivery: emulate.Delivery{Client: eachItsOwn, Schedule: quick}})
		p.SetLimits(func(l *playedmeta.Limits) { l.PerSecond, l.Burst, l.Page = 1_000_000, 1_000_000, 1_000_000 })
		phone := p.Phone(product)
		own["access_token"], own["app_secret"], own["verify_token"] = playedmeta.Token, playedmeta.AppSecret, word
		all = append(all, &outside{
			kind: phone.Platform(), phone: phone, customer: phone.Customers()[0].ID, api: p, calls: p.All, values: own, unasked: true,
			serving: p.Serving, enter: func(_ context.Context, hook string) error { p.SetHook(product, hook, word); return nil },
		})
	}
	return all
}

// link links the channel and has its customer's words posted to the hub.
func (o *outside) link(t *testing.T, h *rig.Hub, api *rig.API, bot string) {
	t.Helper()
	linked, err := api.Link(t.Context(), o.kind, o.kind, o.values, bot)
	if err != nil {
		t.Fatalf("link %s: %v", o.kind, err)
	}
	o.account = linked.ID
	if o.enter != nil {
		if err := o.enter(t.Context(), h.URL()+linked.HookPath()); err != nil {
			t.Fatalf("link %s: %v", o.kind, err)
		}
	}
	if o.grants != nil {
		if err := o.authorise(t.Context(), owner(t, api)); err != nil {
			t.Fatalf("authorise %s: %v", o.kind, err)
		}
	}
}

// authorise is the owner, sent to the platform's page for the account and led back
// with what it gave.
func (o *outside) authorise(ctx context.Context, owner *rig.API) error {
	var page struct{ URL string }
	if err := owner.Call(ctx, http.MethodPost, "/accounts/"+o.account+"/authorisation", struct{}{}, &page); err != nil {
		return err
	}
	back, err := o.grants(ctx, page.URL)
	if err != nil {
		return err
	}
	at, err := url.Parse(back)
	if err != nil {
		return err
	}
	returned := map[string]string{}
	for name, v := range at.Query() {
		returned[name] = v[0]
	}
	state := returned["state"]
	delete(returned, "state")
	var done struct {
		Account struct{ ID string }
	}
	if err := owner.Call(ctx, http.MethodPost, "/authorisations", map[string]any{"state": state, "returned": returned}, &done); err != nil {
		return err
	}
	if done.Account.ID != o.account {
		return fmt.Errorf("account %s was authorised in place of %s", done.Account.ID, o.account)
	}
	return nil
}

// owner is the business's owner in a signed-in browser, the first who asks being
// made so.
func owner(t *testing.T, api *rig.API) *rig.API {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &rig.API{Base: api.Base, HTTP: &http.Client{Jar: jar, Timeout: api.HTTP.Timeout}}
	var setup struct{ Needed bool }
	if err := browser.Call(t.Context(), http.MethodGet, "/setup", nil, &setup); err != nil {
		t.Fatal(err)
	}
	who := map[string]string{"email": "owner@rig.test", "password": "a horse of the rigs"}
	path := "/session"
	if setup.Needed {
		who["tenant_name"], who["language"], who["name"], path = "Tea house", "zh", "Wang", "/setup"
	}
	if err := browser.Call(t.Context(), http.MethodPost, path, who, nil); err != nil {
		t.Fatal(err)
	}
	return browser
}

// asks has the customer ask, in the background: some platforms return only when
// the hub has answered.
func (o *outside) asks(ctx context.Context, all *sync.WaitGroup) {
	all.Go(func() {
		// That the hub was killed meanwhile is no news: what counts is what is seen.
		_ = o.phone.Do(ctx, o.customer, emulate.Act{Kind: emulate.ActText, Text: theQuestion})
	})
}

// answers is how often the customer sees the answer.
func (o *outside) answers() (n int) {
	for _, b := range o.phone.Screen(o.customer).Bubbles {
		if b.From == "them" && strings.Contains(b.Text, theAnswer) {
			n++
		}
	}
	return n
}

// door stands before a platform. While it is shut, the hub does not hear of what
// it sent: the platform has taken a message, the customer sees it, and the word
// of it is kept back.
type door struct {
	o *outside

	one  sync.Mutex // a call at a time: so its mark in the log is its own
	mu   sync.Mutex
	shut *keeping
}

// keeping is one time a door is shut.
type keeping struct {
	taken chan struct{} // closed when a message was taken and its answer is kept
	gone  chan struct{} // closed when whoever sent it is no more
	once  sync.Once
}

// keep shuts the door.
func (d *door) keep() *keeping {
	k := &keeping{taken: make(chan struct{}), gone: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = k
	return k
}

// open lets everything pass again.
func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = nil
}

// took is a platform having taken a message: while the door is shut, it waits
// until whoever sent it is no more.
func (d *door) took() (kept bool) {
	d.mu.Lock()
	k := d.shut
	d.mu.Unlock()
	if k == nil {
		return false
	}
	k.once.Do(func() { close(k.taken) })
	<-k.gone
	return true
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "getUpdates") {
		d.o.api.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	d.one.Lock()
	before := len(d.o.calls())
	d.o.api.ServeHTTP(answer, r)
	seen := slices.ContainsFunc(d.o.calls()[before:], func(c emulate.Call) bool { return c.Visible })
	d.one.Unlock()
	if seen && d.took() {
		panic(http.ErrAbortHandler) // nobody is there to be told
	}
	for name, v := range answer.Header() {
		w.Header()[name] = v
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // whoever asked hung up
}
