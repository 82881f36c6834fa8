package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"parley/core/canon"
	"parley/core/connector"
)

// platform is a channel played inside the test: it takes canonical envelopes as
// they are and keeps what a customer would see. Its fields are set before the
// rig starts, or under mu.
type platform struct {
	mu         sync.Mutex
	seen       []seen
	calls      []connector.Request // every call, taken or not
	fail       []error             // answers of the next sends, before they succeed
	idempotent bool
	// wrap, when set, gives the conn more abilities.
	wrap func(*played) connector.Conn
	keys map[canon.ID]bool
	// on, when set, decides each send before the platform takes it.
	on func(connector.Request) error
	// tune changes what the channel can carry, per thread.
	tune      func(canon.ThreadKey, *connector.Capabilities)
	settle    func(connector.Request) (*connector.Receipt, error)
	file      func(connector.Request, connector.Receipt) error
	fetch     func(canon.Media) (io.ReadCloser, connector.FileInfo, error)
	opened    int
	closing   func()         // called while an old link is being closed
	sick      canon.RemoteID // asking what this peer's thread can carry panics
	receipt   canon.Delivery
	bare      bool // the raw callback is not what is stored
	callbacks []connector.Callback
	// learned, when set, reads what is no JSON of envelopes.
	learned func(body []byte) []canon.Envelope
}

type seen struct {
	peer   canon.RemoteID
	text   string
	key    canon.ID
	op     connector.Op
	target canon.RemoteID
	sender connector.Sender
}

func newPlatform() *platform {
	return &platform{keys: map[canon.ID]bool{}, idempotent: true, receipt: canon.Sent}
}

func (p *platform) Spec() connector.Spec {
	return connector.Spec{Kind: "played", Callbacks: p.callbacks}
}
func (p *platform) Open(_ context.Context, l connector.Link, _ connector.Env) (connector.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened++
	if p.wrap != nil {
		return p.wrap(&played{p, l}), nil
	}
	return &played{p, l}, nil
}

type played struct {
	p *platform
	l connector.Link
}

func (c *played) Capabilities(key canon.ThreadKey) connector.Capabilities {
	c.p.mu.Lock()
	sick := c.p.sick
	c.p.mu.Unlock()
	if sick != "" && key.Peer == sick {
		panic("connection reset by a poisoned peer") // words of an outage must not pass for one
	}
	parts := map[string]connector.Level{}
	for _, k := range connector.PartKeys() {
		parts[k] = connector.Full
	}
	caps := connector.Capabilities{Parts: parts, Idempotent: c.p.idempotent, Text: connector.Length{Max: 2000, Unit: connector.Runes},
		Ops: map[connector.Operation]connector.Level{connector.OpsRevoke: connector.Full, connector.OpsEdit: connector.Full}}
	if c.p.settle != nil {
		caps.Ops[connector.OpsSettle] = connector.Full
	}
	if c.p.file != nil {
		caps.Ops[connector.OpsFile] = connector.Full
	}
	if c.p.fetch != nil {
		caps.Ops[connector.OpsFetch] = connector.Full
	}
	if c.p.tune != nil {
		c.p.tune(key, &caps)
	}
	return caps
}
func (c *played) Revokes() {}
func (c *played) Edits()   {}
func (c *played) Close(context.Context) error {
	if c.p.closing != nil {
		c.p.closing()
	}
	return nil
}
func (c *played) Send(_ context.Context, r connector.Request) (connector.Receipt, error) {
	c.p.mu.Lock()
	c.p.calls = append(c.p.calls, r)
	on := c.p.on
	c.p.mu.Unlock()
	if on != nil {
		if err := on(r); err != nil {
			return connector.Receipt{}, err
		}
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if len(c.p.fail) > 0 {
		err := c.p.fail[0]
		c.p.fail = c.p.fail[1:]
		if err != nil {
			return connector.Receipt{}, err
		}
	}
	if !c.p.keys[r.Key] {
		c.p.keys[r.Key] = true
		c.p.seen = append(c.p.seen, seen{r.Thread.Peer, r.Message.Fallback(), r.Key, r.Op, r.Target, r.Sender})
	}
	receipt := connector.Receipt{RemoteID: remoteOf(r.Key), State: c.p.receipt}
	for i := 1; i < len(r.Message.Parts) && r.Op == connector.OpPost; i++ {
		receipt.Also = append(receipt.Also, itemOf(r.Key, i))
	}
	return receipt, nil
}

func (c *played) Settle(_ context.Context, r connector.Request) (*connector.Receipt, error) {
	return c.p.settle(r)
}

func (c *played) File(_ context.Context, r connector.Request, sent connector.Receipt) error {
	return c.p.file(r, sent)
}

func (c *played) Fetch(_ context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	return c.p.fetch(m)
}

func remoteOf(key canon.ID) canon.RemoteID { return canon.RemoteID("r-" + key.String()) }

// itemOf is the platform's id of one of the messages a call made.
func itemOf(key canon.ID, at int) canon.RemoteID {
	if at == 0 {
		return remoteOf(key)
	}
	return remoteOf(key) + canon.RemoteID(rune('0'+at))
}

func (c *played) Routes() []connector.Route {
	return []connector.Route{{Method: "POST"}, {Method: "POST", Path: "/*"}}
}
func (c *played) Unseal(r connector.Raw) (connector.Opened, error) {
	if r.Header.Get("X-Secret") != "right" {
		return connector.Opened{}, errors.New("wrong secret")
	}
	if c.p.bare {
		return connector.Opened{Body: []byte("{}")}, nil
	}
	return connector.Opened{Body: r.Body}, nil
}
func (c *played) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	var b struct{ Envelopes []canon.Envelope }
	body := v.Body()
	if c.p.bare {
		body = v.Raw().Body
	}
	if err := json.Unmarshal(body, &b); err != nil {
		c.p.mu.Lock()
		defer c.p.mu.Unlock()
		if c.p.learned != nil {
			return connector.Batch{Envelopes: c.p.learned(body)}, nil
		}
		return connector.Batch{}, err
	}
	return connector.Batch{Envelopes: b.Envelopes}, nil
}
func (c *played) Ack(_ connector.Raw, o connector.Outcome) connector.Reply {
	return connector.Reply{Status: map[connector.Outcome]int{connector.Committed: 200, connector.Refused: 400, connector.Retry: 503}[o]}
}

// posts are the messages a peer would see, oldest first.
func (p *platform) posts(peer string) []seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []seen
	for _, s := range p.seen {
		if s.peer == canon.RemoteID(peer) && s.op == connector.OpPost {
			out = append(out, s)
		}
	}
	return out
}

func (p *platform) texts(peer string) []string {
	var out []string
	for _, s := range p.posts(peer) {
		out = append(out, s.text)
	}
	return out
}

// ops are the operations of a kind on a peer's messages.
func (p *platform) ops(peer string, op connector.Op) []seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.seen), func(s seen) bool { return s.peer != canon.RemoteID(peer) || s.op != op })
}

// tries is how often a text was tried to be sent to a peer.
func (p *platform) tries(peer, text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.calls {
		if r.Thread.Peer == canon.RemoteID(peer) && strings.Contains(r.Message.Fallback(), text) && r.Op == connector.OpPost {
			n++
		}
	}
	return n
}

// when sets what decides each send.
func (p *platform) when(on func(connector.Request) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
}
