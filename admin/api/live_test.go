package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/store"
)

// dial opens the live socket; header may be nil.
func (r *rig) dial(query string, header http.Header) (*websocket.Conn, int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.http.URL, "http")+prefix+"/live"+query, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if res == nil {
			r.t.Fatal(err)
		}
		return nil, res.StatusCode
	}
	r.t.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	return conn, res.StatusCode
}

func (c *caller) ticket() string {
	c.r.t.Helper()
	var a TicketAnswer
	c.do("POST", "/live/ticket", nil).want(201).into(&a)
	return a.Ticket
}

// follow opens a socket as our own page does.
func (c *caller) follow(since string) *websocket.Conn {
	c.r.t.Helper()
	conn, status := c.r.dial("?since="+since+"&ticket="+c.ticket(), http.Header{"Origin": {c.r.http.URL}})
	if conn == nil {
		c.r.t.Fatalf("the socket was refused: %d", status)
	}
	return conn
}

type anyFrame struct {
	Type         string          `json:"type"`
	Seq          int64           `json:"seq"`
	Kind         string          `json:"kind"`
	Conversation canon.ID        `json:"conversation"`
	Subject      canon.ID        `json:"subject"`
	Data         json.RawMessage `json:"data"`
	Signal       json.RawMessage `json:"signal"`
}

// next reads frames until one fits.
func next(t *testing.T, conn *websocket.Conn, fits func(anyFrame) bool) anyFrame {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			t.Fatalf("waiting for a frame: %v", err)
		}
		var f anyFrame
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if fits(f) {
			return f
		}
	}
}

func of(kind string) func(anyFrame) bool {
	return func(f anyFrame) bool { return f.Type == kind || f.Type == "entry" && f.Kind == kind }
}

// closed waits for the end of a socket and returns its code.
func closed(t *testing.T, conn *websocket.Conn) websocket.StatusCode {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestX09_WhoOpensTheSocket(t *testing.T) {
	r := newRig(t, sqliteURL)
	agent := r.signedIn(r.home(), core.RoleAgent)
	ours := http.Header{"Origin": {r.http.URL}}
	cookie := http.Header{"Origin": {r.http.URL}, "Cookie": {"parley=" + agent.cookies["parley"]}}
	used := agent.ticket()
	if conn, _ := r.dial("?ticket="+used, ours); conn == nil {
		t.Fatal("a fresh ticket was refused")
	}
	ended := r.signedIn(r.home(), core.RoleAgent)
	late := ended.ticket()
	ended.do("DELETE", "/session", nil).want(204)
	token := r.program(r.home(), core.RoleBot)
	bearer := func(origin string) http.Header {
		h := http.Header{"Authorization": {"Bearer " + token.token}}
		if origin != "" {
			h.Set("Origin", origin)
		}
		return h
	}
	for _, c := range []struct {
		name, query string
		header      http.Header
		status      int
	}{
		{"a ticket used before", "?ticket=" + used, ours, 401},
		{"a ticket that was made up", "?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAA", ours, 401},
		{"a ticket whose session ended", "?ticket=" + late, ours, 401},
		{"a ticket without Origin", "?ticket=" + agent.ticket(), nil, 403},
		{"a ticket from null", "?ticket=" + agent.ticket(), http.Header{"Origin": {"null"}}, 403},
		{"a ticket from another site", "?ticket=" + agent.ticket(), http.Header{"Origin": {"https://evil.example"}}, 403},
		{"a ticket from another port", "?ticket=" + agent.ticket(), http.Header{"Origin": {"http://127.0.0.1:1"}}, 403},
		{"a ticket from https", "?ticket=" + agent.ticket(), http.Header{"Origin": {strings.Replace(r.http.URL, "http:", "https:", 1)}}, 403},
		{"a cookie alone", "", cookie, 401},
		{"nobody", "", ours, 401},
		{"a token", "", bearer(""), 101},
		{"a token from another site's page", "", bearer("https://evil.example"), 403},
		{"a number that is none", "?since=-1", bearer(""), 422},
		{"a number that is a word", "?since=now", bearer(""), 422},
	} {
		if _, status := r.dial(c.query, c.header); status != c.status {
			t.Errorf("%s: %d, want %d", c.name, status, c.status)
		}
	}
	if strings.Contains(r.logged(), used) {
		t.Error("a ticket is in the log")
	}
}

func TestX09_FloodsAndLargeMessagesEndTheSocket(t *testing.T) {
	r := newRig(t, sqliteURL)
	agent := r.signedIn(r.home(), core.RoleAgent)
	ctx := context.Background()
	flood := agent.follow("")
	go func() {
		for range 500 {
			if flood.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
				return
			}
		}
	}()
	if code := closed(t, flood); code != websocket.StatusPolicyViolation {
		t.Errorf("a flood ends with %d, want 1008", code)
	}
	large := agent.follow("")
	_ = large.Write(ctx, websocket.MessageText, []byte(`{"type":"`+strings.Repeat("x", 70<<10)+`"}`))
	if code := closed(t, large); code != websocket.StatusMessageTooBig {
		t.Errorf("70 KiB end with %d, want 1009", code)
	}
	agent = r.signedIn(r.home(), core.RoleAgent) // whose sockets are none yet
	odd := r.signedIn(r.home(), core.RoleAgent).follow("")
	_ = odd.Write(ctx, websocket.MessageText, []byte(`hello`))
	if code := closed(t, odd); code != websocket.StatusPolicyViolation {
		t.Errorf("no JSON ends with %d, want 1008", code)
	}
	for i := range maxSockets + 1 {
		conn, status := r.dial("?ticket="+agent.ticket(), http.Header{"Origin": {r.http.URL}})
		if conn == nil {
			t.Fatalf("socket %d: %d", i, status)
		}
		if i == maxSockets {
			if code := closed(t, conn); code != websocket.StatusTryAgainLater {
				t.Errorf("one socket more than %d ends with %d, want 1013", maxSockets, code)
			}
			break
		}
		next(t, conn, of("ready"))
	}
}

