package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/store"
)

const (
	// maxTries is how often something that surely did not leave is tried.
	maxTries = 12
	// maxFaults is how often our own fault is tried before it is dead.
	maxFaults = 5
	// maxAge is when waiting for a sign-in or a retry ends.
	maxAge = 24 * time.Hour
	// sendTimeout bounds one call.
	sendTimeout = 60 * time.Second
)

// deliver sends one row, again and again as its failures allow, and returns
// when the row is done or the dispatcher stops.
func (d *Dispatcher) deliver(row store.OutboxRow) {
	orphan := row.State == canon.Sending && row.Holder != d.node
	for {
		if wait := time.Until(time.UnixMilli(row.Due)); row.Due > 0 && wait > 0 && !d.sleep(wait) {
			return
		}
		line, ok := d.lines.LineOf(row.Tenant, row.Account)
		if !ok || line.Paused {
			// The link is paused, or not opened yet: the row keeps its place.
			if time.Since(row.ID.Time()) > maxAge && !ok {
				d.finish(row, store.Sent{Row: row, State: canon.Failed, Failure: &core.Failure{Class: string(connector.NeedsLogin), Code: "not_linked",
					Text: "The account is not linked any more.", Remedy: "Link it again under Channels, then retry."}})
				return
			}
			if !d.sleep(time.Second) {
				return
			}
			continue
		}
		if orphan {
			orphan = false
			if done := d.adopt(&row, line); done {
				return
			}
		}
		if row.State == canon.Queued {
			won, err := d.claim(&row)
			if err != nil {
				d.log.Warn("cannot claim an outbox row, trying again", "row", row.ID, "err", err)
				if !d.sleep(time.Second) {
					return
				}
				continue
			}
			if !won {
				return // cancelled, or another node has it
			}
		}
		result := d.attempt(&row, line)
		if !d.finish(row, result) || result.State != canon.Queued {
			return
		}
		row.State, row.Due = canon.Queued, result.Due
	}
}

// adopt decides about a row that an earlier process was sending when it ended:
// it may have left. done means that nothing is left to do.
func (d *Dispatcher) adopt(row *store.OutboxRow, line Line) (done bool) {
	caps := line.Conn.Capabilities(keyOf(*row))
	if caps.Idempotent {
		row.Holder = d.node
		row.Tries++
		return false // repeated under the same key
	}
	result := d.settle(*row, line, &connector.Error{Class: connector.Uncertain, Code: "interrupted",
		Shown: connector.Text{EN: "The hub was stopped while sending.", ZH: "发送过程中服务被中断。"}})
	d.finish(*row, result)
	row.State, row.Due = canon.Queued, result.Due
	return result.State != canon.Queued
}

func (d *Dispatcher) claim(row *store.OutboxRow) (bool, error) {
	var won bool
	err := d.store.For(row.Tenant).Write(d.ctx, func(t *store.Tx) error {
		got, err := t.Claim([]canon.ID{row.ID}, d.node)
		won = got[row.ID]
		return err
	})
	if won {
		row.State, row.Holder = canon.Sending, d.node
		row.Tries++
	}
	return won, err
}

func keyOf(row store.OutboxRow) canon.ThreadKey {
	var w struct {
		Thread canon.ThreadKey `json:"thread"`
	}
	_ = json.Unmarshal(row.Request, &w) // an unreadable row fails in attempt, with its reason
	return w.Thread
}

// attempt makes one call and says what became of it.
func (d *Dispatcher) attempt(row *store.OutboxRow, line Line) store.Sent {
	began := time.Now()
	var w Wire
	if err := json.Unmarshal(row.Request, &w); err != nil {
		return d.judge(*row, line, began, nil, &connector.Error{Class: connector.Invalid, Code: "unreadable", Err: err})
	}
	caps := line.Conn.Capabilities(w.Thread)
	g := d.gateOf(row.Account, caps)
	if !d.enter(g) {
		return store.Sent{Row: *row, State: canon.Queued, Due: 0, Began: began}
	}
	defer g.leave()
	// A call that has begun is finished even while the hub stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), sendTimeout)
	defer cancel()
	trace := &tracer{}
	ctx = egress.WithTrace(ctx, trace)
	receipt, err := d.call(ctx, *row, w, line, caps)
	result := d.judge(*row, line, began, &receipt, connector.AsError(err))
	result.Trace = trace.JSON()
	if result.State == canon.Sent && caps.Can(connector.OpsFile) {
		result.Chore = "file"
		result.Receipt, _ = json.Marshal(receipt) // a struct of strings and times always encodes
	}
	return result
}

