package ingest

import (
	"context"

	"parley/core/canon"
	"parley/core/connector"
)

// Again decodes a stored callback once more, with what the connector knows now.
// body was authenticated when it came. Nothing is stored.
func (d *Door) Again(ctx context.Context, line Line, body []byte) ([]canon.Envelope, error) {
	batch, err := d.reread(ctx, line, body)
	return batch.Envelopes, err
}

// Retake takes in a callback that could not be read when it came, as if it came
// now: what of it is known already stays as it is.
func (d *Door) Retake(ctx context.Context, line Line, body []byte) error {
	batch, err := d.reread(ctx, line, body)
	if err != nil {
		return err
	}
	for i := range batch.Envelopes {
		batch.Envelopes[i].Ticket = nil // a permission to answer is long over
	}
	if _, err := d.store(ctx, line, batch, body); err != nil {
		return err
	}
	for _, wake := range batch.Wakes {
		line.Wake(wake)
	}
	return nil
}

func (d *Door) reread(ctx context.Context, line Line, body []byte) (connector.Batch, error) {
	hook, ok := line.Conn.(connector.Webhook)
	if !ok {
		return connector.Batch{}, nil
	}
	return decode(ctx, hook, connector.Seal(connector.Raw{Arrived: d.o.Store.Now()}, connector.Opened{Body: body}))
}

// refuse keeps an authentic callback that could not be read, for Retake. That it
// is kept is no promise to the platform: it is told that nothing was taken.
func (d *Door) refuse(ctx context.Context, line Line, body []byte, why error) {
	text := why.Error()
	if len(text) > 2000 {
		text = text[:2000]
	}
	if err := d.o.Store.For(line.Tenant).Refuse(context.WithoutCancel(ctx), line.Link, body, text); err != nil {
		d.o.Log.Warn("a callback that could not be read is not kept", "link", line.Link, "err", err)
	}
}
