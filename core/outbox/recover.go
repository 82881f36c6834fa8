package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Recover takes up what is open in a tenant's outbox and not in memory: rows
// queued by another process, and rows an ended one was sending. The hub calls
// it at start and every second or so.
func (d *Dispatcher) Recover(ctx context.Context, tenant canon.ID) error {
	after := int64(0)
	for {
		rows, err := d.store.For(tenant).OpenRows(ctx, after, 500)
		if err != nil {
			return err
		}
		fresh := rows[:0:0]
		for _, r := range rows {
			after = r.N
			if r.State == canon.Sending && r.Holder == d.node {
				continue // ours: in a lane, or its result is being recorded
			}
			fresh = append(fresh, r)
		}
		d.Offer(fresh)
		if len(rows) < 500 {
			return nil
		}
	}
}

// Chores does what is due once after a send, such as filing a copy into the
// Sent mailbox. Failing ones are put off and given up after a day.
func (d *Dispatcher) Chores(ctx context.Context, tenant canon.ID) error {
	due, err := d.store.For(tenant).Chores(ctx, 50)
	if err != nil {
		return err
	}
	for _, c := range due {
		next := d.chore(ctx, c)
		if err := d.store.For(tenant).Write(ctx, func(t *store.Tx) error { return t.ChoreDone(c.Row.ID, c.Kind, next) }); err != nil {
			return err
		}
	}
	return nil
}

// chore does one and returns when to try again, 0 for never.
func (d *Dispatcher) chore(ctx context.Context, c store.Chore) int64 {
	line, ok := d.lines.LineOf(c.Row.Tenant, c.Row.Account)
	later := time.Now().Add(backoff(c.Tries + 3)).UnixMilli()
	if !ok {
		return giveUp(c, later)
	}
	filer, ok := line.Conn.(connector.Filer)
	if !ok {
		return 0
	}
	var w Wire
	var receipt connector.Receipt
	if json.Unmarshal(c.Row.Request, &w) != nil || json.Unmarshal(c.Receipt, &receipt) != nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := file(ctx, filer, connector.Request{Key: c.Row.ID, Attempt: c.Row.Tries, Account: line.Account, Thread: w.Thread, Message: w.Message, ReplyTo: w.ReplyTo, After: w.After, Sender: w.Sender}, receipt)
	if err != nil {
		d.log.Warn("cannot file a copy of what was sent", "kind", line.Kind, "row", c.Row.ID, "try", c.Tries+1, "err", err)
		return giveUp(c, later)
	}
	return 0
}

// file survives a connector's panic.
func file(ctx context.Context, filer connector.Filer, r connector.Request, sent connector.Receipt) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v", r)
		}
	}()
	return filer.File(ctx, r, sent)
}

func giveUp(c store.Chore, later int64) int64 {
	if c.Tries >= 20 {
		return 0
	}
	return later
}
