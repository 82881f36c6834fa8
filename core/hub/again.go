package hub

import (
	"context"

	"parley/core/canon"
)

// Again decodes a stored callback of a link once more, after the connector
// learned. Nothing is stored; nothing comes of a link that is not open.
func (h *Hub) Again(ctx context.Context, tenant, link canon.ID, body []byte) ([]canon.Envelope, error) {
	line, ok := h.LineByLink(link)
	if !ok || line.Tenant != tenant {
		return nil, nil
	}
	return h.Door.Again(ctx, line, body)
}
