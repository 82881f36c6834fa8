package played_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// cable stands between a client and its hub and is cut as a network is: with a
// refusal for whoever comes, or without a word, so that nothing arrives and
// nobody is told.
type cable struct {
	net.Listener
	to string

	mu    sync.Mutex
	state cableState
	moved *sync.Cond
	left  int // bytes for the client until it is cut by itself; negative: it is not
	then  cableState
	open  map[net.Conn]bool
	cuts  int
}

type cableState int

const (
	carries cableState = iota
	refuses            // connections are reset, new ones too
	silent             // connections stay, and carry nothing
)

func lay(t *testing.T, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &cable{Listener: l, to: to, left: -1, open: map[net.Conn]bool{}}
	x.moved = sync.NewCond(&x.mu)
	t.Cleanup(func() { l.Close(); x.cut(refuses) })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(near.(*net.TCPConn))
		}
	}()
	return x
}

// cut cuts the line now.
func (x *cable) cut(how cableState) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.become(how)
}

// cutAfter cuts it when some more bytes went to the client, in the middle of
// whatever they are part of.
func (x *cable) cutAfter(bytes int, how cableState) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.left, x.then = bytes, how
}

func (x *cable) become(how cableState) {
	if x.state == carries && how != carries {
		x.cuts++
	}
	x.state, x.left = how, -1
	if how == refuses {
		x.reset()
	}
	x.moved.Broadcast()
}

func (x *cable) reset() {
	for c := range x.open {
		_ = c.(*net.TCPConn).SetLinger(0) // as a router that knows of nothing
		c.Close()
	}
	clear(x.open)
}

// mend lets it carry again. What stood still goes on where it stood, or is
// gone: a router in between may have forgotten it.
func (x *cable) mend(goesOn bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !goesOn {
		x.reset()
	}
	x.become(carries)
}

// isCut reports whether the line was cut.
func (x *cable) isCut() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state != carries
}

func (x *cable) carry(near *net.TCPConn) {
	defer near.Close()
	if !x.holds(near) || !x.pass(near) {
		return
	}
	c, err := net.Dial("tcp", x.to)
	if err != nil {
		return
	}
	far := c.(*net.TCPConn)
	defer far.Close()
	if !x.holds(far) {
		return
	}
	go func() {
		defer near.Close()
		defer far.Close()
		x.copy(far, near, false)
	}()
	x.copy(near, far, true)
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.open, near)
	delete(x.open, far)
}

func (x *cable) copy(to, from *net.TCPConn, toClient bool) {
	buf := make([]byte, 8<<10)
	for {
		n, err := from.Read(buf)
		for at := 0; at < n; {
			some := n - at
			if toClient {
				some = x.take(some)
			}
			if !x.pass(from) {
				return
			}
			if _, err := to.Write(buf[at : at+some]); err != nil {
				return
			}
			at += some
		}
		if err != nil {
			if err == io.EOF && x.pass(from) {
				_ = to.CloseWrite()
			}
			return
		}
	}
}

// take is how much of some bytes may go before the line is cut by itself, and
// cuts it when none may.
func (x *cable) take(n int) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.left < 0 || x.state != carries {
		return n
	}
	n = min(n, x.left)
	if x.left -= n; x.left == 0 {
		x.become(x.then)
	}
	return n
}

// pass waits while the line is silent, and reports whether the connection is
// still there.
func (x *cable) pass(c net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for x.state == silent && x.open[c] {
		x.moved.Wait()
	}
	return x.open[c]
}

func (x *cable) holds(c net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state == refuses {
		_ = c.(*net.TCPConn).SetLinger(0)
		return false
	}
	x.open[c] = true
	return true
}
