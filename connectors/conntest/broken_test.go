package conntest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/core/canon"
	"parley/core/connector"
)

func TestTheGoodConnectorsAreGreen(t *testing.T) {
	for name, s := range map[string]conntest.Suite{"callbacks": suite(sample{}), "updates": pullSuite(sample{pull: true}), "responses": replySuite("")} {
		for _, f := range conntest.Check(s) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// driver makes the sample broken: wrap turns its Conn into another.
type driver struct {
	sample
	wrap func(*sampleConn) connector.Conn
	spec func(*connector.Spec)
}

func (d driver) Spec() connector.Spec {
	s := d.sample.Spec()
	if d.spec != nil {
		d.spec(&s)
	}
	return s
}

func (d driver) Open(ctx context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c, err := d.sample.Open(ctx, link, env)
	if err != nil || d.wrap == nil {
		return c, err
	}
	if p, ok := c.(pullConn); ok {
		return d.wrap(p.conn()), nil
	}
	return d.wrap(c.(*sampleConn)), nil
}

type (
	acksAlways   struct{ *sampleConn }
	answersEarly struct{ *sampleConn }
	trusts       struct{ *sampleConn }
	glances      struct{ *sampleConn }
	oracle       struct{ *sampleConn }
	byMessage    struct{ *sampleConn }
	byChance     struct{ *sampleConn }
	remembers    struct {
		*sampleConn
		seen map[string]bool
	}
	boasts      struct{ *sampleConn }
	modest      struct{ *sampleConn }
	refuses     struct{ *sampleConn }
	leaksInLog  struct{ *sampleConn }
	leaksInErr  struct{ *sampleConn }
	resends     struct{ *sampleConn }
	movesBack   struct{ *sampleConn }
	sendsQueued struct{ *sampleConn }
	panics      struct{ *sampleConn }
	fails       struct{ *sampleConn }
	greedy      struct{ *sampleConn }
	wanders     struct{ *sampleConn }
	tooSure     struct{ *sampleConn }
	forgetsKey  struct{ *sampleConn }
	tooLong     struct{ *sampleConn }
	asksAround  struct{ *sampleConn }
	keepsNever  struct{ *sampleConn }
	shares      struct {
		*sampleConn
		state canon.MediaState
	}
	replies struct {
		*sampleConn
		prefix string
	}
)

func (c acksAlways) Ack(connector.Raw, connector.Outcome) connector.Reply {
	return connector.Reply{Status: 200}
}

func (c answersEarly) Unseal(raw connector.Raw) (connector.Opened, error) {
	o, err := c.sampleConn.Unseal(raw)
	if err == nil && o.Answer == nil {
		o.Answer = &connector.Reply{Status: 200}
	}
	return o, err
}

func (c trusts) Unseal(raw connector.Raw) (connector.Opened, error) {
	if raw.Header.Get("X-Signature") == "" {
		return connector.Opened{Body: raw.Body}, nil // "not configured yet"
	}
	return c.sampleConn.Unseal(raw)
}

func (c glances) Unseal(raw connector.Raw) (connector.Opened, error) {
	if given := raw.Header.Get("X-Signature"); len(given) < 8 || given[:8] != sum(secret, raw.Body)[:8] {
		return connector.Opened{}, errors.New("the signature does not fit")
	}
	return connector.Opened{Body: raw.Body}, nil
}

func (c oracle) Unseal(raw connector.Raw) (connector.Opened, error) {
	o, err := c.sampleConn.Unseal(raw)
	if err != nil {
		err = fmt.Errorf("want signature %s", sum(secret, raw.Body))
	}
	return o, err
}

func (c keepsNever) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	b, err := c.sampleConn.Decode(ctx, v)
	b.Keep = append(b.Keep, connector.Kept{Name: "ticket", Value: "t"})
	return b, err
}

func (c shares) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	b, err := c.sampleConn.Decode(ctx, v)
	for i, e := range b.Envelopes {
		if p, ok := e.Event.(canon.Posted); ok {
			p.Message.Parts = []canon.Part{canon.Media{Kind: canon.MediaImage, RemoteID: "f1", State: c.state}}
			b.Envelopes[i].Event = p
		}
	}
	return b, err
}

// rename gives every envelope another event id.
func (c *sampleConn) rename(v connector.Verified, id func(canon.Envelope) string) (connector.Batch, error) {
	b, err := c.Decode(context.Background(), v)
	for i, e := range b.Envelopes {
		b.Envelopes[i].EventID = id(e)
	}
	return b, err
}

func (c byMessage) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	return c.rename(v, func(e canon.Envelope) string {
		switch ev := e.Event.(type) {
		case canon.Posted:
			return string(ev.Message.RemoteID)
		case canon.Edited:
			return string(ev.Target)
		case canon.Receipt:
			return string(ev.Target)
		}
		return e.EventID
	})
}

