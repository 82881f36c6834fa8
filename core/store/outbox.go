package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// deliveryStates are the numbers of canon's states in the outbox table.
var deliveryStates = [...]canon.Delivery{canon.Queued, canon.Sending, canon.Sent, canon.Delivered, canon.Read, canon.Failed, canon.Unconfirmed, canon.Cancelled, canon.Held}

func deliveryOf(n int64) canon.Delivery { return deliveryStates[n] }

func deliveryNumber(d canon.Delivery) int64 {
	for i, v := range deliveryStates {
		if v == d {
			return int64(i)
		}
	}
	return 0
}

// OutboxRow is one wire request.
type OutboxRow struct {
	N            int64
	Tenant       canon.ID
	ID           canon.ID
	Message      canon.ID
	Thread       canon.ID
	Conversation canon.ID
	Account      canon.ID
	Lease        int64 // owner version a bot's row was made under; 0: a person's
	Request      json.RawMessage
	State        canon.Delivery
	Tries        int
	Due          int64
	Holder       string
	RemoteID     canon.RemoteID
	Created      int64
	// Ticket is the permission to answer it was claimed for, Carrier the row
	// whose call it rides on; zero: none.
	Ticket, Carrier canon.ID
	// Items is how many messages its call made at the platform, where more than
	// one; see [Scope.Items].
	Items int
	// Doubted says that its newest attempt may have arrived.
	Doubted bool
	// Made is what Request was written from, where the one who wrote it hands the
	// row over; nil when it was read from the database.
	Made any
}

const outboxCols = "o.n, o.tenant, o.id, o.message, o.thread, o.conversation, o.account, o.lease, o.request, o.state, o.tries, o.due, o.holder, coalesce(o.remote_id, ''), o.created, o.ticket, o.carrier, o.items, " +
	`CASE WHEN o.trouble LIKE '%"class":"uncertain"%' THEN 1 ELSE 0 END`

func scanOutbox(rows *sql.Rows) (OutboxRow, error) {
	var o OutboxRow
	var state, doubted int64
	var request []byte
	err := rows.Scan(&o.N, &o.Tenant, &o.ID, &o.Message, &o.Thread, &o.Conversation, &o.Account, &o.Lease, &request, &state, &o.Tries, &o.Due, &o.Holder, &o.RemoteID, &o.Created,
		&o.Ticket, &o.Carrier, &o.Items, &doubted)
	o.Request, o.State, o.Doubted = request, deliveryOf(state), doubted == 1
	return o, err
}

func (t *Tx) applyOutbox(changes []*Change) error {
	var rows [][]any
	for _, ch := range changes {
		for _, o := range ch.Outbox {
			rows = append(rows, []any{t.tenant, o.ID, o.Message, o.Thread, o.Conversation, o.Account, o.Lease, string(o.Request), deliveryNumber(o.State), o.Tries, o.Holder, ms(t.Now())})
		}
	}
	return t.insert("INSERT INTO outbox (tenant, id, message, thread, conversation, account, lease, request, state, tries, holder, created)", 12, "", rows)
}

// AddOutbox writes rows for a message that exists already: an edit, a recall,
// a sending again.
func (t *Tx) AddOutbox(rows []OutboxRow) error {
	return t.applyOutbox([]*Change{{Outbox: rows}})
}

