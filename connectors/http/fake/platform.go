// Package fake is a small platform for the generic connector: a server that
// takes signed calls, shows what its customers saw, and misbehaves on demand,
// and a client that posts signed callbacks. Tests, kills and benches use it.
//
// It is built from docs/http-connector.md and shares no code with the connector,
// so that a mistake cannot hide in both; what both speak is canon. It never
// repeats a callback by itself and never guesses: what it does not understand it
// refuses.
package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"parley/core/canon"
)

// Platform is the application at the other side. Make it with New; it is safe
// for concurrent use.
type Platform struct {
	clock  func() time.Time
	client *nethttp.Client

	mu      sync.Mutex
	keys    keys
	calls   []Call
	lines   []Line
	taken   map[string]int // key of a post → its line
	faults  []Fault
	files   map[string]File
	posts   []post
	maxText int
	next    int
	onCall  func(Call)
	quiet   bool
	dead    map[string]bool // tokens of devices that are no more
	notices []Notice        // shown on devices
}

// Call is one wire request as it arrived, refused ones included.
type Call struct {
	Order
	Body   []byte
	Signed bool
	Status int // what was answered; 0 when the connection was cut instead
}

// Line is a message as the customer sees it now.
type Line struct {
	RemoteID canon.RemoteID
	Key      string
	Thread   canon.ThreadKey
	Sender   string
	Message  canon.Message
	Edited   bool
	Revoked  bool
	Reaction string
}

// File is something the platform serves below /files/.
type File struct {
	MIME string
	Body []byte
}

// Option changes a platform.
type Option func(*Platform)

// WithClock gives the platform a clock of its own.
func WithClock(clock func() time.Time) Option { return func(p *Platform) { p.clock = clock } }

// WithMaxText refuses texts of more runes.
func WithMaxText(runes int) Option { return func(p *Platform) { p.maxText = runes } }

// WithClient sets the client that posts callbacks.
func WithClient(c *nethttp.Client) Option { return func(p *Platform) { p.client = c } }

// WithHook is told of every call that was taken, after it was recorded and
// before it is answered. It must not call the platform back synchronously
// through the connector under test.
func WithHook(hook func(Call)) Option { return func(p *Platform) { p.onCall = hook } }

// WithoutLog keeps neither calls nor words, for long loads: Calls and Seen then
// tell nothing but keys. What happens is known through WithHook.
func WithoutLog() Option { return func(p *Platform) { p.quiet = true } }

// New makes a platform that shares a secret with the hub.
func New(secret string, options ...Option) (*Platform, error) {
	shared, err := readKeys(secret)
	if err != nil {
		return nil, fmt.Errorf("making a fake platform: %w", err)
	}
	p := &Platform{keys: shared, clock: time.Now, client: nethttp.DefaultClient, taken: map[string]int{}, files: map[string]File{}}
	for _, o := range options {
		o(p)
	}
	return p, nil
}

// SetSecret changes the secret that signs calls and callbacks from now on.
func (p *Platform) SetSecret(secret string) error {
	shared, err := readKeys(secret)
	if err != nil {
		return fmt.Errorf("changing the secret of a fake platform: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = shared
	return nil
}

func (p *Platform) signs() keys {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys
}

// Start serves the platform on a free local port. Its URL is the link's
// api_base; close it when done.
func (p *Platform) Start() *httptest.Server { return httptest.NewServer(p) }

// ServeHTTP takes calls at /messages and serves files at /files/{name}, both
// below any prefix.
func (p *Platform) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	switch _, file, isFile := strings.Cut(r.URL.Path, "/files/"); {
	case isFile && r.Method == nethttp.MethodGet:
		p.serveFile(w, r, file)
	case strings.HasSuffix(r.URL.Path, "/messages") && r.Method == nethttp.MethodPost:
		p.serveCall(w, r)
	default:
		nethttp.Error(w, "", nethttp.StatusNotFound)
	}
}

func (p *Platform) serveFile(w nethttp.ResponseWriter, r *nethttp.Request, name string) {
	p.mu.Lock()
	f, ok := p.files[name]
	p.mu.Unlock()
	switch {
	case !p.signs().fits(r.Header, p.clock(), nil):
		w.WriteHeader(nethttp.StatusUnauthorized)
	case !ok:
		w.WriteHeader(nethttp.StatusNotFound)
	default:
		w.Header().Set("Content-Type", f.MIME)
		_, _ = w.Write(f.Body)
	}
}

func (p *Platform) serveCall(w nethttp.ResponseWriter, r *nethttp.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return
	}
	call := Call{Body: body, Signed: p.signs().fits(r.Header, p.clock(), body)}
	var answer Reply
	switch {
	case !call.Signed:
		call.Status, answer.Text = nethttp.StatusUnauthorized, "the signature does not fit"
	case json.Unmarshal(body, &call.Order) != nil || call.Key == "" || call.Key != r.Header.Get("webhook-id"):
		call.Status, answer.Text = nethttp.StatusBadRequest, "this is no call"
	}
	fault := p.fault(call)
	if fault.Kind == HangUp || fault.Kind == Hang {
		p.record(call)
		fault.end(w, r)
		return
	}
	if call.Status == 0 && fault.Status != 0 && !fault.After {
		call.Status, answer = fault.Status, fault.Answer
	}
	if call.Status == 0 {
		call.Status, answer = p.take(&call.Order)
	}
	if fault.After && fault.Status != 0 {
		call.Status, answer = fault.Status, fault.Answer
	}
	if fault.Kind == LoseAnswer || fault.Kind == Late {
		call.Status = 0
	}
	p.record(call)
	if p.onCall != nil && call.Status/100 == 2 {
		p.onCall(call)
	}
	if fault.Kind == LoseAnswer || fault.Kind == Late {
		fault.end(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(fault.RetryAfter/time.Second)))
	}
	w.WriteHeader(call.Status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *Platform) record(c Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.quiet {
		p.calls = append(p.calls, c)
	}
}

