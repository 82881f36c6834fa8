package journey

import (
	"io"
	"net"
	"sync"
	"testing"
)

// line is the network between somebody and the hub: it can be cut, in the middle
// of whatever passes, and mended again. A browser's own offline switch leaves
// sockets alone that are already open; a cut line does not.
type line struct {
	url string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

// lay lays a line to the hub.
func lay(t testing.TB, h *hub) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &line{url: "http://" + l.Addr().String(), conns: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); x.sever() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(near, host(h.url))
		}
	}()
	return x
}

func (x *line) carry(near net.Conn, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil || !x.hold(near, far) {
		near.Close()
		if far != nil {
			far.Close()
		}
		return
	}
	end := func() { near.Close(); far.Close() }
	go func() { io.Copy(far, near); end() }()
	io.Copy(near, far)
	end()
	x.mu.Lock()
	delete(x.conns, near)
	delete(x.conns, far)
	x.mu.Unlock()
}

func (x *line) hold(both ...net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cut {
		return false
	}
	for _, c := range both {
		x.conns[c] = true
	}
	return true
}

// sever cuts every connection and lets no new one through.
func (x *line) sever() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cut = true
	for c := range x.conns {
		c.Close()
	}
}

func (x *line) mend() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cut = false
}
