package played

import (
	"net"
	"strings"
	"sync"
	"testing"
)

// Wire is the network between one client and the hub. Cut, what was on its way
// is lost, both ends know at once, and nothing new gets through. Held, nothing
// gets through and nobody is told.
type Wire struct {
	URL  string
	to   string
	mu   sync.Mutex
	turn *sync.Cond // state or open has changed
	cut  bool
	held bool
	open map[net.Conn]bool
}

// wire lays one to the hub; it is taken away when the test ends.
func (h *Hub) wire(t testing.TB) *Wire {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	w := &Wire{URL: "http://" + l.Addr().String(), to: strings.TrimPrefix(h.URL, "http://"), open: map[net.Conn]bool{}}
	w.turn = sync.NewCond(&w.mu)
	t.Cleanup(func() {
		l.Close()
		w.Cut()
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

// Cut cuts the wire.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut, w.held = true, false
	w.end()
}

// Hold lets nothing through.
func (w *Wire) Hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = true
}

// Mend lets through what comes from now on; and, unless it was lost, what was
// held.
func (w *Wire) Mend(lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if lost {
		w.end()
	}
	w.cut, w.held = false, false
	w.turn.Broadcast()
}

// end ends every connection; w.mu is held.
func (w *Wire) end() {
	for c := range w.open {
		c.Close()
	}
	clear(w.open)
	w.turn.Broadcast()
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
			w.copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
	w.mu.Lock()
	delete(w.open, c)
	delete(w.open, far)
	w.turn.Broadcast()
	w.mu.Unlock()
}

// copy takes bytes one way until the connection ends, in whatever way.
func (w *Wire) copy(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		w.mu.Lock()
		for w.held && w.open[to] {
			w.turn.Wait()
		}
		there := w.open[to]
		w.mu.Unlock()
		if !there {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
