//go:build !nogpl

package whatsapp_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/whatsapp"
	"parley/core/canon"
	"parley/core/connector"
)

// fresh is a world whose phone is linked, out of what was made once.
func fresh(t *testing.T) *world {
	t.Helper()
	l := theLinked(t)
	w := newWorld(t, played.Options{From: l.memory})
	if err := os.WriteFile(filepath.Join(w.dir, "whatsapp.db"), l.session, 0o600); err != nil {
		t.Fatal(err)
	}
	w.values["session"] = l.device
	w.again()
	w.well()
	return w
}

func (w *world) says(text string) {
	w.t.Helper()
	if err := w.p.Do(context.Background(), customer, emulate.Act{Kind: emulate.ActText, Text: text}); err != nil {
		w.t.Fatal(err)
	}
}

// TestLinkingByPairCode takes the right code and no other.
func TestLinkingByPairCode(t *testing.T) {
	w := newWorld(t, played.Options{})
	login := w.conn.(connector.Login)
	begin := func() connector.Step {
		step, err := login.Begin(t.Context(), "code")
		if err == nil {
			step, err = login.Next(t.Context(), step, connector.Values{"phone": "+1 (555) 000-1111"})
		}
		if err != nil || step.Display.Kind != "code" || len(step.Display.Data) != 9 || step.Expires.IsZero() {
			t.Fatalf("the login shows %+v, %v", step, err)
		}
		return step
	}
	wrong := begin()
	if err := w.p.Enter(t.Context(), "AAAA-AAAA"); err == nil || w.p.Linked() {
		t.Errorf("a wrong code links: %v", err)
	}
	if err := login.Cancel(t.Context(), wrong); err != nil {
		t.Error(err)
	}
	w.p.ExpireCodes() // the device that gave up is gone
	step := begin()
	if err := w.p.Enter(t.Context(), step.Display.Data); err != nil {
		t.Fatal(err)
	}
	w.finish(step)
	w.says("hello")
	w.until("the text is here", func() bool { return slices.Contains(w.sink.texts(), "hello") })
}

// TestCodesThatRanOutAreIssuedAnew, by themselves, and the old one is worth nothing.
func TestCodesThatRanOutAreIssuedAnew(t *testing.T) {
	w := newWorld(t, played.Options{})
	login := w.conn.(connector.Login)
	first, err := login.Begin(t.Context(), "qr")
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(first.Expires); left < 50*time.Second || left > time.Minute {
		t.Errorf("the first code is said to live %s", left)
	}
	w.p.ExpireCodes()
	second, err := login.Next(t.Context(), first, nil)
	if err != nil || second.Display.Kind != "qr" || second.Display.Data == first.Display.Data {
		t.Fatalf("after it ran out there is %+v, %v", second, err)
	}
	if err := w.p.Scan(first.Display.Data); err == nil {
		t.Error("a code that ran out can be scanned")
	}
	if err := w.p.Scan(second.Display.Data); err != nil {
		t.Fatal(err)
	}
	w.finish(second)
}

// TestAPairCodeThatRanOutIsIssuedAnew: for the same number, without asking again.
func TestAPairCodeThatRanOutIsIssuedAnew(t *testing.T) {
	w := newWorld(t, played.Options{})
	login := w.conn.(connector.Login)
	first, err := login.Begin(t.Context(), "code")
	if err == nil {
		first, err = login.Next(t.Context(), first, connector.Values{"phone": "+" + w.p.Number()})
	}
	if err != nil || first.Display.Kind != "code" {
		t.Fatalf("the login shows %+v, %v", first, err)
	}
	w.p.ExpireCodes()
	second, err := login.Next(t.Context(), first, nil)
	if err != nil || second.Display.Kind != "code" || second.Display.Data == first.Display.Data || !second.Expires.After(first.Expires) {
		t.Fatalf("after it ran out there is %+v, %v", second, err)
	}
	if err := w.p.Enter(t.Context(), first.Display.Data); err == nil || w.p.Linked() {
		t.Errorf("a code that ran out links: %v", err)
	}
}

