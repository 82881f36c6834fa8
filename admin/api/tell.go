package api

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"parley/core"
	"parley/core/feed"
)

type numberFrame struct {
	Type string `json:"type"`
	Seq  int64  `json:"seq"`
}

type entryFrame struct {
	Type string `json:"type"`
	core.FeedEntry
}

// send writes a frame; a client that does not take it is let go.
func (k *socket) send(v any) bool {
	raw, err := frame(v)
	if err != nil {
		k.end(websocket.StatusInternalError, "encode")
		return false
	}
	return k.write(raw)
}

func (k *socket) write(frames ...[]byte) bool {
	if err := k.line.send(k.ended.Load, frames...); err != nil {
		k.end(closeSlow, "too slow: come back with since")
		return false
	}
	return true
}

// tell brings the client up to date and then tells it what happens.
func (k *socket) tell(ctx context.Context, since int64) {
	if !k.begin(ctx, since) {
		return
	}
	f, whole := k.api.Feed.Follow(k.who.Tenant, k.seq)
	defer f.Stop()
	if whole && !k.take(ctx, f) || !k.catchUp(ctx) || !k.send(numberFrame{"ready", k.seq}) {
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
		case _, open := <-f.Wake():
			if !open || !k.take(ctx, f) {
				return
			}
		case id := <-k.looks:
			// Told here, between the items, so that a later end comes after it.
			if p, ok := k.api.Feed.Typing(k.who.Tenant, id); ok {
				if raw := k.signal(ctx, &feed.Item{Signal: &p}); raw != nil && !k.write(raw) {
					return
				}
			}
		case <-mark.C:
			if k.told < k.seq {
				k.told = k.seq
				if !k.send(numberFrame{"watermark", k.seq}) {
					return
				}
			}
		case <-ping.C:
			go k.ping() // the answer may stand behind much that is on its way
		}
	}
}

func (k *socket) ping() {
	ctx, cancel := context.WithTimeout(k.wire, writeTime)
	defer cancel()
	if err := k.conn.Ping(ctx); err != nil {
		k.end(websocket.StatusGoingAway, "no answer")
	}
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
		if !k.show(ctx, items) {
			return false
		}
		if len(items) < pageSize {
			return true
		}
	}
}

// take sends what a follower is given, as much at a time as there is.
func (k *socket) take(ctx context.Context, f *feed.Follower) bool {
	var items [64]*feed.Item
	for {
		n, missed := f.Take(items[:])
		switch {
		case missed:
			if !k.catchUp(ctx) { // it was slow: what it missed is in the store
				return false
			}
		case n == 0:
			return true
		case !k.show(ctx, items[:n]):
			return false
		}
	}
}

// show sends what of some items the client may see.
func (k *socket) show(ctx context.Context, items []*feed.Item) bool {
	out := make([][]byte, 0, len(items))
	for i, it := range items {
		if it.Entry != nil {
			if it.Entry.Seq <= k.seq {
				continue
			}
			if it.Entry.Seq > k.seq+1 { // it began to follow in the middle
				return k.write(out...) && k.catchUp(ctx) && k.show(ctx, items[i:])
			}
		}
		raw, ok := k.render(ctx, it)
		if !ok {
			return false
		}
		if raw != nil {
			out = append(out, raw)
		}
	}
	return k.write(out...)
}

// render is the frame of an item, nil for what the client does not see; false
// when the socket has to end.
func (k *socket) render(ctx context.Context, it *feed.Item) ([]byte, bool) {
	if it.Signal != nil {
		return k.signal(ctx, it), true
	}
	k.seq = it.Entry.Seq
	if err := k.refresh(ctx, it.Entry); err != nil {
		k.end(websocket.StatusTryAgainLater, "the database cannot be read")
		return nil, false
	}
	raw, ok := k.eye.frame(it)
	if ok {
		k.told = k.seq
	}
	return raw, true
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
