//go:build !nogpl

package whatsapp

import (
	"sync"

	"go.mau.fi/whatsmeow/types"

	"parley/core/canon"
)

// mostWatched bounds how many people are asked for on one connection.
const mostWatched = 1000

// watch is whom the server tells us of on this connection. Safe for concurrent
// use.
type watch struct {
	mu  sync.Mutex
	who map[canon.RemoteID]bool
}

// begin notes somebody; false: they are watched already, or too many are.
func (w *watch) begin(who canon.RemoteID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.who[who] || len(w.who) >= mostWatched {
		return false
	}
	if w.who == nil {
		w.who = map[canon.RemoteID]bool{}
	}
	w.who[who] = true
	return true
}

// follow asks the server to tell when those who write are online: it tells of
// nobody it was not asked for on this connection, and only an account that shows
// itself (whatsmeow, Client.SubscribePresence).
func (r *run) follow(envelopes []canon.Envelope) {
	if !r.online {
		return
	}
	for _, e := range envelopes {
		_, said := e.Event.(canon.Posted)
		jid, err := readPeer(e.Thread.Peer)
		if !said || e.From.Ours || err != nil || jid.Server == types.GroupServer || !r.watch.begin(e.Thread.Peer) {
			continue
		}
		go func() {
			if err := r.cli.SubscribePresence(r.ctx, wire(r.ctx, r.cli, jid)); err != nil {
				r.env.Log.Debug("a customer's presence is not told", "err", plain(err))
			}
		}()
	}
}
