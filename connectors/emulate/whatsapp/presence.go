//go:build !nogpl

package whatsapp

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"parley/connectors/emulate"
)

// presence is what a device says of itself, or asks to be told of others. It
// counts for the socket it came on.
func (p *Platform) presence(w *wire, n *waBinary.Node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch str(n, "type") {
	case "available":
		w.shown = true
	case "unavailable":
		w.shown = false
	case "subscribe":
		to := jidOf(n, "to")
		if who := p.personAt(to); who != nil {
			if w.watched == nil {
				w.watched = map[*person]types.JID{}
			}
			w.watched[who] = to
			p.calls.Add(emulate.Call{Op: "presence", Wire: "subscribe " + to.User, Status: 200, Peer: to.User})
		}
	}
}

// Comes has a customer open or leave the app. told is whether the device hears
// of it: it must have asked, and show itself.
func (p *Platform) Comes(customer string, online bool) (told bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, _ := p.customer(customer)
	if who == nil || p.companion == nil || p.companion.wire == nil {
		return false
	}
	w := p.companion.wire
	from, asked := w.watched[who]
	if !asked || !w.shown {
		return false
	}
	n := waBinary.Node{Tag: "presence", Attrs: waBinary.Attrs{"from": from}}
	if !online {
		n.Attrs["type"], n.Attrs["last"] = "unavailable", p.at()
	}
	return p.send(w, n) == nil
}
