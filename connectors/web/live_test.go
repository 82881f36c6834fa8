package web

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

func TestSocketShowsWhatHappensOnTheThread(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	l := r.live(s.Ticket, s.Lines.Rev)
	if h := l.next("hello"); h.Now != r.now().UnixMilli() {
		t.Errorf("hello %+v", h.frame)
	}
	if st := l.next("standing"); !st.Standing.Open || st.Standing.Ask != "parley:human" {
		t.Errorf("standing %+v", st.Standing)
	}
	l.send(postRequestFrame("abcdefgh", "你好"))
	if a := l.next("ack"); a.ID != "abcdefgh" {
		t.Errorf("ack %+v", a.frame)
	}
	mine := l.next("lines")
	if len(mine.Items) != 1 || mine.Items[0].Client != "abcdefgh" || mine.Items[0].From != "customer" {
		t.Fatalf("own line %+v", mine.Items)
	}
	sent := r.hub.Say(thread, fakehub.Agent, canon.Text{Body: "在的", HTML: "<b>在的</b>"})
	got := l.next("lines")
	if got.Rev <= mine.Rev || got.Items[0].Parts[0].Text != "在的" || got.Items[0].Who.Name != "林小满" || got.Items[0].Remote == "" {
		t.Errorf("line %+v", got.Items)
	}
	r.hub.Stand(thread, func(s *connector.Standing) {
		s.Owner, s.Place, s.Wait, s.Conversation = "queue", 3, 2*time.Minute, canon.NewID()
	})
	if st := l.next("standing").Standing; st.Place != 3 || st.Wait != 120 || st.Owner != "queue" || st.Conversation == "" {
		t.Errorf("standing %+v", st)
	}
	r.hub.Recall(thread, sent.ID)
	if gone := l.next("lines").Items; len(gone) != 1 || !gone[0].Recalled || len(gone[0].Parts) != 0 {
		t.Errorf("recalled line still says %+v", gone)
	}
	l.send(map[string]string{"t": "mark", "id": "m1", "read": got.Items[0].Remote})
	if a := l.next("ack"); a.ID != "m1" {
		t.Errorf("ack %+v", a.frame)
	}
	last := r.hub.Commits()[1]
	if rec, ok := last.Event.(canon.Receipt); !ok || rec.State != canon.Read || !rec.Through || string(rec.Target) != got.Items[0].Remote {
		t.Errorf("receipt %+v", last.Event)
	}
}

func postRequestFrame(id, text string) map[string]string {
	return map[string]string{"t": "post", "id": id, "text": text}
}

func TestSocketResumesWithSince(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	for range 3 {
		r.hub.Say(thread, fakehub.Bot, canon.Text{Body: "x"})
	}
	l := r.live(s.Ticket, 1)
	if got := l.next("lines"); len(got.Items) != 2 || got.Rev != 3 {
		t.Errorf("since 1 gave %d lines to rev %d", len(got.Items), got.Rev)
	}
	r.hub.Forget(thread)
	again, _ := r.session(sessionRequest{Token: s.Token})
	if got := r.live(again.Ticket, 1).next("lines"); !got.Resync {
		t.Error("a revision beyond what is kept did not resync")
	}
}

func TestManyLinesComeInStretches(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	for range 250 {
		r.hub.Say(thread, fakehub.Bot, canon.Text{Body: "x"})
	}
	l := r.live(s.Ticket, 0)
	var got int64
	for got < 250 {
		for _, one := range l.next("lines").Items {
			if got++; one.Rev != got {
				t.Fatalf("line %d has revision %d", got, one.Rev)
			}
		}
	}
}

