package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"parley/core/canon"
	"parley/core/connector"
)

// live opens a socket: GET …/live?ticket=…&since=N.
func (x *exchange) live() {
	if !x.site.ours(x.r, true) {
		x.fail(foreign)
		return
	}
	q := x.r.URL.Query()
	v, err := x.admit(q.Get("ticket"))
	if err != nil {
		x.fail(err)
		return
	}
	x.visitor, x.lang = v, or(v.Locale, x.lang)
	if x.env.Chat.Refused(x.r.Context(), x.account.ID, x.addr, v.Peer) {
		x.fail(unavailable)
		return
	}
	since, _ := strconv.ParseInt(q.Get("since"), 10, 64) // unreadable counts as none
	first, ok := x.visitors.enter(v.Peer, x.options.Limits.Sockets)
	if !ok {
		x.fail(tooMany)
		return
	}
	ws, err := websocket.Accept(thin{x.w}, x.r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the origin was checked above, more strictly
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		x.visitors.leave(v.Peer) // Accept has answered
		return
	}
	ws.SetReadLimit(x.options.Limits.FrameBytes)
	s := &socket{talk: x.talk, ws: ws, rev: max(0, since)}
	if !x.wheel.add(s) {
		x.visitors.leave(v.Peer)
		s.close(closeRestart, "restarting")
		return
	}
	if first {
		s.sink.Signal(s.ctx, s.thread(), canon.Presence{Online: true})
	}
	// The server's own goroutine ends here and frees what the request needed.
	go s.read()
}

// read takes in frames until the socket ends.
func (s *socket) read() {
	defer s.gone()
	s.say(frame{Type: "hello", Now: s.now().UnixMilli()})
	s.unwatch = s.env.Chat.Watch(s.thread(), s.wake)
	s.wake(connector.Notice{Changed: true}) // what changed before the watch stood
	l := s.options.Limits
	for {
		kind, raw, err := s.ws.Read(context.Background())
		if err != nil {
			return // closed, too large (the library answered 1009), or broken
		}
		if kind != websocket.MessageText {
			s.close(closeKind, "text only")
			return
		}
		if _, ok := s.frames.take(s.now(), l.FrameRate, l.FrameBurst); !ok {
			s.close(closeFlood, "too many frames")
			return
		}
		s.mu.Lock()
		s.missed = 0
		s.mu.Unlock()
		s.handle(raw)
	}
}

func (s *socket) gone() {
	if s.unwatch != nil {
		s.unwatch()
	}
	s.wheel.remove(s)
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	_ = s.ws.CloseNow()
	if s.visitors.leave(s.visitor.Peer) && s.ctx.Err() == nil {
		s.sink.Signal(s.ctx, s.thread(), canon.Typing{})
		s.sink.Signal(s.ctx, s.thread(), canon.Presence{})
	}
}

// handle does what one frame asks. What stores something is answered with ack
// or nack, and ack only after the commit.
func (s *socket) handle(raw []byte) {
	var head struct {
		Type string `json:"t"`
		ID   string `json:"id"`
	}
	if json.Unmarshal(raw, &head) != nil {
		s.answer("", decode(raw, &head))
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, 20*time.Second)
	defer cancel()
	switch head.Type {
	case "post":
		var in postRequest
		err := decode(raw, &in)
		if err == nil {
			err = s.post(ctx, in)
		}
		s.answer(head.ID, err)
	case "mark":
		var in markRequest
		err := decode(raw, &in)
		if err == nil {
			err = s.mark(ctx, in)
		}
		s.answer(head.ID, err)
	case "typing":
		var in typingRequest
		if decode(raw, &in) == nil {
			s.typing(ctx, in)
		}
	case "look":
		var in lookRequest
		if decode(raw, &in) == nil {
			s.look(ctx, in)
		}
	}
}

func (s *socket) answer(id string, err error) {
	if err == nil {
		s.say(frame{Type: "ack", ID: id})
		return
	}
	t := asTrouble(err)
	s.say(frame{Type: "nack", ID: id, Code: t.code, Text: t.text.In(s.lang), Wait: t.wait.Milliseconds()})
}

// thin hands the connection over with buffers of a visitor's size: thousands of
// sockets are silent nearly always, and what they do say is short.
type thin struct{ http.ResponseWriter }

const thinBuffer = 512

// Hijack is what the WebSocket library takes the connection over by.
func (t thin) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	// What the server read ahead has to stand in the new buffer.
	ahead := rw.Reader.Buffered()
	r := bufio.NewReaderSize(struct{ io.Reader }{rw.Reader}, max(thinBuffer, ahead)) // bare, or bufio keeps the large one
	if _, err := r.Peek(ahead); err != nil {
		nc.Close()
		return nil, nil, err
	}
	return nc, bufio.NewReadWriter(r, bufio.NewWriterSize(nc, thinBuffer)), nil
}