func TestX11_SocketsEndWithTheirSession(t *testing.T) { dialects(t, socketsEnd) }

func socketsEnd(t *testing.T, r *rig) {
	r.signedIn(r.home(), core.RoleOwner)
	admin := r.signedIn(r.home(), core.RoleOwner)
	for name, end := range map[string]func(c *caller){
		"signed out": func(c *caller) { c.do("DELETE", "/session", nil).want(204) },
		"a new password": func(c *caller) {
			admin.do("PATCH", "/agents/"+c.agent.String(), map[string]any{"password": "a third horse 7 battery"}).want(200)
		},
		"a new password of one's own, in another browser": func(c *caller) {
			other := r.nobody()
			r.signIn(other, r.email(c), testPassword, "").want(200)
			other.do("POST", "/me/password", map[string]string{"old": testPassword, "new": "another horse 9 battery"}).want(204)
		},
		"a link for choosing a password": func(c *caller) {
			_, token := admin.link(c.agent)
			r.use(token, chosen).want(204)
		},
		"a second factor taken away": func(c *caller) {
			other := r.nobody()
			r.signIn(other, r.email(c), testPassword, "").want(200)
			other.enrol()
		},
		"a new role": func(c *caller) {
			admin.do("PATCH", "/agents/"+c.agent.String(), map[string]any{"role": "limited"}).want(200)
		},
		"disabled": func(c *caller) {
			admin.do("PATCH", "/agents/"+c.agent.String(), map[string]any{"disabled": true}).want(200)
		},
		"another process": func(c *caller) { // user reset, beside the hub
			r.must(r.store.For(r.home()).Write(context.Background(), func(t *store.Tx) error { return t.EndSessions(context.Background(), c.agent, nil) }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.signedIn(r.home(), core.RoleAgent)
			conn := c.follow("")
			next(t, conn, of("ready"))
			began := time.Now()
			end(c)
			if code := closed(t, conn); code != closeSignedOut {
				t.Errorf("the socket ends with %d, want %d", code, closeSignedOut)
			}
			t.Logf("after %v", time.Since(began))
		})
	}
}

func TestFeedOverTheSocket(t *testing.T) { dialects(t, feedOver) }

func feedOver(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	limited := r.signedIn(r.home(), core.RoleLimited)
	mine, others := r.world(r.home(), limited.agent), r.world(r.home(), owner.agent)
	say := func(c *caller, ids map[string]string, text string) {
		t.Helper()
		c.do("POST", "/conversations/"+ids["conversation"]+"/messages", map[string]any{"text": text}).want(201)
	}
	// Who was away gets what they missed, each entry once, in order.
	say(owner, others, "one")
	var so Events
	owner.do("GET", "/events?since=0&limit=200", nil).want(200).into(&so)
	all := owner.follow("0")
	seq := int64(0)
	ready := next(t, all, func(f anyFrame) bool {
		if f.Type == "entry" {
			if f.Seq != seq+1 {
				t.Fatalf("entry %d after %d", f.Seq, seq)
			}
			seq = f.Seq
		}
		return f.Type == "ready"
	})
	if ready.Seq != seq || seq < so.Seq {
		t.Errorf("ready at %d after %d", ready.Seq, seq)
	}
	// What happens now.
	say(owner, others, "two")
	if f := next(t, all, of("message")); f.Seq <= seq || !strings.Contains(string(f.Data), "two") {
		t.Errorf("%+v", f)
	}
	// Limited agents see their own, and are told how far they are for the rest.
	some := limited.follow(fmt.Sprint(seq))
	next(t, some, of("ready"))
	say(owner, others, "secret of others")
	say(limited, mine, "three")
	if f := next(t, some, func(f anyFrame) bool {
		if strings.Contains(string(f.Data), "secret of others") {
			t.Error("a limited agent sees a conversation of others")
		}
		return f.Type == "entry" && f.Kind == "message"
	}); !strings.Contains(string(f.Data), "three") {
		t.Errorf("%+v", f)
	}
	say(owner, others, "another secret of others")
	last := next(t, all, func(f anyFrame) bool { return strings.Contains(string(f.Data), "another secret of others") })
	next(t, some, func(f anyFrame) bool { return f.Type == "watermark" && f.Seq >= last.Seq })
	// A conversation that leaves their sight is told once, without content.
	owner.do("POST", "/conversations/"+mine["conversation"]+"/transfer", map[string]any{"agent": others["agent"]}).want(200)
	if f := next(t, some, func(f anyFrame) bool { return f.Type == "entry" && f.Conversation.String() == mine["conversation"] }); len(f.Data) > 0 {
		t.Errorf("what left their sight is told with content: %s", f.Data)
	}
	// The same by the list of events.
	var events Events
	limited.do("GET", "/events?since=0&limit=200", nil).want(200).into(&events)
	for _, e := range events.Items {
		if strings.Contains(string(e.Data), "secret of others") {
			t.Errorf("entry %d shows a conversation of others", e.Seq)
		}
	}
	// Beyond what there is: load everything anew.
	owner.do("GET", "/events?since=999999", nil).want(200).into(&events)
	if !events.Resync {
		t.Error("a number ahead of the feed is not answered with resync")
	}
	ahead := owner.follow("999999")
	if f := next(t, ahead, of("resync")); f.Seq < last.Seq {
		t.Errorf("%+v", f)
	}
	next(t, ahead, of("ready"))
}

// Who leads looks into what an agent has without being noticed, until they are
// part of it.
func TestWhoLeadsLooksUnnoticed(t *testing.T) {
	r := newRig(t, sqliteURL)
	lin, boss := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleSupervisor)
	ids := r.world(r.home(), lin.agent)
	at := "/conversations/" + ids["conversation"]
	a, b := lin.follow(""), boss.follow("")
	next(t, a, of("ready"))
	next(t, b, of("ready"))
	looks := func() {
		t.Helper()
		r.must(b.Write(context.Background(), websocket.MessageText, []byte(`{"type":"looking","conversation":"`+ids["conversation"]+`"}`)))
		r.must(b.Write(context.Background(), websocket.MessageText, []byte(`{"type":"ping"}`)))
		next(t, b, of("pong"))
	}
	noticed := func(f anyFrame) bool { return f.Type == "signal" && strings.Contains(string(f.Signal), "looking") }
	looks()
	lin.do("POST", at+"/messages", map[string]any{"text": "mine", "note": true, "client_id": word()}).want(201)
	next(t, a, func(f anyFrame) bool {
		if noticed(f) {
			t.Error("the agent is told that a supervisor looks")
		}
		return f.Kind == "message"
	})
	lin.do("POST", at+"/colleagues", map[string]any{"agent": boss.agent}).want(204)
	looks()
	next(t, a, noticed)
}

