package demo

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/core/connector"
)

// Phone is a played platform in the hands of its customers. What it tells and
// takes is the platform's own JSON, which the page draws and this package only
// passes on. Its functions may be called from any goroutine.
type Phone struct {
	Kind string // of channel
	Name connector.Text
	// Customers lists who can be played, Screen what one of them sees.
	Customers func() any
	Screen    func(customer string) any
	// Do carries out an act; its error is a sentence for the customer.
	Do func(ctx context.Context, customer string, act json.RawMessage) error
	// Watch calls changed after a screen changed; changed does not block.
	Watch func(changed func(customer string)) (stop func())
	// Files serves what the addresses of media on a screen name.
	Files http.Handler
}

// Phones serves the page of phones at /demo/phones and what it asks for below.
type Phones struct {
	All      []Phone
	Language string // "zh" or "en", unless a visitor chooses
	Account  string // of the shop's chat, for the bar on top; "" for no bar
	Log      *slog.Logger
	// Ends closes the pages' live streams.
	Ends <-chan struct{}
}

// phonesPolicy lets a page show and play what the emulators keep.
const phonesPolicy = policy + "; media-src 'self'"

// Handler mounts at /demo/phones, /demo/phones/ and the page's own files.
func (p *Phones) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/phones", p.page)
	mux.HandleFunc("GET /demo/phones/list", p.list)
	mux.HandleFunc("GET /demo/phones/live", p.live)
	mux.HandleFunc("GET /demo/phones/{kind}/screen", p.screen)
	mux.HandleFunc("POST /demo/phones/{kind}/acts", p.act)
	mux.HandleFunc("GET /demo/phones/{kind}/files/{path...}", p.file)
	mux.HandleFunc("GET /demo/shop.css", file("shop/shop.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /demo/phones/page.css", file("shop/phones.css", "text/css; charset=utf-8"))
	for _, name := range []string{"phones.js", "bubble.js", "words.js"} {
		mux.HandleFunc("GET /demo/phones/"+name, file("shop/"+name, "text/javascript; charset=utf-8"))
	}
	return mux
}

func (p *Phones) page(w http.ResponseWriter, r *http.Request) {
	m := markup{p.Language, p.Account}
	if one := r.URL.Query().Get("lang"); one == "zh" || one == "en" {
		m.lang = one
	}
	writePage(w, rendered(m.phones()), phonesPolicy)
}

func (p *Phones) list(w http.ResponseWriter, _ *http.Request) {
	type entry struct {
		Kind      string         `json:"kind"`
		Name      connector.Text `json:"name"`
		Customers any            `json:"customers"`
	}
	out := []entry{}
	for _, one := range p.All {
		out = append(out, entry{one.Kind, one.Name, one.Customers()})
	}
	p.json(w, out)
}

func (p *Phones) json(w http.ResponseWriter, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		p.Log.Error("a phone cannot be shown", "err", err)
		http.Error(w, "This phone is broken.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(raw) // whoever asked hung up
}

func (p *Phones) find(w http.ResponseWriter, r *http.Request) (Phone, bool) {
	i := slices.IndexFunc(p.All, func(one Phone) bool { return one.Kind == r.PathValue("kind") })
	if i < 0 {
		http.Error(w, "There is no such phone.", http.StatusNotFound)
		return Phone{}, false
	}
	return p.All[i], true
}

func (p *Phones) screen(w http.ResponseWriter, r *http.Request) {
	if one, ok := p.find(w, r); ok {
		p.json(w, one.Screen(r.URL.Query().Get("customer")))
	}
}

// mostAct bounds an act: a file of 20 MB as base64.
const mostAct = 28 << 20

// act carries out what a customer does. Only our own page may ask for it. A
// refusal of the platform is answered 409 with its sentence.
func (p *Phones) act(w http.ResponseWriter, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		http.Error(w, "Only the demo's own page may play its customers.", http.StatusForbidden)
		return
	}
	one, ok := p.find(w, r)
	if !ok {
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostAct))
	if err != nil || !json.Valid(raw) {
		http.Error(w, "This is too large, or it is no act.", http.StatusBadRequest)
		return
	}
	// What a customer did is done, also when the page is closed meanwhile.
	if err := one.Do(context.WithoutCancel(r.Context()), r.URL.Query().Get("customer"), raw); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// file shows a file of the emulator's and nothing else of it. It cannot act.
func (p *Phones) file(w http.ResponseWriter, r *http.Request) {
	one, ok := p.find(w, r)
	if !ok {
		return
	}
	path := "/" + r.PathValue("path")
	if !slices.ContainsFunc([]string{"/media/", "/files/", "/phone/media/"}, func(under string) bool { return strings.HasPrefix(path, under) }) {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	asked := r.Clone(r.Context())
	asked.URL.Path, asked.URL.RawPath = path, ""
	one.Files.ServeHTTP(w, asked)
}

// change names a screen that changed.
type change struct {
	Phone    string `json:"phone"`
	Customer string `json:"customer"`
}

// news collects changes until they are told.
type news struct {
	mu   sync.Mutex
	set  map[change]bool
	bell chan struct{}
}

func (n *news) add(c change) {
	n.mu.Lock()
	n.set[c] = true
	n.mu.Unlock()
	select {
	case n.bell <- struct{}{}:
	default:
	}
}

func (n *news) take() map[change]bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.set
	n.set = map[change]bool{}
	return out
}

// beat keeps proxies from closing a stream on which nothing happens.
const beat = 20 * time.Second

// live streams which screens changed, as server-sent events.
func (p *Phones) live(w http.ResponseWriter, r *http.Request) {
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // where it cannot be lifted, the page connects again
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	n := &news{set: map[change]bool{}, bell: make(chan struct{}, 1)}
	for _, one := range p.All {
		stop := one.Watch(func(customer string) { n.add(change{one.Kind, customer}) })
		defer stop()
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	text := []byte(": hello\n\n")
	for {
		if _, err := w.Write(text); err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-n.bell:
			text = text[:0]
			for c := range n.take() {
				raw, _ := json.Marshal(c) // two strings
				text = append(append(append(text, "data: "...), raw...), "\n\n"...)
			}
		case <-tick.C:
			text = []byte(": beat\n\n")
		case <-r.Context().Done():
			return
		case <-p.Ends:
			return
		}
	}
}
