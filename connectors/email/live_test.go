package email

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/testenv"
)

// memory is what the hub lends, in memory.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	files  map[canon.ID]stored
}

type stored struct {
	connector.FileInfo
	bytes []byte
}

func newMemory() *memory { return &memory{values: map[string]string{}, files: map[canon.ID]stored{}} }

func (m *memory) Get(_ context.Context, key string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	return v, ok, nil
}

func (m *memory) Set(_ context.Context, key, value string, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}

func (m *memory) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	if v, ok, _ := m.Get(ctx, key); ok {
		return v, nil
	}
	v, ttl, err := fill(ctx)
	if err != nil {
		return "", err
	}
	return v, m.Set(ctx, key, v, ttl)
}

func (m *memory) add(name, mime string, b []byte) canon.Media {
	id := canon.NewID()
	m.files[id] = stored{connector.FileInfo{Name: name, MIME: mime, Size: int64(len(b))}, b}
	return canon.Media{Kind: kindOf(mime), File: id, Name: name, MIME: mime, Size: int64(len(b))}
}

func (m *memory) Open(_ context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	f, ok := m.files[id]
	if !ok {
		return nil, connector.FileInfo{}, fmt.Errorf("no file %s", id)
	}
	return io.NopCloser(bytes.NewReader(f.bytes)), f.FileInfo, nil
}

func (m *memory) Link(_ context.Context, id canon.ID, _ time.Duration) (string, error) {
	return "https://hub.example/f/" + id.String(), nil
}

// box is a mailbox on a real server, linked.
type box struct {
	testenv.Mailbox
	server testenv.Mail
	link   connector.Link
	memory *memory
	states chan connector.State

	appending *imapclient.Client
}

func newBox(t testing.TB, changes ...connector.Values) *box {
	t.Helper()
	server := testenv.Dovecot(t)
	m := server.NewMailbox(t, "help")
	return linked(server, m, changes...)
}

func linked(server testenv.Mail, m testenv.Mailbox, changes ...connector.Values) *box {
	imapHost, imapPort, _ := net.SplitHostPort(server.IMAPAddr)
	_, smtpPort, _ := net.SplitHostPort(server.SMTPAddr)
	config := connector.Values{
		"address": m.Address, "display_name": "Shop 客服", "imap_password": m.Password,
		"imap_host": imapHost, "imap_port": imapPort, "imap_security": "none",
		"smtp_host": imapHost, "smtp_port": smtpPort, "smtp_security": "none",
		"poll_seconds": "10",
	}
	for _, c := range changes {
		for k, v := range c {
			config[k] = v
		}
	}
	return &box{Mailbox: m, server: server, memory: newMemory(), states: make(chan connector.State, 1000),
		link: connector.Link{ID: canon.NewID(), Tenant: canon.NewID(), Config: config}}
}

func (b *box) open(t testing.TB) connector.Conn {
	t.Helper()
	opened, err := New().Open(context.Background(), b.link, connector.Env{
		HTTP: http.DefaultClient, Dial: (&net.Dialer{}).DialContext, Files: b.memory, Cache: b.memory,
		Clock: time.Now, Log: slog.New(slog.DiscardHandler),
		State: func(s connector.State) {
			select {
			case b.states <- s:
			default:
			}
		},
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { opened.Close(context.Background()) })
	return opened
}

// hub is the side of the core: it commits, once per event id.
type hub struct {
	mu      sync.Mutex
	rows    []canon.Envelope
	ids     map[string]bool
	again   int // commits of an event that was there
	at      connector.Cursors
	commits int
	fail    func() error
	changed chan struct{}
}

func newHub() *hub {
	return &hub{ids: map[string]bool{}, at: connector.Cursors{}, changed: make(chan struct{}, 1)}
}

func (h *hub) Commit(_ context.Context, envelopes []canon.Envelope, cursors connector.Cursors) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail != nil {
		if err := h.fail(); err != nil {
			return err
		}
	}
	h.commits++
	for _, e := range envelopes {
		if h.ids[e.EventID] {
			h.again++
			continue
		}
		h.ids[e.EventID] = true
		h.rows = append(h.rows, e)
	}
	for k, v := range cursors {
		h.at[k] = v
	}
	select {
	case h.changed <- struct{}{}:
	default:
	}
	return nil
}

func (h *hub) Signal(context.Context, canon.ThreadKey, canon.Signal) {}

func (h *hub) all() []canon.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.rows)
}

func (h *hub) cursors() connector.Cursors {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := connector.Cursors{}
	for k, v := range h.at {
		out[k] = v
	}
	return out
}

// wait returns the rows as soon as there are n.
func (h *hub) wait(t testing.TB, n int) []canon.Envelope {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		if rows := h.all(); len(rows) >= n {
			return rows
		}
		select {
		case <-h.changed:
		case <-deadline:
			t.Fatalf("%d envelopes after a minute, want %d", len(h.all()), n)
		}
	}
}

// running is a stream at work.
type running struct {
	cancel context.CancelFunc
	done   chan error
}

func start(c connector.Conn, h *hub) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel, make(chan error, 1)}
	go func() { r.done <- c.(connector.Streamer).Run(ctx, h.cursors(), nil, h) }()
	return r
}

func (r *running) stop(t testing.TB) {
	t.Helper()
	r.cancel()
	select {
	case <-r.done:
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not end with its context")
	}
}

// receive runs the stream until n rows are there.
func (b *box) receive(t testing.TB, h *hub, n int) []canon.Envelope {
	t.Helper()
	r := start(b.open(t), h)
	defer r.stop(t)
	return h.wait(t, n)
}

func letterOf(n int) []byte {
	return fmt.Appendf(nil, "From: Jane <jane@example.com>\r\nTo: help@example.com\r\nDate: %s\r\nSubject: Mail %d\r\nMessage-ID: <n%d@example.com>\r\n\r\nThis is mail %d.\r\n",
		time.Now().Format(time.RFC1123Z), n, n, n)
}

func message(t testing.TB, e canon.Envelope) canon.Message {
	t.Helper()
	posted, ok := e.Event.(canon.Posted)
	if !ok {
		t.Fatalf("event is %T, want a message: %+v", e.Event, e.Event)
	}
	return posted.Message
}

func subjects(t testing.TB, rows []canon.Envelope) []string {
	t.Helper()
	var out []string
	for _, r := range rows {
		out = append(out, message(t, r).Subject)
	}
	return out
}

func header(m canon.Message, name string) string {
	for _, f := range m.Headers {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func base64Lines(b []byte) string {
	var out strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(b)), 76) {
		out.Write(line)
		out.WriteString("\r\n")
	}
	return strings.TrimSpace(out.String())
}
