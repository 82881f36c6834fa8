package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// Item is one message of a call that made several.
type Item struct {
	Pos      int
	RemoteID canon.RemoteID
	State    canon.Delivery
}

func scanItem(rows *sql.Rows) (i Item, err error) {
	var state int64
	err = rows.Scan(&i.Pos, &i.RemoteID, &state)
	i.State = deliveryOf(state)
	return i, err
}

// Items lists what the call of a row made, in the order of its parts; none when
// it made one message, or has not been made.
func (c Scope) Items(ctx context.Context, row canon.ID) ([]Item, error) {
	return items(ctx, c.s, c.tenant, row)
}

// Items lists what the call of a row made inside the transaction.
func (t *Tx) Items(ctx context.Context, row canon.ID) ([]Item, error) {
	return items(ctx, t, t.tenant, row)
}

func items(ctx context.Context, r reader, tenant, row canon.ID) ([]Item, error) {
	out, err := list(ctx, r, scanItem, "SELECT pos, remote_id, state FROM outbox_items WHERE tenant = $1 AND outbox = $2 ORDER BY pos", tenant, row)
	if err != nil {
		return nil, fmt.Errorf("read what a call made: %w", err)
	}
	return out, nil
}

// addItems keeps the platform's ids of what one call made, in place of an earlier
// one's.
func (t *Tx) addItems(r Sent) error {
	if err := t.do("DELETE FROM outbox_items WHERE tenant = $1 AND outbox = $2", t.tenant, r.Row.ID); err != nil {
		return err
	}
	ids := append([]canon.RemoteID{r.RemoteID}, r.Also...)
	for i, id := range ids {
		if err := t.do("INSERT INTO outbox_items (tenant, account, remote_id, outbox, pos, state) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
			t.tenant, r.Row.Account, string(id), r.Row.ID, i, deliveryNumber(r.State)); err != nil {
			return err
		}
	}
	return t.do("UPDATE outbox SET items = $3 WHERE tenant = $1 AND id = $2", t.tenant, r.Row.ID, len(ids))
}

// DropItems forgets what of a row's call failed, leaving left of it: it is sent
// again in a row of its own.
func (t *Tx) DropItems(row canon.ID, left int) error {
	if err := t.do("DELETE FROM outbox_items WHERE tenant = $1 AND outbox = $2 AND state = $3", t.tenant, row, deliveryNumber(canon.Failed)); err != nil {
		return err
	}
	return t.do("UPDATE outbox SET items = $3 WHERE tenant = $1 AND id = $2", t.tenant, row, left)
}

// rowOfItem finds the row whose call made a message.
func (t *Tx) rowOfItem(ctx context.Context, account canon.ID, remote canon.RemoteID) ([]OutboxRow, error) {
	rows, err := list(ctx, t, scanOutbox, "SELECT "+outboxCols+` FROM outbox_items i JOIN outbox o ON o.tenant = i.tenant AND o.id = i.outbox
		WHERE i.tenant = $1 AND i.account = $2 AND i.remote_id = $3`, t.tenant, account, string(remote))
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return rows, nil
}

// raiseItems notes a report on one message of a row, or on all of them when it
// names none. It returns how far the row has come with it: as far as the least
// of them, failed when one has; and how many have.
func (t *Tx) raiseItems(ctx context.Context, row OutboxRow, r canon.Receipt) (least canon.Delivery, failed int, err error) {
	all, err := t.Items(ctx, row.ID)
	if err != nil {
		return "", 0, err
	}
	named := false
	for _, i := range all {
		named = named || i.RemoteID == r.Target
	}
	states := make([]canon.Delivery, len(all))
	for at, i := range all {
		states[at] = i.State
		if !named || i.RemoteID == r.Target || r.Through && i.Pos < posOf(all, r.Target) {
			states[at] = i.State.Advance(r.State)
		}
		if states[at] == canon.Failed {
			failed++
		}
		if states[at] != i.State {
			if err := t.do("UPDATE outbox_items SET state = $4 WHERE tenant = $1 AND outbox = $2 AND pos = $3", t.tenant, row.ID, i.Pos, deliveryNumber(states[at])); err != nil {
				return "", 0, err
			}
		}
	}
	return canon.Least(states), failed, nil
}

func posOf(all []Item, remote canon.RemoteID) int {
	for _, i := range all {
		if i.RemoteID == remote {
			return i.Pos
		}
	}
	return -1
}

// someFailed says that of several messages of one call not all arrived.
func someFailed(r canon.Receipt, failed, of int) core.Failure {
	f := core.Failure{Class: "invalid", Code: r.Code, Text: r.Reason}
	if failed > 0 && failed < of {
		f.Text = fmt.Sprintf("%d of %d did not arrive: %s", failed, of, r.Reason)
		f.Remedy = "Sending again sends only what is missing."
	}
	return f
}
