package http_test

import (
	"context"
	"errors"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	connhttp "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
)

// link opens a Conn on a fresh fake platform.
func link(t *testing.T, change func(connector.Values)) (*connhttp.Conn, *fake.Platform, *httptest.Server) {
	t.Helper()
	p, err := fake.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	srv := p.Start()
	t.Cleanup(srv.Close)
	values := connector.Values{"api_base": srv.URL, "secret": secret}
	if change != nil {
		change(values)
	}
	done, bad := connhttp.New().Spec().Form.Complete(values)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	conn, err := connhttp.New().Open(t.Context(), connector.Link{Config: done}, connector.Env{HTTP: srv.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return conn.(*connhttp.Conn), p, srv
}

func post(text string) connector.Request {
	return connector.Request{
		Key: canon.NewID(), Attempt: 1, Account: connector.Account{RemoteID: "main"},
		Thread: canon.ThreadKey{Account: "main", Peer: "u1"}, Message: canon.TextMessage(text),
	}
}

func TestOneMessageThroughItsLife(t *testing.T) {
	c, p, _ := link(t, nil)
	ctx := t.Context()
	sent, err := c.Send(ctx, post("helo"))
	if err != nil {
		t.Fatal(err)
	}
	edit := post("hello")
	edit.Op, edit.Target = connector.OpEdit, sent.RemoteID
	react := post("")
	react.Op, react.Target, react.Emoji = connector.OpReact, sent.RemoteID, "👍"
	for _, r := range []connector.Request{edit, react} {
		if _, err := c.Send(ctx, r); err != nil {
			t.Fatalf("%s: %v", r.Op, err)
		}
	}
	if got := p.Seen("u1"); len(got) != 1 || got[0].Message.Fallback() != "hello" || !got[0].Edited || got[0].Reaction != "👍" {
		t.Errorf("the customer sees %+v", got)
	}
	revoke := post("")
	revoke.Op, revoke.Target = connector.OpRevoke, sent.RemoteID
	if _, err := c.Send(ctx, revoke); err != nil {
		t.Fatal(err)
	}
	if got := p.Texts("u1"); len(got) != 0 {
		t.Errorf("the customer still sees %q", got)
	}
	if err := c.Type(ctx, edit.Thread, true); err != nil {
		t.Error(err)
	}
	if err := c.MarkRead(ctx, edit.Thread, "m-9"); err != nil {
		t.Error(err)
	}
	calls := p.Calls()
	typing, read := calls[len(calls)-2], calls[len(calls)-1]
	if typing.Op != "typing" || !typing.On || typing.Thread.Peer != "u1" || read.Op != "read" || read.Target != "m-9" {
		t.Errorf("typing %+v, read %+v", typing.Order, read.Order)
	}
	if p.Seen("u2") != nil {
		t.Error("another customer sees something")
	}
}

func TestTheKeyIsHonoured(t *testing.T) {
	c, p, _ := link(t, nil)
	r := post("once")
	first, err := c.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	r.Attempt = 2
	second, err := c.Send(t.Context(), r)
	if err != nil || second.RemoteID != first.RemoteID || second.State != canon.Sent {
		t.Errorf("again: %+v, %v; first %+v", second, err, first)
	}
	if got := p.Texts("u1"); len(got) != 1 {
		t.Errorf("the customer sees %q", got)
	}
}

// answering serves one answer to every call.
func answering(t *testing.T, h nethttp.HandlerFunc) *connhttp.Conn {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, _, _ := link(t, func(v connector.Values) { v["api_base"] = srv.URL })
	return c
}

func TestAnswersOfOtherApplications(t *testing.T) {
	r := post("hi")
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   connector.Receipt
	}{
		{"204 and nothing", 204, "", connector.Receipt{RemoteID: canon.RemoteID(r.Key.String()), State: canon.Sent}},
		{"200 and a page", 200, "<html>", connector.Receipt{RemoteID: canon.RemoteID(r.Key.String()), State: canon.Sent}},
		{"delivered at once", 201, `{"remote_id":"x","state":"delivered","at":"2026-03-01T17:00:00+08:00","also":["y"]}`,
			connector.Receipt{RemoteID: "x", State: canon.Delivered, At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Also: []canon.RemoteID{"y"}}},
		{"a state that nobody can know yet", 200, `{"remote_id":"x","state":"queued"}`, connector.Receipt{RemoteID: "x", State: canon.Sent}},
		{"409 without a word", 409, "", connector.Receipt{RemoteID: canon.RemoteID(r.Key.String()), State: canon.Sent}},
	} {
		conn := answering(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		got, err := conn.Send(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestARedirectIsNoDelivery: a redirect makes a GET of the POST, and the page at
// the other end answers 200 to a message it never saw.
func TestARedirectIsNoDelivery(t *testing.T) {
	for _, status := range []int{301, 302, 303} {
		conn := answering(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
			if r.Method == nethttp.MethodPost {
				nethttp.Redirect(w, r, "/moved", status)
			}
		})
		_, err := conn.Send(t.Context(), post("hi"))
		if e := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Scope != connector.ScopeLink {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestAnAnswerThatNeverComesIsUncertain(t *testing.T) {
	c, p, _ := link(t, nil)
	for kind, taken := range map[fake.FaultKind]int{fake.Hang: 0, fake.Late: 1} {
		p.Misbehave(fake.Fault{Kind: kind})
		ctx, cancel := context.WithCancel(t.Context())
		before, calls := len(p.Seen("")), len(p.Calls())
		go func() {
			for len(p.Calls()) == calls && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		_, err := c.Send(ctx, post("slow"))
		if e := connector.AsError(err); e == nil || e.Class != connector.Uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("kind %d: %v", kind, err)
		}
		if got := len(p.Seen("")) - before; got != taken {
			t.Errorf("kind %d: the platform has %d messages more", kind, got)
		}
	}
}

func TestALinkThatOnlyReceives(t *testing.T) {
	c, p, _ := link(t, func(v connector.Values) { v["api_base"] = "" })
	_, err := c.Send(t.Context(), post("hi"))
	if e := connector.AsError(err); e == nil || e.Class != connector.NeedsLogin || e.Shown.ZH == "" {
		t.Errorf("sent: %v", err)
	}
	if len(p.Calls()) > 0 {
		t.Error("something was called")
	}
}

func TestFetch(t *testing.T) {
	c, p, srv := link(t, nil)
	p.Serve("报告.pdf", fake.File{MIME: "application/pdf; charset=binary", Body: []byte("%PDF")})
	body, info, err := c.Fetch(t.Context(), connector.Account{}, canon.Media{URL: srv.URL + "/files/报告.pdf"})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	raw, _ := io.ReadAll(body)
	if diff := cmp.Diff(connector.FileInfo{Name: "报告.pdf", MIME: "application/pdf", Size: 4}, info); diff != "" || string(raw) != "%PDF" {
		t.Errorf("%q %s", raw, diff)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for address, want := range map[string]connector.Class{
		srv.URL + "/files/none":                         connector.Gone,
		"file:///etc/passwd":                            connector.Invalid,
		"//host/x":                                      connector.Invalid,
		"http://" + closed.Addr().String() + "/a":       connector.Transient,
		"http://user:pass@" + closed.Addr().String():    connector.Transient,
		"http://" + closed.Addr().String() + "/%zz":     connector.Invalid,
		"http://" + closed.Addr().String() + "/a\r\nX:": connector.Invalid,
	} {
		body, _, err := c.Fetch(t.Context(), connector.Account{}, canon.Media{URL: address})
		if err == nil {
			body.Close()
		}
		if e := connector.AsError(err); e == nil || e.Class != want || strings.Contains(e.Error(), "pass") && !strings.HasPrefix(address, "file") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
	// Another host learns nothing of our signature.
	var header nethttp.Header
	other := httptest.NewServer(nethttp.HandlerFunc(func(_ nethttp.ResponseWriter, r *nethttp.Request) { header = r.Header.Clone() }))
	defer other.Close()
	body, _, err = c.Fetch(t.Context(), connector.Account{}, canon.Media{URL: other.URL + "/x"})
	if err != nil || header.Get(connhttp.HeaderSignature) != "" {
		t.Errorf("another host was sent %v, %v", header, err)
	}
	body.Close()
}

func TestTheFormSaysWhatIsWrong(t *testing.T) {
	form := connhttp.New().Spec().Form
	for _, c := range []struct {
		field, value string
	}{
		{"secret", "short"}, {"secret", "whsec_%%%%%%%%%%%%%"}, {"api_base", "https://example.com/?x=1"}, {"api_base", "https://example.com/#a"},
		{"max_text", "-1"}, {"account", "two words"},
	} {
		if _, bad := form.Complete(connector.Values{c.field: c.value}); len(bad) != 1 || bad[0].Field != c.field || bad[0].Text.ZH == "" {
			t.Errorf("%s %q: %v", c.field, c.value, bad)
		}
	}
	made, bad := form.Complete(nil)
	if len(bad) > 0 || !strings.HasPrefix(made["secret"], "whsec_") || made["account"] != "main" {
		t.Errorf("an empty form: %v, %v", made, bad)
	}
}

func TestProbeSaysWhatToDo(t *testing.T) {
	c, p, _ := link(t, nil)
	p.Misbehave(fake.Status(401))
	for _, want := range []bool{false, true} {
		var got connector.Check
		err := c.Probe(t.Context(), func(line connector.Check) { got = line })
		if got.OK != want || (err == nil) != want || (got.Remedy.ZH == "") != want {
			t.Errorf("probe: %+v, %v", got, err)
		}
	}
}
