package store

import (
	"context"
	"database/sql"
	"time"

	"parley/core/canon"
)

// Ticket is a permission to answer on a thread. Its words are sealed.
type Ticket struct {
	ID canon.ID // of the envelope it came with
	canon.Ticket
}

// ticketSpare is what must be left of a ticket's life when it is claimed: the
// call still has to reach the platform.
const ticketSpare = 3 * time.Second

// ticketKept is how long an over ticket is remembered: an attempt made by it may
// still be in doubt.
const ticketKept = 24 * time.Hour

func (t *Tx) applyTickets(ch *Change) error {
	thread := ch.Lane.Thread.ID
	for i, k := range ch.Tickets {
		if i == 0 {
			if _, err := t.exec("DELETE FROM tickets WHERE tenant = $1 AND thread = $2 AND expires < $3", t.tenant, thread, ms(t.Now().Add(-ticketKept))); err != nil {
				return err
			}
		}
		if _, err := t.exec("INSERT INTO tickets (tenant, thread, id, opaque, expires, calls, parts) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
			t.tenant, thread, k.ID, k.Opaque, ms(k.Expires), k.Calls, k.Parts); err != nil {
			return err
		}
	}
	return nil
}

const ticketCols = "id, opaque, expires, calls, parts"

func scanTicket(rows *sql.Rows) (k Ticket, err error) {
	var expires int64
	err = rows.Scan(&k.ID, &k.Opaque, &expires, &k.Calls, &k.Parts)
	k.Expires = time.UnixMilli(expires).UTC()
	return k, err
}

// ClaimTicket claims one call of an open ticket of the row's thread for the row:
// of the one that ends first and takes that many parts. It reports false when
// there is none.
func (t *Tx) ClaimTicket(ctx context.Context, row OutboxRow, parts int) (Ticket, bool, error) {
	open, err := list(ctx, t, scanTicket, "SELECT "+ticketCols+` FROM tickets WHERE tenant = $1 AND thread = $2 AND calls > 0 AND expires > $3 AND (parts = 0 OR parts >= $4)
		ORDER BY expires, id LIMIT 4`, t.tenant, row.Thread, ms(t.Now().Add(ticketSpare)), parts)
	if err != nil {
		return Ticket{}, false, err
	}
	for _, k := range open {
		n, err := t.exec("UPDATE tickets SET calls = calls - 1 WHERE tenant = $1 AND thread = $2 AND id = $3 AND calls = $4", t.tenant, row.Thread, k.ID, k.Calls)
		if err != nil {
			return Ticket{}, false, err
		}
		if n == 0 {
			continue // another node was faster
		}
		_, err = t.exec("UPDATE outbox SET ticket = $1 WHERE tenant = $2 AND id = $3", k.ID, t.tenant, row.ID)
		return k, true, err
	}
	return Ticket{}, false, nil
}

// HeldTicket returns the ticket a row was claimed for. It reports false when
// its life is over.
func (t *Tx) HeldTicket(ctx context.Context, row OutboxRow) (Ticket, bool, error) {
	held, err := list(ctx, t, scanTicket, "SELECT "+ticketCols+" FROM tickets WHERE tenant = $1 AND thread = $2 AND id = $3 AND expires > $4",
		t.tenant, row.Thread, row.Ticket, ms(t.Now().Add(ticketSpare)))
	if err != nil || len(held) == 0 {
		return Ticket{}, false, err
	}
	return held[0], true, nil
}

// Ride puts a row that was claimed onto the call of another.
func (t *Tx) Ride(row, carrier canon.ID) error {
	_, err := t.exec("UPDATE outbox SET carrier = $1 WHERE tenant = $2 AND id = $3", carrier, t.tenant, row)
	return err
}

// Riders returns the rows on the call of another that are not done, in order.
func (t *Tx) Riders(ctx context.Context, carrier canon.ID) ([]OutboxRow, error) {
	return list(ctx, t, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.carrier = $2 AND o.state < 2 ORDER BY o.n", t.tenant, carrier)
}

// Untie lets a row and its riders go from their ticket, which is over.
func (t *Tx) Untie(row canon.ID) error {
	_, err := t.exec("UPDATE outbox SET ticket = NULL, carrier = NULL WHERE tenant = $1 AND (id = $2 OR carrier = $2)", t.tenant, row)
	return err
}

func (t *Tx) untie(r Sent) error {
	if _, err := t.exec("UPDATE outbox SET ticket = NULL, carrier = NULL WHERE tenant = $1 AND id = $2", t.tenant, r.Row.ID); err != nil {
		return err
	}
	change := ""
	switch {
	case r.Row.Ticket.IsZero():
	case r.Spent:
		change = "calls = 0"
	case r.Unused:
		change = "calls = calls + 1"
	}
	if change == "" {
		return nil
	}
	_, err := t.exec("UPDATE tickets SET "+change+" WHERE tenant = $1 AND thread = $2 AND id = $3", t.tenant, r.Row.Thread, r.Row.Ticket)
	return err
}
