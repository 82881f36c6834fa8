package cloud

import (
	"context"

	"parley/core/canon"
)

// Type shows that we are writing, for 25 seconds or until the answer. WhatsApp
// ties it to a message of the customer, and marks that one as read; where none
// is remembered, nothing is shown.
func (c *Conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	heard, ok := c.threads.Last(thread)
	if !on || !ok {
		return nil
	}
	return c.post(ctx, thread.Account, object{"status": "read", "message_id": heard.ID, "typing_indicator": object{"type": "text"}}, true, nil)
}

// MarkRead marks a message and those before it as read.
func (c *Conn) MarkRead(ctx context.Context, thread canon.ThreadKey, through canon.RemoteID) error {
	return c.post(ctx, thread.Account, object{"status": "read", "message_id": through}, true, nil)
}
