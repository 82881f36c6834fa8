package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
)

// The codes a live socket closes with, besides those of RFC 6455.
const (
	closeSignedOut websocket.StatusCode = 4001
	closeSlow      websocket.StatusCode = 4008 // too far behind: come back with since
)

const (
	maxFrame  = 64 << 10
	writeTime = 10 * time.Second
	pingEvery = 30 * time.Second
	// markEvery is how often a follower is told how far it is while it sees
	// nothing of what happens.
	markEvery = 2 * time.Second
	pageSize  = 200
)

// frameSender is who a signal is from.
type frameSender struct {
	Kind string   `json:"kind"`
	ID   canon.ID `json:"id,omitzero"`
	Name string   `json:"name,omitempty"`
}

// clientFrame is what a client says.
type clientFrame struct {
	Type         string    `json:"type"`
	Conversation *canon.ID `json:"conversation"`
	On           bool      `json:"on"`
}

// socket is one open live socket.
type socket struct {
	api  *API
	who  auth.Identity
	conn *websocket.Conn
	eye  *eye
	seq  int64 // number of the newest entry looked at
	told int64 // number the client knows of

	once   sync.Once
	cancel context.CancelFunc // ends tell
	// wire ends after the closing handshake: cutting off a read or write cuts
	// the connection.
	wire   context.Context
	cut    context.CancelFunc
	write  sync.Mutex
	rounds map[canon.ID]glance
	looks  chan canon.ID // the conversation the client opened last
}

// glance is whether a conversation was visible a moment ago.
type glance struct {
	sees  bool
	until time.Time
}

func errOrigin() error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "origin",
		Text:   connector.Text{EN: "A live socket opens only from Parley's own pages.", ZH: "实时连接只能由 Parley 页面打开。"},
		Remedy: connector.Text{EN: "Open the hub by its public address.", ZH: "请使用系统的公开地址访问。"}}
}

// serveLive answers GET /api/v1/live.
func (a *API) serveLive(w http.ResponseWriter, r *http.Request) {
	who, err := a.whoIs(r)
	if err == nil && !who.Can(auth.EventRead) {
		err = forbidden(auth.EventRead)
	}
	since := int64(-1)
	if text := r.URL.Query().Get("since"); err == nil && text != "" {
		if since, err = strconv.ParseInt(text, 10, 64); err != nil || since < 0 {
			err = core.Invalid("since", "query.since", connector.Text{EN: "This is not a number of an entry.", ZH: "since 不是有效的序号。"},
				connector.Text{EN: "Send the number of the last entry you have, or nothing.", ZH: "请填写最后收到的序号，或留空。"})
		}
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	// The origin was checked above, more strictly than the library does.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // the library answered
	}
	conn.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancel(a.sockets.ctx)
	defer cancel()
	k := &socket{api: a, who: who, conn: conn, eye: newEye(who), cancel: cancel, rounds: map[canon.ID]glance{}, looks: make(chan canon.ID, 1)}
	k.wire, k.cut = context.WithCancel(context.WithoutCancel(r.Context()))
	if !a.sockets.add(k) {
		k.end(websocket.StatusTryAgainLater, "too many sockets")
		return
	}
	defer a.sockets.remove(k)
	if a.Presence != nil && who.Person() {
		defer a.Presence.Join(who.Tenant, who.Agent)()
	}
	go k.listen()
	k.tell(ctx, since)
	k.end(websocket.StatusGoingAway, "the hub is stopping")
}

// end closes the socket once.
func (k *socket) end(code websocket.StatusCode, why string) {
	k.once.Do(func() {
		k.cancel()
		go func() {
			defer k.cut()
			_ = k.conn.Close(code, why) // it waits a moment for the client, who may be gone
		}()
	})
}

// send writes a frame; a client that does not take it is let go.
func (k *socket) send(v any) bool {
	raw, err := json.Marshal(v)
	if err != nil {
		k.end(websocket.StatusInternalError, "encode")
		return false
	}
	k.write.Lock()
	defer k.write.Unlock()
	ctx, cancel := context.WithTimeout(k.wire, writeTime)
	defer cancel()
	if err := k.conn.Write(ctx, websocket.MessageText, raw); err != nil {
		k.end(closeSlow, "too slow: come back with since")
		return false
	}
	return true
}

