package orchestrate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// seenTime bounds telling a platform what was read.
const seenTime = 15 * time.Second

// seen tells the platform, beside everything else, that what the customer wrote
// was read. A platform that does not take it is not asked again: the next read
// says more.
func (o *Orchestrator) seen(tenant, conversation canon.ID) {
	if o.ctx.Err() != nil {
		return
	}
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		ctx, cancel := context.WithTimeout(o.ctx, seenTime)
		defer cancel()
		if err := o.tellSeen(ctx, tenant, conversation); err != nil {
			o.log.Debug("the customer was not shown that their words were read", "conversation", conversation, "err", err)
		}
	}()
}

func (o *Orchestrator) tellSeen(ctx context.Context, tenant, conversation canon.ID) (err error) {
	scope := o.store.For(tenant)
	r, err := scope.Round(ctx, conversation)
	if err != nil {
		return err
	}
	line, ok := o.lines.LineOf(tenant, r.Account)
	if !ok || line.Paused {
		return nil
	}
	marker, can := line.Conn.(connector.Marker)
	if !can {
		return nil
	}
	th, _, err := scope.Thread(ctx, r.Thread)
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in the connector: %v", p)
		}
	}()
	if !line.Conn.Capabilities(th.Key).Can(connector.OpsMarkRead) {
		return nil
	}
	through, err := o.newest(ctx, tenant, r.Thread, canon.HeaderRead)
	if err != nil || through == "" {
		return err
	}
	return marker.MarkRead(ctx, th.Key, through)
}

// newest is the platform's name for the customer's newest message: the token it
// gave under a header, or else its id.
func (o *Orchestrator) newest(ctx context.Context, tenant, thread canon.ID, header string) (canon.RemoteID, error) {
	recent, err := o.store.For(tenant).Recent(ctx, thread, 1<<62, 20)
	if err != nil {
		return "", err
	}
	for _, m := range slices.Backward(recent) {
		if m.From == core.FromCustomer && m.Content.RemoteID != "" {
			return cmp.Or(canon.RemoteID(m.Content.Header(header)), m.Content.RemoteID), nil
		}
	}
	return "", nil
}
