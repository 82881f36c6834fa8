package conntest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"sync"

	"parley/core/canon"
	"parley/core/connector"
)

// hub plays the core's side of receiving: unseal, decode, commit, acknowledge,
// with a durable set that has one row per account and event id.
type hub struct {
	lab *lab

	mu      sync.Mutex
	rows    map[string]string // dedupe key → the event's content
	order   []canon.Envelope
	cursors connector.Cursors
	// refuse is asked at every commit; an error means the store is away.
	refuse func() error
	// forget is asked after every commit: an error is a crash between the
	// commit and its report.
	forget func() error
	// watch sees every commit before it is made.
	watch func()
}

func newHub(l *lab) *hub {
	return &hub{lab: l, rows: map[string]string{}, cursors: connector.Cursors{}}
}

var errAway = errors.New("the store is away")

func rowKey(e canon.Envelope) string {
	sum := sha256.Sum256([]byte(string(e.Account) + "\x00" + e.EventID))
	return hex.EncodeToString(sum[:])
}

// content is what a row is compared by: the event without what may differ when
// it is delivered again.
func content(e canon.Envelope) string {
	e.ID, e.Raw, e.Ticket = canon.ID{}, "", nil
	raw, err := e.AppendJSON(nil)
	if err != nil {
		return "cannot be written: " + err.Error()
	}
	return string(raw)
}

// Commit stores envelopes once each, and cursors, as one transaction.
func (h *hub) Commit(ctx context.Context, envelopes []canon.Envelope, cursors connector.Cursors) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	watch, refuse, forget := h.watch, h.refuse, h.forget
	h.mu.Unlock()
	if watch != nil {
		watch()
	}
	if refuse != nil {
		if err := refuse(); err != nil {
			return err
		}
	}
	h.mu.Lock()
	for _, e := range envelopes {
		key := rowKey(e)
		if _, again := h.rows[key]; !again {
			h.rows[key] = content(e)
			h.order = append(h.order, e)
		}
	}
	maps.Copy(h.cursors, cursors)
	h.mu.Unlock()
	if forget != nil {
		return forget()
	}
	return nil
}

// keep makes what a callback brought durable, as the commit does.
func (h *hub) keep(all []connector.Kept) {
	for _, k := range all {
		switch {
		case k.Name == "" || k.Value != "" && k.For <= 0:
			h.lab.find("a value is kept without a name, or for no time: %q for %s", k.Name, k.For)
		case k.Value == "":
			_ = h.lab.kept.Delete(context.Background(), k.Name) // in memory
		default:
			_ = h.lab.kept.Set(context.Background(), k.Name, k.Value, k.For)
		}
	}
}

// Signal stores nothing.
func (h *hub) Signal(context.Context, canon.ThreadKey, canon.Signal) {}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.rows)
}

func (h *hub) stored() []canon.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]canon.Envelope(nil), h.order...)
}

func (h *hub) at() connector.Cursors {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.cursors)
}

func (h *hub) set(refuse, forget func() error, watch func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuse, h.forget, h.watch = refuse, forget, watch
}

// taken is what became of one callback.
type taken struct {
	unsealErr error
	answer    *connector.Reply // of a handshake
	batch     connector.Batch
	decodeErr error
	outcome   connector.Outcome
	reply     connector.Reply
}

// read is what the connector itself does with a callback, and nothing of the hub.
func (h *hub) read(raw connector.Raw) {
	hook := h.lab.conn.(connector.Webhook)
	raw.Arrived = h.lab.clock.Now()
	defer func() { _ = recover() }() // post reports it
	opened, err := hook.Unseal(raw)
	if err != nil || opened.Answer != nil {
		return
	}
	outcome := connector.Committed
	if _, err := hook.Decode(context.Background(), connector.Seal(raw, opened)); err != nil {
		outcome = connector.Refused
	}
	hook.Ack(raw, outcome)
}

// post plays one callback through the webhook in the core's order.
func (h *hub) post(raw connector.Raw) (out taken) {
	l := h.lab
	hook := l.conn.(connector.Webhook)
	if raw.Arrived.IsZero() {
		raw.Arrived = l.clock.Now()
	}
	before := l.net.opened()
	opened, err := call(l, "Unseal", func() (connector.Opened, error) { return hook.Unseal(raw) })
	if err != nil {
		out.unsealErr = err
		out.reply = connector.Reply{Status: http.StatusUnauthorized}
		return out
	}
	if opened.Answer != nil {
		out.answer = opened.Answer
		out.reply = l.reply("the answer of Unseal", *opened.Answer)
		return out
	}
	out.batch, out.decodeErr = call(l, "Decode", func() (connector.Batch, error) {
		return hook.Decode(context.Background(), connector.Seal(raw, opened))
	})
	if l.net.opened() != before {
		l.findAs("commit first", "Unseal or Decode touched the network")
	}
	switch {
	case out.decodeErr != nil:
		out.outcome = connector.Refused
	case h.Commit(context.Background(), out.batch.Envelopes, nil) != nil:
		out.outcome = connector.Retry
	default:
		out.outcome = connector.Committed
		h.keep(out.batch.Keep)
		l.carried.register(out.batch.Devices)
	}
	out.reply, _ = call(l, "Ack", func() (connector.Reply, error) { return hook.Ack(raw, out.outcome), nil })
	l.reply("the answer to a callback", out.reply)
	return out
}