// TestAnotherNumberIsNotLinkedInPlaceOfTheFirst.
func TestAnotherNumberIsNotLinkedInPlaceOfTheFirst(t *testing.T) {
	w := newWorld(t, played.Options{Phone: "15550009999"})
	w.values["session"] = "15550001111:7@s.whatsapp.net"
	w.open()
	login := w.conn.(connector.Login)
	step, err := login.Begin(t.Context(), "")
	if err == nil {
		step, err = login.Next(t.Context(), step, connector.Values{"way": "qr"})
	}
	if err == nil {
		err = w.p.Scan(step.Display.Data)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = login.Next(t.Context(), step, nil)
	var e *connector.Error
	if !errors.As(err, &e) || e.Code != "other_number" || w.p.Linked() {
		t.Errorf("it ends with %v; linked: %v", err, w.p.Linked())
	}
}

// TestNothingRunsBeforeAPhoneIsLinked: no database, no connection, no message.
func TestNothingRunsBeforeAPhoneIsLinked(t *testing.T) {
	w := newWorld(t, played.Options{})
	w.run()
	w.until("the light says so", func() bool { return w.states.last().Code == "not_linked" })
	if files, _ := os.ReadDir(w.dir); len(files) > 0 || len(w.p.Calls()) > 0 {
		t.Errorf("there are %d files and %d calls", len(files), len(w.p.Calls()))
	}
	_, err := w.send(1, canon.TextMessage("x"))
	if e := connector.AsError(err); e.Class != connector.NeedsLogin {
		t.Errorf("a message ends with %v", err)
	}
}

// TestTheLightTellsWhatIsWrong, each with a sentence and a remedy in both languages.
func TestTheLightTellsWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		code string
		do   func(w *world)
	}{
		{"logged_out", func(w *world) { w.p.Unlink() }},
		{"banned", func(w *world) { w.p.Refuse(406, 0, 0); w.p.Drop() }},
		{"locked", func(w *world) { w.p.Refuse(403, 0, 0); w.p.Drop() }},
		{"banned_for_a_time", func(w *world) { w.p.Refuse(402, 101, 26*time.Hour); w.p.Drop() }},
		{"client_outdated", func(w *world) { w.p.Outdate(2_000_000_000); w.p.Drop() }},
		{"refused_409", func(w *world) { w.p.Refuse(409, 0, 0); w.p.Drop() }},
		{"replaced", func(w *world) {
			other := *w // a copy of the hub, with a copy of the session
			other.dir, other.states, other.sink, other.stop = w.t.TempDir(), &states{}, &sink{}, nil
			if err := os.WriteFile(filepath.Join(other.dir, "whatsapp.db"), theLinked(w.t.(*testing.T)).session, 0o600); err != nil {
				w.t.Fatal(err)
			}
			other.open()
			other.run()
			w.t.Cleanup(other.halt)
			other.well()
		}},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			w := fresh(t)
			c.do(w)
			w.until("the light tells", func() bool { return w.states.last().Code == c.code })
			s := w.states.last()
			if s.Health != connector.HealthBad || s.Text.EN == "" || s.Text.ZH == "" || s.Remedy.EN == "" || s.Remedy.ZH == "" {
				t.Errorf("it says %+v", s)
			}
			_, err := w.send(9, canon.TextMessage("x"))
			if e := connector.AsError(err); e.Class != connector.NeedsLogin || e.Shown.ZH == "" {
				t.Errorf("a message meanwhile ends with %v", err)
			}
		})
	}
}

// TestAnOutdatedClientGoesOnWithAVersionFromTheForm.
func TestAnOutdatedClientGoesOnWithAVersionFromTheForm(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	w.p.Outdate(1_900_000_000)
	w.p.Drop()
	w.until("the light tells", func() bool { return w.states.last().Code == "client_outdated" })
	w.values["client_version"] = "2.3000.1900000001"
	w.again()
	w.well()
}

// TestStrangersAreNotWrittenTo while the account only answers.
func TestStrangersAreNotWrittenTo(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	w.values["reply_first"] = "true"
	w.again()
	w.well()
	_, err := w.send(1, canon.TextMessage("buy now"))
	if e := connector.AsError(err); e.Class != connector.WindowClosed || e.Code != "reply_first" || len(w.p.Lines(customer)) > 0 {
		t.Errorf("it ends with %v; the stranger sees %q", err, w.p.Lines(customer))
	}
	r := connector.Request{Key: canon.ID{2}, Attempt: 1, Thread: canon.ThreadKey{Peer: customer + "@s.whatsapp.net"}, Message: canon.TextMessage("here you are"), After: "3A00/"}
	if _, err := w.conn.Send(t.Context(), r); err != nil {
		t.Errorf("who wrote is not answered: %v", err)
	}
}

