// Package fakehub plays the hub for the web connector: threads in memory, a
// sink that dedupes, files and a cache. Tests and the page a designer looks at
// use it; the product never does.
package fakehub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Hub is a connector.Chat, connector.Sink and connector.Cache in one.
type Hub struct {
	mu        sync.Mutex
	threads   map[canon.ThreadKey]*Thread
	files     map[canon.ID]stored
	seen      map[string]bool
	cache     map[string]string
	commits   []canon.Envelope
	signals   []canon.Signal
	sightings []connector.Sighting
	refused   map[canon.RemoteID]bool
	refusals  int
	away      bool

	// On is called after each new commit, without locks held; optional.
	On func(canon.Envelope)
}

// Thread is one visitor's lane.
type Thread struct {
	lines    []connector.Line
	rev      int64
	oldest   int64 // revisions before it are forgotten: a resync
	standing connector.Standing
	watchers map[int]func(connector.Notice)
	next     int
}

type stored struct {
	info connector.FileInfo
	body []byte
}

// New returns an empty hub that serves at all hours.
func New() *Hub {
	return &Hub{
		threads: map[canon.ThreadKey]*Thread{}, files: map[canon.ID]stored{}, seen: map[string]bool{},
		cache: map[string]string{}, refused: map[canon.RemoteID]bool{},
	}
}

func (h *Hub) thread(key canon.ThreadKey) *Thread {
	t := h.threads[key]
	if t == nil {
		t = &Thread{watchers: map[int]func(connector.Notice){}, standing: connector.Standing{Open: true, HumanAsk: "parley:human", ShowTyping: true}}
		h.threads[key] = t
	}
	return t
}

// ErrAway is what everything answers while the store is away.
var ErrAway = errors.New("the store is away")

// SetAway takes the store away, or brings it back.
func (h *Hub) SetAway(away bool) { h.mu.Lock(); h.away = away; h.mu.Unlock() }

// Block blocks a visitor.
func (h *Hub) Block(peer canon.RemoteID) { h.mu.Lock(); h.refused[peer] = true; h.mu.Unlock() }

// Refusals counts what was refused.
func (h *Hub) Refusals() int { h.mu.Lock(); defer h.mu.Unlock(); return h.refusals }

// Commits returns what was stored, in order, once each.
func (h *Hub) Commits() []canon.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]canon.Envelope(nil), h.commits...)
}

// Signals returns what passed through.
func (h *Hub) Signals() []canon.Signal {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]canon.Signal(nil), h.signals...)
}

// Lines returns a thread as it stands.
func (h *Hub) Lines(key canon.ThreadKey) []connector.Line {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]connector.Line(nil), h.thread(key).lines...)
}

// Commit stores envelopes once each.
func (h *Hub) Commit(_ context.Context, envelopes []canon.Envelope, _ connector.Cursors) error {
	h.mu.Lock()
	if h.away {
		h.mu.Unlock()
		return ErrAway
	}
	var fresh []canon.Envelope
	for _, e := range envelopes {
		key := string(e.Account) + "\x00" + e.EventID
		if h.seen[key] {
			continue
		}
		h.seen[key] = true
		h.commits = append(h.commits, e)
		fresh = append(fresh, e)
		h.handle(e)
	}
	on := h.On
	h.mu.Unlock()
	for _, e := range fresh {
		h.wake(e.Thread, connector.Notice{Changed: true})
		if on != nil {
			on(e)
		}
	}
	return nil
}

func (h *Hub) handle(e canon.Envelope) {
	t := h.thread(e.Thread)
	switch ev := e.Event.(type) {
	case canon.Posted:
		t.add(connector.Line{From: "customer", At: e.Time, Message: ev.Message, State: canon.Delivered})
	case canon.Action:
		for i := range t.lines {
			if t.lines[i].Message.RemoteID == ev.Target && ev.Target != "" {
				t.take(i, ev.Value)
			}
		}
		if ev.Label != "" {
			t.add(connector.Line{From: "customer", At: e.Time, Message: canon.TextMessage(ev.Label), State: canon.Delivered})
		}
	case canon.Receipt:
		for i := range t.lines {
			l := &t.lines[i]
			if l.From == "bot" || l.From == "agent" {
				if next := l.State.Advance(ev.State); next != l.State {
					t.rev++
					l.State, l.Rev = next, t.rev
				}
			}
			if l.Message.RemoteID == ev.Target {
				break
			}
		}
	}
}

func (t *Thread) add(l connector.Line) connector.Line {
	t.rev++
	l.Pos, l.Rev, l.ID = int64(len(t.lines)+1), t.rev, canon.NewID()
	l.Message.ID = l.ID
	if l.From != "customer" {
		l.Message.RemoteID = canon.RemoteID(l.ID.String())
	}
	t.lines = append(t.lines, l)
	return l
}

func (t *Thread) take(i int, value string) {
	parts := append([]canon.Part(nil), t.lines[i].Message.Parts...)
	for j, p := range parts {
		if c, ok := p.(canon.Choices); ok {
			c.Taken = value
			parts[j] = c
		}
	}
	t.rev++
	t.lines[i].Message.Parts, t.lines[i].Rev = parts, t.rev
}

// Signal keeps what passed, for tests to look at.
func (h *Hub) Signal(_ context.Context, _ canon.ThreadKey, s canon.Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.signals = append(h.signals, s)
}

// Say puts a line of ours into a thread.
func (h *Hub) Say(key canon.ThreadKey, sender connector.Sender, parts ...canon.Part) connector.Line {
	h.mu.Lock()
	l := h.thread(key).add(connector.Line{
		From: sender.Kind, Sender: sender, At: time.Now().UTC(), Message: canon.Message{Parts: parts}, State: canon.Sent,
	})
	h.mu.Unlock()
	h.wake(key, connector.Notice{Changed: true})
	return l
}

