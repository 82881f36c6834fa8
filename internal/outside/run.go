package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
	"parley/core/connector"
)

// Options say where the application is and how its customer is played.
type Options struct {
	URL    string // the application's api_base
	Secret string
	// Hook is where the application posts to, at the path HookPath; Run closes it.
	Hook net.Listener
	// Account and Peer are written to until a customer has told a thread of its
	// own; "main" and "customer-1" when empty.
	Account, Peer canon.RemoteID
	// MaxText is the link's max_text: how many characters a text may have; 0 is
	// no limit.
	MaxText int
	// Write makes a customer write one line; nil: nobody can.
	Write func(ctx context.Context, text string) error
	// Seen is all that customers have seen so far; nil: nobody knows.
	Seen   func(ctx context.Context) (string, error)
	Client *http.Client
	// Patience is how long something that must happen may take; 0: 20 seconds.
	Patience time.Duration
}

// HookPath is the path of the callback address.
const HookPath = "/hook"

// rule is one promise of the protocol with its proof.
type rule struct {
	name, says, heading string
	needs               need
	run                 func(*run) // nil: looked at throughout the run
}

// need is what a rule cannot be tried without.
type need int

const (
	nothing need = iota
	callbacks
	customer
	sight
)

// Document is where the rules stand.
const Document = "docs/http-connector.md"

// The headings of Document.
const (
	signatures = "signatures"
	telling    = "telling-the-hub-what-happened"
	asking     = "doing-what-the-hub-asks"
)

func rules() []rule {
	return []rule{
		{"reachable", "A signed probe is answered 2xx.", asking, nothing, nil},
		{"unsigned", "A call whose signature does not fit to the last bit, or is over 300 seconds off, is answered 401 and does nothing.", signatures, nothing, checkUnsigned},
		{"malformed", "A signed body that is no call is answered 4xx, and the application goes on.", asking, nothing, checkMalformed},
		{"answers", "A post is answered 2xx; every key has a remote_id of its own, of at most 255 bytes; the state is sent or delivered; fields that are not known are passed over.", asking, nothing, checkAnswers},
		{"key", "The same key again, also at the same moment, is answered by 409 or as before, with the same remote_id.", asking, nothing, checkKey},
		{"certainty", "A call whose answer was lost is recognised by its key; the next part goes on from there and the one before stays as it was.", asking, nothing, checkCertainty},
		{"parts", "A text is taken; any other part is taken, refused as unsupported (422 or 501), or refused with a word for the agent.", asking, nothing, checkParts},
		{"operations", "An operation is done, or refused as unsupported; one on a message that is not there is refused; an operation nobody knows is unsupported.", asking, nothing, checkOperations},
		{"length", "A text as long as max_text says is taken, in every script.", asking, nothing, checkLength},
		{"shown once", "A customer sees one message a key, and nothing of a call that was refused.", asking, sight, nil},
		{"customer", "What a customer writes is told word for word, and an answer on its thread is taken.", telling, customer, checkCustomer},
		{"commit first", "A fact that was answered 503 or 429, or not at all, is sent again with the same event_id until it is answered 2xx.", telling, customer, checkCommitFirst},
		{"dedupe", "The same event has the same event_id however often it is sent, and no two events share one.", telling, customer, checkDedupe},
		{"order", "What one customer writes is told one after the other, also when the first has to be sent again.", telling, customer, checkOrder},
		{"refusal", "A fact that was refused with 400 holds up nothing that comes after it.", telling, customer, checkRefusal},
		{"signed callbacks", "Every callback is a POST to the hook_url, signed over the bytes that are sent.", signatures, callbacks, nil},
		{"envelopes", "Every callback holds envelopes that fit.", telling, callbacks, nil},
		{"receipts", "A receipt names a message that was taken; a message that was delivered or read has not failed; a receipt that was answered 503 is sent again.", asking, nothing, checkReceipts},
		{"secrets", "No answer and no callback shows the secret.", signatures, nothing, nil},
	}
}

// run is the hub's side at work.
type run struct {
	Options
	ctx    context.Context
	signer *connhttp.Signer
	hide   connector.Form
	values connector.Values
	hub    *hub
	thread canon.ThreadKey

	mu       sync.Mutex
	findings map[string][]string
	taken    map[canon.RemoteID]bool // names of messages the application took, and their keys
	once     []string                // texts that a customer must have seen once
	never    []string                // texts that no customer may have seen
	n        int
}

// Run holds the application to every rule.
func Run(ctx context.Context, o Options) (Report, error) {
	x, err := start(ctx, o)
	if err != nil {
		return nil, err
	}
	srv := &http.Server{Handler: x.hub, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = srv.Serve(o.Hook) }()
	defer func() { _ = srv.Close(); <-ended }()

	alive := x.reachable()
	var out Report
	for _, r := range rules() {
		if alive && r.run != nil && (r.needs == nothing || r.needs == customer && x.Write != nil) {
			r.run(x)
		}
	}
	if alive {
		x.checkShown()
	}
	for _, r := range rules() {
		out = append(out, x.result(r, alive))
	}
	return out, ctx.Err()
}

