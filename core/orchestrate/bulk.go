package orchestrate

import (
	"context"
	"errors"
	"sync"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// bulkAtOnce is how many conversations of a bulk are worked on side by side, and
// how often its progress is told.
const bulkAtOnce = 16

// errInternal is a row's failure that is nobody's to understand but ours.
var errInternal = &core.Fault{Kind: core.FaultConflict, Code: "internal",
	Text:   connector.Text{EN: "Something went wrong in the hub.", ZH: "系统内部错误。"},
	Remedy: connector.Text{EN: "Try again; the log has more.", ZH: "请重试，详情见日志。"}}

// Bulks goes on with what is to be done to many conversations, if nobody in this
// process does. It returns at once; the work is done beside. What a crash
// interrupted is done again from the first row not noted as done: doing it twice
// is as doing it once.
func (o *Orchestrator) Bulks(tenant canon.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx.Err() != nil || o.bulking[tenant] {
		o.bulkAgain[tenant] = true
		return
	}
	o.bulking[tenant] = true
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		for {
			if err := o.bulks(o.ctx, tenant); err != nil && o.ctx.Err() == nil {
				o.log.Warn("cannot go on with a bulk yet", "tenant", tenant, "err", err)
			}
			o.mu.Lock()
			if !o.bulkAgain[tenant] || o.ctx.Err() != nil {
				delete(o.bulking, tenant)
				o.mu.Unlock()
				return
			}
			delete(o.bulkAgain, tenant) // somebody asked for one meanwhile
			o.mu.Unlock()
		}
	}()
}

// bulks does the rows of all bulks, a few of each in turn, so that a short one
// does not wait for a long one.
func (o *Orchestrator) bulks(ctx context.Context, tenant canon.ID) error {
	scope := o.store.For(tenant)
	for ctx.Err() == nil {
		running, err := scope.RunningBulks(ctx, 50)
		if err != nil || len(running) == 0 {
			return err
		}
		for _, b := range running {
			if err := o.bulkStep(ctx, scope, b); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// bulkStep does the next rows of a bulk and notes what became of them.
func (o *Orchestrator) bulkStep(ctx context.Context, scope store.Scope, b core.Bulk) error {
	rows, err := scope.BulkRows(ctx, b.ID, false, -1, bulkAtOnce)
	if err != nil {
		return err
	}
	visible, may, err := o.eyes(ctx, scope, b)
	if err != nil {
		return err
	}
	if !may {
		err := scope.Write(ctx, func(t *store.Tx) error { _, err := t.CancelBulk(ctx, b.ID); return err })
		o.poke(scope.Tenant())
		return err
	}
	errs := make([]error, len(rows))
	var all sync.WaitGroup
	for i := range rows {
		all.Go(func() { errs[i] = o.bulkOne(ctx, scope, b, visible, rows[i].Conversation) })
	}
	all.Wait()
	noted := rows[:0:0]
	var broken error
	for i, err := range errs {
		if err != nil {
			fault, ok := core.AsFault(err)
			switch {
			case ctx.Err() != nil || store.Unavailable(err) || errors.Is(err, store.ErrStale):
				broken = err // it is done when the database is back
				continue
			case !ok:
				o.log.Error("a row of a bulk failed", "bulk", b.ID, "conversation", rows[i].Conversation, "err", err)
				fault = errInternal
			}
			rows[i].Fault = fault
		}
		noted = append(noted, rows[i])
	}
	if len(noted) > 0 || len(rows) == 0 {
		if err := scope.Write(ctx, func(t *store.Tx) error { _, err := t.BulkDid(ctx, b.ID, noted); return err }); err != nil {
			return err
		}
		o.poke(scope.Tenant())
	}
	return broken
}

// eyes are what who asked for a bulk may see now; may is false when they serve no
// more.
func (o *Orchestrator) eyes(ctx context.Context, scope store.Scope, b core.Bulk) (visible *store.Visible, may bool, err error) {
	if b.Program {
		return nil, true, nil // it was looked at when it was asked for
	}
	a, err := scope.Agent(ctx, b.By)
	if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
		return nil, false, nil
	}
	if err != nil || !a.Disabled.IsZero() {
		return nil, false, err
	}
	if a.Role == core.RoleLimited {
		visible = &store.Visible{Agent: a.ID, Teams: a.Teams}
	}
	return visible, true, nil
}

// bulkOne does a bulk's act to one conversation.
func (o *Orchestrator) bulkOne(ctx context.Context, scope store.Scope, b core.Bulk, visible *store.Visible, id canon.ID) error {
	r, err := scope.Round(ctx, id)
	if err != nil {
		return err
	}
	if !visible.Sees(r.Conversation) {
		return core.NotFound("conversation")
	}
	tenant, by := scope.Tenant(), b.By
	if b.Program {
		by = canon.ID{}
	}
	switch a := b.Act; a.Kind {
	case "assign":
		_, err = o.Assign(ctx, tenant, id, a.Owner(), by, a.Note)
	case "tag", "untag":
		err = o.tagAll(ctx, scope, id, a.Tags, a.Kind == "tag", by)
	case "close":
		if err = o.tagAll(ctx, scope, id, a.Tags, true, by); err == nil {
			_, err = o.Close(ctx, tenant, id, by)
		}
	case "snooze":
		_, err = o.Snooze(ctx, tenant, id, a.Until, by, a.Note)
	case "wake":
		_, err = o.Unsnooze(ctx, tenant, id, by)
	default:
		err = core.Invalid("act", "act", connector.Text{EN: "There is no such act.", ZH: "未知的批量操作。"}, connector.Text{})
	}
	return err
}

func (o *Orchestrator) tagAll(ctx context.Context, scope store.Scope, conversation canon.ID, tags []canon.ID, on bool, by canon.ID) error {
	if len(tags) == 0 {
		return nil
	}
	return scope.Write(ctx, func(t *store.Tx) error {
		for _, tag := range tags {
			if err := t.TagConversation(ctx, conversation, tag, on, by); err != nil {
				return err
			}
		}
		return nil
	})
}