func (c byChance) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	return c.rename(v, func(canon.Envelope) string { return canon.NewID().String() })
}

func (c remembers) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	if c.seen[string(v.Body())] {
		return connector.Batch{}, nil
	}
	b, err := c.sampleConn.Decode(ctx, v)
	c.seen[string(v.Body())] = err == nil
	return b, err
}

func (c boasts) Capabilities(k canon.ThreadKey) connector.Capabilities {
	caps := sampleCaps()
	caps.Ops[connector.OpsRevoke] = connector.Full
	return caps
}

func (c modest) Revokes() {}

func (c refuses) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	if r.Op == connector.OpEdit {
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Shown: say("No.", "不。")}
	}
	return c.sampleConn.Send(ctx, r)
}

func (c leaksInLog) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	c.env.Log.Debug("sending", "authorization", "Bearer "+c.v["token"])
	return c.sampleConn.Send(ctx, r)
}

func (c leaksInErr) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	got, err := c.sampleConn.Send(ctx, r)
	if e := connector.AsError(err); e != nil {
		return got, &connector.Error{Class: e.Class, Shown: e.Shown, Err: fmt.Errorf("posting to /bot%s/send: %w", c.v["token"], err)}
	}
	return got, err
}

func (c resends) Send(ctx context.Context, r connector.Request) (got connector.Receipt, err error) {
	if r.Op != connector.OpPost {
		return c.sampleConn.Send(ctx, r)
	}
	for i, p := range r.Message.Parts {
		w := wire{To: string(r.Thread.Peer), Text: p.Fallback(), Key: r.Key.String()}
		if len(r.Message.Parts) > 1 {
			w.Key = canon.NewID().String()
		}
		if got, err = c.post(ctx, "/send", w); err != nil {
			return got, &connector.Error{Class: connector.Transient, Err: fmt.Errorf("part %d: %w", i, errors.Unwrap(err))}
		}
	}
	return got, err
}

func (c movesBack) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	b, err := c.sampleConn.Decode(ctx, v)
	for i, e := range b.Envelopes {
		if r, ok := e.Event.(canon.Receipt); ok && r.State == canon.Delivered {
			r.State = canon.Sending
			b.Envelopes[i].Event = r
		}
	}
	return b, err
}

func (c sendsQueued) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	got, err := c.sampleConn.Send(ctx, r)
	got.State = canon.Queued
	return got, err
}

func (c panics) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	if i := strings.Index(string(v.Body()), `"Type":`); i >= 0 {
		_ = v.Body()[i+len(`"Type":"message"`)]
	}
	return c.sampleConn.Decode(ctx, v)
}

func (c fails) Ack(_ connector.Raw, o connector.Outcome) connector.Reply {
	return connector.Reply{Status: map[connector.Outcome]int{connector.Committed: 200, connector.Refused: 500, connector.Retry: 503}[o]}
}

func (c greedy) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	c.env.Log.Debug("looking", "size", len(bytes.Repeat(v.Body(), 20)), "more", len(make([]byte, 200<<10)))
	return c.sampleConn.Decode(ctx, v)
}

func (c wanders) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	if resp, err := c.env.HTTP.Get("http://telemetry.example.com/"); err == nil {
		resp.Body.Close()
	}
	return c.sampleConn.Send(ctx, r)
}

func (c tooSure) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	got, err := c.sampleConn.Send(ctx, r)
	if e := connector.AsError(err); e != nil && e.Class == connector.Uncertain {
		return got, &connector.Error{Class: connector.Transient, Err: e.Err}
	}
	return got, err
}

func (c forgetsKey) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	r.Key = canon.NewID()
	return c.sampleConn.Send(ctx, r)
}

func (c tooLong) Capabilities(canon.ThreadKey) connector.Capabilities {
	caps := sampleCaps()
	caps.Text.Unit = connector.Graphemes
	return caps
}

func (c asksAround) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	resp, err := c.env.HTTP.Get(c.v["api_base"] + "/who")
	if err == nil {
		resp.Body.Close()
	}
	return c.sampleConn.Decode(ctx, v)
}

// replies writes answers into responses, a prefix before them.
func (c replies) Hold() time.Duration { return time.Second }
func (c replies) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	b, err := c.sampleConn.Decode(ctx, v)
	for i, e := range b.Envelopes {
		b.Envelopes[i].Ticket = &canon.Ticket{Expires: e.Time.Add(time.Second), Calls: 1, Parts: 1}
	}
	return b, err
}
func (c replies) Reply(_ connector.Raw, r connector.Request) connector.Reply {
	if r.Op != connector.OpPost {
		return connector.Reply{}
	}
	return connector.Reply{Status: 200, Body: []byte(c.prefix + r.Message.Fallback())}
}

