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

// deliver sends one row, again and again as its failures allow, and returns
// when the row is done or the dispatcher stops.
func (d *Dispatcher) deliver(row store.OutboxRow) {
	orphan := row.State == canon.Sending && row.Holder != d.node
	needsLogin := false
	wire, bad := unpack(row)
	for {
		if !d.sleepUntil(row, needsLogin) {
			return
		}
		line, ok := d.lines.LineOf(row.Tenant, row.Account)
		if !ok || line.Paused {
			// The link is paused, or not opened yet: the row keeps its place.
			if age(row) > maxAge && !ok {
				d.finish(store.Sent{Row: row, State: canon.Failed, Failure: &core.Failure{Class: string(connector.NeedsLogin), Code: "not_linked",
					Text: "The account is not linked any more.", Remedy: "Link it again under Channels, then retry."}})
				return
			}
			if !d.sleepOr(time.Second, d.opened(row.Account)) {
				return
			}
			continue
		}
		caps, err := capabilities(line, wire)
		if err != nil {
			d.log.Error("a connector panicked", "kind", line.Kind, "row", row.ID, "err", err)
			row.Tries++
			result := d.judge(row, line, caps, time.Now(), connector.Receipt{}, &connector.Error{Class: connector.Internal, Code: "panic", Err: err})
			if !d.finish(result) || result.State != canon.Queued {
				return
			}
			row.State, row.Due = canon.Queued, result.Due
			continue
		}
		results, sent := d.once(&row, wire, bad, line, caps, &orphan)
		if !sent {
			return
		}
		result := results[0]
		if !d.finish(results...) || result.State != canon.Queued {
			return
		}
		needsLogin = result.Failure != nil && result.Failure.Class == string(connector.NeedsLogin)
		row.Doubted = result.Failure != nil && result.Failure.Class == string(connector.Uncertain)
		if result.Untie {
			row.Ticket, row.Carrier = canon.ID{}, canon.ID{}
		}
		row.State, row.Due = canon.Queued, result.Due
	}
}

// once passes the account's gate, makes sure that the row is still ours to
// send, and makes one attempt: what became of the row, and of those that shared
// its call. sent is false when nothing is left to do.
func (d *Dispatcher) once(row *store.OutboxRow, wire Wire, bad error, line Line, caps connector.Capabilities, orphan *bool) (results []store.Sent, sent bool) {
	g := d.gateOf(row.Account, caps)
	if !d.enter(g, line) {
		return nil, false
	}
	defer g.leave()
	var call passage
	for !d.hold(row, orphan, caps, &call) {
		if row.State == canon.Cancelled || !d.sleep(time.Second) {
			return nil, false
		}
	}
	interrupted := &connector.Error{Class: connector.Uncertain, Code: "interrupted",
		Shown: connector.Text{EN: "The hub was stopped while sending.", ZH: "发送过程中服务被中断。"}}
	if call.lost {
		return call.shared(store.Sent{Row: *row, Began: time.Now(), State: canon.Unconfirmed, Failure: failure(interrupted, row.Tries)}, connector.Receipt{}), true
	}
	if *orphan {
		*orphan, row.Doubted = false, true
		if !repeats(caps) && call.ticket == nil {
			return []store.Sent{d.settle(*row, line, caps, interrupted)}, true
		}
		// Repeated under the same key, or by the same ticket.
	}
	if bad != nil {
		return []store.Sent{d.judge(*row, line, caps, time.Now(), connector.Receipt{}, &connector.Error{Class: connector.Invalid, Code: "unreadable", Err: bad})}, true
	}
	return d.attempt(*row, wire, call, line, caps), true
}

// hold makes a row this process's to send, and those that share its call. It
// reports false when the database could not be asked, or, with the row's state
// Cancelled, when the row is no longer to be sent by us.
func (d *Dispatcher) hold(row *store.OutboxRow, orphan *bool, caps connector.Capabilities, call *passage) bool {
	if !*orphan && row.State == canon.Sending && time.Since(row.ID.Time()) < late {
		return true // in flight since it was committed
	}
	was := *row
	won := true
	err := d.store.For(row.Tenant).Write(d.ctx, func(t *store.Tx) (err error) {
		*row, *call = was, passage{}
		if *orphan {
			won, err = t.Adopt(*row, d.node)
		} else {
			if row.State == canon.Sending {
				if err := t.Withdraw(row.ID, d.node); err != nil {
					return err
				}
				row.Tries--
			}
			won, err = claim(t, *row, d.node)
		}
		row.State, row.Holder = canon.Sending, d.node
		row.Tries++
		if err == nil && won && caps.Tickets {
			*call, err = d.board(t, row, *orphan, caps)
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
	err = json.Unmarshal(row.Request, &w)
	return w, err
}