type numberFrame struct {
	Type string `json:"type"`
	Seq  int64  `json:"seq"`
}

type entryFrame struct {
	Type string `json:"type"`
	core.FeedEntry
}

type signalFrame struct {
	Type         string          `json:"type"`
	Conversation canon.ID        `json:"conversation"`
	Signal       json.RawMessage `json:"signal"`
	Sender       frameSender     `json:"sender"`
}

// tell brings the client up to date and then tells it what happens.
func (k *socket) tell(ctx context.Context, since int64) {
	if !k.begin(ctx, since) || !k.catchUp(ctx) {
		return
	}
	items, stop := k.api.Feed.Follow(k.who.Tenant)
	defer stop()
	// What was committed between the last page and Follow.
	if !k.catchUp(ctx) || !k.send(numberFrame{"ready", k.seq}) {
		return
	}
	k.told = k.seq
	mark, ping := time.NewTicker(markEvery), time.NewTicker(pingEvery)
	defer mark.Stop()
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case it, ok := <-items:
			if !ok {
				k.end(closeSlow, "too slow: come back with since")
				return
			}
			if !k.item(ctx, it) {
				return
			}
		case id := <-k.looks:
			// Told here, between the items, so that a later end comes after it.
			if p, ok := k.api.Feed.Typing(k.who.Tenant, id); ok && !k.signal(ctx, p) {
				return
			}
		case <-mark.C:
			if k.told < k.seq {
				k.told = k.seq
				if !k.send(numberFrame{"watermark", k.seq}) {
					return
				}
			}
		case <-ping.C:
			if !k.ping() {
				return
			}
		}
	}
}

func (k *socket) ping() bool {
	ctx, cancel := context.WithTimeout(k.wire, writeTime)
	defer cancel()
	if err := k.conn.Ping(ctx); err != nil {
		k.end(websocket.StatusGoingAway, "no answer")
		return false
	}
	return true
}

// begin finds where the client stands; -1 means at the newest entry.
func (k *socket) begin(ctx context.Context, since int64) bool {
	k.seq = since
	if since < 0 {
		_, last, _, err := k.api.Feed.Since(ctx, k.who.Tenant, 0, 1)
		if err != nil {
			k.end(websocket.StatusTryAgainLater, "the feed cannot be read")
			return false
		}
		k.seq = last
	}
	k.told = k.seq
	return true
}

// catchUp sends everything after the newest entry looked at.
func (k *socket) catchUp(ctx context.Context) bool {
	for {
		items, last, resync, err := k.api.Feed.Since(ctx, k.who.Tenant, k.seq, pageSize)
		if err != nil {
			k.end(websocket.StatusTryAgainLater, "the feed cannot be read")
			return false
		}
		if resync {
			k.seq = last
			if !k.send(numberFrame{"resync", last}) {
				return false
			}
			continue
		}
		for _, it := range items {
			if !k.entry(ctx, it) {
				return false
			}
		}
		if len(items) < pageSize {
			return true
		}
	}
}

// item handles what a follower receives.
func (k *socket) item(ctx context.Context, it feed.Item) bool {
	if it.Signal != nil {
		return k.signal(ctx, *it.Signal)
	}
	if it.Entry == nil || it.Entry.Seq <= k.seq {
		return true
	}
	if it.Entry.Seq > k.seq+1 {
		return k.catchUp(ctx) // it began to follow in the middle
	}
	return k.entry(ctx, it)
}

func (k *socket) entry(ctx context.Context, it feed.Item) bool {
	k.seq = it.Entry.Seq
	if err := k.refresh(ctx, it.Entry); err != nil {
		k.end(websocket.StatusTryAgainLater, "the database cannot be read")
		return false
	}
	e, ok := k.eye.entry(it)
	if !ok {
		return true
	}
	k.told = e.Seq
	return k.send(entryFrame{"entry", e})
}