func TestSignalsPassAndAreNotStored(t *testing.T) {
	r := newRig(t, sqliteURL)
	lin, wen, limited := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleLimited)
	ids := r.world(r.home(), lin.agent)
	a, b, c := lin.follow(""), wen.follow(""), limited.follow("")
	for _, conn := range []*websocket.Conn{a, b, c} {
		next(t, conn, of("ready"))
	}
	ctx := context.Background()
	r.must(a.Write(ctx, websocket.MessageText, []byte(`{"type":"looking","conversation":"`+ids["conversation"]+`"}`)))
	if f := next(t, b, of("signal")); f.Conversation.String() != ids["conversation"] || !strings.Contains(string(f.Signal), `"type":"looking"`) {
		t.Errorf("%+v", f)
	}
	r.must(c.Write(ctx, websocket.MessageText, []byte(`{"type":"looking","conversation":"`+ids["conversation"]+`"}`)))
	r.must(c.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)))
	next(t, c, func(f anyFrame) bool {
		if f.Type == "signal" {
			t.Error("a limited agent is told who looks at a conversation of others")
		}
		return f.Type == "pong"
	})
	r.must(b.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)))
	next(t, b, func(f anyFrame) bool {
		if f.Type == "signal" && strings.Contains(string(f.Signal), "looking") {
			t.Error("somebody who may not see a conversation is shown as looking at it")
		}
		return f.Type == "pong"
	})
}

