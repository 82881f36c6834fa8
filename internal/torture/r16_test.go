package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// screen is what an agent's client holds: it is built from the live feed alone.
type screen struct {
	mu       sync.Mutex
	seq      int64
	gaps     []string
	messages map[core.ID]json.RawMessage
	resyncs  int
}

// entry takes one entry of the feed.
func (s *screen) entry(raw []byte) error {
	var e struct {
		core.FeedEntry
		Data struct {
			Message json.RawMessage `json:"message"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seq > 0 && e.Seq <= s.seq {
		s.gaps = append(s.gaps, fmt.Sprintf("entry %d came after %d", e.Seq, s.seq))
	}
	s.seq = e.Seq
	if len(e.Data.Message) > 0 {
		s.messages[e.Subject] = e.Data.Message
	}
	return nil
}

// follow keeps a client connected until ctx ends; chance cuts its network.
func (s *screen) follow(ctx context.Context, h *rig.Hub, token string, chance *rand.Rand, drops *atomic.Int64) error {
	for ctx.Err() == nil {
		life, cut := context.WithTimeout(ctx, time.Duration(20+chance.IntN(300))*time.Millisecond)
		err := s.once(life, h, token)
		cut()
		drops.Add(1)
		if err != nil && ctx.Err() == nil && life.Err() == nil {
			return err
		}
		time.Sleep(time.Duration(chance.IntN(200)) * time.Millisecond)
	}
	return nil
}

func (s *screen) once(ctx context.Context, h *rig.Hub, token string) error {
	s.mu.Lock()
	since := s.seq
	s.mu.Unlock()
	address := fmt.Sprintf("ws://%s/api/v1/live?since=%d", h.Addr, since)
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		return err
	}
	defer conn.CloseNow() // as a network that is gone: no goodbye
	conn.SetReadLimit(8 << 20)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		var head struct {
			Type string `json:"type"`
			Seq  int64  `json:"seq"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return err
		}
		switch head.Type {
		case "entry":
			if err := s.entry(raw); err != nil {
				return err
			}
		case "watermark", "ready":
			s.mu.Lock()
			s.seq = max(s.seq, head.Seq)
			s.mu.Unlock()
		case "resync":
			s.mu.Lock()
			s.resyncs++
			s.mu.Unlock()
		}
	}
}

// After every loss of network an agent's screen is what the hub holds, byte
// for byte.
func TestR16_AfterReconnectNothingIsMissing(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		api := start(t, h)
		p := linkHTTP(t, h, api, answerer(t, api))
		s := &screen{messages: map[core.ID]json.RawMessage{}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var drops atomic.Int64
		done := make(chan error, 1)
		own := rand.New(rand.NewPCG(chance.Uint64(), 3))
		go func() { done <- s.follow(ctx, h, api.Token, own, &drops) }()

		losses, rounds := int64(long(500, 15)), 0
		for ; drops.Load() < losses; rounds++ {
			i := rounds
			peer := canon.RemoteID(fmt.Sprintf("peer-%d", chance.IntN(10)))
			words := []string{theQuestion, "hello", "第二天到吗"}[chance.IntN(3)]
			id := canon.RemoteID(fmt.Sprintf("m-%d", i))
			e := p.Does(peer, canon.Posted{Message: canon.Message{RemoteID: id, Parts: []canon.Part{canon.Text{Body: words}}}})
			if a, err := p.Post(t.Context(), p.hook, e); err != nil || !a.Accepted() {
				t.Fatalf("post: %v %d", err, a.Status)
			}
			switch chance.IntN(4) {
			case 0:
				e := p.Does(peer, canon.Edited{Target: id, Message: canon.Message{Parts: []canon.Part{canon.Text{Body: words + " (edited)"}}}})
				if a, err := p.Post(t.Context(), p.hook, e); err != nil || !a.Accepted() {
					t.Fatalf("edit: %v %d", err, a.Status)
				}
			case 1:
				e := p.Does(peer, canon.Revoked{Target: id})
				if a, err := p.Post(t.Context(), p.hook, e); err != nil || !a.Accepted() {
					t.Fatalf("revoke: %v %d", err, a.Status)
				}
			}
			time.Sleep(time.Duration(chance.IntN(60)) * time.Millisecond)
		}
		var differ []string
		err := rig.Until(t.Context(), 40*time.Second, func() (bool, error) {
			all, err := rawMessages(t.Context(), api)
			if err != nil {
				return false, err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			differ = differences(s.messages, all)
			return len(differ) == 0 && len(all) >= rounds, nil
		})
		stop()
		if end := <-done; end != nil {
			t.Error(end)
		}
		for _, what := range differ[:min(len(differ), 5)] {
			t.Error(what)
		}
		if err != nil && len(differ) == 0 {
			t.Error(err)
		}
		if len(s.gaps) > 0 {
			t.Errorf("out of order: %s", strings.Join(s.gaps[:min(3, len(s.gaps))], "; "))
		}
		t.Logf("%d losses of network, %d messages, %d resynchronisations", drops.Load(), len(s.messages), s.resyncs)
	})
}

