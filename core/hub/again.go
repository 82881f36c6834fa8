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

// Retake takes in a callback of a link that could not be read when it came. ok is
// false where the link is not open.
func (h *Hub) Retake(ctx context.Context, tenant, link canon.ID, body []byte) (ok bool, err error) {
	line, open := h.LineByLink(link)
	if !open || line.Tenant != tenant {
		return false, nil
	}
	return true, h.Door.Retake(ctx, line, body)
}