// take does what a call says: once for each key.
func (p *Platform) take(c *Order) (int, Reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	find := func() *Line {
		i := slices.IndexFunc(p.lines, func(l Line) bool { return l.RemoteID == c.Target })
		if i < 0 {
			return nil
		}
		return &p.lines[i]
	}
	switch c.Op {
	case "post":
		if i, again := p.taken[c.Key]; again {
			return nethttp.StatusConflict, Reply{RemoteID: p.lines[i].RemoteID}
		}
		if c.Message == nil {
			return nethttp.StatusBadRequest, Reply{Text: "there is no message"}
		}
		if a := p.refuse(*c.Message); a.Code != "" {
			return nethttp.StatusUnprocessableEntity, a
		}
		p.next++
		line := Line{RemoteID: canon.RemoteID("r-" + strconv.Itoa(p.next)), Key: c.Key, Thread: c.Thread, Message: *c.Message}
		if c.Sender != nil {
			line.Sender = c.Sender.Kind
		}
		if p.quiet {
			line.Message = canon.Message{}
		}
		p.taken[c.Key] = len(p.lines)
		p.lines = append(p.lines, line)
		return nethttp.StatusOK, Reply{RemoteID: line.RemoteID, State: "sent", Gone: p.notify(c.Push)}
	case "edit", "revoke", "react":
		line := find()
		if line == nil {
			return nethttp.StatusUnprocessableEntity, Reply{Code: "no_such_message"}
		}
		switch c.Op {
		case "edit":
			if c.Message == nil {
				return nethttp.StatusBadRequest, Reply{Text: "there is no message"}
			}
			if a := p.refuse(*c.Message); a.Code != "" {
				return nethttp.StatusUnprocessableEntity, a
			}
			line.Message, line.Edited = *c.Message, true
		case "revoke":
			line.Revoked = true
		case "react":
			line.Reaction = c.Emoji
		}
		return nethttp.StatusOK, Reply{RemoteID: line.RemoteID}
	case "typing", "read", "probe":
		return nethttp.StatusOK, Reply{}
	}
	return nethttp.StatusUnprocessableEntity, Reply{Code: "unsupported"}
}

func (p *Platform) refuse(m canon.Message) Reply {
	for _, part := range m.Parts {
		if t, ok := part.(canon.Text); ok && p.maxText > 0 && utf8.RuneCountInString(t.Body) > p.maxText {
			return Reply{Code: "too_long", Text: fmt.Sprintf("a text may have %d characters", p.maxText)}
		}
	}
	return Reply{}
}

// Calls returns the wire requests so far, oldest first.
func (p *Platform) Calls() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// Seen returns what a customer has before them, oldest first; peer "" means all
// customers.
func (p *Platform) Seen(peer canon.RemoteID) []Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Line
	for _, l := range p.lines {
		if peer == "" || l.Thread.Peer == peer {
			out = append(out, l)
		}
	}
	return out
}

// Texts returns the words of what a customer sees, taken-back messages left out.
func (p *Platform) Texts(peer canon.RemoteID) []string {
	var out []string
	for _, l := range p.Seen(peer) {
		if !l.Revoked {
			out = append(out, l.Message.Fallback())
		}
	}
	return out
}

// Serve makes a file available at base + "/files/" + name.
func (p *Platform) Serve(name string, f File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[name] = File{f.MIME, bytes.Clone(f.Body)}
}
