package outbox

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// finish hands the results of one call to be recorded. It waits for the record
// where the next step depends on it: before trying again, the rows must durably
// be free.
func (d *Dispatcher) finish(results ...store.Sent) bool {
	first := results[0]
	if first.State == canon.Queued {
		for {
			err := d.write(first.Row.Tenant, results)
			if err == nil {
				return true
			}
			d.log.Warn("cannot record an attempt, trying again", "row", first.Row.ID, "err", err)
			if !store.Unavailable(err) || !d.sleep(time.Second) {
				return false
			}
		}
	}
	d.results <- results
	return true
}

// gathering is how long results wait for others to be recorded with: a call
// just made is likely followed by more.
const gathering = 4 * time.Millisecond

// record writes results in groups until the dispatcher stops and nothing is
// left.
func (d *Dispatcher) record() {
	for {
		var group []store.Sent
		select {
		case r := <-d.results:
			group = append(group, r...)
		case <-d.ctx.Done():
			// Calls under way may still report: wait for the lanes to end.
			if d.Waiting() == 0 && len(d.results) == 0 {
				return
			}
			select {
			case r := <-d.results:
				group = append(group, r...)
			case <-time.After(20 * time.Millisecond):
				continue
			}
		}
		late := time.NewTimer(gathering)
	more:
		for len(group) < 256 {
			select {
			case r := <-d.results:
				group = append(group, r...)
			case <-late.C:
				break more
			}
		}
		late.Stop()
		byTenant := map[canon.ID][]store.Sent{}
		for _, r := range group {
			byTenant[r.Row.Tenant] = append(byTenant[r.Row.Tenant], r)
		}
		for tenant, results := range byTenant {
			if !d.keep(tenant, results) {
				return // the rows stay in state sending: the next start settles them
			}
		}
	}
}

// keep records results, again while the database is away; false when the
// dispatcher stops first. A result that cannot be recorded keeps none of the
// others from it: its row stays in state sending for the next start to settle.
func (d *Dispatcher) keep(tenant canon.ID, results []store.Sent) bool {
	for {
		err := d.write(tenant, results)
		switch {
		case err == nil:
			return true
		case store.Unavailable(err):
			d.log.Warn("cannot record what was sent, trying again", "rows", len(results), "err", err)
			if !d.sleep(time.Second) {
				return false
			}
		case len(results) == 1:
			d.log.Error("what was sent cannot be recorded", "row", results[0].Row.ID, "err", err)
			return true
		default:
			for _, r := range results {
				if !d.keep(tenant, []store.Sent{r}) {
					return false
				}
			}
			return true
		}
	}
}

func (d *Dispatcher) write(tenant canon.ID, results []store.Sent) error {
	err := d.store.For(tenant).Write(context.WithoutCancel(d.ctx), func(t *store.Tx) error {
		if err := t.Record(results); err != nil {
			return err
		}
		for _, r := range results {
			if r.State == canon.Queued && r.Failure == nil {
				continue
			}
			if r.State == canon.Failed || r.State == canon.Unconfirmed {
				if err := t.SetTrouble(r.Row.Conversation, true); err != nil {
					return err
				}
			}
			t.Feed(core.FeedEntry{Kind: core.FeedChanged, Conversation: r.Row.Conversation, Subject: r.Row.Message})
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.poke(tenant)
	for _, r := range results {
		if r.State == canon.Cancelled && r.Failure != nil && d.Unreact != nil && reacts(r.Row) {
			if err := d.Unreact(context.WithoutCancel(d.ctx), tenant, r.Row.Message); err != nil {
				d.log.Warn("a reaction that did not leave is still shown", "message", r.Row.Message, "err", err)
			}
		}
	}
	return nil
}
