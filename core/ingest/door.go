package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/reply"
	"parley/core/secret"
	"parley/core/store"
)

// MaxBody is the largest callback taken in, in bytes.
const MaxBody = 8 << 20

// Line is an open link as ingest sees it.
type Line struct {
	Tenant canon.ID
	Link   canon.ID
	Kind   string
	Conn   connector.Conn
	// Account finds our account by the platform's id; ok is false when nobody
	// linked it. An empty id means the link's only account.
	Account func(canon.RemoteID) (canon.ID, bool)
	Wake    func(connector.Wake) // nudges the link's streamer
	// Seal encrypts the words of a ticket, which are stored.
	Seal func([]byte) ([]byte, error)
	// Keep makes a value a callback brought durable.
	Keep func(context.Context, connector.Kept) error
	// Refresh has the link ask its platform soon.
	Refresh func()
	// Signal passes something on that is never stored.
	Signal func(context.Context, canon.ThreadKey, canon.Signal)
}

// Lines finds open links by the id in a callback's address.
type Lines interface {
	LineByLink(link canon.ID) (Line, bool)
	// Beside are the other open links of a line's tenant and kind that carry an
	// account.
	Beside(line Line, account canon.RemoteID) []Line
}

// Options configure a Door.
type Options struct {
	Store *store.Store
	Lines Lines
	Log   *slog.Logger
	// Open keeps the callbacks whose response can carry a message.
	Open *reply.Open
	// Wake is called after something new was committed.
	Wake func(tenant canon.ID)
	// From returns the address a request came from, behind trusted proxies.
	From func(*http.Request) netip.Addr
	// Knocks signs knocks and the answers to them; nil: nobody knocks.
	Knocks *secret.Signer
	// Note is told how each callback ended, for health and metrics.
	// accounts are those something new was stored for, once for each.
	Note func(line Line, outcome connector.Outcome, accounts []canon.ID)
}

// Door answers callbacks under /hooks/{link}. Safe for concurrent use.
type Door struct{ o Options }

// NewDoor returns a door.
func NewDoor(o Options) *Door {
	if o.Open == nil {
		o.Open = &reply.Open{}
	}
	if o.Note == nil {
		o.Note = func(Line, connector.Outcome, []canon.ID) {}
	}
	return &Door{o}
}

// buffers keeps the memory of bodies between callbacks.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// ServeHTTP takes one callback in.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	rest := strings.TrimPrefix(r.URL.Path, "/hooks/")
	name, path, _ := strings.Cut(rest, "/")
	if path != "" {
		path = "/" + path
	}
	id, err := canon.ParseID(name)
	if err != nil {
		noHook.write(w)
		return
	}
	line, ok := d.o.Lines.LineByLink(id)
	if !ok {
		noHook.write(w)
		return
	}
	hook, ok := line.Conn.(connector.Webhook)
	if !ok || !slices.ContainsFunc(hook.Routes(), func(x connector.Route) bool { return x.Takes(r.Method, path) }) {
		noHook.write(w)
		return
	}
	body, err := readBody(w, r)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			tooLarge.write(w)
			return
		}
		unreadable.write(w)
		return
	}
	raw := connector.Raw{Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: r.Header, Body: body, From: d.o.From(r), Arrived: d.o.Store.Now()}
	if d.knocked(w, line, hook, raw) {
		return
	}
	answer, try := d.take(r.Context(), line, hook, raw)
	if try != nil {
		d.await(w, r, try, began, answer)
		return
	}
	_ = write(w, answer) // the platform hung up: it will repeat, and find it stored
}

// readBody reads the whole body; it is kept by what is stored, so it is a copy
// of its own.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if n := r.ContentLength; n >= 0 && n <= MaxBody {
		body := make([]byte, n)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	buf := buffers.Get().(*[]byte)
	defer func() { buffers.Put(buf) }()
	limited := http.MaxBytesReader(w, r.Body, MaxBody)
	b := (*buf)[:0]
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := limited.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			*buf = b
			return slices.Clone(b), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// take takes one raw callback of a link in and returns what to answer, and the
// try to wait for before, when the answer may carry a message.
func (d *Door) take(ctx context.Context, line Line, hook connector.Webhook, raw connector.Raw) (connector.Reply, *reply.Try) {
	opened, err := unseal(hook, raw)
	if err != nil {
		d.o.Log.Info("a callback was not authentic", "link", line.Link, "kind", line.Kind, "from", raw.From)
		return connector.Reply{Status: http.StatusUnauthorized}, nil
	}
	if opened.Answer != nil {
		return *opened.Answer, nil
	}
	batch, err := decode(ctx, hook, connector.Seal(raw, opened))
	if err != nil {
		d.o.Log.Warn("a callback could not be decoded", "link", line.Link, "kind", line.Kind, "err", err)
		d.refuse(ctx, line, opened.Body, err)
		d.o.Note(line, connector.Refused, nil)
		return hook.Ack(raw, connector.Refused), nil
	}
	if batch.Envelopes, err = d.beside(ctx, line, raw, batch.Envelopes); err != nil {
		return d.again(line, hook, raw, err), nil
	}
	// Held before the commit, so that the fastest answer finds it.
	try := d.hold(line, raw, batch.Envelopes)
	var fresh []canon.ID
	if len(batch.Envelopes) > 0 || len(batch.Keep) > 0 {
		if err := durable(func() (err error) {
			fresh, err = d.store(ctx, line, batch, opened.Body)
			return err
		}); err != nil {
			if try != nil {
				try.Drop()
			}
			return d.again(line, hook, raw, err), nil
		}
	}
	for _, wake := range batch.Wakes {
		line.Wake(wake)
	}
	if batch.Refresh {
		line.Refresh()
	}
	for _, s := range batch.Signals {
		line.Signal(ctx, s.Thread, s.Signal)
	}
	d.o.Note(line, connector.Committed, fresh)
	return hook.Ack(raw, connector.Committed), try
}