// rawMessages reads all messages as the API writes them.
func rawMessages(ctx context.Context, api *rig.API) (map[core.ID]json.RawMessage, error) {
	convs, err := api.Conversations(ctx, "status=open", 100_000)
	if err != nil {
		return nil, err
	}
	all := map[core.ID]json.RawMessage{}
	for _, c := range convs {
		before := int64(0)
		for {
			var page rig.Page[json.RawMessage]
			if err := api.Call(ctx, http.MethodGet, fmt.Sprintf("/conversations/%s/messages?limit=200&before=%d", c.ID, before), nil, &page); err != nil {
				return nil, err
			}
			for _, raw := range page.Items {
				var m struct {
					ID  core.ID `json:"id"`
					Pos int64   `json:"pos"`
				}
				if err := json.Unmarshal(raw, &m); err != nil {
					return nil, err
				}
				all[m.ID] = raw
				before = m.Pos
			}
			if len(page.Items) < 200 {
				break
			}
		}
	}
	return all, nil
}

// differences says where a screen differs from what the hub holds.
func differences(screen, hub map[core.ID]json.RawMessage) []string {
	var out []string
	for id, want := range hub {
		got, ok := screen[id]
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("message %s is not on the screen", id))
		case !bytes.Equal(compact(got), compact(want)):
			out = append(out, fmt.Sprintf("message %s is on the screen as\n%s\nand is\n%s", id, got, want))
		}
	}
	for id := range screen {
		if _, ok := hub[id]; !ok {
			out = append(out, fmt.Sprintf("message %s is on the screen only", id))
		}
	}
	return out
}

func compact(raw []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

func TestR16_TheComparisonSeesEveryDifference(t *testing.T) {
	a, b := canon.NewID(), canon.NewID()
	hub := map[core.ID]json.RawMessage{a: json.RawMessage(`{"x":1}`), b: json.RawMessage(`{"x":2}`)}
	for _, c := range []struct {
		name   string
		screen map[core.ID]json.RawMessage
		differ int
	}{
		{"the same", map[core.ID]json.RawMessage{a: json.RawMessage(`{"x": 1}`), b: json.RawMessage(`{"x":2}`)}, 0},
		{"one missed", map[core.ID]json.RawMessage{a: json.RawMessage(`{"x":1}`)}, 1},
		{"an edit missed", map[core.ID]json.RawMessage{a: json.RawMessage(`{"x":1}`), b: json.RawMessage(`{"x":1}`)}, 1},
		{"one too many", map[core.ID]json.RawMessage{a: json.RawMessage(`{"x":1}`), b: json.RawMessage(`{"x":2}`), canon.NewID(): json.RawMessage(`{}`)}, 1},
	} {
		if got := differences(c.screen, hub); len(got) != c.differ {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
