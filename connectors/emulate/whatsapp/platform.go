//go:build !nogpl

package whatsapp

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"

	"parley/connectors/emulate"
)

// Options change what is played.
type Options struct {
	Clock func() time.Time // nil: time.Now
	Phone string           // the account's number; "" is 15550001111
	Name  string           // the account's name
	// OldestClient is the oldest version of a client that may sign in, by its
	// last number; 0: any.
	OldestClient uint32
	// Restricted accounts cannot write to people who never wrote to them.
	Restricted bool
	// First is the number before that of the first message: a hub that knows an
	// earlier platform's messages takes none for a repeated one.
	First int
	// Took is called when a phone shows a message and its sender has not been told
	// that it was taken, which waits until Took returns; nil: it is told at once.
	Took func()
	// From goes on with what an earlier platform knew of linked devices.
	From *Memory
}

// Platform is WhatsApp with one account, its phone, its customers and groups.
// Safe for concurrent use.
type Platform struct {
	emulate.Faults
	o     Options
	calls emulate.Calls
	key   *keys.KeyPair // of the server
	chain []byte

	mu        sync.Mutex
	owner     *person
	people    []*person
	groups    []*group
	companion *companion // the linked device; nil: none
	devices   uint16     // the number given last
	waiting   []*waiting // devices that show codes
	scene     string     // the code that is before the phone's camera
	blobs     map[string]*blob
	number    int // of messages so far
	confirmed int
	fate      *fate
	watchers  map[int]func(string)
	watch     int
	shut      bool
	sockets   map[*wire]bool
	work      sync.WaitGroup
}

// fate is what happens to whoever signs in.
type fate struct {
	reason, code int
	expire       time.Duration
}

// New returns a platform nobody is linked to.
func New(o Options) *Platform {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Phone == "" {
		o.Phone = "15550001111"
	}
	if o.Name == "" {
		o.Name = "Tea House"
	}
	p := &Platform{o: o, key: keys.NewKeyPair(), blobs: map[string]*blob{}, watchers: map[int]func(string){}, sockets: map[*wire]bool{}, devices: 6, number: o.First}
	p.chain, _ = certificates(p.key) // of keys just made
	p.owner = newPerson(o.Phone, "900"+o.Phone, o.Name, "en", 1000)
	for i, c := range []struct{ phone, lid, name, lang string }{
		{"8613800000501", "88800501", "李雷", "zh-CN"}, {"4915200000502", "88800502", "Anna", "de"}, {"15550000503", "88800503", "Sam", "en"},
	} {
		p.people = append(p.people, newPerson(c.phone, c.lid, c.name, c.lang, uint32(2000+i)))
	}
	if o.From != nil {
		p.recall(o.From)
	}
	return p
}

// Close cuts every socket and waits for what is under way.
func (p *Platform) Close() {
	p.mu.Lock()
	p.shut = true
	open := p.sockets
	p.sockets = map[*wire]bool{}
	p.mu.Unlock()
	for w := range open {
		w.close()
	}
	p.work.Wait()
}

// Calls lists what devices asked, oldest first; keepalives and receipts are left out.
func (p *Platform) Calls() []emulate.Call { return p.calls.All() }

// Number is the account's phone number.
func (p *Platform) Number() string { return p.o.Phone }

// ServeHTTP answers for every host of WhatsApp: the socket, the store of media,
// and what the phones of the page show.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/ws/chat":
		p.socket(w, r)
	case len(r.URL.Path) > 5 && r.URL.Path[:5] == "/mms/":
		p.upload(w, r)
	case len(r.URL.Path) > 3 && r.URL.Path[:3] == "/v/":
		p.download(w, r)
	case len(r.URL.Path) > 7 && r.URL.Path[:7] == "/media/":
		p.show(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (p *Platform) socket(rw http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	ws.SetReadLimit(1 << 24)
	w := &wire{ws: ws}
	p.mu.Lock()
	if p.shut {
		p.mu.Unlock()
		w.close()
		return
	}
	p.sockets[w] = true
	p.work.Add(1)
	p.mu.Unlock()
	defer p.work.Done()
	defer func() {
		w.close()
		p.mu.Lock()
		delete(p.sockets, w)
		p.mu.Unlock()
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	noise, hello, err := w.handshake(ctx, p.key, p.chain)
	if err != nil {
		p.calls.Add(emulate.Call{Op: "handshake", Code: "closed"})
		return
	}
	p.admit(ctx, w, noise, hello)
}

// at is now on the platform's clock, in seconds as nodes carry it.
func (p *Platform) at() string { return strconv.FormatInt(p.o.Clock().Unix(), 10) }

func (p *Platform) newID() string {
	p.number++
	return fmt.Sprintf("3A%06xPLAYED", p.number)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// accountJID is the account's number; with a device, that of the device.
func (p *Platform) accountJID(device uint16) types.JID {
	return types.JID{User: p.o.Phone, Device: device, Server: types.DefaultUserServer}
}

func (p *Platform) accountLID(device uint16) types.JID {
	return types.JID{User: p.owner.lid.User, Device: device, Server: types.HiddenUserServer}
}

// Watch calls changed after a screen changed.
func (p *Platform) Watch(changed func(customer string)) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch++
	id := p.watch
	p.watchers[id] = changed
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, id)
	}
}

// allChanged tells watchers of every screen; p.mu is held.
func (p *Platform) allChanged() {
	for _, c := range p.chats() {
		p.told(c)
	}
}

// changed tells watchers; p.mu is held.
func (p *Platform) changed(customer string) {
	if p.shut {
		return
	}
	for _, tell := range p.watchers {
		p.work.Go(func() { tell(customer) })
	}
}
