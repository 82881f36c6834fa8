package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/core/canon"
	"parley/core/feed"
)

type signalFrame struct {
	Type         string          `json:"type"`
	Conversation canon.ID        `json:"conversation"`
	Signal       json.RawMessage `json:"signal"`
	Sender       frameSender     `json:"sender"`
}

// frameSender is who a signal is from.
type frameSender struct {
	Kind string   `json:"kind"`
	ID   canon.ID `json:"id,omitzero"`
	Name string   `json:"name,omitempty"`
}

// signal is the frame of a signal, nil when the client is not to see it.
func (k *socket) signal(ctx context.Context, it *feed.Item) []byte {
	p := it.Signal
	if p.Conversation.IsZero() || p.Sender.ID == k.who.Agent && !k.who.Agent.IsZero() || !k.sees(ctx, p.Conversation) {
		return nil
	}
	return it.Wire(func() []byte {
		raw, err := signalJSON(p.Signal)
		if err != nil {
			return nil // lost, as signals may be
		}
		out, _ := frame(signalFrame{"signal", p.Conversation, raw, frameSender{p.Sender.Kind, p.Sender.ID, p.Sender.Name}})
		return out
	})
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

// glance is whether a conversation was visible a moment ago.
type glance struct {
	sees  bool
	until time.Time
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
