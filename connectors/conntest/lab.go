package conntest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// lab is one rule at work: a platform, a Conn, the hub's side of both, and what
// was found.
type lab struct {
	suite Suite
	rule  string
	at    string // the case being tried

	clock  *clock
	log    *logbook
	net    *network
	emu    Emulator
	driver connector.Driver
	spec   connector.Spec
	link   connector.Link
	env    connector.Env
	kept   *cache // of the link, durable
	// carried are the devices that callbacks told of.
	carried *devices
	conn    connector.Conn
	hub     *hub

	mood     mood
	stopLive func() // nil: no stream is kept going

	mu       sync.Mutex
	findings []Finding
}

// deadline bounds every wait for something that should happen at once.
const deadline = 10 * time.Second

// clock stands still until it is moved, so that golden files hold.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// find records a breach of the rule being tried.
func (l *lab) find(format string, args ...any) { l.findAs(l.rule, format, args...) }

func (l *lab) findAs(rule, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := Finding{rule, l.at, fmt.Sprintf(format, args...)}
	if len(l.findings) < 50 && !slices.Contains(l.findings, f) {
		l.findings = append(l.findings, f)
	}
}

// open starts a fresh platform and a Conn on it.
func (l *lab) open() bool {
	l.shut()
	emu, err := l.suite.Play(l.clock.Now)
	if err != nil {
		l.find("the suite's platform does not start: %v", err)
		return false
	}
	l.emu = emu
	l.net = newNetwork(emu, func(address string) {
		l.findAs(ruleNetwork, "a connection to %s was opened; the platform is at %s", address, strings.Join(emu.Hosts(), ", "))
	})
	l.driver = l.suite.New()
	l.spec = l.driver.Spec()
	values, bad := l.spec.Form.Complete(emu.Config())
	if len(bad) > 0 {
		l.find("the form refuses the suite's config: %v", bad)
		return false
	}
	l.link = connector.Link{
		ID: fixedID(1), Tenant: fixedID(2), Config: values, Accounts: emu.Accounts(),
		HookURL: "https://hub.example.com/hooks/" + fixedID(1).String(), PageURL: "https://hub.example.com",
	}
	l.hub, l.kept, l.carried = newHub(l), newCache(l.clock.Now), &devices{}
	return l.reopen() && l.begin()
}

// begin posts what the platform told before anything else, and has the Conn make
// use of it, as the core does once a link is open.
func (l *lab) begin() bool {
	if l.suite.Webhook == nil || l.suite.Webhook.Begin == nil {
		return true
	}
	for i, raw := range l.suite.Webhook.Begin(l.emu) {
		got := l.hub.post(raw)
		if !l.took(got) {
			return false
		}
		if len(got.batch.Envelopes) > 0 || got.reply.Status/100 != 2 {
			l.find("callback %d of the beginning was decoded to %d envelopes and answered %d", i, len(got.batch.Envelopes), got.reply.Status)
		}
	}
	r, ok := l.conn.(connector.Refresher)
	if !ok {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if _, err := call(l, "Refresh", func() (struct{}, error) { return struct{}{}, r.Refresh(ctx) }); err != nil {
		l.find("Refresh after the beginning failed: %v", err)
		return false
	}
	return true
}

// reopen makes a new Conn on the same platform, as after a crash: whatever the
// old one remembered is gone, but for what it keeps with its link.
func (l *lab) reopen() bool {
	l.still()
	l.net.heal()
	l.env = connector.Env{
		HTTP: l.net.client(), Dial: l.net.dial, Files: files{}, Cache: l.kept, Intake: intake{l.clock.Now}, Devices: l.carried,
		Clock: l.clock.Now, Log: slog.New(l.log),
		State: func(s connector.State) {
			l.mood.seen(s.Health)
			l.output("a state", strings.Join([]string{s.Code, s.Text.EN, s.Text.ZH, s.Remedy.EN, s.Remedy.ZH}, " "))
		},
	}
	if l.suite.Env != nil {
		l.suite.Env(&l.env)
	}
	before := l.net.opened()
	link := l.link
	link.Config = maps.Clone(l.link.Config)
	conn, err := call(l, "Open", func() (connector.Conn, error) { return l.driver.Open(context.Background(), link, l.env) })
	if err != nil || conn == nil {
		l.find("Open failed: %v", err)
		return false
	}
	if l.net.opened() != before {
		l.findAs("form", "Open touched the network")
	}
	l.conn = conn
	l.liven()
	return true
}

// shut closes Conn and platform.
func (l *lab) shut() {
	l.still()
	if l.conn != nil {
		_, _ = call(l, "Close", func() (struct{}, error) {
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			return struct{}{}, l.conn.Close(ctx)
		})
		l.conn = nil
	}
	if l.net != nil {
		l.net.close()
	}
	if l.emu != nil {
		l.emu.Close()
		l.emu = nil
	}
}

func (l *lab) close() {
	l.shut()
	for _, line := range l.log.take() {
		l.output("a log line", line)
	}
}

// output looks for credentials in a text that leaves the connector.
func (l *lab) output(what, text string) {
	if text == "" {
		return
	}
	for _, word := range l.spec.Form.Spellings(l.link.Config) {
		if strings.Contains(text, word) {
			l.findAs(ruleSecrets, "%s shows a credential: %s", what, l.spec.Form.RedactText(l.link.Config, text))
			return
		}
	}
}

// call runs a method of the connector: a panic becomes a finding, an error is
// searched for credentials.
func call[T any](l *lab, what string, f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.findAs(rulePanic, "%s panicked: %v%s", what, p, origin())
			err = fmt.Errorf("%s panicked", what)
		}
		if err != nil {
			l.output("the error of "+what, err.Error())
			var e *connector.Error
			if errors.As(err, &e) {
				l.output("the shown error of "+what, e.Shown.EN+e.Shown.ZH+e.Code)
			}
		}
	}()
	return f()
}

