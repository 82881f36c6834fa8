package egress

import (
	"net"
	"sync/atomic"
)

// countedConn knows whether anything was written to the socket. On a kept-alive
// connection the count is compared with that at the request's start.
type countedConn struct {
	net.Conn
	// state counts writes begun, less those that failed with no byte taken by
	// the kernel; the sign bit says that no further write may begin.
	state atomic.Int64
}

const sealed = -1 << 62

func count(conn net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: conn}, nil
}

// Write counts before it writes, so that a reader of the count can be wrong in
// one direction only: towards "something may have left".
func (c *countedConn) Write(p []byte) (int, error) {
	if c.state.Add(1) < 0 {
		c.state.Add(-1)
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Write(p)
	if n == 0 && err != nil {
		c.state.Add(-1)
	}
	return n, err
}

// writes is how many writes have begun.
func (c *countedConn) writes() int64 {
	n := c.state.Load()
	if n < 0 {
		n -= sealed
	}
	return n
}

// seal forbids further writes and returns how many had begun. After a failed
// round trip the transport's write loop may still be about to write; sealing
// makes the count final before it is judged.
func (c *countedConn) seal() int64 {
	for {
		n := c.state.Load()
		if n < 0 {
			return n - sealed
		}
		if c.state.CompareAndSwap(n, n+sealed) {
			return n
		}
	}
}
