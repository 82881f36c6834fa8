package api

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/store"
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
	defer k.look(store.Round{})
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
			k.look(store.Round{})
			return
		}
		if r, err := k.api.see(ctx, c, *f.Conversation); err == nil {
			k.look(r)
			select {
			case <-k.looks:
			default:
			}
			k.looks <- r.ID // said is called by one goroutine: there is room
		}
	}
}

// unnoticed reports whether somebody looks at what another agent has as who
// leads them: that is told to nobody, until they take it or are invited.
func (k *socket) unnoticed(r store.Round) bool {
	me := k.who.Agent
	return k.who.Can(auth.AgentState) && r.Owner.Kind == core.StatusAgent && r.Owner.ID != me && !slices.Contains(r.Colleagues, me)
}

// look tells colleagues what the client has before it now, which may be nothing,
// and that it has what it had before no more.
func (k *socket) look(at store.Round) {
	pass := func(r store.Round, gone bool) {
		if !r.ID.IsZero() && !k.unnoticed(r) {
			k.api.Feed.Pass(k.who.Tenant, feed.Passing{Thread: r.Thread, Conversation: r.ID, Signal: canon.Looking{Gone: gone},
				Sender: connector.Sender{Kind: "agent", ID: k.who.Agent, Name: k.who.Name}})
		}
	}
	if k.at.ID != at.ID {
		pass(k.at, true)
	}
	k.at = at
	pass(at, false)
}
