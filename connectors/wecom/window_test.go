package wecom_test

import (
	"context"
	"errors"
	"testing"
	"time"

	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// fetched runs a stream until it holds n envelopes.
func (b *table) fetched(s *store, n int) {
	b.t.Helper()
	ctx, stop := context.WithCancel(b.t.Context())
	done := run(ctx, b.node(wecom.NewKFPolling(10*time.Millisecond)), s, nil)
	eventually(b.t, "what happened is fetched", func() bool { return len(s.events()) >= n && b.health().Code == "ok" })
	stop()
	<-done
}

func class(err error) connector.Class {
	if err == nil {
		return ""
	}
	return connector.AsError(err).Class
}

func TestTheWindowIsShownAsItIs(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.kf()
	window := func() connector.Window { return conn.Capabilities(thread()).Window }
	if w := window(); !w.Closes.IsZero() || w.For != 48*time.Hour || w.Messages != 5 {
		t.Errorf("before the customer wrote: %+v", w)
	}
	s := newStore()
	b.Say(played.Account, played.Customer, "在吗")
	wrote := b.clock.Now()
	b.fetched(s, 1)
	b.clock.pass(7 * time.Hour)
	for left := 5; left > 0; left-- {
		if w := window(); w.Left != left || !w.Closes.Equal(wrote.Add(48*time.Hour)) {
			t.Fatalf("%d messages are left: %+v", left, w)
		}
		if _, err := conn.Send(t.Context(), post("回复")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Send(t.Context(), post("第六条")); class(err) != connector.WindowClosed || connector.AsError(err).Code != "95001" {
		t.Errorf("the sixth message: %v", err)
	}
	if w := b.kf().Capabilities(thread()).Window; w.Left != 0 || w.Closes.IsZero() {
		t.Errorf("another node sees %+v", w)
	}
	b.Say(played.Account, played.Customer, "还在吗")
	b.fetched(s, 2)
	if w := window(); w.Left != 5 {
		t.Errorf("after the customer wrote again: %+v", w)
	}
	b.clock.pass(48 * time.Hour)
	if _, err := conn.Send(t.Context(), post("太晚了")); class(err) != connector.WindowClosed || connector.AsError(err).Code != "95002" {
		t.Errorf("two days later: %v", err)
	}
}

func TestAMessageIsTakenBackWithinTwoMinutes(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.kf()
	b.Say(played.Account, played.Customer, "在吗")
	b.fetched(newStore(), 1)
	var sent []connector.Receipt
	for _, words := range []string{"发错人了", "您好"} {
		r := post(words)
		r.Key = canon.NewID()
		got, err := conn.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, got)
	}
	back := func(i int) error {
		r := connector.Request{Op: connector.OpRevoke, Account: connector.Account{RemoteID: played.Account}, Thread: thread(), Target: sent[i].RemoteID}
		_, err := conn.Send(t.Context(), r)
		return err
	}
	if err := back(0); err != nil {
		t.Fatal(err)
	}
	if seen := b.Seen(played.Account, played.Customer); !seen[1].Recalled || seen[2].Recalled {
		t.Errorf("the customer sees %+v", seen)
	}
	if c := conn.Capabilities(thread()); c.Window.Left != 3 || c.RevokeWithin != 2*time.Minute {
		t.Errorf("after it: %+v, within %v", c.Window, c.RevokeWithin)
	}
	b.clock.pass(2 * time.Minute)
	if err := back(1); class(err) != connector.Invalid || connector.AsError(err).Shown.ZH == "" {
		t.Errorf("too late: %v", err)
	}
}

func TestAWelcomeUsesItsCodeOnce(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.kf()
	s := newStore()
	b.Enter(played.Account, played.Customer, "site", "sku=1042")
	b.fetched(s, 1)
	e := s.events()[0]
	if m, ok := e.Event.(canon.Membership); !ok || m.Kind != canon.MemberOpened || e.Entry == nil || e.Entry.Value != "sku=1042" || e.Ticket == nil || e.Ticket.Calls != 1 {
		t.Fatalf("entering was decoded to %+v, entry %+v, ticket %+v", e.Event, e.Entry, e.Ticket)
	}
	caps := conn.Capabilities(thread())
	if caps.Window.Left != 1 || caps.Parts["media.image"] != connector.Degrade || caps.Parts["choices.quick"] != connector.Full {
		t.Errorf("before the welcome: window %+v, pictures %s", caps.Window, caps.Parts["media.image"])
	}
	if _, err := conn.Send(t.Context(), post("欢迎光临")); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Send(t.Context(), post("再说一句")); class(err) != connector.WindowClosed {
		t.Errorf("a second message before the customer wrote: %v", err)
	}
	if b.calls("kf/send_msg_on_event") != 1 {
		t.Errorf("the code was used %d times", b.calls("kf/send_msg_on_event"))
	}
	// A code that ran out is not tried.
	other := thread()
	other.Peer = "wmAJ2GCAAAs9Ve-EU9RsKhDGVyDr2nBA"
	b.Enter(played.Account, string(other.Peer), "site", "")
	b.fetched(s, 2)
	b.clock.pass(21 * time.Second)
	r := post("欢迎")
	r.Thread = other
	if _, err := conn.Send(t.Context(), r); class(err) != connector.WindowClosed || b.calls("kf/send_msg_on_event") != 1 {
		t.Errorf("a welcome after 21 seconds: %v", err)
	}
	// A ticket that the core hands over is used.
	b.clock.pass(72 * time.Hour)
	b.Enter(played.Account, played.Customer, "site", "")
	b.fetched(s, 3)
	r = post("欢迎回来")
	r.Ticket = s.events()[2].Ticket
	if _, err := conn.Send(t.Context(), r); err != nil || b.calls("kf/send_msg_on_event") != 2 {
		t.Errorf("by ticket: %v", err)
	}
}

func TestARefusedMessageIsReportedOnOurOwnKey(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	b.Wrote(played.Account, played.Customer)
	b.Refuses(played.Account, played.Customer, true)
	r := post("您好")
	sent, err := b.kf().Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	s := newStore()
	b.fetched(s, 1)
	got, ok := s.events()[0].Event.(canon.Receipt)
	if !ok || got.State != canon.Failed || got.Target != sent.RemoteID || string(got.Target) != r.Key.String() || got.Code != "10" || got.Reason == "" {
		t.Errorf("reported %+v of message %s", s.events()[0].Event, sent.RemoteID)
	}
}

func TestTheDeskTakesAndReturnsChats(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.kf()
	desk := conn.(connector.Desk)
	b.Say(played.Account, played.Customer, "在吗")
	state := func(want int, after string) {
		t.Helper()
		if got := b.State(played.Account, played.Customer); got != want {
			t.Fatalf("after %s the session is in state %d, want %d", after, got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(desk.Take(t.Context(), thread()))
	state(1, "taking a new chat")
	must(desk.Return(t.Context(), thread()))
	state(2, "passing it on")
	if _, err := conn.Send(t.Context(), post("您好")); class(err) != connector.WindowClosed || connector.AsError(err).Code != "95018" {
		t.Errorf("a message while the desk has the chat: %v", err)
	}
	must(desk.Take(t.Context(), thread()))
	state(4, "taking it from the pool")
	if err := desk.Return(t.Context(), thread()); class(err) != connector.WindowClosed {
		t.Errorf("passing on a session that has ended: %v", err)
	}
	b.Say(played.Account, played.Customer, "还在吗")
	state(0, "the customer wrote again")
	if _, err := conn.Send(t.Context(), post("在的")); err != nil {
		t.Errorf("our chat again: %v", err)
	}
}

func TestTheDesksEventsAndWordsComeIn(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	s := newStore()
	b.Serves(played.Account, played.Servicer, true)
	first := b.Say(played.Account, played.Customer, "转人工")
	b.Pick(played.Account, played.Customer, played.Servicer)
	words := b.DeskSay(played.Account, played.Customer, "您好，我是李四")
	b.DeskRecall(played.Account, played.Customer, words)
	b.DeskEnd(played.Account, played.Customer)
	b.Serves(played.Account, played.Servicer, false)
	if err := b.Recall(played.Account, played.Customer, first); err != nil {
		t.Fatal(err)
	}
	b.fetched(s, 8)
	all := s.events()
	if e := all[0]; e.Thread.Peer != played.Servicer || !e.From.Ours || canon.EventType(e.Event) != "unknown" {
		t.Errorf("beginning to serve: %+v", e)
	}
	if e := all[2]; e.Event != (canon.Session{Kind: canon.SessionTaken, Desk: played.Servicer, Reason: "1"}) || e.Ticket == nil {
		t.Errorf("picked by the desk: %+v", e)
	}
	if e := all[3]; !e.From.Ours || e.Thread.Peer != played.Customer || e.Event.(canon.Posted).Message.Fallback() != "您好，我是李四" {
		t.Errorf("the desk's words: %+v", e)
	}
	if e := all[4]; e.Event != (canon.Revoked{Target: canon.RemoteID(words)}) {
		t.Errorf("taken back by the desk: %+v", e.Event)
	}
	if e := all[5]; e.Event != (canon.Session{Kind: canon.SessionEnded, Desk: played.Servicer, Reason: "3"}) {
		t.Errorf("ended by the desk: %+v", e.Event)
	}
	if e := all[7]; e.Event != (canon.Revoked{Target: canon.RemoteID(first)}) || e.From.Ours {
		t.Errorf("taken back by the customer: %+v", e.Event)
	}
}

func TestAnOldFileIsGone(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	b.Send(played.Account, played.Customer, "image", "p.png", "image/png", []byte("\x89PNG\r\n\x1a\n"))
	s := newStore()
	b.fetched(s, 1)
	m := s.events()[0].Event.(canon.Posted).Message.Parts[0].(canon.Media)
	fetcher := b.kf().(connector.Fetcher)
	b.clock.pass(73 * time.Hour)
	_, _, err := fetcher.Fetch(t.Context(), connector.Account{}, m)
	var e *connector.Error
	if !errors.As(err, &e) || e.Class != connector.Gone || e.Code != "40007" {
		t.Errorf("after three days: %v", err)
	}
}
