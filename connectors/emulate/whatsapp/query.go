//go:build !nogpl

package whatsapp

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"parley/connectors/emulate"
)

// query answers an info query.
func (p *Platform) query(w *wire, n *waBinary.Node) {
	kind, space := str(n, "type"), str(n, "xmlns")
	if kind == "result" {
		if sign, ok := n.GetOptionalChildByTag("pair-device-sign"); ok {
			p.signed(w, &sign)
		}
		return
	}
	if kind == "error" {
		return
	}
	content, code := p.answer(w, n, space)
	answer := waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "result", "id": n.Attrs["id"]}, Content: content}
	if code != 0 {
		answer.Attrs["type"] = "error"
		answer.Content = []waBinary.Node{{Tag: "error", Attrs: waBinary.Attrs{"code": strconv.Itoa(code), "text": "refused"}}}
		p.calls.Add(emulate.Call{Op: space, Status: code, Code: strconv.Itoa(code)})
	}
	_ = p.send(w, answer)
	if space == "passive" {
		p.activate(w)
	}
	if space == "md" {
		if _, gone := n.GetOptionalChildByTag("remove-companion-device"); gone {
			p.Unlink()
		}
	}
}

func (p *Platform) answer(w *wire, n *waBinary.Node, space string) (content []waBinary.Node, code int) {
	switch space {
	case "w:p", "passive", "urn:xmpp:whatsapp:dirty":
		return nil, 0
	case "privacy":
		return []waBinary.Node{{Tag: "privacy"}}, 0
	case "encrypt":
		return p.keys(n)
	case "usync":
		return p.users(n), 0
	case "w:m":
		return []waBinary.Node{{Tag: "media_conn", Attrs: waBinary.Attrs{"auth": mediaAuth, "ttl": "300", "auth_ttl": "21600", "max_buckets": "12"},
			Content: []waBinary.Node{{Tag: "host", Attrs: waBinary.Attrs{"hostname": "mmg.whatsapp.net"}}}}}, 0
	case "w:g2":
		return p.groupInfo(n)
	case "w:profile:picture":
		if c := p.personAt(jidOf(n, "target")); c != nil && c.picture != "" {
			return []waBinary.Node{{Tag: "picture", Attrs: waBinary.Attrs{"id": "1", "type": "image", "url": c.picture, "direct_path": "/v/picture"}}}, 0
		}
		return nil, 404
	case "md":
		return p.codeQuery(w, n)
	}
	return nil, 501
}

func (p *Platform) keys(n *waBinary.Node) ([]waBinary.Node, int) {
	if _, ok := n.GetOptionalChildByTag("count"); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		left := 0
		if p.companion != nil {
			left = len(p.companion.once)
		}
		return []waBinary.Node{{Tag: "count", Attrs: waBinary.Attrs{"value": strconv.Itoa(left)}}}, 0
	}
	if wanted, ok := n.GetOptionalChildByTag("key"); ok {
		var users []waBinary.Node
		for _, u := range wanted.GetChildren() {
			jid := jidOf(&u, "jid")
			user := waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid}}
			if who := p.personAt(jid); who != nil && jid.Device == 0 {
				user.Content = who.chain.bundle()
			} else {
				user.Content = []waBinary.Node{{Tag: "error", Attrs: waBinary.Attrs{"code": "404", "text": "item-not-found"}}}
			}
			users = append(users, user)
		}
		return []waBinary.Node{{Tag: "list", Content: users}}, 0
	}
	if _, ok := n.GetOptionalChildByTag("list"); ok {
		if !p.uploaded(n) {
			return nil, 400
		}
		return nil, 0
	}
	return nil, 501
}

// users answers who somebody is and which devices they have.
func (p *Platform) users(n *waBinary.Node) []waBinary.Node {
	list := n.GetChildByTag("usync", "list")
	var out []waBinary.Node
	for _, u := range list.GetChildren() {
		jid := jidOf(&u, "jid")
		who := p.personAt(jid)
		if who == nil {
			out = append(out, waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid}})
			continue
		}
		devices := []waBinary.Node{{Tag: "device", Attrs: waBinary.Attrs{"id": "0"}}}
		p.mu.Lock()
		if who == p.owner && p.companion != nil {
			devices = append(devices, waBinary.Node{Tag: "device", Attrs: waBinary.Attrs{"id": strconv.Itoa(int(p.companion.device))}})
		}
		p.mu.Unlock()
		out = append(out, waBinary.Node{Tag: "user", Attrs: waBinary.Attrs{"jid": jid}, Content: []waBinary.Node{
			{Tag: "lid", Attrs: waBinary.Attrs{"val": who.lid}},
			{Tag: "devices", Content: []waBinary.Node{{Tag: "device-list", Content: devices}}},
		}})
	}
	return []waBinary.Node{{Tag: "usync", Content: []waBinary.Node{{Tag: "list", Content: out}}}}
}