// refresh reads anew what the follower may see, after it may have changed.
func (k *socket) refresh(ctx context.Context, e *core.FeedEntry) error {
	if k.who.Agent.IsZero() || e.Kind != core.FeedSettings && (e.Kind != core.FeedAgentChanged || e.Subject != k.who.Agent) {
		return nil
	}
	v, err := k.api.Store.For(k.who.Tenant).Agent(ctx, k.who.Agent)
	if err != nil {
		if notFound(err) {
			return nil // deleted: the session is gone, and the sweep closes this
		}
		return err
	}
	k.eye.who.Teams = v.Teams
	return nil
}

func (k *socket) signal(ctx context.Context, p feed.Passing) bool {
	if p.Conversation.IsZero() || p.Sender.ID == k.who.Agent && !k.who.Agent.IsZero() || !k.sees(ctx, p.Conversation) {
		return true
	}
	raw, err := signalJSON(p.Signal)
	if err != nil {
		return true
	}
	return k.send(signalFrame{"signal", p.Conversation, raw, frameSender{p.Sender.Kind, p.Sender.ID, p.Sender.Name}})
}

// signalJSON writes a signal with its tag.
func signalJSON(s canon.Signal) (json.RawMessage, error) {
	body, err := json.Marshal(s)
	if err != nil || len(body) < 2 || body[0] != '{' {
		return nil, errors.Join(err, errors.New("a signal is an object"))
	}
	tag, err := json.Marshal(canon.SignalType(s))
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"type":`), tag...)
	if len(body) > 2 {
		out = append(out, ',')
	}
	return append(out, body[1:]...), nil
}

// sees reports whether the follower may see a conversation, as it was at most
// two seconds ago.
func (k *socket) sees(ctx context.Context, id canon.ID) bool {
	visible := k.eye.who.Visible()
	if visible == nil {
		return true
	}
	now := time.Now()
	if g, ok := k.rounds[id]; ok && now.Before(g.until) {
		return g.sees
	}
	r, err := k.api.Store.For(k.who.Tenant).Round(ctx, id)
	if len(k.rounds) > 1000 {
		clear(k.rounds)
	}
	k.rounds[id] = glance{err == nil && visible.Sees(r.Conversation), now.Add(2 * time.Second)}
	return k.rounds[id].sees
}

// listen reads what the client says.
func (k *socket) listen() {
	defer k.end(websocket.StatusNormalClosure, "")
	most := rate.NewLimiter(20, 60)
	for {
		_, raw, err := k.conn.Read(k.wire)
		if err != nil {
			return
		}
		if !most.Allow() {
			k.end(websocket.StatusPolicyViolation, "too many messages")
			return
		}
		var f clientFrame
		if err := json.Unmarshal(raw, &f); err != nil {
			k.end(websocket.StatusPolicyViolation, "not a message")
			return
		}
		k.said(k.wire, f)
	}
}

func (k *socket) said(ctx context.Context, f clientFrame) {
	c := &call{who: k.who, scope: k.api.Store.For(k.who.Tenant)}
	switch f.Type {
	case "ping":
		k.send(struct {
			Type string `json:"type"`
		}{"pong"})
	case "typing":
		if f.Conversation == nil || !k.who.Can(auth.ConversationReply) {
			return
		}
		if _, err := k.api.see(ctx, c, *f.Conversation); err == nil {
			// A signal that is lost is repeated by the next key.
			_ = k.api.Desk.Typing(ctx, k.who.Tenant, *f.Conversation, k.who.Agent, f.On)
		}
	case "looking":
		if f.Conversation == nil || f.Conversation.IsZero() {
			return
		}
		if r, err := k.api.see(ctx, c, *f.Conversation); err == nil {
			k.api.Feed.Pass(k.who.Tenant, feed.Passing{Thread: r.Thread, Conversation: r.ID, Signal: canon.Looking{},
				Sender: connector.Sender{Kind: "agent", ID: k.who.Agent, Name: k.who.Name}})
			select {
			case <-k.looks:
			default:
			}
			k.looks <- r.ID // said is called by one goroutine: there is room
		}
	}
}