func TestX09_TicketCountsOnce(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	r.live(s.Ticket, 0).next("hello")
	late, _ := r.session(sessionRequest{})
	foreign, err := r.conn.sign(forTicket, r.other, newVisitor("en"), time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, ticket := range map[string]string{"spent": s.Ticket, "token": s.Token, "none": "", "of another account": foreign} {
		if _, res, err := r.dial(ticket, 0); err == nil || res.StatusCode != 401 {
			t.Errorf("%s ticket: %v", name, res)
		}
	}
	r.pass(31 * time.Second)
	if _, res, err := r.dial(late.Ticket, 0); err == nil || res.StatusCode != 401 {
		t.Errorf("ticket after 31 s: %v", res)
	}
}

func TestX09_FloodOversizeAndBinaryEndTheSocket(t *testing.T) {
	r := newRig(t, Limits{FrameBurst: 5, FrameRate: 1})
	for name, c := range map[string]struct {
		do   func(*live)
		code websocket.StatusCode
	}{
		"flood": {func(l *live) {
			for range 6 {
				_ = l.ws.Write(t.Context(), websocket.MessageText, []byte(`{"t":"pong"}`))
			}
		}, 1008},
		"64 KiB and one": {func(l *live) {
			l.send(`{"t":"pong","x":"` + strings.Repeat("x", 64<<10) + `"}`)
		}, 1009},
		"binary": {func(l *live) {
			_ = l.ws.Write(t.Context(), websocket.MessageBinary, []byte("x"))
		}, 1003},
	} {
		s, thread := r.session(sessionRequest{})
		l := r.live(s.Ticket, 0)
		l.next("hello")
		c.do(l)
		if got := l.ends(); got != c.code {
			t.Errorf("%s: closed with %d, want %d", name, got, c.code)
		}
		eventually(t, name+": the watch ends", func() bool { return r.hub.Watchers(thread) == 0 })
	}
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	for range 5 { // up to the limit is fine
		l.send(postRequestFrame("short", ""))
		l.next("nack")
	}
	r.pass(5 * time.Second)
	l.send(postRequestFrame("abcdefgh", "x"))
	l.next("ack")
}

func TestBadFramesAreAnsweredAndHarmless(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	for _, c := range [][2]string{
		{`{`, "json"},
		{`[]`, "json"},
		{`{"t":"post"}`, "invalid_id"},
		{`{"t":"post","id":7}`, "json"},
		{`{"t":"post","id":"a b c d"}`, "invalid_id"},
		{`{"t":"post","id":"abcdefgh","text":" \n "}`, "invalid_text"},
		{`{"t":"post","id":"abcdefgh","files":["x"]}`, "invalid_files"},
		{`{"t":"post","id":"abcdefgh","place":{"lat":91,"lon":0}}`, "invalid_place"},
		{`{"t":"post","id":"abcdefgh","action":{"target":"x"}}`, "invalid_action"},
		{`{"t":"mark","id":"m"}`, "invalid_target"},
	} {
		l.send(c[0])
		if n := l.next("nack"); n.Code != c[1] || n.Text == "" {
			t.Errorf("%s: %+v, want %s", c[0], n.frame, c[1])
		}
	}
	l.send(`{"t":"of a newer panel"}`)
	l.send(postRequestFrame("abcdefgh", "still here"))
	l.next("ack")
}

// A reader that takes nothing costs a bounded queue, then the socket.
func TestSlowReaderIsSentAwayToResync(t *testing.T) {
	r := newRig(t, Limits{Queue: 3})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("standing")
	sock := r.onlySocket()
	sock.mu.Lock()
	sock.writing = true // as if a write hung
	sock.mu.Unlock()
	for range 4 {
		sock.say(frame{Type: "ack"})
	}
	if got := l.ends(); got != closeResync {
		t.Errorf("closed with %d, want 4008", got)
	}
}

func TestStuckWriteEndsTheSocket(t *testing.T) {
	r := newRig(t, Limits{WriteWait: 50 * time.Millisecond})
	s, thread := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("standing")
	big := strings.Repeat("中", 6000)
	eventually(t, "a browser that stopped reading is let go", func() bool {
		for range 50 {
			r.hub.Say(thread, fakehub.Bot, canon.Text{Body: big})
		}
		return r.hub.Watchers(thread) == 0
	})
	if n := len(r.conn.wheel.stop()); n != 0 {
		t.Errorf("%d sockets left in the wheel", n)
	}
}

func (r *rig) onlySocket() *socket {
	r.t.Helper()
	r.conn.wheel.mu.Lock()
	defer r.conn.wheel.mu.Unlock()
	for _, slot := range r.conn.wheel.slots {
		for _, s := range slot {
			return s
		}
	}
	r.t.Fatal("no socket")
	return nil
}

func TestSilentSocketIsAskedThenEnded(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("standing")
	sock := r.onlySocket()
	for range 5 { // one that answers lives on
		sock.beat()
		l.next("ping")
		l.send(`{"t":"pong"}`)
		eventually(t, "the pong counts", func() bool { sock.mu.Lock(); defer sock.mu.Unlock(); return sock.missed == 0 })
	}
	for range 3 {
		sock.beat()
	}
	eventually(t, "a silent socket ends", func() bool { return r.hub.Watchers(thread) == 0 })
}

func TestClosedLinkSendsVisitorsAwayToComeBack(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("standing")
	ended := make(chan websocket.StatusCode, 1)
	go func() { ended <- l.ends() }()
	if err := r.conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != websocket.StatusServiceRestart {
		t.Errorf("closed with %d, want 1012", code)
	}
}

func TestTooManySocketsOfOneVisitor(t *testing.T) {
	r := newRig(t, Limits{Sockets: 2})
	s, _ := r.session(sessionRequest{})
	var open []*live
	for range 2 {
		again, _ := r.session(sessionRequest{Token: s.Token})
		open = append(open, r.live(again.Ticket, 0))
	}
	again, _ := r.session(sessionRequest{Token: s.Token})
	if _, res, err := r.dial(again.Ticket, 0); err == nil || res.StatusCode != 429 {
		t.Errorf("third socket: %v", res)
	}
	_ = open[0].ws.Close(websocket.StatusNormalClosure, "")
	eventually(t, "a place is free again", func() bool {
		again, _ := r.session(sessionRequest{Token: s.Token})
		_, _, err := r.dial(again.Ticket, 0)
		return err == nil
	})
}

func TestPresenceAndLookingPassThrough(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("hello")
	l.send(`{"t":"look","page":"https://shop.example.com/cart","title":"Cart"}`)
	l.send(`{"t":"look","page":"javascript:alert(1)"}`)
	eventually(t, "the look passed", func() bool { return len(r.hub.Signals()) >= 2 })
	_ = l.ws.Close(websocket.StatusNormalClosure, "")
	eventually(t, "all signals passed", func() bool { return len(r.hub.Signals()) >= 4 })
	want := []canon.Signal{
		canon.Presence{Online: true}, canon.Looking{Page: "https://shop.example.com/cart", Title: "Cart"}, canon.Typing{}, canon.Presence{},
	}
	got := r.hub.Signals()
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("signals %+v, want %+v", got, want)
		}
	}
}
