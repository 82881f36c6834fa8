package outbox

import (
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// passage is how a row leaves: by a ticket or without one, alone or with others.
type passage struct {
	ticket *store.Ticket
	// riders are rows that share the call: what was said right after, while a
	// ticket pays for one call only.
	riders []store.OutboxRow
	// lost says that an attempt by a ticket may have arrived and cannot be
	// repeated: the ticket is over, or the row it went with is done.
	lost bool
}

// board finds a row its ticket, in the transaction that claims the row. A row
// whose newest attempt is in doubt goes out the same way again, or not at all.
func (d *Dispatcher) board(t *store.Tx, row *store.OutboxRow, orphan bool, caps connector.Capabilities) (passage, error) {
	var w Wire
	if json.Unmarshal(row.Request, &w) != nil || w.Op != connector.OpPost {
		return passage{}, nil
	}
	doubted := orphan || row.Doubted
	if !row.Carrier.IsZero() || !row.Ticket.IsZero() {
		call, err := d.again(t, row)
		if err != nil || call.ticket != nil {
			return call, err
		}
		if doubted {
			call.lost = true
			return call, nil
		}
		if err := t.Untie(row.ID); err != nil {
			return passage{}, err
		}
		row.Ticket, row.Carrier = canon.ID{}, canon.ID{}
	}
	if doubted {
		return passage{}, nil
	}
	k, ok, err := t.ClaimTicket(d.ctx, *row, len(w.Message.Parts))
	if err != nil || !ok {
		return passage{}, err
	}
	row.Ticket = k.ID
	call := passage{ticket: &k}
	if row.Tries == 1 { // one that was refused in company goes alone
		call.riders, err = d.company(t, *row, w, k, caps)
	}
	return call, err
}

// again finds the ticket and the company a row had before.
func (d *Dispatcher) again(t *store.Tx, row *store.OutboxRow) (passage, error) {
	if row.Ticket.IsZero() {
		return passage{}, nil
	}
	riders, err := t.Riders(d.ctx, row.ID)
	if err != nil {
		return passage{}, err
	}
	var call passage
	for _, r := range riders {
		won := false
		if r.State == canon.Sending {
			won, err = t.Adopt(r, d.node)
		} else {
			won, err = claim(t, r, d.node)
		}
		if err != nil {
			return passage{}, err
		}
		if won {
			r.State, r.Holder, r.Tries = canon.Sending, d.node, r.Tries+1
			call.riders = append(call.riders, r)
		}
	}
	k, alive, err := t.HeldTicket(d.ctx, *row)
	if alive {
		call.ticket = &k
	}
	return call, err
}

// company claims the rows that may share the call of row: those behind it on
// its lane, as long as the same one speaks, nothing is answered in particular
// and the ticket takes their parts.
func (d *Dispatcher) company(t *store.Tx, row store.OutboxRow, w Wire, k store.Ticket, caps connector.Capabilities) ([]store.OutboxRow, error) {
	var out []store.OutboxRow
	parts := w.Message.Parts
	for _, next := range d.behind(row) {
		var n Wire
		if next.State != canon.Queued || next.Tries > 0 || next.Lease != row.Lease || json.Unmarshal(next.Request, &n) != nil ||
			n.Op != connector.OpPost || n.ReplyTo != "" || n.Sender != w.Sender || n.Message.Subject != w.Message.Subject {
			break
		}
		joined := append(parts[:len(parts):len(parts)], n.Message.Parts...)
		if k.Parts > 0 && len(joined) > k.Parts || !caps.MixMedia && isMedia(parts[0]) != isMedia(joined[len(joined)-1]) {
			break
		}
		won, err := claim(t, next, d.node)
		if err != nil {
			return nil, err
		}
		if !won {
			continue // somebody else speaks now, and it was cancelled
		}
		if err := t.Ride(next.ID, row.ID); err != nil {
			return nil, err
		}
		next.State, next.Holder, next.Tries, next.Carrier = canon.Sending, d.node, 1, row.ID
		parts, out = joined, append(out, next)
	}
	return out, nil
}

// behind returns the rows that wait behind a row on its lane.
func (d *Dispatcher) behind(row store.OutboxRow) []store.OutboxRow {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lanes[row.Thread]
	if l == nil || len(l.rows) == 0 || l.rows[0].ID != row.ID {
		return nil
	}
	out := make([]store.OutboxRow, len(l.rows)-1)
	for i, w := range l.rows[1:] {
		out[i] = w.OutboxRow
	}
	return out
}

// pass is the ticket of a call as the connector is given it.
func (call passage) pass(line Line) (*canon.Ticket, error) {
	if call.ticket == nil {
		return nil, nil
	}
	open := call.ticket.Ticket
	var err error
	if open.Opaque, err = line.Unseal(open.Opaque); err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "ticket_unreadable", Err: err}
	}
	return &open, nil
}

// judgeTicket turns the outcome of a call by a ticket into the next states of
// its rows. One in doubt is repeated once by the same ticket, and never followed
// by a call without it.
func (d *Dispatcher) judgeTicket(row store.OutboxRow, call passage, line Line, caps connector.Capabilities, began time.Time, receipt connector.Receipt, e *connector.Error) []store.Sent {
	out := store.Sent{Row: row, Began: began, Took: time.Since(began)}
	switch {
	case e == nil:
		out = d.judge(row, line, caps, began, receipt, nil)
	case e.TicketSpent && !row.Doubted:
		out.State, out.Due, out.Untie, out.Spent = canon.Queued, began.UnixMilli(), true, true
	case e.TicketSpent, e.Class == connector.Uncertain && row.Doubted:
		out.State = canon.Unconfirmed
	case e.Class == connector.Uncertain:
		d.note(line, e)
		out.State, out.Due = canon.Queued, time.Now().Add(backoff(1)).UnixMilli()
	case len(call.riders) > 0 && !row.Doubted && !e.Retryable() && e.Class != connector.NeedsLogin:
		// Refused together: each by itself shows which one it is.
		out.State, out.Due, out.Untie, out.Unused = canon.Queued, began.UnixMilli(), true, true
	default:
		out = d.judge(row, line, caps, began, receipt, e)
	}
	if e != nil {
		out.Failure = failure(e, row.Tries)
		if row.Doubted && out.State == canon.Queued {
			out.Failure.Class = string(connector.Uncertain) // no later failure takes the doubt away
		}
	}
	return call.shared(out, receipt)
}

// shared gives every row of a call its part of the outcome.
func (call passage) shared(out store.Sent, receipt connector.Receipt) []store.Sent {
	ids := append([]canon.RemoteID{receipt.RemoteID}, receipt.Also...)
	at := len(partsOf(out.Row))
	if len(call.riders) > 0 {
		out.Also = nil
		if out.State == canon.Sent && at > 1 && at <= len(ids) {
			out.Also = ids[1:at]
		}
	}
	all := []store.Sent{out}
	for _, r := range call.riders {
		mine := out
		mine.Row, mine.RemoteID, mine.Also, mine.Trace = r, "", nil, ""
		n := len(partsOf(r))
		if out.State == canon.Sent && at > 0 && at+n <= len(ids) && n > 0 {
			mine.RemoteID, mine.Also = ids[at], ids[at+1:at+n]
		}
		at += n
		all = append(all, mine)
	}
	return all
}

func partsOf(row store.OutboxRow) []canon.Part {
	var w Wire
	_ = json.Unmarshal(row.Request, &w) // an unreadable row never gets as far as a ticket
	return w.Message.Parts
}
