package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// late is when a row that was committed as already in flight is looked at once
// more before it leaves: meanwhile somebody else may have the conversation.
const late = time.Second

// unlinked is how long a row waits where its link is paused or not open: opening
// it wakes the row before.
const unlinked = 30 * time.Second

// deliver tries to send one row. It returns how long the row has to wait, nil
// when it is done or the dispatcher stops.
func (d *Dispatcher) deliver(row *waiting) *nap {
	n := nap{until: time.UnixMilli(row.Due), early: row.needsLogin, mended: d.mends()}
	if row.Due > 0 && time.Now().Before(n.until) {
		return &n
	}
	n.early = true
	line, ok := d.lines.LineOf(row.Tenant, row.Account)
	if !ok || line.Paused {
		// The link is paused, or not opened yet: the row keeps its place.
		if age(row.OutboxRow) > maxAge && !ok {
			d.finish(store.Sent{Row: row.OutboxRow, State: canon.Failed, Failure: &core.Failure{Class: string(connector.NeedsLogin), Code: "not_linked",
				Text: "The account is not linked any more.", Remedy: "Link it again under Channels, then retry."}})
			return nil
		}
		n.until = time.Now().Add(unlinked)
		return &n
	}
	if wait := d.quiet(line); wait > 0 {
		n.until = time.Now().Add(wait)
		return &n
	}
	results, wait := d.once(row, line)
	if wait > 0 {
		n.until = time.Now().Add(wait)
		return &n
	}
	if len(results) == 0 {
		return nil
	}
	result := results[0]
	if !d.finish(results...) || result.State != canon.Queued {
		return nil
	}
	row.needsLogin = result.Failure != nil && result.Failure.Class == string(connector.NeedsLogin)
	row.Doubted = result.Failure != nil && result.Failure.Class == string(connector.Uncertain)
	if result.Untie {
		row.Ticket, row.Carrier = canon.ID{}, canon.ID{}
	}
	row.State, row.Due = canon.Queued, result.Due
	n.until, n.early = time.UnixMilli(row.Due), row.needsLogin
	return &n
}

// mends is how often a link was mended.
func (d *Dispatcher) mends() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mended
}

// once passes the account's gate, makes sure that the row is still ours to
// send, and makes one attempt: what became of the row, and of those that shared
// its call. There is none when nothing is left to do, or when the line began to
// keep quiet meanwhile: wait is for how long.
func (d *Dispatcher) once(row *waiting, line Line) (results []store.Sent, wait time.Duration) {
	wire, bad := unpack(row.OutboxRow)
	caps, err := capabilities(line, wire)
	if err != nil {
		d.log.Error("a connector panicked", "kind", line.Kind, "row", row.ID, "err", err)
		row.Tries++
		return []store.Sent{d.judge(row.OutboxRow, line, caps, time.Now(), connector.Receipt{}, &connector.Error{Class: connector.Internal, Code: "panic", Err: err})}, 0
	}
	g := d.gateOf(row.Account, caps)
	if !d.enter(g) {
		return nil, 0
	}
	defer g.leave()
	if wait = d.quiet(line); wait > 0 {
		return nil, wait
	}
	var call passage
	for !d.hold(row, caps, &call) {
		if row.State == canon.Cancelled || !d.sleep(time.Second) {
			return nil, 0
		}
	}
	interrupted := &connector.Error{Class: connector.Uncertain, Code: "interrupted",
		Shown: connector.Text{EN: "The hub was stopped while sending.", ZH: "发送过程中服务被中断。"}}
	if call.lost {
		return call.shared(store.Sent{Row: row.OutboxRow, Began: time.Now(), State: canon.Unconfirmed, Failure: failure(interrupted, row.Tries)}, connector.Receipt{}), 0
	}
	if row.orphan {
		row.orphan, row.Doubted = false, true
		if !repeats(caps) && call.ticket == nil {
			return []store.Sent{d.settle(row.OutboxRow, line, caps, interrupted)}, 0
		}
		// Repeated under the same key, or by the same ticket.
	}
	if bad != nil {
		return []store.Sent{d.judge(row.OutboxRow, line, caps, time.Now(), connector.Receipt{}, &connector.Error{Class: connector.Invalid, Code: "unreadable", Err: bad})}, 0
	}
	return d.attempt(row.OutboxRow, wire, call, line, caps), 0
}

// hold makes a row this process's to send, and those that share its call. It
// reports false when the database could not be asked, or, with the row's state
// Cancelled, when the row is no longer to be sent by us.
func (d *Dispatcher) hold(row *waiting, caps connector.Capabilities, call *passage) bool {
	if !row.orphan && row.State == canon.Sending && time.Since(row.ID.Time()) < late {
		return true // in flight since it was committed
	}
	was := *row
	won := true
	err := d.store.For(row.Tenant).Write(d.ctx, func(t *store.Tx) (err error) {
		*row, *call = was, passage{}
		if row.orphan {
			won, err = t.Adopt(row.OutboxRow, d.node)
		} else {
			if row.State == canon.Sending {
				if err := t.Withdraw(row.ID, d.node); err != nil {
					return err
				}
				row.Tries--
			}
			won, err = claim(t, row.OutboxRow, d.node)
		}
		row.State, row.Holder = canon.Sending, d.node
		row.Tries++
		if err == nil && won && caps.Tickets {
			*call, err = d.board(t, &row.OutboxRow, row.orphan, caps)
		}
		return err
	})
	if err != nil {
		*row = was
		d.log.Warn("cannot claim an outbox row, trying again", "row", row.ID, "err", err)
		return false
	}
	if !won {
		row.State = canon.Cancelled
	}
	return won
}

func claim(t *store.Tx, row store.OutboxRow, node string) (bool, error) {
	won, err := t.Claim([]canon.ID{row.ID}, node)
	return won[row.ID], err
}

// capabilities asks a connector what a thread can carry, and survives its panic.
func capabilities(line Line, w Wire) (caps connector.Capabilities, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v", r)
		}
	}()
	return line.Conn.Capabilities(w.Thread), nil
}

// unpack reads what a row asks for.
func unpack(row store.OutboxRow) (w Wire, err error) {
	if w, made := row.Made.(Wire); made {
		return w, nil
	}
	err = json.Unmarshal(row.Request, &w)
	return w, err
}
