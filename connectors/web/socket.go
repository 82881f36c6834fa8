package web

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"sync"
	"time"

	"github.com/coder/websocket"

	"parley/core/canon"
	"parley/core/connector"
)

// The codes a socket is closed with.
const (
	closeFlood   = websocket.StatusPolicyViolation // 1008
	closeKind    = websocket.StatusUnsupportedData // 1003
	closeRestart = websocket.StatusServiceRestart  // 1012: come back soon
	closeResync  = websocket.StatusCode(4008)      // too slow: come back and read on with since
)

// socket is one open chat. At rest it is one goroutine that reads and this
// struct; what is to be written waits as flags and short answers, and a
// goroutine that writes them lives only as long as there is something. Lines
// never queue up here: they are read from the thread when the socket can take
// them, so a slow reader costs no more than a quick one.
type socket struct {
	talk
	ws      *websocket.Conn
	unwatch func()
	frames  bucket // of the reader alone
	slot    int    // place in the wheel, guarded by the wheel
	place   int

	rev      int64  // of the writer alone: what the browser has
	standing uint64 // of the writer alone: hash of the standing it has

	mu      sync.Mutex
	writing bool
	closed  bool
	changed bool   // lines or standing are to be read
	ping    bool   // a sign of life is to be asked for
	missed  int    // beats without one
	said    []byte // the newest typing to show
	out     [][]byte
}

// frame is one frame from the server; its kind tells which fields count.
type frame struct {
	Type string   `json:"t"`
	ID   string   `json:"id,omitempty"`   // ack, nack: the browser's key
	Code string   `json:"code,omitempty"` // nack
	Text string   `json:"text,omitempty"` // nack: words; typing: a bot's growing answer
	Wait int64    `json:"wait,omitempty"` // nack: milliseconds
	Now  int64    `json:"now,omitempty"`  // hello
	On   bool     `json:"on,omitempty"`   // typing
	Who  *whoWire `json:"who,omitempty"`  // typing
}

type linesFrame struct {
	Type string `json:"t"`
	linesWire
}

type standingFrame struct {
	Type     string       `json:"t"`
	Standing standingWire `json:"standing"`
}

var standingSeed = maphash.MakeSeed()

// wake takes note of what happened on the thread. It never blocks.
func (s *socket) wake(n connector.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.Changed {
		s.changed = true
	}
	if f, ok := typingFrame(n); ok {
		s.said = encode(f)
	}
	s.kick()
}

// typingFrame shows the customer that someone answers. Words are passed on only
// from a bot, whose answer grows; what an agent is writing is theirs.
func typingFrame(n connector.Notice) (frame, bool) {
	t, ok := n.Signal.(canon.Typing)
	if !ok {
		return frame{}, false
	}
	f := frame{Type: "typing", On: t.On, Who: who(n.Sender)}
	if n.Sender.Kind == "bot" {
		f.Text = t.Text
	}
	return f, true
}

// beat asks for a sign of life, and ends a socket that gave none twice.
func (s *socket) beat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.missed++; s.missed > 2 {
		go s.ws.CloseNow()
		return
	}
	s.ping = true
	s.kick()
}

// say queues an answer. A reader that does not take its answers is sent away.
func (s *socket) say(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.out) >= s.options.Limits.Queue {
		s.out = nil
		go s.close(closeResync, "resync")
		return
	}
	s.out = append(s.out, encode(f))
	s.kick()
}

// kick starts the writer if none runs. Call with mu held.
func (s *socket) kick() {
	if !s.writing && !s.closed {
		s.writing = true
		go s.write()
	}
}

// write writes until nothing is left to be written.
func (s *socket) write() {
	for {
		s.mu.Lock()
		out, said, changed, ping := s.out, s.said, s.changed, s.ping
		s.out, s.said, s.changed, s.ping = nil, nil, false, false
		if s.closed || (len(out) == 0 && said == nil && !changed && !ping) {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()

		ok := true
		for _, f := range out {
			ok = ok && s.put(f)
		}
		if ok && changed {
			ok = s.pull()
		}
		if ok && said != nil {
			ok = s.put(said)
		}
		if ok && ping {
			ok = s.put([]byte(`{"t":"ping"}`))
		}
		if !ok {
			s.mu.Lock()
			s.closed, s.writing = true, false
			s.mu.Unlock()
			_ = s.ws.CloseNow()
			return
		}
	}
}

// pull reads what changed and writes it. If the store is away, the next beat
// tries again.
func (s *socket) pull() bool {
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	for {
		lines, err := s.env.Chat.Since(ctx, s.thread(), s.rev, 100)
		if err != nil {
			s.later("read what is new", err)
			return true
		}
		if len(lines.Items) > 0 || lines.Resync {
			if !s.put(encode(linesFrame{"lines", s.wire(lines)})) {
				return false
			}
		}
		s.rev = lines.Rev
		if !lines.More {
			break
		}
	}
	standing, err := s.env.Chat.Standing(ctx, s.thread())
	if err != nil {
		s.later("read the standing", err)
		return true
	}
	raw := encode(standingFrame{"standing", standingOf(standing)})
	if sum := maphash.Bytes(standingSeed, raw); sum != s.standing {
		s.standing = sum
		return s.put(raw)
	}
	return true
}

func (s *socket) later(what string, err error) {
	s.env.Log.Warn("web chat could not "+what, "account", s.account.ID, "error", err)
	s.mu.Lock()
	s.changed = true
	s.mu.Unlock()
}

// put writes one frame; false means the reader is gone or too slow.
func (s *socket) put(raw []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), s.options.Limits.WriteWait)
	defer cancel()
	return s.ws.Write(ctx, websocket.MessageText, raw) == nil
}

// close says why and ends the socket.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	_ = s.ws.Close(code, reason)
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return []byte(`{"t":"none"}`) // no value of these types fails to encode
	}
	return raw
}