// Whoever opens a conversation sees what its customer has in the box by then,
// and nobody sees what is not theirs to see.
func TestU05_AnOpenedConversationShowsTheDraftThatStands(t *testing.T) {
	r := newRig(t, sqliteURL)
	lin, limited := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleLimited)
	ids := r.world(r.home(), lin.agent)
	conversation, err := canon.ParseID(ids["conversation"])
	r.must(err)
	types := func(text string) {
		r.hub.feed.Pass(r.home(), feed.Passing{Conversation: conversation, Signal: canon.Typing{On: text != "", Text: text}, Sender: connector.Sender{Kind: "customer"}})
	}
	look := `{"type":"looking","conversation":"` + ids["conversation"] + `"}`
	types("is it")
	types("is it in stock")
	a, c := lin.follow(""), limited.follow("")
	for _, conn := range []*websocket.Conn{a, c} {
		next(t, conn, of("ready"))
		r.must(conn.Write(t.Context(), websocket.MessageText, []byte(look)))
	}
	if f := next(t, a, of("signal")); f.Conversation != conversation || !strings.Contains(string(f.Signal), `"text":"is it in stock"`) {
		t.Errorf("%s", f.Signal)
	}
	types("")
	if f := next(t, a, of("signal")); strings.Contains(string(f.Signal), "stock") {
		t.Errorf("%s", f.Signal)
	}
	if p, ok := r.hub.feed.Typing(r.home(), conversation); ok {
		t.Errorf("an empty box is kept: %+v", p)
	}
	r.must(c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)))
	next(t, c, func(f anyFrame) bool {
		if f.Type == "signal" {
			t.Errorf("a limited agent is shown %s", f.Signal)
		}
		return f.Type == "pong"
	})
}

func TestInvisibleLooksOffline(t *testing.T) {
	r := newRig(t, sqliteURL)
	lin, wen := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent)
	own, other := lin.follow(""), wen.follow("")
	next(t, own, of("ready"))
	next(t, other, of("ready"))
	lin.do("PUT", "/me/state", map[string]string{"state": "invisible"}).want(204)
	state := func(raw []byte) string {
		var a core.Agent
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		return string(a.State)
	}
	if s := state(next(t, own, of("agent.state")).Data); s != "invisible" {
		t.Errorf("to oneself it is %s", s)
	}
	if s := state(next(t, other, of("agent.state")).Data); s != "offline" {
		t.Errorf("to others it is %s", s)
	}
	if s := state(wen.do("GET", "/agents/"+lin.agent.String(), nil).want(200).body); s != "offline" {
		t.Errorf("to others it is %s", s)
	}
}

func TestX01_FeedsOfTenantsStayApart(t *testing.T) { dialects(t, feedsApart) }

func feedsApart(t *testing.T, r *rig) {
	other := r.second()
	ours, theirs := r.signedIn(r.home(), core.RoleOwner), r.signedIn(other, core.RoleOwner)
	conn := ours.follow("0")
	next(t, conn, of("ready"))
	ids := r.world(other, theirs.agent)
	theirs.do("POST", "/conversations/"+ids["conversation"]+"/messages", map[string]any{"text": "only theirs"}).want(201)
	ours.do("POST", "/tags", map[string]any{"scope": "contact", "name": "Only ours"}).want(201)
	next(t, conn, func(f anyFrame) bool {
		if strings.Contains(string(f.Data), "only theirs") || f.Conversation.String() == ids["conversation"] {
			t.Error("one tenant's socket tells of another's")
		}
		return f.Type == "entry" && strings.Contains(string(f.Data), "Only ours")
	})
	var events Events
	if p := ours.do("GET", "/events?since=0&limit=200", nil).want(200).into(&events); strings.Contains(string(p.body), "only theirs") {
		t.Error("one tenant's events tell of another's")
	}
	theirs.do("GET", "/events?since=0&limit=200", nil).want(200).into(&events)
	for _, e := range events.Items {
		if strings.Contains(string(e.Data), "Only ours") {
			t.Error("one tenant's events tell of another's")
		}
	}
}
