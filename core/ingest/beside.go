package ingest

import (
	"context"
	"slices"

	"parley/core/canon"
	"parley/core/connector"
)

// beside takes out of a batch what is about accounts of other links, and has
// those links take it in. A platform calls one address for a whole app or
// business, whichever link was set up last, and brands linked one by one must
// all hear of it. Another link counts only where the callback is authentic by
// its own secret too; what nobody carries stays with the link that was called.
func (d *Door) beside(ctx context.Context, line Line, raw connector.Raw, envelopes []canon.Envelope) (own []canon.Envelope, err error) {
	lost := func(e canon.Envelope) bool {
		if e.Account == "" {
			return false // the link's only one
		}
		_, ok := line.Account(e.Account)
		return !ok
	}
	if !slices.ContainsFunc(envelopes, lost) {
		return envelopes, nil
	}
	taken := map[canon.RemoteID]bool{}
	for _, e := range envelopes {
		if taken[e.Account] || !lost(e) {
			continue
		}
		for _, other := range d.o.Lines.Beside(line, e.Account) {
			if done, err := d.takeBeside(ctx, other, raw, e.Account); err != nil {
				return nil, err
			} else if done {
				taken[e.Account] = true
				break
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(envelopes), func(e canon.Envelope) bool { return taken[e.Account] }), nil
}

// takeBeside has another link take in what a callback says of one of its
// accounts; done is false where the callback is not authentic to it.
func (d *Door) takeBeside(ctx context.Context, line Line, raw connector.Raw, account canon.RemoteID) (done bool, err error) {
	hook, ok := line.Conn.(connector.Webhook)
	if !ok {
		return false, nil
	}
	opened, err := unseal(hook, raw)
	if err != nil || opened.Answer != nil {
		return false, nil
	}
	batch, err := decode(ctx, hook, connector.Seal(raw, opened))
	if err != nil {
		return false, nil // the link that was called could read it: it keeps it
	}
	of := slices.DeleteFunc(batch.Envelopes, func(e canon.Envelope) bool { return e.Account != account })
	if len(of) == 0 {
		return false, nil
	}
	var fresh []canon.ID
	if err := durable(func() (err error) {
		fresh, err = d.commit(ctx, line, of, opened.Body, nil)
		return err
	}); err != nil {
		d.o.Note(line, connector.Retry, nil)
		return false, err
	}
	d.o.Note(line, connector.Committed, fresh)
	return true, nil
}