// call uploads what must be uploaded and sends.
func (d *Dispatcher) call(ctx context.Context, row store.OutboxRow, w Wire, line Line, caps connector.Capabilities) (receipt connector.Receipt, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &connector.Error{Class: connector.Uncertain, Code: "panic", Err: fmt.Errorf("panic in the connector: %v", r)}
			d.log.Error("a connector panicked while sending", "kind", line.Kind, "row", row.ID, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	req := connector.Request{
		Key: row.ID, Attempt: row.Tries, Account: line.Account, Thread: w.Thread, Message: w.Message, Op: w.Op, Target: w.Target,
		Emoji: w.Emoji, ReplyTo: w.ReplyTo, After: w.After, Sender: w.Sender,
	}
	if up, ok := line.Conn.(connector.Uploader); ok && caps.Can(connector.OpsUpload) {
		if req.Uploaded, err = upload(ctx, up, row.ID, w.Message, line.Files); err != nil {
			return receipt, err
		}
	}
	return line.Conn.Send(ctx, req)
}

func upload(ctx context.Context, up connector.Uploader, key canon.ID, m canon.Message, files connector.Files) (map[canon.ID]canon.RemoteID, error) {
	out := map[canon.ID]canon.RemoteID{}
	for _, p := range m.Parts {
		file := fileOf(p)
		if file.IsZero() {
			continue
		}
		body, info, err := files.Open(ctx, file)
		if err != nil {
			return nil, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: err}
		}
		remote, _, err := up.Upload(ctx, key, info, body)
		body.Close()
		if err != nil {
			e := connector.AsError(err)
			if e.Class == connector.Uncertain {
				// The customer sees nothing of an upload: doing it again is safe.
				again := *e
				again.Class = connector.Transient
				e = &again
			}
			return nil, e
		}
		out[file] = remote
	}
	return out, nil
}

// judge turns an outcome into the row's next state.
func (d *Dispatcher) judge(row store.OutboxRow, line Line, began time.Time, receipt *connector.Receipt, e *connector.Error) store.Sent {
	d.note(line, e)
	out := store.Sent{Row: row, Began: began, Took: time.Since(began)}
	if e == nil {
		out.State, out.RemoteID = canon.Sent, receipt.RemoteID
		if receipt.State == canon.Delivered || receipt.State == canon.Read {
			out.State = receipt.State
		}
		return out
	}
	out.Failure = failure(e, row.Tries)
	old := time.Since(row.ID.Time()) > maxAge
	switch e.Class {
	case connector.Transient, connector.RateLimited:
		if row.Tries >= maxTries || old {
			out.State = canon.Failed
			return out
		}
		wait := backoff(row.Tries)
		if e.RetryAfter > 0 {
			wait = e.RetryAfter + jitter(time.Second)
		}
		if e.Scope == connector.ScopeAccount || e.Scope == connector.ScopeLink {
			d.pause(d.gateOf(row.Account, line.Conn.Capabilities(keyOf(row))), wait)
		}
		out.State, out.Due = canon.Queued, time.Now().Add(wait).UnixMilli()
	case connector.NeedsLogin:
		if old {
			out.State = canon.Failed
			return out
		}
		out.State, out.Due = canon.Queued, time.Now().Add(30*time.Second+jitter(10*time.Second)).UnixMilli()
	case connector.Internal:
		if row.Tries >= maxFaults {
			out.State = canon.Failed
			return out
		}
		out.State, out.Due = canon.Queued, time.Now().Add(backoff(row.Tries)).UnixMilli()
	case connector.Uncertain:
		return d.settle(row, line, e)
	default:
		out.State = canon.Failed
	}
	return out
}

// settle decides about an attempt that may have left: the same key again where
// the platform honours it, else the platform's own word, else a person's.
func (d *Dispatcher) settle(row store.OutboxRow, line Line, e *connector.Error) store.Sent {
	out := store.Sent{Row: row, Began: time.Now(), Failure: failure(e, row.Tries), State: canon.Unconfirmed}
	var w Wire
	if err := json.Unmarshal(row.Request, &w); err != nil {
		return out
	}
	caps := line.Conn.Capabilities(w.Thread)
	if caps.Idempotent && row.Tries < maxTries {
		out.State, out.Due = canon.Queued, time.Now().Add(backoff(row.Tries)).UnixMilli()
		return out
	}
	s, ok := line.Conn.(connector.Settler)
	if !ok || !caps.Can(connector.OpsSettle) {
		return out
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), sendTimeout)
	defer cancel()
	receipt, err := s.Settle(ctx, connector.Request{Key: row.ID, Attempt: row.Tries, Account: line.Account, Thread: w.Thread, Message: w.Message, Op: w.Op, Target: w.Target, After: w.After, Sender: w.Sender})
	switch {
	case err != nil:
		return out
	case receipt == nil:
		out.State, out.Due = canon.Queued, time.Now().UnixMilli()
	default:
		out.State, out.RemoteID, out.Failure = canon.Sent, receipt.RemoteID, nil
	}
	return out
}

func failure(e *connector.Error, tries int) *core.Failure {
	f := &core.Failure{Class: string(e.Class), Code: e.Code, Text: e.Shown.EN, Tries: tries}
	if f.Text == "" {
		f.Text = e.Error()
	}
	return f
}

// backoff grows from one second to ten minutes, with jitter.
func backoff(tries int) time.Duration {
	d := time.Second << min(max(tries-1, 0), 10)
	d = min(d, 10*time.Minute)
	return d/2 + jitter(d/2)
}

func jitter(d time.Duration) time.Duration { return rand.N(d + 1) }

// tracer keeps the redacted exchanges of one attempt.
type tracer struct {
	mu  sync.Mutex
	all []egress.Exchange
}

// Record keeps an exchange.
func (t *tracer) Record(x egress.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, x)
}

// JSON is the exchanges, or "" when there were none.
func (t *tracer) JSON() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return ""
	}
	b, err := json.Marshal(t.all)
	if err != nil {
		return ""
	}
	return string(b)
}
