package email

import (
	"context"
	"errors"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// body reads a whole mail; whole is false, and the body its first part, when it
// is larger than the server had said and than we take.
func (s *session) body(ctx context.Context, uid uint32, limit int64) (raw []byte, whole bool, err error) {
	section := &imap.FetchItemBodySection{Peek: true}
	whole = true
	raw, err = s.section(ctx, uid, section, func(r imap.LiteralReader) ([]byte, error) {
		whole = r.Size() <= limit
		b := make([]byte, min(limit, r.Size()))
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		_, err := io.Copy(io.Discard, r)
		return b, err
	})
	return raw, whole, err
}

// head reads the headers of a mail, at most 256 kB of them.
func (s *session) head(ctx context.Context, uid uint32) ([]byte, error) {
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	return s.section(ctx, uid, section, func(r imap.LiteralReader) ([]byte, error) {
		b, err := io.ReadAll(io.LimitReader(r, 256<<10))
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		return b, err
	})
}

// section fetches one section of one mail; nil when the mail is gone.
func (s *session) section(ctx context.Context, uid uint32, section *imap.FetchItemBodySection, read func(imap.LiteralReader) ([]byte, error)) ([]byte, error) {
	var raw []byte
	err := guarded(ctx, s.net, bodyTimeout, func() error {
		cmd := s.client.Fetch(uidSet(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		var failed error
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			for item := msg.Next(); item != nil; item = msg.Next() {
				if b, ok := item.(imapclient.FetchItemDataBodySection); ok && b.Literal != nil && raw == nil && failed == nil {
					raw, failed = read(b.Literal)
				}
			}
		}
		return errors.Join(cmd.Close(), failed)
	})
	if err != nil {
		return nil, err
	}
	return raw, nil
}

func uidSet(uids ...uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}
