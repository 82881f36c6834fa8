package email

import (
	"context"
	"strings"

	"github.com/emersion/go-imap/v2"

	"parley/core/canon"
)

// MarkRead sets \Seen on the mail that was read through to. A mail without a
// Message-ID, or no longer there, is left alone.
func (c *conn) MarkRead(ctx context.Context, _ canon.ThreadKey, through canon.RemoteID) error {
	id := string(through)
	if id == "" || strings.HasPrefix(id, noMessageID) {
		return nil
	}
	return c.side.do(ctx, c.settings.Mailbox, false, func(s *session, _ mailbox) error {
		uids, err := s.byMessageID(ctx, id)
		if err != nil || len(uids) == 0 {
			return err
		}
		err = guarded(ctx, s.net, replyTimeout, func() error {
			return s.client.Store(uidSet(uids...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
		})
		if err != nil {
			return imapFailed("store", err)
		}
		return nil
	})
}
