//go:build !nogpl

package whatsapp_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	_ "modernc.org/sqlite"

	played "parley/connectors/emulate/whatsapp"
	"parley/connectors/whatsapp"
	"parley/core/canon"
	"parley/core/connector"
)

// TestMain has the library trust the played server: once, before anything runs.
func TestMain(m *testing.M) {
	whatsmeow.WACertPubKey = played.Root()
	os.Exit(m.Run())
}

const customer = "8613800000501"

// world is a played WhatsApp with a conn beside it.
type world struct {
	t      testing.TB
	p      *played.Platform
	srv    *httptest.Server
	dir    string
	values connector.Values
	states *states
	conn   connector.Conn
	sink   *sink
	stop   func()
}

// states are what a conn reported.
type states struct {
	mu  sync.Mutex
	all []connector.State
}

func (s *states) add(x connector.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, x)
}

func (s *states) last() connector.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return connector.State{}
	}
	return s.all[len(s.all)-1]
}

// sink is the hub: it stores, unless it is away.
type sink struct {
	mu      sync.Mutex
	all     []canon.Envelope
	signals []canon.Signal
	refuse  func() error
}

func (s *sink) Commit(_ context.Context, e []canon.Envelope, _ connector.Cursors) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		if err := s.refuse(); err != nil {
			return err
		}
	}
	s.all = append(s.all, e...)
	return nil
}

func (s *sink) Signal(_ context.Context, _ canon.ThreadKey, x canon.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signals = append(s.signals, x)
}

func (s *sink) events() []canon.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []canon.Event
	for _, e := range s.all {
		out = append(out, e.Event)
	}
	return out
}

func (s *sink) texts() (out []string) {
	for _, e := range s.events() {
		if p, ok := e.(canon.Posted); ok {
			out = append(out, p.Message.Plain())
		}
	}
	return out
}

// database is a file in a folder, without the sync that tests need not wait for.
func database(dir string) func(context.Context, string) (connector.Database, error) {
	return func(_ context.Context, name string) (connector.Database, error) {
		return connector.Database{Driver: "sqlite", Source: "file:" + filepath.Join(dir, name+".db") +
			"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)"}, nil
	}
}

func values(session string) connector.Values {
	return connector.Values{"accept_risk": "true", "reply_first": "false", "pace": "600", "online": "true", "reject_calls": "false", "session": session, "client_version": ""}
}

// newWorld plays WhatsApp; o changes how.
func newWorld(t testing.TB, o played.Options) *world {
	t.Helper()
	w := &world{t: t, p: played.New(o), dir: t.TempDir(), values: values(""), states: &states{}, sink: &sink{}}
	w.srv = httptest.NewServer(w.p)
	t.Cleanup(func() {
		w.halt()
		w.p.Close()
		w.srv.Close()
	})
	w.open()
	return w
}

func (w *world) open() {
	w.t.Helper()
	link := connector.Link{ID: canon.ID{1}, Config: w.values, Accounts: []connector.Account{{ID: canon.ID{2}, RemoteID: "main", Name: "Tea House"}}}
	conn, err := whatsapp.New(whatsapp.Options{Played: w.srv.URL}).Open(context.Background(), link, connector.Env{
		HTTP: w.srv.Client(), Database: database(w.dir), Files: lent{}, Log: slog.New(slog.DiscardHandler), State: w.states.add,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.conn = conn
}

// run keeps the stream going as the core does.
func (w *world) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	conn := w.conn
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = conn.(connector.Streamer).Run(ctx, nil, nil, w.sink)
			select {
			case <-time.After(5 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	w.stop = func() { cancel(); <-done }
}

func (w *world) halt() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
	_ = w.conn.Close(context.Background())
}

// again closes the conn and opens it anew, as a restart does.
func (w *world) again() {
	w.halt()
	w.states = &states{}
	w.open()
	w.run()
}

func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within 20 s: %s; the state is %+v, the hub has %v", what, w.states.last(), w.sink.texts())
		}
	}
}

func (w *world) well() {
	w.t.Helper()
	w.until("the device is connected", func() bool { return w.states.last().Code == "ok" && w.p.Online() })
}

// link links the phone by QR code.
func (w *world) link() {
	w.t.Helper()
	login := w.conn.(connector.Login)
	step, err := login.Begin(context.Background(), "qr")
	if err != nil || step.Display.Kind != "qr" {
		w.t.Fatalf("the login begins with %+v, %v", step, err)
	}
	if err := w.p.Scan(step.Display.Data); err != nil {
		w.t.Fatal(err)
	}
	w.finish(step)
}

func (w *world) finish(step connector.Step) {
	w.t.Helper()
	for step.Kind != connector.StepDone {
		var err error
		if step, err = w.conn.(connector.Login).Next(context.Background(), step, nil); err != nil {
			w.t.Fatal(err)
		}
	}
	w.values["session"] = step.Result["session"]
	w.again()
	w.well()
}

// send posts a text to the customer.
func (w *world) send(key byte, m canon.Message) (connector.Receipt, error) {
	return w.conn.Send(context.Background(), connector.Request{Key: canon.ID{key}, Attempt: 1, Thread: canon.ThreadKey{Account: "main", Peer: customer + "@s.whatsapp.net"}, Message: m})
}
