package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/emersion/go-imap/v2"

	"parley/core/canon"
	"parley/core/connector"
)

// sentNames are what providers without special-use marks call the Sent mailbox.
var sentNames = []string{"Sent", "Sent Items", "Sent Messages", "Sent Mail", "已发送", "已发送邮件", "已傳送的郵件", "寄件備份", "INBOX.Sent", "送信済み"}

// File puts a copy of a sent mail into the Sent mailbox, unless it is there:
// a retry after a lost answer, or a provider that files by itself.
func (c *conn) File(ctx context.Context, r connector.Request, sent connector.Receipt) error {
	if r.Op != connector.OpPost || c.settings.SentCopy == "never" || c.settings.FilesSent {
		return nil
	}
	// The size must be known before the first byte: compose to a file first.
	spool, err := os.CreateTemp("", "parley-sent-*.eml")
	if err != nil {
		return &connector.Error{Class: connector.Internal, Code: "spool", Err: fmt.Errorf("file a sent mail: %w", err)}
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	d, err := c.compose(ctx, r)
	if err != nil {
		return err
	}
	size, err := d.writeTo(spool)
	if err != nil {
		return &connector.Error{Class: connector.Transient, Code: "compose", Err: fmt.Errorf("file a sent mail: %w", err)}
	}
	return c.side.do(ctx, "", true, func(s *session, _ mailbox) error {
		if c.settings.SentCopy == "auto" && s.caps.Has("X-GM-EXT-1") {
			return nil // Gmail under another host name
		}
		name, found, err := c.findSent(ctx, s)
		if err != nil {
			return err
		}
		if !found {
			err := guarded(ctx, s.net, replyTimeout, func() error { return s.client.Create(name, nil).Wait() })
			var no *imap.Error
			if err != nil && !errors.As(err, &no) {
				return imapFailed("create", err)
			}
		}
		if there, err := inMailbox(ctx, s, name, string(sent.RemoteID)); err != nil || there {
			return err
		}
		if _, err := spool.Seek(0, io.SeekStart); err != nil {
			return &connector.Error{Class: connector.Internal, Code: "spool", Err: err}
		}
		err = guarded(ctx, s.net, bodyTimeout, func() error {
			cmd := s.client.Append(name, size, &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: c.env.Clock()})
			if _, err := io.Copy(cmd, spool); err != nil {
				return err
			}
			if err := cmd.Close(); err != nil {
				return err
			}
			_, err := cmd.Wait()
			return err
		})
		if err != nil {
			return imapFailed("append", err)
		}
		return nil
	})
}

// settling is a mailbox whose provider files what it sends by itself, so that
// the Sent mailbox tells whether a mail went out. Elsewhere a copy is there only
// if we put it there, and its absence proves nothing: such a mailbox cannot
// settle, and an uncertain mail is repeated under the same Message-ID.
type settling struct{ of *conn }

// Settle looks for a sent mail in the Sent mailbox.
func (s settling) Settle(ctx context.Context, r connector.Request) (*connector.Receipt, error) {
	c := s.of
	id := c.messageID(r)
	var there bool
	err := c.side.do(ctx, "", true, func(s *session, _ mailbox) error {
		name, found, err := c.findSent(ctx, s)
		if err != nil || !found {
			return err
		}
		there, err = inMailbox(ctx, s, name, id)
		return err
	})
	if err != nil || !there {
		return nil, err
	}
	return &connector.Receipt{RemoteID: canon.RemoteID(id), State: canon.Sent}, nil
}

func inMailbox(ctx context.Context, s *session, name, id string) (bool, error) {
	m, err := s.open(ctx, name, true)
	if err != nil {
		return false, err
	}
	if m.count == 0 {
		return false, nil
	}
	uids, err := s.byMessageID(ctx, id)
	return len(uids) > 0, err
}

// findSent finds the Sent mailbox: as set, as marked by the server, or by its
// usual names. found is false when there is none; name is then what to call it.
func (c *conn) findSent(ctx context.Context, s *session) (name string, found bool, err error) {
	if c.settings.SentMailbox != "" {
		return c.settings.SentMailbox, true, nil
	}
	var list []*imap.ListData
	err = guarded(ctx, s.net, replyTimeout, func() (err error) {
		// Servers with SPECIAL-USE mark \Sent in a plain LIST too (RFC 6154 §2).
		list, err = s.client.List("", "*", nil).Collect()
		return err
	})
	if err != nil {
		return "", false, imapFailed("list", err)
	}
	for _, m := range list {
		for _, a := range m.Attrs {
			if strings.EqualFold(string(a), string(imap.MailboxAttrSent)) {
				return m.Mailbox, true, nil
			}
		}
	}
	for _, want := range sentNames {
		for _, m := range list {
			if strings.EqualFold(m.Mailbox, want) {
				return m.Mailbox, true, nil
			}
		}
	}
	return sentNames[0], false, nil
}
