//go:build !nogpl

package whatsapp

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"

	"parley/connectors/emulate"
)

// companion is a linked device as the server knows it.
type companion struct {
	name     string // it gave itself, for the phone's list of devices
	device   uint16
	noise    [32]byte
	identity []byte
	reg      uint32
	signed   upload
	once     []upload
	queue    []*item
	wire     *wire // nil: away
	active   bool  // it asked for what waits
}

// upload is a public key.
type upload struct {
	id               uint32
	value, signature []byte
}

// item waits for a device until it is confirmed.
type item struct {
	key  string // what confirms it: class, id and type
	told bool   // counts as a fact of a customer
	seal func() (waBinary.Node, error)
	made *waBinary.Node // as it was sent, and is sent again
}

// Memory is what a platform knows of its linked device, to go on with.
type Memory struct {
	companion companion
	devices   uint16
	owner     *keychain // the phone's
}

// Remember keeps what is known of the linked device. Ratchets with customers are
// not kept: it is to be taken before anybody wrote.
func (p *Platform) Remember() *Memory {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion == nil {
		return nil
	}
	c := *p.companion
	c.wire, c.queue, c.active = nil, nil, false
	c.once = slices.Clone(c.once)
	return &Memory{companion: c, devices: p.devices, owner: p.owner.chain}
}

func (p *Platform) recall(m *Memory) {
	c := m.companion
	c.once = slices.Clone(c.once)
	p.companion, p.devices = &c, m.devices
	fresh := newKeychain(m.owner.reg)
	fresh.identity, fresh.signed = m.owner.identity, m.owner.signed
	p.owner.chain = fresh
}

func (c *companion) bundle() (*prekey.Bundle, error) {
	if len(c.once) == 0 {
		return nil, errors.New("the device has no key left")
	}
	one := c.once[0]
	c.once = c.once[1:]
	return bundleOf(c.reg, uint32(c.device), c.identity, c.signed.value, one.value, c.signed.id, one.id, c.signed.signature)
}

func (p *Platform) address() *protocol.SignalAddress {
	return p.accountJID(p.companion.device).SignalAddress()
}

// admit decides about a socket after its handshake.
func (p *Platform) admit(ctx context.Context, w *wire, noise [32]byte, hello *waWa6.ClientPayload) {
	refuse := func(code, reason int, expire time.Duration) {
		attrs := waBinary.Attrs{"reason": strconv.Itoa(reason)}
		if code != 0 {
			attrs["code"], attrs["expire"] = strconv.Itoa(code), strconv.Itoa(int(expire.Seconds()))
		}
		p.calls.Add(emulate.Call{Op: "sign in", Status: reason, Code: strconv.Itoa(reason)})
		_ = p.send(w, waBinary.Node{Tag: "failure", Attrs: attrs})
		w.part()
		p.listen(ctx, w)
	}
	p.mu.Lock()
	if v := hello.GetUserAgent().GetAppVersion().GetTertiary(); v < p.o.OldestClient {
		p.mu.Unlock()
		refuse(0, 405, 0)
		return
	}
	if f := p.fate; f != nil {
		p.mu.Unlock()
		refuse(f.code, f.reason, f.expire)
		return
	}
	if hello.Username == nil {
		p.mu.Unlock()
		p.courtship(ctx, w, hello)
		return
	}
	c := p.companion
	if c == nil || strconv.FormatUint(hello.GetUsername(), 10) != p.o.Phone || uint16(hello.GetDevice()) != c.device || c.noise != noise {
		p.mu.Unlock()
		refuse(0, 401, 0)
		return
	}
	before := c.wire
	c.wire, c.active = w, false
	p.allChanged()
	p.mu.Unlock()
	if before != nil {
		_ = p.send(before, waBinary.Node{Tag: "stream:error", Content: []waBinary.Node{{Tag: "conflict", Attrs: waBinary.Attrs{"type": "replaced"}}}})
		before.part()
	}
	p.calls.Add(emulate.Call{Op: "sign in", Status: 200})
	_ = p.send(w, waBinary.Node{Tag: "success", Attrs: waBinary.Attrs{"t": p.at(), "lid": p.accountLID(c.device)}})
	p.listen(ctx, w)
	p.mu.Lock()
	if c.wire == w {
		c.wire, c.active = nil, false
		p.allChanged()
	}
	p.mu.Unlock()
}

func (p *Platform) send(w *wire, n waBinary.Node) error {
	b, err := waBinary.Marshal(n)
	if err != nil {
		return err
	}
	return w.seal(b)
}

// listen reads nodes until the socket ends.
func (p *Platform) listen(ctx context.Context, w *wire) {
	for {
		frame, err := w.frame(ctx)
		if err != nil {
			return
		}
		plain, err := w.open(frame)
		if err == nil {
			plain, err = waBinary.Unpack(plain)
		}
		var n *waBinary.Node
		if err == nil {
			n, err = waBinary.Unmarshal(plain)
		}
		if err != nil {
			return // a frame that cannot be read breaks the stream
		}
		if !w.ended() {
			p.take(w, n)
		}
	}
}

