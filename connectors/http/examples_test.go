package http_test

import (
	"bufio"
	"context"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
	"parley/core/connector"
)

// The applications that docs/http-connector.md shows.
var examples = []struct{ runtime, file string }{
	{"python3", "../../docs/examples/http/app.py"},
	{"node", "../../docs/examples/http/app.mjs"},
}

// TestExamplesWork runs each against the real connector: a customer writes, the
// business answers, and the hub learns that it was read.
func TestExamplesWork(t *testing.T) {
	for _, x := range examples {
		t.Run(x.runtime, func(t *testing.T) {
			source, err := os.ReadFile(x.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), "\n"); n >= 150 {
				t.Errorf("%s has %d lines; it is meant to be read in one go", x.file, n)
			}
			if _, err := exec.LookPath(x.runtime); err != nil {
				t.Logf("%s is not on this machine: the example was not run", x.runtime)
				return
			}
			runExample(t, x.runtime, x.file)
		})
	}
}

// example is a running application, and a hub that listens to it.
type example struct {
	in  io.Writer
	out *bufio.Scanner

	mu    sync.Mutex
	hook  connector.Webhook
	away  int // how many callbacks are still refused
	facts []canon.Envelope
}

// ServeHTTP is the hub's callback address.
func (e *example) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	raw := connector.Raw{Method: r.Method, Header: r.Header, Body: body, Arrived: time.Now()}
	opened, err := e.hook.Unseal(raw)
	if err != nil {
		w.WriteHeader(nethttp.StatusUnauthorized)
		return
	}
	outcome := connector.Committed
	batch, err := e.hook.Decode(r.Context(), connector.Seal(raw, opened))
	switch {
	case err != nil:
		outcome = connector.Refused
	case e.away > 0:
		e.away--
		outcome = connector.Retry
	default:
		e.facts = append(e.facts, batch.Envelopes...)
	}
	reply := e.hook.Ack(raw, outcome)
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// fact waits for the nth thing the application tells.
func (e *example) fact(t *testing.T, n int) canon.Envelope {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		e.mu.Lock()
		if len(e.facts) > n {
			defer e.mu.Unlock()
			return e.facts[n]
		}
		e.mu.Unlock()
	}
	t.Fatalf("the application did not tell fact %d", n)
	return canon.Envelope{}
}

func (e *example) line(t *testing.T) string {
	t.Helper()
	if !e.out.Scan() {
		t.Fatalf("the application ended: %v", e.out.Err())
	}
	return e.out.Text()
}

func runExample(t *testing.T, runtime, file string) {
	e := &example{away: 1}
	hub := httptest.NewServer(e)
	defer hub.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	app := exec.CommandContext(ctx, runtime, file)
	app.Env = append(os.Environ(), "PARLEY_HOOK="+hub.URL, "PARLEY_SECRET="+secret, "NO_PROXY=*", "no_proxy=*")
	app.Stderr = os.Stderr
	in, err := app.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = app.Wait() }()
	e.in, e.out = in, bufio.NewScanner(out)

	base, ok := strings.CutPrefix(e.line(t), "api_base: ")
	if !ok {
		t.Fatal("it does not say its api_base")
	}
	conn, err := connhttp.New().Open(ctx, connector.Link{Config: connector.Values{"api_base": base, "secret": secret}}, connector.Env{HTTP: hub.Client()})
	if err != nil {
		t.Fatal(err)
	}
	c := conn.(*connhttp.Conn)
	e.mu.Lock()
	e.hook = c
	e.mu.Unlock()

	// The customer writes. The hub is away for the first try.
	_, _ = io.WriteString(in, "你好 \"Parley\"\n")
	first := e.fact(t, 0)
	if p, ok := first.Event.(canon.Posted); !ok || p.Message.Plain() != `你好 "Parley"` || first.Thread.Peer != "customer-1" {
		t.Fatalf("the hub was told %+v", first)
	}
	// The business answers, twice with one key.
	r := post("answer 答复")
	r.Thread, r.Sender.Kind = first.Thread, "agent"
	sent, err := c.Send(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Send(ctx, r); err != nil || again.RemoteID != sent.RemoteID {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	if got := e.line(t); got != "agent: answer 答复" {
		t.Errorf("the customer saw %q", got)
	}
	if got, ok := e.fact(t, 1).Event.(canon.Receipt); !ok || got.State != canon.Read || got.Target != sent.RemoteID {
		t.Errorf("the receipt is %+v", got)
	}
	// A menu, an edit, a reaction, a message taken back, typing, and the Test button.
	menu := post("")
	menu.Message = canon.Message{Parts: []canon.Part{canon.Choices{Style: canon.ChoiceQuick, Prompt: "Which?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "A"}}}, canon.Sticker{Emoji: "😺"}}}
	edit, react, revoke := post("better"), post(""), post("")
	edit.Op, react.Op, revoke.Op = connector.OpEdit, connector.OpReact, connector.OpRevoke
	edit.Target, react.Target, revoke.Target, react.Emoji = sent.RemoteID, sent.RemoteID, sent.RemoteID, "👍"
	for want, r := range map[string]connector.Request{"hub: Which? / A [sticker]": menu, "(now reads: better)": edit, "(reaction: 👍)": react, "(a message was taken back)": revoke} {
		if _, err := c.Send(ctx, r); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if got := e.line(t); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	}
	if err := c.Type(ctx, first.Thread, true); err != nil {
		t.Error(err)
	}
	if err := c.Probe(ctx, func(connector.Check) {}); err != nil {
		t.Error(err)
	}
	edit.Target = "m-404"
	if _, err := c.Send(ctx, edit); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Invalid {
		t.Errorf("an edit of nothing: %v", err)
	}
	// Nobody else may speak for the business.
	forger, err := connhttp.New().Open(ctx, connector.Link{Config: connector.Values{"api_base": base, "secret": "another-secret"}}, connector.Env{HTTP: hub.Client()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := forger.Send(ctx, post("forged")); connector.AsError(err) == nil || connector.AsError(err).Class != connector.NeedsLogin {
		t.Errorf("a forged call: %v", err)
	}
}