// again answers a callback that was not stored.
func (d *Door) again(line Line, hook connector.Webhook, raw connector.Raw, err error) connector.Reply {
	d.o.Log.Error("a callback could not be stored; the platform is asked to repeat it", "link", line.Link, "err", err)
	d.o.Note(line, connector.Retry, nil)
	return away(hook.Ack(raw, connector.Retry))
}

// away asks the platform to repeat later.
func away(answer connector.Reply) connector.Reply {
	if answer.Status < 500 {
		answer = connector.Reply{Status: http.StatusServiceUnavailable}
	}
	answer.Header = maps.Clone(answer.Header)
	if answer.Header == nil {
		answer.Header = http.Header{}
	}
	answer.Header.Set("Retry-After", "5")
	return answer
}

// store makes what a callback brought durable, and tells for which accounts
// something new was stored.
func (d *Door) store(ctx context.Context, line Line, batch connector.Batch, raw []byte) (fresh []canon.ID, err error) {
	for _, k := range batch.Keep {
		if err := line.Keep(context.WithoutCancel(ctx), k); err != nil {
			return nil, fmt.Errorf("keep %s: %w", k.Name, err)
		}
	}
	if len(batch.Envelopes) == 0 {
		return nil, nil
	}
	return d.commit(ctx, line, batch.Envelopes, raw, nil)
}

// commit makes envelopes durable, wakes who handles them, and tells for which
// accounts something new was stored.
func (d *Door) commit(ctx context.Context, line Line, envelopes []canon.Envelope, raw []byte, cursors connector.Cursors) (fresh []canon.ID, err error) {
	arrivals := make([]store.Arrival, len(envelopes))
	for i, e := range envelopes {
		if e.ID.IsZero() {
			e.ID = canon.NewID()
		}
		if e.Ticket != nil {
			sealed := *e.Ticket
			var err error
			if sealed.Opaque, err = line.Seal(sealed.Opaque); err != nil {
				return nil, fmt.Errorf("seal a ticket: %w", err)
			}
			e.Ticket = &sealed
		}
		a := store.Arrival{Link: line.Link, Envelope: e}
		if account, ok := line.Account(e.Account); ok {
			a.Account = account
		}
		if i == 0 {
			a.Raw = raw
		}
		arrivals[i] = a
	}
	// Once begun, the commit is waited for: the answer must be true.
	if err := d.o.Store.For(line.Tenant).Accept(context.WithoutCancel(ctx), line.Link, arrivals, cursors); err != nil {
		return nil, err
	}
	for _, a := range arrivals {
		if a.Waiting {
			fresh = append(fresh, a.Account)
		}
	}
	if len(fresh) > 0 {
		d.o.Wake(line.Tenant)
	}
	return fresh, nil
}

func unseal(hook connector.Webhook, raw connector.Raw) (opened connector.Opened, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while authenticating: %v\n%s", r, debug.Stack())
		}
	}()
	return hook.Unseal(raw)
}

func decode(ctx context.Context, hook connector.Webhook, v connector.Verified) (batch connector.Batch, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while decoding: %v\n%s", r, debug.Stack())
		}
	}()
	return hook.Decode(ctx, v)
}

func write(w http.ResponseWriter, answer connector.Reply) error {
	for k, v := range answer.Header {
		w.Header()[k] = v
	}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	w.WriteHeader(answer.Status)
	if len(answer.Body) == 0 {
		return nil
	}
	_, err := w.Write(answer.Body)
	return err
}

// Sink returns where a streamer or server of a link puts what it received.
func (d *Door) Sink(line Line) connector.Sink { return sink{d, line} }

type sink struct {
	d    *Door
	line Line
}

// Commit stores envelopes and cursors in one durable transaction.
func (s sink) Commit(ctx context.Context, envelopes []canon.Envelope, cursors connector.Cursors) error {
	fresh, err := s.d.commit(ctx, s.line, envelopes, nil, cursors)
	if err != nil {
		s.d.o.Note(s.line, connector.Retry, nil)
		return &connector.Error{Class: connector.Transient, Code: "store_away", Err: err, RetryAfter: 5 * time.Second}
	}
	s.d.o.Note(s.line, connector.Committed, fresh)
	return nil
}

// Signal passes something on that is never stored.
func (s sink) Signal(ctx context.Context, thread canon.ThreadKey, sig canon.Signal) {
	s.line.Signal(ctx, thread, sig)
}