func start(ctx context.Context, o Options) (*run, error) {
	spec := connhttp.New().Spec()
	values, bad := spec.Form.Complete(connector.Values{"api_base": o.URL, "secret": o.Secret})
	switch {
	case o.Secret == "":
		return nil, errors.New("the kit signs as the hub does: give the secret of the link with --secret")
	case len(bad) > 0:
		return nil, fmt.Errorf("the address or the secret cannot be used: %w", bad[0])
	}
	signer, err := connhttp.NewSigner(o.Secret)
	if err != nil {
		return nil, err
	}
	conn, err := connhttp.New().Open(ctx, connector.Link{Config: values}, connector.Env{HTTP: o.Client, Intake: intake{"http://" + o.Hook.Addr().String()}})
	if err != nil {
		return nil, fmt.Errorf("open the hub's side of the link: %w", err)
	}
	if o.Account == "" {
		o.Account = "main"
	}
	if o.Peer == "" {
		o.Peer = "customer-1"
	}
	if o.Patience == 0 {
		o.Patience = 20 * time.Second
	}
	o.URL = strings.TrimRight(o.URL, "/")
	x := &run{
		Options: o, ctx: ctx, signer: signer, hide: spec.Form, values: values,
		thread:   canon.ThreadKey{Account: o.Account, Peer: o.Peer},
		findings: map[string][]string{}, taken: map[canon.RemoteID]bool{},
	}
	x.hub = newHub(x, conn.(connector.Webhook))
	return x, nil
}

// find records that a rule is broken, at a case of it.
func (x *run) find(rule, at, format string, args ...any) {
	text := x.hide.RedactText(x.values, at+": "+fmt.Sprintf(format, args...))
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.findings[rule]) < 20 && !slices.Contains(x.findings[rule], text) {
		x.findings[rule] = append(x.findings[rule], text)
	}
}

// look searches what comes from the application for the secret.
func (x *run) look(what, text string) {
	for _, word := range x.hide.Spellings(x.values) {
		if strings.Contains(text, word) {
			x.find("secrets", what, "it shows the secret")
			return
		}
	}
}

func (x *run) result(r rule, alive bool) Result {
	came := x.hub.count()
	x.mu.Lock()
	defer x.mu.Unlock()
	out := Result{Rule: r.name, State: Kept, Says: r.says, Document: Document + "#" + r.heading, Findings: x.findings[r.name]}
	switch {
	case len(out.Findings) > 0:
		out.State = Broken
	case !alive && r.name != "reachable":
		out.State, out.Why = Untried, "the application does not take a signed call"
	case r.needs == customer && x.Write == nil:
		out.State, out.Why = Untried, "say with --customer how a customer writes"
	case r.needs == sight && x.Seen == nil:
		out.State, out.Why = Untried, "say with --seen what customers have seen"
	case r.needs == callbacks && came == 0:
		out.State, out.Why = Untried, "no callback came"
	}
	return out
}

// text makes words that can be told from all others.
func (x *run) text(words string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.n++
	return fmt.Sprintf("kit %03d %s", x.n, words)
}

// expect notes a text that a customer must have seen once in the end.
func (x *run) expect(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.once = append(x.once, text)
}

// forbid notes a text that no customer may have seen.
func (x *run) forbid(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.never = append(x.never, text)
}

// checkShown looks at what customers saw of the whole run.
func (x *run) checkShown() {
	if x.Seen == nil {
		return
	}
	var seen string
	all := x.until(func() bool {
		var err error
		if seen, err = x.Seen(x.ctx); err != nil {
			x.find("shown once", "what customers have seen", "it cannot be told: %v", err)
			return true
		}
		return !slices.ContainsFunc(x.once, func(text string) bool { return !strings.Contains(seen, text) })
	})
	for _, text := range x.once {
		if n := strings.Count(seen, text); n != 1 && (n > 1 || !all) {
			x.find("shown once", text, "customers saw it %d times", n)
		}
	}
	for _, text := range x.never {
		if strings.Contains(seen, text) {
			x.find("shown once", text, "customers saw it, and the call was refused or not authentic")
		}
	}
}

// until asks for something until it is so, or patience ends.
func (x *run) until(so func() bool) bool { return x.within(x.Patience, so) }

func (x *run) within(patience time.Duration, so func() bool) bool {
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	for pause := 5 * time.Millisecond; !so(); pause = min(2*pause, 200*time.Millisecond) {
		select {
		case <-ctx.Done():
			return so()
		case <-time.After(pause):
		}
	}
	return true
}
