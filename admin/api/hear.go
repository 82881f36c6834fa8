package api

import (
	"context"
	"encoding/json"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"parley/admin/auth"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
)

// clientFrame is what a client says.
type clientFrame struct {
	Type         string    `json:"type"`
	Conversation *canon.ID `json:"conversation"`
	On           bool      `json:"on"`
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
