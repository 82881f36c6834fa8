//go:build !nogpl

package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"parley/connectors/emulate"
)

// editWithin is how long a message may be changed.
const editWithin = 20 * time.Minute

// message takes what the linked device sends.
func (p *Platform) message(w *wire, n *waBinary.Node) {
	id, to := str(n, "id"), jidOf(n, "to")
	ack := waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "message", "id": id, "from": to, "t": p.at()}}
	refuse := func(code int) {
		p.calls.Add(emulate.Call{Op: "message", Wire: "message to " + to.String(), Status: code, Code: strconv.Itoa(code), Peer: to.User})
		ack.Attrs["error"] = strconv.Itoa(code)
		_ = p.send(w, ack)
	}
	if str(n, "category") == "peer" {
		_ = p.send(w, ack) // between the account's own devices
		return
	}
	fault, wrong := p.Take("message")
	if wrong && !fault.Taken() {
		switch fault.Kind {
		case emulate.Answer:
			refuse(fault.Status)
		case emulate.HangUp:
			p.calls.Add(emulate.Call{Op: "message", Wire: "message to " + to.String(), Peer: to.User})
			w.close()
		}
		return
	}
	call, code := p.incoming(n, id, to)
	if code != 0 {
		refuse(code)
		return
	}
	p.calls.Add(call)
	if call.Visible && p.o.Took != nil {
		p.o.Took()
	}
	if wrong {
		w.close()
	} else {
		_ = p.send(w, ack)
	}
	if call.Visible {
		p.arrived(call.Peer, id)
	}
}

// arrived has a phone report that it has a message, which it does after the
// server took it.
func (p *Platform) arrived(chat, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.chats() {
		if c.id == chat {
			p.delivered(c, id, "")
		}
	}
}

// incoming opens a message at the phones it is for.
func (p *Platform) incoming(n *waBinary.Node, id string, to types.JID) (emulate.Call, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion == nil {
		return emulate.Call{}, 401
	}
	var c *chat
	var readers []*person
	if to.Server == types.GroupServer {
		i := slices.IndexFunc(p.groups, func(g *group) bool { return g.jid == to })
		if i < 0 {
			return emulate.Call{}, 403
		}
		c, readers = p.groups[i].chat, p.groups[i].members
	} else {
		who := p.personAt(to)
		if who == nil || who == p.owner {
			return emulate.Call{}, 404
		}
		if p.o.Restricted && !who.wrote {
			return emulate.Call{}, 463
		}
		c, readers = who.chat, []*person{who}
	}
	var first *waE2E.Message
	for _, who := range readers {
		if m := p.read(n, who, to); m != nil && first == nil {
			first = m
		}
	}
	p.read(n, p.owner, to) // the account's own phone keeps up with its ratchet
	call := emulate.Call{Op: "message", Status: 200, Peer: c.id, ID: id}
	if first == nil {
		call.Code = "no key"
		return call, 0
	}
	call.Wire = "message to " + to.String() + "\n" + written(first)
	if blocked := len(readers) == 1 && readers[0].blocked; !blocked {
		call.Visible, call.Text = p.apply(c, id, first)
	}
	return call, 0
}

// read decrypts what a message holds for a person's phone.
func (p *Platform) read(n *waBinary.Node, who *person, to types.JID) *waE2E.Message {
	var plain []byte
	var err error
	participants := n.GetChildByTag("participants")
	for _, t := range participants.GetChildren() {
		jid := jidOf(&t, "jid")
		if jid.Device != 0 || jid.User != who.lid.User && jid.User != who.pn.User {
			continue
		}
		enc := t.GetChildByTag("enc")
		sealed, _ := enc.Content.([]byte)
		if plain, err = who.chain.decrypt(p.address(), str(&enc, "type"), sealed); err != nil {
			return nil
		}
	}
	m := &waE2E.Message{}
	if plain != nil && proto.Unmarshal(plain, m) != nil {
		return nil
	}
	if to.Server != types.GroupServer {
		if plain == nil {
			return nil
		}
		return m
	}
	if d := m.GetSenderKeyDistributionMessage(); d != nil {
		if who.chain.joinKey(to.String(), p.address(), d.GetAxolotlSenderKeyDistributionMessage()) != nil {
			return nil
		}
	}
	for _, enc := range n.GetChildrenByTag("enc") {
		sealed, _ := enc.Content.([]byte)
		if plain, err = who.chain.openGroup(to.String(), p.address(), sealed); err != nil {
			return nil
		}
		m.Reset()
		if proto.Unmarshal(plain, m) != nil {
			return nil
		}
	}
	return m
}

