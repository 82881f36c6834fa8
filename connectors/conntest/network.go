package conntest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
)

// network is the way out that the kit lends: it knows every connection, lets
// none go anywhere but to the platform, and breaks on demand.
type network struct {
	hosts     []string
	emu       Emulator
	forbidden func(address string)

	mu    sync.Mutex
	conns map[*wire]bool
	// down refuses new connections.
	down bool
	// cutAfter cuts every connection as soon as the platform has shown that
	// many calls to customers; 0 means never.
	cutAfter int
	// deafAfter lets nothing more out as soon as the platform has shown that
	// many calls; 0 means never.
	deafAfter int
	count     int
	pool      *http.Transport
}

func newNetwork(emu Emulator, forbidden func(string)) *network {
	return &network{hosts: emu.Hosts(), emu: emu, forbidden: forbidden, conns: map[*wire]bool{}}
}

var errDown = errors.New("the network is down")

func (n *network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	n.mu.Lock()
	n.count++
	down := n.down || n.over(n.deafAfter)
	n.mu.Unlock()
	if !slices.Contains(n.hosts, address) {
		n.forbidden(address)
		return nil, &net.OpError{Op: "dial", Net: kind, Err: errors.New("no way there from a conformance test")}
	}
	if down {
		return nil, &net.OpError{Op: "dial", Net: kind, Err: errDown}
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn, net: n}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns[w] = true
	return w, nil
}

// client is an HTTP client on this network.
func (n *network) client() *http.Client {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pool = &http.Transport{DialContext: n.dial, ForceAttemptHTTP2: false}
	return &http.Client{Transport: n.pool}
}

// opened is how many connections were asked for so far.
func (n *network) opened() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}

// breakDown cuts what is open and refuses new connections.
func (n *network) breakDown() {
	n.mu.Lock()
	n.down = true
	n.mu.Unlock()
	n.cut()
}

func (n *network) isDown() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.down
}

// cut cuts what is open.
func (n *network) cut() {
	n.mu.Lock()
	open := n.conns
	n.conns = map[*wire]bool{}
	pool := n.pool
	n.mu.Unlock()
	for w := range open {
		_ = w.Conn.Close()
	}
	if pool != nil {
		pool.CloseIdleConnections()
	}
}

// loseNext cuts the connection when one more call has become visible.
func (n *network) loseNext(visibleNow int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cutAfter = visibleNow + 1
}

// silenceAfter lets nothing out any more once one more call has become visible.
func (n *network) silenceAfter(visibleNow int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.deafAfter = visibleNow + 1
}

// over tells that the platform has shown at least limit calls.
func (n *network) over(limit int) bool {
	if limit == 0 {
		return false
	}
	shown := 0
	for _, c := range n.emu.Calls() {
		if c.Visible {
			shown++
		}
	}
	return shown >= limit
}

func (n *network) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down, n.cutAfter, n.deafAfter = false, 0, 0
}

func (n *network) close() {
	n.breakDown()
	n.heal()
}

// wire is one connection.
type wire struct {
	net.Conn
	net *network
}

var errCut = errors.New("connection reset by the conformance kit")

// Read passes on what the platform says, but not the answer to a call that is
// to be lost: the platform has taken it, and the connection breaks.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.net.mu.Lock()
	limit := w.net.cutAfter
	w.net.mu.Unlock()
	if w.net.over(limit) {
		_ = w.Conn.Close()
		return 0, &net.OpError{Op: "read", Net: "tcp", Err: errCut}
	}
	return n, err
}

// Write sends, unless nothing may leave any more.
func (w *wire) Write(p []byte) (int, error) {
	w.net.mu.Lock()
	limit := w.net.deafAfter
	w.net.mu.Unlock()
	if w.net.over(limit) {
		_ = w.Conn.Close()
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: errCut}
	}
	return w.Conn.Write(p)
}
