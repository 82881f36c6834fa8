package outbox

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

const (
	// maxTries is how often something that surely did not leave is tried.
	maxTries = 12
	// maxFaults is how often our own fault is tried before it is dead.
	maxFaults = 5
	// maxAge is when waiting for a sign-in or a retry ends.
	maxAge = 24 * time.Hour
)

// judge turns an outcome into the row's next state.
func (d *Dispatcher) judge(row store.OutboxRow, line Line, caps connector.Capabilities, began time.Time, receipt connector.Receipt, e *connector.Error) store.Sent {
	d.note(line, e)
	out := store.Sent{Row: row, Began: began, Took: time.Since(began)}
	if e == nil {
		out.State, out.RemoteID, out.Also = canon.Sent, receipt.RemoteID, receipt.Also
		if receipt.State == canon.Delivered || receipt.State == canon.Read {
			out.State = receipt.State
		}
		return out
	}
	out.Failure = failure(e, row.Tries)
	old := age(row) > maxAge
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
		switch e.Scope {
		case connector.ScopeAccount:
			d.pause(row.Account, wait)
		case connector.ScopeLink:
			d.pause(line.Link, wait)
		}
		out.State, out.Due = canon.Queued, time.Now().Add(wait).UnixMilli()
	case connector.NeedsLogin:
		if old {
			out.State = canon.Failed
			return out
		}
		// What stands behind would be refused alike: one asks again for all.
		wait := 30*time.Second + jitter(10*time.Second)
		switch e.Scope {
		case connector.ScopeAccount:
			d.pause(row.Account, wait)
		case connector.ScopeLink:
			d.pause(line.Link, wait)
		}
		out.State, out.Due = canon.Queued, time.Now().Add(wait).UnixMilli()
	case connector.Internal:
		if row.Tries >= maxFaults {
			out.State = canon.Failed
			return out
		}
		out.State, out.Due = canon.Queued, time.Now().Add(backoff(row.Tries)).UnixMilli()
	case connector.Uncertain:
		return d.settle(row, line, caps, e)
	default:
		out.State = canon.Failed
	}
	return out
}

// age is how long a row has been on its way: what was held counts from when it
// was let go.
func age(row store.OutboxRow) time.Duration {
	return min(time.Since(row.ID.Time()), time.Since(time.UnixMilli(row.Created)))
}

// settle decides about an attempt that may have left: the same key again where
// the platform honours it, else the platform's own word, else a person's.
func (d *Dispatcher) settle(row store.OutboxRow, line Line, caps connector.Capabilities, e *connector.Error) (out store.Sent) {
	out = store.Sent{Row: row, Began: time.Now(), Failure: failure(e, row.Tries), State: canon.Unconfirmed}
	var w Wire
	if err := json.Unmarshal(row.Request, &w); err != nil {
		return out
	}
	if caps.Idempotent && row.Tries < maxTries {
		out.State, out.Due = canon.Queued, time.Now().Add(backoff(row.Tries)).UnixMilli()
		return out
	}
	s, ok := line.Conn.(connector.Settler)
	if !ok || !caps.Can(connector.OpsSettle) {
		return out
	}
	defer func() {
		if r := recover(); r != nil {
			d.log.Error("a connector panicked while settling", "kind", line.Kind, "row", row.ID, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), sendTimeout)
	defer cancel()
	receipt, err := s.Settle(ctx, connector.Request{Key: row.ID, Attempt: row.Tries, Account: line.Account, Thread: w.Thread, Message: w.Message, Op: w.Op, Target: w.Target, After: w.After, Sender: w.Sender})
	switch {
	case err != nil:
		return out
	case receipt == nil:
		out.State, out.Due = canon.Queued, time.Now().UnixMilli()
	default:
		out.State, out.RemoteID, out.Also, out.Failure = canon.Sent, receipt.RemoteID, receipt.Also, nil
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
