package api

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"
)

// frame writes a value as one whole text frame of a server (RFC 6455 §5.2): the
// same bytes serve every socket.
func frame(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 0, 10+len(body))
	head = append(head, 0x81) // whole, text
	switch n := len(body); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	return append(head, body...), nil
}

// line is the connection of a live socket. What the hub tells goes out as
// ready-made frames, many with one call; the library, which does the rest of the
// protocol, writes its short control frames between them. Safe for concurrent
// use.
type line struct {
	net.Conn
	mu sync.Mutex
}

// Write is the library's. It writes a control frame with one call.
func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(p), l.put(p)
}

// maxBatch is about how many bytes go out with one call.
const maxBatch = 64 << 10

var batches = sync.Pool{New: func() any {
	b := make([]byte, 0, maxBatch)
	return &b
}}

// send writes frames unless the socket has ended. An error means that the
// client is gone or takes nothing.
func (l *line) send(ended func() bool, frames ...[]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ended() {
		return net.ErrClosed // its last frame may be out
	}
	if len(frames) == 1 {
		return l.put(frames[0])
	}
	buf := batches.Get().(*[]byte)
	defer batches.Put(buf)
	out := (*buf)[:0]
	for _, f := range frames {
		if len(out) > 0 && len(out)+len(f) > maxBatch {
			if err := l.put(out); err != nil {
				return err
			}
			out = out[:0]
		}
		if len(f) > maxBatch {
			if err := l.put(f); err != nil {
				return err
			}
			continue
		}
		out = append(out, f...)
	}
	return l.put(out)
}

func (l *line) put(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if err := l.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := l.Conn.Write(p)
	return err
}

// tap keeps the connection that the library takes over.
type tap struct {
	http.ResponseWriter
	line *line
}

// Hijack is what the library takes the connection over by.
func (t *tap) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.line = &line{Conn: nc}
	return t.line, bufio.NewReadWriter(rw.Reader, bufio.NewWriterSize(t.line, 512)), nil
}