// take handles a node of a device.
func (p *Platform) take(w *wire, n *waBinary.Node) {
	switch n.Tag {
	case "iq":
		p.query(w, n)
	case "message":
		p.message(w, n)
	case "receipt":
		p.receipt(w, n)
	case "ack":
		p.confirm(str(n, "class") + " " + str(n, "id") + " " + str(n, "type"))
	case "chatstate":
		p.typing(n)
	case "presence":
		p.presence(w, n)
	}
}

// activate delivers what waits, once the device is ready for it.
func (p *Platform) activate(w *wire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.companion
	if c == nil || c.wire != w || c.active {
		return
	}
	c.active = true
	n := strconv.Itoa(len(c.queue))
	_ = p.send(w, waBinary.Node{Tag: "ib", Content: []waBinary.Node{{Tag: "offline_preview", Attrs: waBinary.Attrs{"count": n, "message": n, "receipt": "0", "notification": "0", "appdata": "0"}}}})
	for _, it := range c.queue {
		p.deliver(it)
	}
	_ = p.send(w, waBinary.Node{Tag: "ib", Content: []waBinary.Node{{Tag: "offline", Attrs: waBinary.Attrs{"count": n}}}})
}

// enqueue keeps something for the device and sends it when it is there; p.mu is
// held. Without a device nobody is told.
func (p *Platform) enqueue(it *item) error {
	c := p.companion
	if c == nil {
		return nil
	}
	n, err := it.seal()
	if err != nil {
		return err
	}
	it.made = &n
	c.queue = append(c.queue, it)
	p.deliver(it)
	return nil
}

func (p *Platform) deliver(it *item) {
	if c := p.companion; c.wire != nil && c.active {
		_ = p.send(c.wire, *it.made) // a socket that broke is met again on the next
	}
}

// confirm forgets what the device has.
func (p *Platform) confirm(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion == nil {
		return
	}
	p.companion.queue = slices.DeleteFunc(p.companion.queue, func(it *item) bool {
		if it.key == key && it.told {
			p.confirmed++
		}
		return it.key == key
	})
}

// Confirmed is how many messages of customers the device confirmed.
func (p *Platform) Confirmed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.confirmed
}

// Waiting is how much the device has not confirmed.
func (p *Platform) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion == nil {
		return 0
	}
	return len(p.companion.queue)
}

// Online tells whether a linked device is signed in and takes messages.
func (p *Platform) Online() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.companion != nil && p.companion.wire != nil && p.companion.active
}

// Drop cuts the device's socket.
func (p *Platform) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.companion != nil && p.companion.wire != nil {
		p.companion.wire.close()
	}
}

// Unlink takes the device off, as the phone does under Linked devices.
func (p *Platform) Unlink() {
	p.mu.Lock()
	c := p.companion
	p.companion = nil
	p.allChanged()
	p.mu.Unlock()
	if c != nil && c.wire != nil {
		_ = p.send(c.wire, waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": "401"}, Content: []waBinary.Node{{Tag: "conflict", Attrs: waBinary.Attrs{"type": "device_removed"}}}})
		c.wire.part()
	}
}

// Refuse has whoever signs in from now on refused: 402 with a code and a time is
// a ban for a time, 406 for good, 403 a locked account. 0 ends it.
func (p *Platform) Refuse(reason, code int, expire time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fate = nil
	if reason != 0 {
		p.fate = &fate{reason, code, expire}
	}
}

// Outdate sets the oldest client that may sign in.
func (p *Platform) Outdate(oldest uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.o.OldestClient = oldest
}

func bytesOf(n waBinary.Node, tag string) []byte {
	b, _ := n.GetChildByTag(tag).Content.([]byte)
	return b
}

func str(n *waBinary.Node, name string) string {
	switch v := n.Attrs[name].(type) {
	case string:
		return v
	case types.JID:
		return v.String()
	}
	return ""
}

func jidOf(n *waBinary.Node, name string) types.JID {
	j, _ := n.Attrs[name].(types.JID)
	return j
}

func number(b []byte) uint32 {
	if len(b) > 4 {
		return 0
	}
	return binary.BigEndian.Uint32(append(make([]byte, 4-len(b)), b...))
}

// uploaded takes a device's keys; they must be signed by its identity.
func (p *Platform) uploaded(n *waBinary.Node) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.companion
	skey := n.GetChildByTag("skey")
	id, value, signature := bytesOf(*n, "identity"), bytesOf(skey, "value"), bytesOf(skey, "signature")
	if c == nil || len(id) != 32 || len(value) != 32 || len(signature) != 64 ||
		!ecc.VerifySignature(ecc.NewDjbECPublicKey([32]byte(id)), append([]byte{ecc.DjbType}, value...), [64]byte(signature)) {
		return false
	}
	c.identity, c.reg = id, number(bytesOf(*n, "registration"))
	c.signed = upload{number(bytesOf(skey, "id")), value, signature}
	list := n.GetChildByTag("list")
	for _, k := range list.GetChildren() {
		c.once = append(c.once, upload{id: number(bytesOf(k, "id")), value: bytesOf(k, "value")})
	}
	return true
}