// TestACrashBetweenDecryptAndCommitLosesNothing: the ratchet has moved on, the
// hub has not stored it, and the process is gone; over and over.
func TestACrashBetweenDecryptAndCommitLosesNothing(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	var want []string
	for i := range 12 {
		crashed := make(chan struct{}, 1)
		w.sink.mu.Lock()
		w.sink.refuse = func() error {
			select {
			case crashed <- struct{}{}:
			default:
			}
			return errors.New("the hub dies here")
		}
		w.sink.mu.Unlock()
		for j := range 3 {
			text := fmt.Sprintf("message %d.%d", i, j)
			want = append(want, text)
			w.says(text)
		}
		<-crashed
		w.halt()
		w.sink.mu.Lock()
		w.sink.refuse = nil
		w.sink.mu.Unlock()
		w.open()
		w.run()
		w.until("all is there", func() bool { return len(w.sink.texts()) >= len(want) })
	}
	if got := w.sink.texts(); !slices.Equal(got, want) {
		t.Errorf("the hub has %q", got)
	}
	w.until("the server keeps nothing any more", func() bool { return w.p.Waiting() == 0 })
}

// TestTypingPassesAndIsNeverStored.
func TestTypingPassesAndIsNeverStored(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	w.p.Types(customer, true)
	w.until("it is seen", func() bool {
		w.sink.mu.Lock()
		defer w.sink.mu.Unlock()
		return slices.Contains(w.sink.signals, canon.Signal(canon.Typing{On: true}))
	})
	if n := len(w.sink.events()); n > 0 {
		t.Errorf("%d envelopes were stored", n)
	}
}

// TestMediaThatAreGoneAreToldSo, not tried for ever.
func TestMediaThatAreGoneAreToldSo(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	if err := w.p.Do(t.Context(), customer, emulate.Act{Kind: emulate.ActMedia, Media: "image", MIME: "image/png", File: []byte(pixel)}); err != nil {
		t.Fatal(err)
	}
	w.until("it is here", func() bool { return len(w.sink.events()) == 1 })
	media := w.sink.events()[0].(canon.Posted).Message.Parts[0].(canon.Media)
	w.p.Expire()
	_, _, err := w.conn.(connector.Fetcher).Fetch(t.Context(), connector.Account{}, media)
	if e := connector.AsError(err); e.Class != connector.Gone {
		t.Errorf("it ends with %v", err)
	}
}

// TestAProfileHasNumberAndPicture.
func TestAProfileHasNumberAndPicture(t *testing.T) {
	t.Parallel()
	w := fresh(t)
	w.p.SetPicture(customer, "https://pps.whatsapp.net/v/li.jpg")
	p, err := w.conn.(connector.Profiler).Profile(t.Context(), connector.Account{}, customer+"@s.whatsapp.net")
	if err != nil || p.Avatar != "https://pps.whatsapp.net/v/li.jpg" || p.Phone != "+"+customer {
		t.Errorf("the profile is %+v, %v", p, err)
	}
}

// TestWhoWritesIsSeenComingAndGoing: the server tells of nobody that was not asked
// for, and asks again on a new connection.
func TestWhoWritesIsSeenComingAndGoing(t *testing.T) {
	w := fresh(t)
	if w.p.Comes(customer, true) {
		t.Error("the server tells of somebody nobody asked for")
	}
	for _, round := range []string{"first", "after a cut"} {
		w.says("hello " + round)
		w.until("the device asks for who wrote", func() bool { return w.p.Comes(customer, true) })
		w.until("the hub sees them come", func() bool { return w.sink.saw(canon.Presence{Online: true}) })
		w.p.Comes(customer, false)
		w.until("the hub sees them go", func() bool { return w.sink.saw(canon.Presence{}) })
		w.sink.forget()
		w.p.Drop()
		w.until("the socket is cut", func() bool { return !w.p.Online() })
		w.well()
	}
}

// TestAGroupGoesByItsSubject, and one the account is not in by none.
func TestAGroupGoesByItsSubject(t *testing.T) {
	w := fresh(t)
	id := w.p.AddGroup("茶友群")
	profiler := w.conn.(connector.Profiler)
	peer, err := profiler.Profile(t.Context(), connector.Account{}, canon.RemoteID(id+"@g.us"))
	if err != nil || peer.Name != "茶友群" || peer.Phone != "" {
		t.Errorf("the group is %+v, %v", peer, err)
	}
	if _, err := profiler.Profile(t.Context(), connector.Account{}, "120363000000000404@g.us"); err == nil {
		t.Error("a group the account is not in has a name")
	}
}

func (s *sink) saw(x canon.Signal) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.signals, x)
}

func (s *sink) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signals = nil
}
