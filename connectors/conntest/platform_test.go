package conntest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"parley/connectors/conntest"
	"parley/core/canon"
	"parley/core/connector"
)

// platform plays the sample's other side.
type platform struct {
	srv *httptest.Server

	mu    sync.Mutex
	calls []conntest.Call
	taken map[string]string // key → id
	facts []fact
	acked int
}

type wire struct{ Key, To, Text, Target string }

const token, secret = "sample-token-canary-41", "sample-secret-canary-42"

func play(func() time.Time) (conntest.Emulator, error) {
	p := &platform{taken: map[string]string{}}
	p.srv = httptest.NewServer(p)
	return p, nil
}

func (p *platform) Config() connector.Values {
	return connector.Values{"api_base": p.srv.URL, "token": token, "secret": secret}
}
func (p *platform) Accounts() []connector.Account {
	return []connector.Account{{RemoteID: "main", Name: "Main"}}
}
func (p *platform) Hosts() []string { return []string{p.srv.Listener.Addr().String()} }
func (p *platform) Close()          { p.srv.Close() }
func (p *platform) Calls() []conntest.Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	switch r.URL.Path {
	case "/updates":
		_ = json.NewEncoder(w).Encode(p.facts[min(after, len(p.facts)):])
		return
	case "/ack":
		p.acked = max(p.acked, after)
		return
	}
	var in wire
	if json.NewDecoder(r.Body).Decode(&in) != nil || len(utf16.Encode([]rune(in.Text))) > 200*2 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, line := range strings.Split(in.Text, "\n") {
		if len(utf16.Encode([]rune(line))) > 200 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	id, again := p.taken[in.Key]
	if !again {
		id = "r" + strconv.Itoa(len(p.taken)+1)
		p.taken[in.Key] = id
	}
	p.calls = append(p.calls, conntest.Call{Visible: !again && r.URL.Path == "/send", Text: in.Text, Wire: r.URL.Path + " " + in.Text + in.Target})
	_ = json.NewEncoder(w).Encode(map[string]string{"ID": id})
}

// suite is the table for the sample and everything that is broken like it.
func suite(d connector.Driver) conntest.Suite {
	return conntest.Suite{
		New: func() connector.Driver { return d }, Play: play,
		Webhook: &conntest.Webhook{
			Sign: func(link connector.Link, _ time.Time, body []byte) connector.Raw {
				h := http.Header{}
				h.Set("X-Signature", sum(link.Config["secret"], body))
				return connector.Raw{Method: "POST", Header: h, Body: body}
			},
			Proof: []string{"X-Signature"}, Mutations: 300,
			In: []conntest.InCase{
				{Name: "message", Body: []byte(`[{"ID":"e1","Type":"message","From":"u1","Message":"m1","Text":"你好","At":1772357400}]`)},
				{Name: "edit", Body: []byte(`[{"ID":"e2","Type":"edit","From":"u1","Message":"m1","Text":"你好！","At":1772357401}]`)},
				{Name: "two", Body: []byte(`[{"ID":"e3","Type":"message","From":"u1","Message":"m2","Text":"a"},{"ID":"e4","Type":"message","From":"u2","Message":"m3","Text":"b"}]`)},
				{Name: "delivered", Body: []byte(`[{"ID":"e5","Type":"receipt","From":"u1","Message":"r1","State":"delivered"}]`)},
				{Name: "read", Body: []byte(`[{"ID":"e6","Type":"receipt","From":"u1","Message":"r1","State":"read"}]`)},
				{Name: "unknown", Body: []byte(`[{"ID":"e7","Type":"poll","From":"u1"}]`)},
				{Name: "nothing", Body: []byte(`[]`), Empty: true},
			},
			Malformed: []conntest.Body{{Name: "no JSON", Body: []byte(`[{`)}, {Name: "no id", Body: []byte(`[{"Type":"message","From":"u1"}]`)}},
			Handshakes: []conntest.Handshake{{Name: "challenge", Status: 200, Body: "123", Raw: func(link connector.Link, _ time.Time) connector.Raw {
				h := http.Header{}
				h.Set("X-Signature", sum(link.Config["secret"], []byte("challenge 123")))
				return connector.Raw{Header: h, Body: []byte("challenge 123")}
			}}},
		},
		Out: []conntest.OutCase{{Name: "text", Message: canon.TextMessage("你好")}},
	}
}

// pullSuite is the table for the sample that fetches.
func pullSuite(d connector.Driver) conntest.Suite {
	s := suite(d)
	s.Webhook = nil
	s.Stream = &conntest.Stream{
		Told: func(e conntest.Emulator) int {
			p := e.(*platform)
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.acked
		},
		Cases: []conntest.StreamCase{{Name: "three messages", Envelopes: 3, Feed: func(e conntest.Emulator) error {
			p := e.(*platform)
			p.mu.Lock()
			defer p.mu.Unlock()
			for i := range 3 {
				n := strconv.Itoa(i)
				p.facts = append(p.facts, fact{ID: "e" + n, Type: "message", From: "u1", Message: "m" + n, Text: "line " + n})
			}
			return nil
		}}},
	}
	return s
}

// pullConn fetches what the platform holds, and tells it what is durable.
type pullConn struct {
	sender
	early bool // tells the platform before the commit
}

// sender is the sample without its callbacks.
type sender interface {
	connector.Conn
	connector.Editor
}

func (c pullConn) conn() *sampleConn { return c.sender.(*sampleConn) }

func (c pullConn) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", c.conn().v["api_base"]+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.conn().v["token"])
	resp, err := connector.Do(c.conn().env.HTTP, req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	return b.Bytes(), err
}

func (c pullConn) Run(ctx context.Context, from connector.Cursors, _ <-chan connector.Wake, sink connector.Sink) error {
	at, _ := strconv.Atoi(from["updates"])
	for ctx.Err() == nil {
		raw, err := c.get(ctx, "/updates?after="+strconv.Itoa(at))
		if err != nil {
			return err
		}
		var facts []fact
		if err := json.Unmarshal(raw, &facts); err != nil {
			return err
		}
		if len(facts) == 0 {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
			continue
		}
		var envelopes []canon.Envelope
		for _, f := range facts {
			e, err := f.envelope()
			if err != nil {
				return err
			}
			envelopes = append(envelopes, e)
		}
		at += len(facts)
		if c.early {
			if _, err := c.get(ctx, "/ack?after="+strconv.Itoa(at)); err != nil {
				return err
			}
		}
		if err := sink.Commit(ctx, envelopes, connector.Cursors{"updates": strconv.Itoa(at)}); err != nil {
			return err
		}
		if _, err := c.get(ctx, "/ack?after="+strconv.Itoa(at)); err != nil {
			return err
		}
	}
	return ctx.Err()
}
