package played

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Wire is the network between one client and the hub. Where it is cut, what was
// on its way is lost and nothing new gets through.
type Wire struct {
	URL  string
	to   string
	mu   sync.Mutex
	cut  bool
	open map[net.Conn]bool
}

// wire lays one to the hub; it is taken away when the test ends.
func (h *Hub) wire(t testing.TB) *Wire {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	w := &Wire{URL: "http://" + l.Addr().String(), to: strings.TrimPrefix(h.URL, "http://"), open: map[net.Conn]bool{}}
	t.Cleanup(func() {
		l.Close()
		w.Cut(true)
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // the end of the test
			}
			go w.carry(c)
		}
	}()
	return w
}

// Cut cuts the wire or mends it.
func (w *Wire) Cut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for c := range w.open {
			c.Close()
		}
		clear(w.open)
	}
}

// carry takes a connection to the hub and back.
func (w *Wire) carry(c net.Conn) {
	defer c.Close()
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer far.Close()
	w.mu.Lock()
	if w.cut {
		w.mu.Unlock()
		return
	}
	w.open[c], w.open[far] = true, true
	w.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{far, c}, {c, far}} {
		go func() {
			io.Copy(pair[0], pair[1]) // its error is that the wire is cut
			done <- struct{}{}
		}()
	}
	<-done
	w.mu.Lock()
	delete(w.open, c)
	delete(w.open, far)
	w.mu.Unlock()
}
