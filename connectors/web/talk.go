package web

import (
	"context"
	"crypto/rand"
	"net/netip"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// talk is a visitor speaking to the hub, over a request or a socket.
type talk struct {
	*conn
	sink    connector.Sink
	account connector.Account
	visitor visitor
	addr    netip.Addr
	lang    string
}

// may checks that a visitor may store something now.
func (t *talk) may(ctx context.Context) error {
	l := t.options.Limits
	if wait, ok := t.visitors.post(t.visitor.Peer, t.now(), l.PostRate, l.PostBurst); !ok {
		return tooFast.after(wait)
	}
	if t.env.Chat.Refused(ctx, t.account.ID, t.addr, t.visitor.Peer) {
		return unavailable
	}
	return nil
}

// commit stores what the visitor did. Only after nil may the browser forget it.
func (t *talk) commit(ctx context.Context, envelopes ...canon.Envelope) error {
	if err := t.sink.Commit(ctx, envelopes, nil); err != nil {
		t.env.Log.WarnContext(ctx, "a visitor's event was not stored", "account", t.account.ID, "error", err)
		return asTrouble(err)
	}
	return nil
}

// thread is the visitor's lane.
func (t *talk) thread() canon.ThreadKey { return t.lane(t.account, t.visitor) }

// once reports whether key is seen for the first time on any node. All callers
// share one filling of the key's place, so only one of them finds its own mark.
func (c *conn) once(ctx context.Context, key string, life time.Duration) (bool, error) {
	mine := rand.Text()
	found, err := c.env.Cache.Once(ctx, key, func(context.Context) (string, time.Duration, error) {
		return mine, life, nil
	})
	if err != nil {
		return false, away
	}
	return found == mine, nil
}

type markRequest struct {
	// Delivered and Read name the newest line of ours that reached the screen,
	// and that was looked at; everything before it has too.
	Delivered string `json:"delivered"`
	Read      string `json:"read"`
}

// mark passes a receipt on. Read is delivered too.
func (t *talk) mark(ctx context.Context, in markRequest) error {
	target, state := in.Read, canon.Read
	if target == "" {
		target, state = in.Delivered, canon.Delivered
	}
	if target == "" || len(target) > 200 || line(target, 200) != target {
		return invalid("target", "Which line was read is missing.", "缺少已读消息的编号。")
	}
	if err := t.may(ctx); err != nil {
		return err
	}
	return t.commit(ctx, t.envelope(t.account, t.visitor, string(state)+":"+target,
		canon.Receipt{Target: canon.RemoteID(target), State: state, Through: true}))
}

type typingRequest struct {
	Text string `json:"text"`
	On   bool   `json:"on"`
}

// typing passes on what stands in the visitor's box, at most so many times a
// second; the last word of a burst (empty box, or sent) always passes.
func (t *talk) typing(ctx context.Context, in typingRequest) {
	on := in.On || in.Text != ""
	if on && !t.visitors.mayType(t.visitor.Peer, t.now(), t.options.Limits.TypingEvery) {
		return
	}
	text := ""
	if on && t.site.liveTyping {
		text = words(in.Text)
		if runes := []rune(text); len(runes) > 2000 {
			text = string(runes[len(runes)-2000:])
		}
	}
	t.sink.Signal(ctx, t.thread(), canon.Typing{On: on, Text: text})
}

type lookRequest struct {
	Page  string `json:"page"`
	Title string `json:"title"`
}

// look passes on which page the visitor has before them.
func (t *talk) look(ctx context.Context, in lookRequest) {
	if page := webURL(in.Page); page != "" {
		t.sink.Signal(ctx, t.thread(), canon.Looking{Page: page, Title: line(in.Title, 300)})
	}
}
