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

// wholly is how often everything open is looked at: what stays behind where a
// process ended is found by then.
const wholly = 15 * time.Second

// recovered is how far a tenant's outbox was read.
type recovered struct {
	n  int64     // everything open up to here was offered
	at time.Time // when all of it was
}

// Look takes up what was added to a tenant's outbox, and now and then whatever
// else is open and not in memory. The hub calls it every second or so: its cost
// does not grow with what waits.
func (d *Dispatcher) Look(ctx context.Context, tenant canon.ID) error {
	d.mu.Lock()
	from := d.recovered[tenant]
	d.mu.Unlock()
	if time.Since(from.at) > wholly {
		return d.Recover(ctx, tenant)
	}
	n, err := d.take(ctx, tenant, from.n)
	if err == nil {
		d.mu.Lock()
		d.recovered[tenant] = recovered{n, from.at}
		d.mu.Unlock()
	}
	return err
}

// Recover takes up all that is open in a tenant's outbox and not in memory: rows
// queued by another process, and rows an ended one was sending.
func (d *Dispatcher) Recover(ctx context.Context, tenant canon.ID) error {
	began := time.Now()
	n, err := d.take(ctx, tenant, 0)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recovered[tenant] = recovered{n, began}
	return nil
}

// take offers the open rows after number after, and returns the last number.
func (d *Dispatcher) take(ctx context.Context, tenant canon.ID, after int64) (int64, error) {
	for {
		rows, err := d.store.For(tenant).OpenRows(ctx, after, 500)
		if err != nil {
			return after, err
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
			return after, nil
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
