package wecom

import (
	"context"
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The reply window of customer service: within 48 hours of a customer's message
// five messages may be sent; their next message opens it anew (94677 发送消息).
const (
	windowFor      = 48 * time.Hour
	windowMessages = 5
)

// talk is what is known of a customer's window. It is kept in the cache of the
// link, so that every node counts the same.
type talk struct {
	Last time.Time `json:"last,omitzero"` // the customer's newest message
	Sent int       `json:"sent,omitempty"`
	Code string    `json:"code,omitempty"` // of a welcome not sent yet
	Ends time.Time `json:"ends,omitzero"`  // when Code does
}

func talkKey(t canon.ThreadKey) string { return "talk:" + string(t.Account) + "/" + string(t.Peer) }

// cacheTime bounds a look at the cache that has no context of its own.
const cacheTime = 2 * time.Second

func (k *kf) talkOf(ctx context.Context, t canon.ThreadKey) (talk, bool) {
	if k.env.Cache == nil {
		return talk{}, false
	}
	var out talk
	raw, ok, err := k.env.Cache.Get(ctx, talkKey(t))
	if err != nil || !ok || json.Unmarshal([]byte(raw), &out) != nil {
		return talk{}, false
	}
	return out, true
}

// keepTalk writes what is known. That it cannot be written costs the display of
// the window, not a message: the platform itself enforces it.
func (k *kf) keepTalk(ctx context.Context, t canon.ThreadKey, now talk) {
	if k.env.Cache == nil {
		return
	}
	raw, _ := json.Marshal(now) // texts and times always marshal
	if err := k.env.Cache.Set(ctx, talkKey(t), string(raw), windowFor); err != nil && ctx.Err() == nil && k.env.Log != nil {
		k.env.Log.Warn("the reply window of a chat was not kept", "err", err)
	}
}

// welcome is the code that a message on this thread may use: one of a customer
// who entered and has not written.
func (n talk) welcome(now time.Time) string {
	if n.Code == "" || !n.Last.IsZero() && now.Sub(n.Last) < windowFor || !now.Before(n.Ends) {
		return ""
	}
	return n.Code
}

// opened notes what a committed page means for the windows of its customers.
func (k *kf) opened(ctx context.Context, all []canon.Envelope) {
	now := k.env.Clock()
	changed := map[canon.ThreadKey]talk{}
	at := func(t canon.ThreadKey) talk {
		if n, ok := changed[t]; ok {
			return n
		}
		n, _ := k.talkOf(ctx, t)
		return n
	}
	for _, e := range all {
		n := at(e.Thread)
		switch e.Event.(type) {
		case canon.Posted, canon.Action:
			if e.From.Ours || now.Sub(e.Time) >= windowFor || e.Time.Before(n.Last) {
				continue
			}
			n = talk{Last: e.Time}
		case canon.Membership:
			if e.Ticket == nil || !now.Before(e.Ticket.Expires) {
				continue
			}
			n.Code, n.Ends = string(e.Ticket.Opaque), e.Ticket.Expires
		default:
			continue
		}
		changed[e.Thread] = n
	}
	for t, n := range changed {
		k.keepTalk(ctx, t, n)
	}
}

// spent counts a message that the platform took.
func (k *kf) spent(ctx context.Context, t canon.ThreadKey, byCode bool) {
	n, ok := k.talkOf(ctx, t)
	switch {
	case !ok:
		return
	case byCode:
		n.Code, n.Ends = "", time.Time{}
	default:
		n.Sent++
	}
	k.keepTalk(ctx, t, n)
}

// Capabilities are those of customer service, with the thread's window as it is.
func (k *kf) Capabilities(t canon.ThreadKey) connector.Capabilities {
	c := kfCapabilities()
	if t.Peer == "" {
		return c
	}
	ctx, cancel := context.WithTimeout(context.Background(), cacheTime)
	defer cancel()
	n, ok := k.talkOf(ctx, t)
	switch code := n.welcome(k.env.Clock()); {
	case !ok:
	case code != "":
		// A welcome is one message of words or a menu (95122).
		for key := range c.Parts {
			switch key {
			case "text", "choices.quick", "choices.buttons", "choices.list":
			default:
				c.Parts[key] = connector.Degrade
			}
		}
		c.Window.Closes, c.Window.Left = n.Ends, 1
	case !n.Last.IsZero():
		c.Window.Closes, c.Window.Left = n.Last.Add(windowFor), max(0, windowMessages-n.Sent)
	}
	return c
}
