package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

const identitySecret = "0123456789abcdef0123456789abcdef"

// rig is a web link on a fake hub behind a real HTTP server.
type rig struct {
	t       *testing.T
	hub     *fakehub.Hub
	conn    *conn
	server  *httptest.Server
	account canon.ID
	other   canon.ID // a second account of the same link

	mu    sync.Mutex
	clock time.Time
}

func (r *rig) now() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.clock }

func (r *rig) pass(d time.Duration) { r.mu.Lock(); r.clock = r.clock.Add(d); r.mu.Unlock() }

func newRig(t *testing.T, limits Limits, config ...string) *rig {
	t.Helper()
	r := &rig{t: t, hub: fakehub.New(), account: canon.NewID(), other: canon.NewID(), clock: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	values := connector.Values{"origins": "https://shop.example.com\nhttps://*.example.org", "identity_secret": identitySecret}
	for i := 0; i < len(config); i += 2 {
		values[config[i]] = config[i+1]
	}
	mux := http.NewServeMux()
	r.server = httptest.NewServer(mux)
	d := New(Options{
		Signer:     fakehub.Signer{Key: "one installation"},
		ClientAddr: func(*http.Request) netip.Addr { return netip.MustParseAddr("::ffff:203.0.113.7") },
		Limits:     limits,
	})
	opened, err := d.Open(t.Context(), connector.Link{
		ID: canon.NewID(), Config: values, PageURL: "https://chat.example.net",
		Accounts: []connector.Account{{ID: r.account, Name: "Shop"}, {ID: r.other, Name: "Other"}},
	}, r.hub.Env(r.now))
	if err != nil {
		t.Fatal(err)
	}
	r.conn = opened.(*conn)
	mux.HandleFunc("/chat/", func(w http.ResponseWriter, q *http.Request) { r.conn.Serve(w, q, r.hub) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = r.conn.Close(ctx)
		r.server.Close()
	})
	return r
}

func (r *rig) url(path string) string { return r.server.URL + "/chat/" + r.account.String() + path }

type reply struct {
	status int
	header http.Header
	raw    []byte
}

func (p reply) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(p.raw, v); err != nil {
		t.Fatalf("answer %q: %v", p.raw, err)
	}
}

func (p reply) code() string {
	var v struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(p.raw, &v)
	return v.Code
}

// do sends a request; header is name, value, name, value.
func (r *rig) do(method, path, token string, body any, header ...string) reply {
	r.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			r.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	q, err := http.NewRequest(method, r.url(path), reader)
	if err != nil {
		r.t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, raw}
}

// session begins a visit, resuming from token if given.
func (r *rig) session(in sessionRequest) (sessionAnswer, canon.ThreadKey) {
	r.t.Helper()
	res := r.do("POST", "/session", "", in)
	if res.status != 200 {
		r.t.Fatalf("session: %d %s", res.status, res.raw)
	}
	var out sessionAnswer
	res.into(r.t, &out)
	c, err := r.conn.open(forVisitor, r.account, out.Token)
	if err != nil {
		r.t.Fatal(err)
	}
	return out, canon.ThreadKey{Account: canon.RemoteID(r.account.String()), Peer: c.Visitor.Peer}
}

// live is a visitor's open socket.
type live struct {
	t     *testing.T
	ws    *websocket.Conn
	early []seen // lines that came before the acknowledgement waited for
}

func (r *rig) dial(ticket string, since int64, origin ...string) (*live, *http.Response, error) {
	r.t.Helper()
	from := r.server.URL
	if len(origin) > 0 {
		from = origin[0]
	}
	h := http.Header{}
	if from != "" {
		h.Set("Origin", from)
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	ws, res, err := websocket.Dial(ctx, r.url("/live?ticket="+ticket+"&since="+strconv.FormatInt(since, 10)), &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		return nil, res, err
	}
	ws.SetReadLimit(1 << 20)
	r.t.Cleanup(func() { _ = ws.CloseNow() })
	return &live{t: r.t, ws: ws}, res, nil
}

func (r *rig) live(ticket string, since int64) *live {
	r.t.Helper()
	l, _, err := r.dial(ticket, since)
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

func (l *live) send(v any) {
	l.t.Helper()
	raw, ok := v.(string)
	if !ok {
		b, _ := json.Marshal(v)
		raw = string(b)
	}
	if err := l.ws.Write(l.t.Context(), websocket.MessageText, []byte(raw)); err != nil {
		l.t.Fatalf("send: %v", err)
	}
}

// seen is any frame from the server.
type seen struct {
	frame
	linesWire
	Standing standingWire `json:"standing"`
}

// next returns the next frame of a kind; others are passed over.
func (l *live) next(kind string) seen {
	l.t.Helper()
	if kind == "lines" && len(l.early) > 0 {
		s := l.early[0]
		l.early = l.early[1:]
		return s
	}
	ctx, cancel := context.WithTimeout(l.t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, raw, err := l.ws.Read(ctx)
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", kind, err)
		}
		var s seen
		if err := json.Unmarshal(raw, &s); err != nil {
			l.t.Fatalf("frame %q: %v", raw, err)
		}
		if s.Type == kind {
			return s
		}
		if kind == "ack" && s.Type == "lines" {
			l.early = append(l.early, s) // a line may be shown before it is acknowledged
		}
	}
}

// ends reads until the server closes and returns the code.
func (l *live) ends() websocket.StatusCode {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := l.ws.Read(ctx); err != nil {
			if ctx.Err() != nil {
				l.t.Fatal("the socket was not closed")
			}
			return websocket.CloseStatus(err)
		}
	}
}

// eventually polls until ok, for what happens beside a test.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}
