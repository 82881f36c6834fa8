package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
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

// socket is one open live socket. At rest it is two goroutines: one that tells
// and one that listens.
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
	line   *line
	ended  atomic.Bool
	rounds map[canon.ID]glance
	looks  chan canon.ID // the conversation the client opened last
	at     store.Round   // what the client has before it; of the goroutine that listens
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
	tap := &tap{ResponseWriter: w}
	conn, err := websocket.Accept(tap, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // the library answered
	}
	conn.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancel(a.sockets.ctx)
	defer cancel()
	k := &socket{api: a, who: who, conn: conn, line: tap.line, eye: newEye(who), cancel: cancel, rounds: map[canon.ID]glance{}, looks: make(chan canon.ID, 1)}
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
		k.ended.Store(true)
		k.cancel()
		go func() {
			defer k.cut()
			_ = k.conn.Close(code, why) // it waits a moment for the client, who may be gone
		}()
	})
}