// replySuite is the table of a platform that reads answers in responses.
func replySuite(prefix string) conntest.Suite {
	s := suite(driver{wrap: func(c *sampleConn) connector.Conn { return replies{c, prefix} }})
	s.Webhook.Read = func(_ conntest.Emulator, _ connector.Link, r connector.Reply) (string, error) {
		return string(r.Body), nil
	}
	return s
}

// TestTheBrokenConnectorsAreRed: each breaks one clause of the contract, and
// the kit says which.
func TestTheBrokenConnectorsAreRed(t *testing.T) {
	wrap := func(f func(*sampleConn) connector.Conn) conntest.Suite { return suite(driver{wrap: f}) }
	pull := func(f func(*sampleConn) connector.Conn) conntest.Suite {
		return pullSuite(driver{sample: sample{pull: true}, wrap: f})
	}
	for _, c := range []struct {
		name  string
		suite conntest.Suite
		rule  string
		says  string
	}{
		{"acks before commit: success whatever happened", wrap(func(c *sampleConn) connector.Conn { return acksAlways{c} }), "commit first", "the store was away and the platform was answered 200"},
		{"acks before commit: Unseal answers", wrap(func(c *sampleConn) connector.Conn { return answersEarly{c} }), "commit first", "it was acknowledged and nothing was stored"},
		{"acks before commit: tells the platform first", pull(func(c *sampleConn) connector.Conn { return pullConn{sender: c, early: true} }), "stream", "the platform was told that we hold 3, when 0 were committed"},
		{"accepts an unsigned body", wrap(func(c *sampleConn) connector.Conn { return trusts{c} }), "unsigned", "without any header and parameter was accepted"},
		{"accepts a mis-signed body", wrap(func(c *sampleConn) connector.Conn { return glances{c} }), "unsigned", "with one bit of X-Signature turned was accepted"},
		{"tells a forger the signature", wrap(func(c *sampleConn) connector.Conn { return oracle{c} }), "unsigned", "tells a forger the right X-Signature"},
		{"dedupes on the message's id", wrap(func(c *sampleConn) connector.Conn { return byMessage{c} }), "dedupe", "two different events share the event id"},
		{"dedupes on a fresh id", wrap(func(c *sampleConn) connector.Conn { return byChance{c} }), "dedupe", "the event id changes from try to try"},
		{"dedupes in its own memory", wrap(func(c *sampleConn) connector.Conn { return remembers{c, map[string]bool{}} }), "crash in", "remembers what the hub has not stored"},
		{"leaves a file that it cannot fetch", wrap(func(c *sampleConn) connector.Conn { return shares{c, canon.MediaPending} }), "table in", "the file is pending, and the Conn is no connector.Fetcher"},
		{"leaves a file that nobody would fetch", wrap(func(c *sampleConn) connector.Conn { return shares{c, canon.MediaReady} }), "table in", "set its State to canon.MediaPending"},
		{"declares an ability it lacks", wrap(func(c *sampleConn) connector.Conn { return boasts{c} }), "abilities", `declare "revoke", but the Conn is no connector.Revoker`},
		{"has an ability it does not declare", wrap(func(c *sampleConn) connector.Conn { return modest{c} }), "abilities", `is a connector.Revoker, but the capabilities do not declare`},
		{"declares an ability that fails", wrap(func(c *sampleConn) connector.Conn { return refuses{c} }), "abilities", "the capabilities declare it, but Send fails"},
		{"leaks a credential in a log", wrap(func(c *sampleConn) connector.Conn { return leaksInLog{c} }), "secrets", "a log line shows a credential"},
		{"leaks a credential in an error", wrap(func(c *sampleConn) connector.Conn { return leaksInErr{c} }), "secrets", "the error of Send shows a credential"},
		{"re-sends part 1 when part 2 failed", wrap(func(c *sampleConn) connector.Conn { return resends{c} }), "one call", "part 1 was sent again when a later one failed"},
		{"makes several calls in one Send", wrap(func(c *sampleConn) connector.Conn { return resends{c} }), "one call", "one Send made 2 calls that a customer sees"},
		{"moves a status back", wrap(func(c *sampleConn) connector.Conn { return movesBack{c} }), "receipts", `moves a status to "sending"`},
		{"returns a send as queued", wrap(func(c *sampleConn) connector.Conn { return sendsQueued{c} }), "receipts", `Send returned the state "queued"`},
		{"panics on a fuzzed body", wrap(func(c *sampleConn) connector.Conn { return panics{c} }), "panic", "Decode panicked: runtime error: index out of range"},
		{"answers a broken body with 500", wrap(func(c *sampleConn) connector.Conn { return fails{c} }), "malformed", "is answered 500, not 4xx"},
		{"uses too much memory", wrap(func(c *sampleConn) connector.Conn { return greedy{c} }), "malformed", "made it allocate"},
		{"speaks to another host", wrap(func(c *sampleConn) connector.Conn { return wanders{c} }), "network", "a connection to telemetry.example.com:80 was opened"},
		{"calls an uncertain failure transient", wrap(func(c *sampleConn) connector.Conn { return tooSure{c} }), "certainty", "Send failed as transient, not uncertain"},
		{"sends another key each time", wrap(func(c *sampleConn) connector.Conn { return forgetsKey{c} }), "certainty", "customers saw the message 2 times"},
		{"declares a limit in the wrong unit", wrap(func(c *sampleConn) connector.Conn { return tooLong{c} }), "length", "was refused, the declared limit is 200"},
		{"does I/O while decoding", wrap(func(c *sampleConn) connector.Conn { return asksAround{c} }), "commit first", "Unseal or Decode touched the network"},
		{"keeps a value for no time", wrap(func(c *sampleConn) connector.Conn { return keepsNever{c} }), "table in", "kept without a name, or for no time"},
		{"garbles an answer in a response", replySuite("> "), "reply", "the platform reads"},
		{"replies to nobody", suite(driver{wrap: func(c *sampleConn) connector.Conn { return replies{c, ""} }}), "reply", "the suite's platform reads answers in responses: false"},
		{"shows a credential in its form", suite(driver{spec: func(s *connector.Spec) { s.Form.Fields[1].Kind = connector.FieldText }}), "form", "not of kind secret"},
		{"speaks one language", suite(driver{spec: func(s *connector.Spec) { s.Form.Fields[0].Label.ZH = "" }}), "form", "missing in English or Chinese"},
		{"leaves a part open", suite(driver{spec: func(s *connector.Spec) { delete(s.Ceiling.Parts, "sticker") }}), "capabilities", `"sticker" has no level`},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings := conntest.Check(c.suite)
			for _, f := range findings {
				if f.Rule == c.rule && strings.Contains(f.Text, c.says) {
					return
				}
			}
			t.Errorf("the kit does not say %q under the rule %q; it says %d things:", c.says, c.rule, len(findings))
			for _, f := range findings {
				t.Log(f)
			}
		})
	}
}