// OpenRows returns the rows of the tenant that are not done, in the order they
// were written, after number n.
func (c Scope) OpenRows(ctx context.Context, after int64, limit int) ([]OutboxRow, error) {
	out, err := list(ctx, c.s, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.state < 2 AND o.n > $2 ORDER BY o.n LIMIT $3", c.tenant, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return out, nil
}

// OpenRowsOf returns the rows of one thread that are not done, in order.
func (c Scope) OpenRowsOf(ctx context.Context, thread canon.ID) ([]OutboxRow, error) {
	out, err := list(ctx, c.s, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.thread = $2 AND o.state < 2 ORDER BY o.n LIMIT 64", c.tenant, thread)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return out, nil
}

// RowsOf returns the rows of one message, in order.
func (c Scope) RowsOf(ctx context.Context, message canon.ID) ([]OutboxRow, error) {
	return rowsOf(ctx, c.s, c.tenant, message)
}

// RowsOf returns the rows of one message inside the transaction.
func (t *Tx) RowsOf(ctx context.Context, message canon.ID) ([]OutboxRow, error) {
	return rowsOf(ctx, t, t.tenant, message)
}

func rowsOf(ctx context.Context, r reader, tenant, message canon.ID) ([]OutboxRow, error) {
	out, err := list(ctx, r, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.message = $2 ORDER BY o.n", tenant, message)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return out, nil
}

// Claim marks rows as being sent by holder. It returns the ids that were still
// free: not cancelled, not claimed by another node, and, when a bot wrote them,
// made under a lease that still holds. A bot's row under an older lease is
// cancelled: somebody else speaks now.
func (t *Tx) Claim(ids []canon.ID, holder string) (map[canon.ID]bool, error) {
	won := make(map[canon.ID]bool, len(ids))
	for _, id := range ids {
		n, err := t.exec(`UPDATE outbox SET state = 1, tries = tries + 1, holder = $1 WHERE tenant = $2 AND id = $3 AND state = 0
			AND (lease = 0 OR lease >= (SELECT c.lease FROM conversations c WHERE c.tenant = outbox.tenant AND c.id = outbox.conversation))`, holder, t.tenant, id)
		if err != nil {
			return nil, err
		}
		won[id] = n == 1
		if n == 0 {
			if err := t.cancel("id = $3 AND state = 0", id); err != nil {
				return nil, err
			}
		}
	}
	return won, nil
}

// cancel ends the rows that a condition on the outbox lets through, and tells of
// their messages; its placeholders begin at $3.
func (t *Tx) cancel(cond string, args ...any) error {
	type row struct{ conversation, message canon.ID }
	all, err := list(t.ctx, t, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.conversation, &r.message)
		return r, err
	}, "UPDATE outbox SET state = 7, ended = $1 WHERE tenant = $2 AND "+cond+" RETURNING conversation, message", append([]any{ms(t.Now()), t.tenant}, args...)...)
	if err != nil {
		return fmt.Errorf("cancel what waits to be sent: %w", err)
	}
	told := map[canon.ID]bool{}
	for _, r := range all {
		if !told[r.message] {
			told[r.message] = true
			t.Feed(core.FeedEntry{Kind: core.FeedChanged, Conversation: r.conversation, Subject: r.message})
		}
	}
	return nil
}

// Adopt takes over a row whose holder ended while sending it. It reports false
// when another process was faster.
func (t *Tx) Adopt(row OutboxRow, holder string) (bool, error) {
	n, err := t.exec("UPDATE outbox SET holder = $1, tries = tries + 1 WHERE tenant = $2 AND id = $3 AND state = 1 AND holder = $4", holder, t.tenant, row.ID, row.Holder)
	return n == 1, err
}

// Withdraw makes a row free again that was claimed and has not left yet.
func (t *Tx) Withdraw(id canon.ID, holder string) error {
	_, err := t.exec("UPDATE outbox SET state = 0, tries = tries - 1, holder = '' WHERE tenant = $1 AND id = $2 AND state = 1 AND holder = $3", t.tenant, id, holder)
	return err
}

// Row reads one row; core.NotFound when there is none.
func (c Scope) Row(ctx context.Context, id canon.ID) (OutboxRow, error) {
	o, err := one(ctx, c.s, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.id = $2", c.tenant, id)
	if errors.Is(err, errNone) {
		return o, core.NotFound("outbox row")
	}
	if err != nil {
		return o, fmt.Errorf("read the outbox: %w", err)
	}
	return o, nil
}

// Sent is what became of one attempt.
type Sent struct {
	Row      OutboxRow
	State    canon.Delivery // Queued: try again at Due
	Due      int64
	RemoteID canon.RemoteID
	Also     []canon.RemoteID // of what else the call made
	Failure  *core.Failure
	Trace    string
	Began    time.Time
	Took     time.Duration
	Chore    string // something to do once after the send: "file"
	Receipt  json.RawMessage
	// Untie lets the row go from its ticket. With it, Spent says that nobody can
	// use the ticket any more, Unused that this call of it is still to be had.
	Untie, Spent, Unused bool
}

// Record writes what became of attempts. A row that something else moved on
// meanwhile, such as a report of the platform that was faster, keeps its state
// and learns the platform's id.
func (t *Tx) Record(results []Sent) error {
	for _, r := range results {
		trouble := ""
		if r.Failure != nil {
			b, err := json.Marshal(r.Failure)
			if err != nil {
				return err
			}
			trouble = string(b)
		}
		ended := int64(0)
		if r.State != canon.Queued {
			ended = ms(t.Now())
		}
		if err := t.do(`UPDATE outbox SET state = CASE WHEN state < 2 THEN $1 ELSE state END, due = CASE WHEN state < 2 THEN $2 ELSE due END,
			trouble = CASE WHEN state < 2 THEN $3 ELSE trouble END, remote_id = $4, trace = $5, ended = $6
			WHERE tenant = $7 AND id = $8 AND (state < 2 OR remote_id IS NULL AND $9 <> '')`,
			deliveryNumber(r.State), r.Due, trouble, null(string(r.RemoteID)), r.Trace, ended, t.tenant, r.Row.ID, string(r.RemoteID)); err != nil {
			return err
		}
		if len(r.Also) > 0 && r.RemoteID != "" {
			if err := t.addItems(r); err != nil {
				return err
			}
		}
		if r.Untie {
			if err := t.untie(r); err != nil {
				return err
			}
		}
		if r.Failure != nil {
			if err := t.do(`INSERT INTO attempts (tenant, outbox, try, at, took, state, failure, trace) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (tenant, outbox, try) DO UPDATE SET state = excluded.state, failure = excluded.failure, trace = excluded.trace`,
				t.tenant, r.Row.ID, r.Row.Tries, ms(r.Began), r.Took.Milliseconds(), string(r.State), trouble, r.Trace); err != nil {
				return err
			}
		}
		if r.Chore != "" {
			if err := t.do("INSERT INTO chores (tenant, outbox, kind, receipt, due) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
				t.tenant, r.Row.ID, r.Chore, string(r.Receipt), ms(t.Now())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Troubled reports whether a conversation has a message that failed or is
// unconfirmed.
func (t *Tx) Troubled(ctx context.Context, conversation canon.ID) (bool, error) {
	hits, err := list(ctx, t, scalar[int64], "SELECT 1 FROM outbox WHERE tenant = $1 AND state IN (5, 6) AND conversation = $2 LIMIT 1", t.tenant, conversation)
	return len(hits) > 0, err
}

// Unconfirmed lists the rows of a thread that may have left and that nobody has
// given an id, oldest first.
func (t *Tx) Unconfirmed(ctx context.Context, thread canon.ID) ([]OutboxRow, error) {
	rows, err := list(ctx, t, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.state IN (5, 6) AND o.state = $3 AND o.thread = $2 AND o.remote_id IS NULL ORDER BY o.n LIMIT 200",
		t.tenant, thread, deliveryNumber(canon.Unconfirmed))
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return rows, nil
}

// SetTrouble marks or clears the mark that a conversation has a message that
// failed or is unconfirmed.
func (t *Tx) SetTrouble(conversation canon.ID, on bool) error {
	return t.do("UPDATE conversations SET trouble = $3 WHERE tenant = $1 AND id = $2 AND trouble <> $3", t.tenant, conversation, flag(on))
}

// Requeue makes a row that failed or is unconfirmed ready to be sent again
// under the same key, as a new attempt. Whoever asked for it stands for it: a
// bot's words go out whatever the owner is now.
func (t *Tx) Requeue(id canon.ID) (bool, error) {
	n, err := t.exec("UPDATE outbox SET state = 0, due = 0, ended = 0, holder = '', lease = 0, ticket = NULL, carrier = NULL WHERE tenant = $1 AND id = $2 AND state IN (5, 6)", t.tenant, id)
	return n == 1, err
}

// Settle ends a row that failed, is unconfirmed or is held, as a person says.
func (t *Tx) Settle(id canon.ID, state canon.Delivery) (bool, error) {
	n, err := t.exec("UPDATE outbox SET state = $3, ended = $4 WHERE tenant = $1 AND id = $2 AND state IN (5, 6, 8)", t.tenant, id, deliveryNumber(state), ms(t.Now()))
	return n == 1, err
}

// Receipt raises a row the platform reports on, by its remote id or its key. It
// returns the messages that moved; with through, everything of the thread sent
// before moves too, and with until, whatever of it was sent up to then. known is
// false when no row is what the report is about.
func (t *Tx) Receipt(ctx context.Context, account, thread canon.ID, r canon.Receipt) (moved []canon.ID, known bool, err error) {
	rows, err := list(ctx, t, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.account = $2 AND o.remote_id = $3", t.tenant, account, string(r.Target))
	if err != nil {
		return nil, false, fmt.Errorf("read the outbox: %w", err)
	}
	if len(rows) == 0 && r.Target != "" {
		if rows, err = t.rowOfItem(ctx, account, r.Target); err != nil {
			return nil, false, err
		}
	}
	if id, bad := canon.ParseID(string(r.Target)); len(rows) == 0 && bad == nil {
		if rows, err = list(ctx, t, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND (o.id = $2 OR o.message = $2) AND o.account = $3", t.tenant, id, account); err != nil {
			return nil, false, fmt.Errorf("read the outbox: %w", err)
		}
	}
	if r.Target == "" && !r.Until.IsZero() {
		if rows, err = t.sentUntil(ctx, account, thread, r.Until); err != nil {
			return nil, false, err
		}
	}
	if r.Through && len(rows) > 0 {
		earlier, err := list(ctx, t, scanOutbox, "SELECT "+outboxCols+` FROM outbox o JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
			WHERE m.tenant = $1 AND m.thread = $2 AND m.pos > (SELECT pos FROM messages WHERE tenant = $1 AND id = $3) - 200
			AND o.thread = $2 AND o.n < $4 AND o.state IN (2, 3)`, t.tenant, rows[0].Thread, rows[0].Message, rows[0].N)
		if err != nil {
			return nil, false, fmt.Errorf("read the outbox: %w", err)
		}
		rows = append(rows, earlier...)
	}
	for _, o := range rows {
		if r.RemoteID != "" && o.RemoteID == "" && o.ID.String() == string(r.Target) {
			if _, err := t.exec("UPDATE outbox SET remote_id = $3 WHERE tenant = $1 AND id = $2 AND remote_id IS NULL", t.tenant, o.ID, string(r.RemoteID)); err != nil {
				return nil, false, err
			}
		}
		reached, failed := r.State, 0
		if o.Items > 0 {
			if reached, failed, err = t.raiseItems(ctx, o, r); err != nil {
				return nil, false, err
			}
		}
		next := o.State.Advance(reached)
		if next == o.State {
			continue
		}
		trouble := ""
		if next == canon.Failed {
			f := someFailed(r, failed, o.Items)
			if r.Late {
				f.Class = "window_closed"
			}
			b, err := json.Marshal(f)
			if err != nil {
				return nil, false, err
			}
			trouble = string(b)
		}
		if _, err := t.exec("UPDATE outbox SET state = $3, trouble = $4 WHERE tenant = $1 AND id = $2", t.tenant, o.ID, deliveryNumber(next), trouble); err != nil {
			return nil, false, err
		}
		moved = append(moved, o.Message)
	}
	return uniqueIDs(moved), len(rows) > 0, nil
}

// sentUntil lists what of a thread had been handed over by a time of the
// platform's and may still rise, of its newest 200 messages. A row is made before
// it is sent, so the platform's time of it is never before ours.
func (t *Tx) sentUntil(ctx context.Context, account, thread canon.ID, until time.Time) ([]OutboxRow, error) {
	rows, err := list(ctx, t, scanOutbox, "SELECT "+outboxCols+` FROM outbox o JOIN messages m ON m.tenant = o.tenant AND m.id = o.message
		WHERE m.tenant = $1 AND m.thread = $2 AND m.pos > (SELECT COALESCE(MAX(pos), 0) FROM messages WHERE tenant = $1 AND thread = $2) - 200
		AND o.account = $3 AND o.thread = $2 AND o.created <= $4 AND o.state IN (2, 3)`, t.tenant, thread, account, ms(until))
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return rows, nil
}

// InFlight reports whether something is being sent on a thread, or on any of the
// account's when the thread is not stored.
func (t *Tx) InFlight(ctx context.Context, account, thread canon.ID) (bool, error) {
	hits, err := list(ctx, t, scalar[int64], "SELECT 1 FROM outbox o WHERE o.tenant = $1 AND o.state = 1 AND o.account = $2 AND (o.thread = $3 OR $4 = 1) LIMIT 1",
		t.tenant, account, thread, flag(thread.IsZero()))
	if err != nil {
		return false, fmt.Errorf("read the outbox: %w", err)
	}
	return len(hits) > 0, nil
}

// FailedRows lists rows that failed or are unconfirmed, newest first.
func (c Scope) FailedRows(ctx context.Context, before int64, limit int) ([]OutboxRow, error) {
	if before == 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, scanOutbox, "SELECT "+outboxCols+" FROM outbox o WHERE o.tenant = $1 AND o.state IN (5, 6) AND o.n < $2 ORDER BY o.n DESC LIMIT $3", c.tenant, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return out, nil
}

// Cancel ends a row that surely has not left: it is not in flight, and no
// earlier attempt of it is uncertain. It reports whether it did.
func (t *Tx) Cancel(id canon.ID) (bool, error) {
	n, err := t.exec(`UPDATE outbox SET state = 7, ended = $1 WHERE tenant = $2 AND id = $3 AND state IN (0, 8) AND trouble NOT LIKE '%"class":"uncertain"%'`, ms(t.Now()), t.tenant, id)
	return n == 1, err
}