// apply shows a message of the account; p.mu is held. It is visible when a
// customer sees something new.
func (p *Platform) apply(c *chat, id string, m *waE2E.Message) (visible bool, text string) {
	defer p.told(c)
	if e := m.GetEditedMessage().GetMessage(); e != nil {
		m = e
	}
	if pm := m.GetProtocolMessage(); pm != nil {
		l := c.find(pm.GetKey().GetID())
		if l == nil || l.by != nil {
			return false, "" // what is not the account's own stays as it is
		}
		switch pm.GetType() {
		case waE2E.ProtocolMessage_REVOKE:
			l.Recalled, l.Text, l.Media, l.Cards = true, "", nil, nil
		case waE2E.ProtocolMessage_MESSAGE_EDIT:
			if p.stamp().Sub(l.At) <= editWithin {
				fresh := p.look(pm.GetEditedMessage())
				l.Text, l.Edited = fresh.Text, true
			}
		}
		return false, ""
	}
	if r := m.GetReactionMessage(); r != nil {
		if l := c.find(r.GetKey().GetID()); l != nil {
			l.Reaction = r.GetText()
		}
		return false, ""
	}
	if c.seen[id] {
		return false, ""
	}
	c.seen[id] = true
	c.typing = false
	l := &line{Bubble: p.look(m)}
	l.ID, l.From, l.At = id, "them", p.stamp()
	if q := contextOf(m).GetStanzaID(); q != "" {
		if quoted := c.find(q); quoted != nil {
			l.ReplyTo = quoted.Text
		} else {
			l.ReplyTo = contextOf(m).GetQuotedMessage().GetConversation()
		}
	}
	c.lines = append(c.lines, l)
	return true, words(l.Bubble)
}

// words is all there is to read in a bubble.
func words(b emulate.Bubble) string {
	said := []string{b.Text}
	for _, m := range b.Media {
		said = append(said, m.Name)
	}
	for _, c := range b.Cards {
		said = append(said, c.Title, c.Text)
	}
	return strings.TrimSpace(strings.Join(said, "\n"))
}

// typing shows or hides that the account is writing.
func (p *Platform) typing(n *waBinary.Node) {
	to := jidOf(n, "to")
	p.mu.Lock()
	defer p.mu.Unlock()
	_, on := n.GetOptionalChildByTag("composing")
	for _, g := range p.groups {
		if g.jid == to {
			g.chat.typing = on
			p.told(g.chat)
		}
	}
	if who := p.personAt(to); who != nil {
		who.chat.typing = on
		p.told(who.chat)
	}
	p.calls.Add(emulate.Call{Op: "chatstate", Wire: "typing " + strconv.FormatBool(on), Status: 200, Peer: to.User})
}

// receipt is the device telling what it got, read or could not open.
func (p *Platform) receipt(w *wire, n *waBinary.Node) {
	id := str(n, "id")
	_ = p.send(w, waBinary.Node{Tag: "ack", Attrs: waBinary.Attrs{"class": "receipt", "id": id, "from": n.Attrs["to"], "type": str(n, "type")}})
	switch kind := str(n, "type"); kind {
	case "read", "read-self", "played":
		p.seen(n, id)
	case "retry":
		p.again(id)
	default:
		p.confirm("message " + id + " ")
	}
}

func (p *Platform) seen(n *waBinary.Node, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.chats() {
		l := c.find(id)
		if l == nil {
			continue
		}
		for _, before := range c.lines {
			before.Read = before.Read || before.by != nil
			if before == l {
				break
			}
		}
		p.calls.Add(emulate.Call{Op: "read", Wire: "read " + id, Status: 200, Peer: c.id, ID: id})
		p.told(c)
	}
}

// again seals a message anew for a device that could not open it.
func (p *Platform) again(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion == nil {
		return
	}
	for _, it := range p.companion.queue {
		if it.key != "message "+id+" " {
			continue
		}
		for _, who := range append(slices.Clone(p.people), p.owner) {
			_ = who.chain.DeleteSession(context.Background(), p.address()) // in memory: never fails
		}
		if n, err := it.seal(); err == nil {
			it.made = &n
			p.deliver(it)
		}
	}
}

func (p *Platform) chats() []*chat {
	var out []*chat
	for _, who := range p.people {
		out = append(out, who.chat)
	}
	for _, g := range p.groups {
		out = append(out, g.chat)
	}
	return out
}

// written is a message as it stands in a log, without what differs from run to
// run: keys, hashes, addresses and times.
func written(m *waE2E.Message) string {
	raw, err := protojson.Marshal(m)
	if err != nil {
		return err.Error()
	}
	var doc any
	if json.Unmarshal(raw, &doc) != nil {
		return ""
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(scrub(doc)) // it was decoded just now
	return out.String()
}

func scrub(doc any) any {
	switch v := doc.(type) {
	case map[string]any:
		for key, value := range v {
			switch key {
			case "messageContextInfo", "mediaKey", "mediaKeyTimestamp", "fileSHA256", "fileEncSHA256", "URL", "directPath", "timestampMS", "senderTimestampMS":
				delete(v, key)
			default:
				v[key] = scrub(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = scrub(v[i])
		}
	}
	return doc
}
