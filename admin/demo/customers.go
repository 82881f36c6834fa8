package demo

import (
	"context"
	"fmt"
	"time"

	"parley/core/canon"
	"parley/core/store"
)

// pause is how long FirstCustomers waits before it tries a hub that is not
// serving yet once more.
const pause = 200 * time.Millisecond

// FirstCustomers lets a few customers write, so that the inbox is not empty when
// it is first opened: three by the played platform, one by mail. They come to a
// hub nobody wrote to yet, through the doors every customer comes by. post signs
// an envelope as the platform does and posts it to a callback address; it is
// tried until it is taken or ctx ends.
func (d *Demo) FirstCustomers(ctx context.Context, post func(ctx context.Context, hook string, e canon.Envelope) error) error {
	if quiet, err := d.quiet(ctx); err != nil || !quiet {
		return err
	}
	for _, c := range d.words.customers {
		for i, text := range c.says {
			peer := canon.RemoteID(c.peer)
			id := fmt.Sprintf("demo-%s-%d", c.peer, i)
			e := canon.Envelope{
				Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: peer}, From: canon.Peer{ID: peer, Name: c.name, Locale: d.words.language},
				EventID: id, Time: time.Now().UTC(),
				Event: canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID("m-" + id), Parts: []canon.Part{canon.Text{Body: text}}}},
			}
			if err := insist(ctx, func() error { return post(ctx, d.HookURL(), e) }); err != nil {
				return fmt.Errorf("the first customers: %w", err)
			}
		}
	}
	m := firstMail(d.words.language)
	if err := insist(ctx, func() error { return d.send(ctx, m) }); err != nil {
		return fmt.Errorf("the first mail: %w", err)
	}
	return nil
}

// quiet reports whether nobody wrote yet.
func (d *Demo) quiet(ctx context.Context) (bool, error) {
	waiting, err := d.scope().Waiting(ctx, 0, 1)
	if err != nil || len(waiting) > 0 {
		return false, err
	}
	known, _, err := d.scope().Contacts(ctx, store.ContactQuery{Limit: 1})
	return len(known) == 0, err
}

func firstMail(language string) outgoing {
	if language == "zh" {
		return outgoing{Subject: "公司采购 30 份礼盒", Text: "您好，\n\n我们想订 30 份山月礼盒，月底前送到上海。可以开专票吗？批量有没有优惠？\n\n谢谢\n梅"}
	}
	return outgoing{Subject: "30 gift boxes for our office", Text: "Hello,\n\nwe would like 30 gift boxes, delivered by the end of the month. Can you send an invoice, and is there a discount?\n\nMany thanks\nMay"}
}

// insist repeats until it succeeds or ctx ends, and returns the last failure.
func insist(ctx context.Context, do func() error) error {
	t := time.NewTicker(pause)
	defer t.Stop()
	for {
		err := do()
		if err == nil {
			return nil
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", err, ctx.Err())
		}
	}
}