// origin names the line that panicked.
func origin() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicked := false
	for {
		f, more := frames.Next()
		if panicked && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf(" at %s:%d", f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)
		}
		panicked = panicked || f.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}

// request makes a request to post a message to the suite's customer.
func (l *lab) request(n byte, m canon.Message) connector.Request {
	account := connector.Account{}
	if accounts := l.emu.Accounts(); len(accounts) > 0 {
		account = accounts[0]
	}
	peer := l.suite.Peer
	if peer == "" {
		peer = "peer-1"
	}
	m.ID = fixedID(n)
	return connector.Request{
		Key: fixedID(n), Attempt: 1, Account: account, Message: m,
		Thread: canon.ThreadKey{Account: account.RemoteID, Peer: peer, Thread: l.suite.Thread},
		Sender: connector.Sender{Kind: "agent", ID: fixedID(3), Name: "Mei"},
	}
}

func (l *lab) thread() canon.ThreadKey { return l.request(0, canon.Message{}).Thread }

// send uploads what the request carries and sends it, as the core does.
func (l *lab) send(r connector.Request) (connector.Receipt, *connector.Error) {
	if err := l.upload(&r); err != nil {
		return connector.Receipt{}, err
	}
	l.ready()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	receipt, err := call(l, "Send", func() (connector.Receipt, error) { return l.conn.Send(ctx, r) })
	if err != nil {
		return receipt, connector.AsError(err)
	}
	if receipt.State != canon.Sent && receipt.State != canon.Delivered {
		l.findAs("receipts", "Send returned the state %q; a send that was taken is sent or delivered", receipt.State)
	}
	return receipt, nil
}

// upload hands the files of a request to the platform, as the core does.
func (l *lab) upload(r *connector.Request) *connector.Error {
	up, ok := l.conn.(connector.Uploader)
	if !ok || r.Op != connector.OpPost {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for _, id := range fileIDs(r.Message) {
		info := sampleInfo(id)
		handle, err := call(l, "Upload", func() (handle canon.RemoteID, err error) {
			if of, ok := l.conn.(connector.AccountUploader); ok {
				handle, _, err = of.UploadFor(ctx, r.Account, r.Key, info, sampleBody(id))
			} else {
				handle, _, err = up.Upload(ctx, r.Key, info, sampleBody(id))
			}
			return handle, err
		})
		if err != nil {
			return connector.AsError(err)
		}
		if r.Uploaded == nil {
			r.Uploaded = map[canon.ID]canon.RemoteID{}
		}
		r.Uploaded[id] = handle
	}
	return nil
}

// visible is the words of the visible calls so far.
func (l *lab) visible() []string {
	var out []string
	for _, c := range l.emu.Calls() {
		if c.Visible {
			out = append(out, c.Text)
		}
	}
	return out
}

func (l *lab) caps() connector.Capabilities {
	caps, _ := call(l, "Capabilities", func() (connector.Capabilities, error) { return l.conn.Capabilities(l.thread()), nil })
	return caps
}

// fixedID is an id that is the same in every run.
func fixedID(n byte) canon.ID {
	return canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

// until waits for something to become true.
func until(ctx context.Context, what func() bool) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !what() {
		select {
		case <-ctx.Done():
			return what()
		case <-tick.C:
		}
	}
	return true
}

// reply searches an answer for credentials.
func (l *lab) reply(what string, r connector.Reply) connector.Reply {
	text := string(r.Body)
	for name, values := range r.Header {
		text += "\n" + name + ": " + strings.Join(values, ", ")
	}
	l.output(what, text)
	return r
}

// withHeader returns raw with other values of a header or, where there is none
// of that name, of a query parameter; no values take it off.
func withProof(raw connector.Raw, name string, values ...string) connector.Raw {
	raw.Header = raw.Header.Clone()
	key := http.CanonicalHeaderKey(name)
	if _, inHeader := raw.Header[key]; inHeader || !strings.Contains("&"+raw.Query, "&"+name+"=") {
		raw.Header.Del(name)
		for _, v := range values {
			raw.Header.Add(name, v)
		}
		return raw
	}
	return withQuery(raw, name, values)
}
