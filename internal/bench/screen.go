package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"parley/internal/bench/load"
)

// screen is an agent's socket that reads with as little work as there can be,
// many frames with one call: the hub is to be measured, not its reader.
type screen struct {
	conn    net.Conn
	in      *bufio.Reader
	scratch []byte
	seq     int64 // newest entry or watermark

	frames, bytes int64

	typing, lines load.Histogram
}

// ended is why a socket ended: a close code, or 1006 for none.
type ended int

func (e ended) Error() string { return "the socket ended with " + strconv.Itoa(int(e)) }

// openScreen opens an agent's socket; since is "" or a query.
func openScreen(ctx context.Context, addr, token, since string) (*screen, error) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open an agent's socket: %w", err)
	}
	s := &screen{conn: conn, in: bufio.NewReaderSize(conn, 256<<10)}
	fmt.Fprintf(conn, "GET /api/v1/live%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", since, addr, token)
	res, err := http.ReadResponse(s.in, nil)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open an agent's socket: %w", err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		conn.Close()
		return nil, fmt.Errorf("open an agent's socket: answered %d", res.StatusCode)
	}
	return s, nil
}

// next is the payload of the next text frame, good until the one after it.
func (s *screen) next() ([]byte, error) {
	for {
		head, err := s.in.Peek(2)
		if err != nil {
			return nil, ended(1006)
		}
		op, n, skip := head[0]&0x0f, int(head[1]&0x7f), 2
		switch n {
		case 126:
			if head, err = s.in.Peek(4); err == nil {
				n, skip = int(binary.BigEndian.Uint16(head[2:])), 4
			}
		case 127:
			if head, err = s.in.Peek(10); err == nil {
				n, skip = int(binary.BigEndian.Uint64(head[2:])), 10
			}
		}
		if err != nil {
			return nil, ended(1006)
		}
		if _, err := s.in.Discard(skip); err != nil {
			return nil, ended(1006)
		}
		if cap(s.scratch) < n {
			s.scratch = make([]byte, n)
		}
		body := s.scratch[:n]
		if _, err := io.ReadFull(s.in, body); err != nil {
			return nil, ended(1006)
		}
		switch op {
		case 1:
			return body, nil
		case 8:
			code := 1005
			if len(body) >= 2 {
				code = int(binary.BigEndian.Uint16(body))
			}
			s.answer(8, body)
			return nil, ended(code)
		case 9:
			s.answer(10, body)
		}
	}
}

// answer writes a control frame, masked with nothing.
func (s *screen) answer(op byte, body []byte) {
	_, _ = s.conn.Write(append([]byte{0x80 | op, 0x80 | byte(len(body)), 0, 0, 0, 0}, body...)) // what fails ends the reading too
}

var (
	mark    = []byte("mark-")
	seqIs   = []byte(`"seq":`)
	signal  = []byte(`"signal"`)
	message = []byte(`"kind":"message"`)
)

// look takes a frame, now, for what was sent when, and counts posts in seen.
func (s *screen) look(raw []byte, now time.Time, sent func(string) (time.Time, bool), seen *atomic.Int64) {
	s.frames++
	s.bytes += int64(len(raw))
	if _, after, ok := bytes.Cut(raw[:min(len(raw), 80)], seqIs); ok {
		v := int64(0)
		for _, c := range after {
			if c < '0' || c > '9' {
				break
			}
			v = v*10 + int64(c-'0')
		}
		s.seq = max(s.seq, v)
	}
	head := raw[:min(len(raw), 100)]
	typing := bytes.Contains(head[:min(len(head), 40)], signal)
	if !typing && !bytes.Contains(head, message) {
		return
	}
	from := bytes.Index(raw, mark)
	if from < 0 {
		return
	}
	to := from + bytes.IndexAny(raw[from:], `" `)
	if to < from {
		return
	}
	when, known := sent(string(raw[from:to]))
	switch {
	case !known:
	case typing:
		s.typing.Add(now.Sub(when))
	default:
		s.lines.Add(now.Sub(when))
		seen.Add(1)
	}
}

// since is the query that goes on where the screen ended.
func (s *screen) since() string { return "?since=" + strconv.FormatInt(s.seq, 10) }