// TestServerChannel holds a channel of our own to its rule, good and broken.
func TestServerChannel(t *testing.T) {
	suite := func(early bool) conntest.Suite {
		s := suite(driver{wrap: func(c *sampleConn) connector.Conn { return serverConn{sender: c, early: early} }})
		s.Webhook = nil
		s.Server = &conntest.Server{Cases: []conntest.ServerCase{{Name: "one line", Envelopes: 1,
			Do: func(ctx context.Context, client *http.Client, url string, _ connector.Link) (int, error) {
				req, err := http.NewRequestWithContext(ctx, "POST", url+"/chat?key=k1&text=hi", nil)
				if err != nil {
					return 0, err
				}
				resp, err := client.Do(req)
				if err != nil {
					return 0, err
				}
				return resp.StatusCode, resp.Body.Close()
			}}}}
		return s
	}
	for _, f := range conntest.Check(suite(false)) {
		t.Errorf("the good one: %s", f)
	}
	red := false
	for _, f := range conntest.Check(suite(true)) {
		red = red || f.Rule == "server" && strings.Contains(f.Text, "the store was away and the visitor was answered 200")
	}
	if !red {
		t.Error("a channel that answers before the commit is green")
	}
}

type serverConn struct {
	sender
	early bool
}

func (serverConn) Routes() []connector.Route { return []connector.Route{{Method: "POST", Path: "/"}} }

func (c serverConn) Serve(w http.ResponseWriter, r *http.Request, sink connector.Sink) {
	q := r.URL.Query()
	e, err := fact{ID: q.Get("key"), Type: "message", From: "u1", Message: q.Get("key"), Text: q.Get("text"), At: 1}.envelope()
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if c.early {
		w.WriteHeader(http.StatusOK)
	}
	if err := sink.Commit(r.Context(), []canon.Envelope{e}, nil); err != nil && !c.early {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func TestRulesAreExplained(t *testing.T) {
	if n := len(conntest.Rules()); n < 18 {
		t.Errorf("only %d rules", n)
	}
	for name, says := range conntest.Rules() {
		if len(says) < 15 || !strings.HasSuffix(says, ".") {
			t.Errorf("%s says %q", name, says)
		}
	}
}
