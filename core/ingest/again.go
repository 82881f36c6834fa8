package ingest

import (
	"context"

	"parley/core/canon"
	"parley/core/connector"
)

// Again decodes a stored callback once more, with what the connector knows now.
// body was authenticated when it came. Nothing is stored.
func (d *Door) Again(ctx context.Context, line Line, body []byte) ([]canon.Envelope, error) {
	hook, ok := line.Conn.(connector.Webhook)
	if !ok {
		return nil, nil
	}
	batch, err := decode(ctx, hook, connector.Seal(connector.Raw{Arrived: d.o.Store.Now()}, connector.Opened{Body: body}))
	return batch.Envelopes, err
}