// Recall takes a line back.
func (h *Hub) Recall(key canon.ThreadKey, id canon.ID) {
	h.mu.Lock()
	t := h.thread(key)
	for i := range t.lines {
		if t.lines[i].ID == id {
			t.rev++
			t.lines[i].Rev, t.lines[i].Recalled = t.rev, time.Now().UTC()
		}
	}
	h.mu.Unlock()
	h.wake(key, connector.Notice{Changed: true})
}

// Stand changes who serves.
func (h *Hub) Stand(key canon.ThreadKey, change func(*connector.Standing)) {
	h.mu.Lock()
	t := h.thread(key)
	change(&t.standing)
	t.rev++
	t.standing.Rev = t.rev
	h.mu.Unlock()
	h.wake(key, connector.Notice{Changed: true})
}

// Forget makes every older revision too old to resume from.
func (h *Hub) Forget(key canon.ThreadKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.thread(key).oldest = h.thread(key).rev
}

// Type shows a sender typing.
func (h *Hub) Type(key canon.ThreadKey, sender connector.Sender, on bool, text string) {
	h.wake(key, connector.Notice{Signal: canon.Typing{On: on, Text: text}, Sender: sender})
}

func (h *Hub) wake(key canon.ThreadKey, n connector.Notice) {
	h.mu.Lock()
	var all []func(connector.Notice)
	for _, w := range h.thread(key).watchers {
		all = append(all, w)
	}
	h.mu.Unlock()
	for _, w := range all {
		w(n)
	}
}

// Watchers counts who watches a thread.
func (h *Hub) Watchers(key canon.ThreadKey) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.thread(key).watchers)
}

// Since is connector.Chat's.
func (h *Hub) Since(_ context.Context, key canon.ThreadKey, since int64, limit int) (connector.Lines, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away {
		return connector.Lines{}, ErrAway
	}
	t := h.thread(key)
	if since < t.oldest || since > t.rev {
		return connector.Lines{Rev: t.rev, Resync: true}, nil
	}
	out := connector.Lines{Rev: t.rev}
	for {
		var best *connector.Line
		for i := range t.lines {
			if l := &t.lines[i]; l.Rev > since && (best == nil || l.Rev < best.Rev) {
				best = l
			}
		}
		if best == nil {
			return out, nil
		}
		if len(out.Items) == limit {
			out.More, out.Rev = true, since
			return out, nil
		}
		out.Items, since = append(out.Items, *best), best.Rev
	}
}

// Before is connector.Chat's.
func (h *Hub) Before(_ context.Context, key canon.ThreadKey, before int64, limit int) (connector.Lines, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away {
		return connector.Lines{}, ErrAway
	}
	t := h.thread(key)
	out := connector.Lines{Rev: t.rev}
	for i := len(t.lines) - 1; i >= 0; i-- {
		if before != 0 && t.lines[i].Pos >= before {
			continue
		}
		if len(out.Items) == limit {
			out.More = true
			break
		}
		out.Items = append(out.Items, t.lines[i])
	}
	return out, nil
}

// Standing is connector.Chat's.
func (h *Hub) Standing(_ context.Context, key canon.ThreadKey) (connector.Standing, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.away {
		return connector.Standing{}, ErrAway
	}
	return h.thread(key).standing, nil
}

// Watch is connector.Chat's.
func (h *Hub) Watch(key canon.ThreadKey, wake func(connector.Notice)) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.thread(key)
	t.next++
	n := t.next
	t.watchers[n] = wake
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(t.watchers, n)
	}
}

// Store is connector.Chat's; it refuses programs.
func (h *Hub) Store(_ context.Context, _ canon.ThreadKey, name, mime string, body io.Reader) (canon.Media, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return canon.Media{}, err
	}
	if strings.HasPrefix(string(raw), "MZ") {
		return canon.Media{}, &connector.Error{Class: connector.Invalid, Shown: connector.Text{
			EN: "Programs cannot be sent.", ZH: "不能发送程序文件。",
		}}
	}
	m := canon.Media{Kind: canon.MediaFile, File: canon.NewID(), Name: name, MIME: mime, Size: int64(len(raw))}
	switch top, _, _ := strings.Cut(mime, "/"); top {
	case "image":
		m.Kind = canon.MediaImage
	case "audio":
		m.Kind = canon.MediaAudio
	case "video":
		m.Kind = canon.MediaVideo
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[m.File] = stored{connector.FileInfo{Name: name, MIME: mime, Size: m.Size}, raw}
	return m, nil
}

// FileURL is connector.Chat's.
func (h *Hub) FileURL(file canon.ID) string { return "/files/" + file.String() }

// Sighted is connector.Sighter's.
func (h *Hub) Sighted(_ context.Context, _ canon.ID, s connector.Sighting) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sightings = append(h.sightings, s)
}

// Sightings returns the pages that asked for a chat.
func (h *Hub) Sightings() []connector.Sighting {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]connector.Sighting(nil), h.sightings...)
}

// Refused is connector.Chat's.
func (h *Hub) Refused(_ context.Context, _ canon.ID, _ netip.Addr, peer canon.RemoteID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refused[peer] {
		h.refusals++
		return true
	}
	return false
}

// ServeHTTP serves the files.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, _ := canon.ParseID(strings.TrimPrefix(r.URL.Path, "/files/"))
	h.mu.Lock()
	f, ok := h.files[id]
	h.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.info.MIME)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}
