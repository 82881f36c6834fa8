package email

import (
	"bytes"
	"context"
	"errors"
	"io"

	"parley/connectors/email/letter"
	"parley/core/canon"
	"parley/core/connector"
)

// fetched is a mail read for its files.
type fetched struct {
	validity, uid uint32
	files         []letter.File
}

// Fetch brings a file of a mail. The mail is read as it was when it came in, by
// the same reader, so that its parts are counted alike however broken it is.
func (c *conn) Fetch(ctx context.Context, _ connector.Account, media canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	at, part, id, ok := parseMediaID(media.RemoteID)
	if !ok {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "media_id", Err: errors.New("not a file of a mail")}
	}
	var file letter.File
	err := c.side.do(ctx, c.settings.Mailbox, true, func(s *session, m mailbox) error {
		uid := at.uid
		if m.validity != at.validity {
			found, err := s.byMessageID(ctx, id)
			if id == "" || err == nil && len(found) == 0 {
				return fileGone()
			}
			if err != nil {
				return err
			}
			uid = found[len(found)-1]
		}
		l := c.side.letter
		if l == nil || l.validity != m.validity || l.uid != uid {
			raw, whole, err := s.body(ctx, uid, c.settings.MaxBytes)
			if err != nil {
				return imapFailed("fetch", err)
			}
			if raw == nil || !whole {
				return fileGone()
			}
			read, err := letter.Read(raw)
			if err != nil {
				return &connector.Error{Class: connector.Invalid, Code: "unreadable", Err: err}
			}
			l = &fetched{m.validity, uid, read.Files}
			c.side.letter = l
		}
		for _, f := range l.files {
			if f.Part == part {
				file = f
				return nil
			}
		}
		return fileGone()
	})
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	b := file.Bytes()
	return io.NopCloser(bytes.NewReader(b)), connector.FileInfo{Name: file.Name, MIME: file.MIME, Size: int64(len(b))}, nil
}

func fileGone() error {
	return &connector.Error{Class: connector.Gone, Code: "mail_gone", Shown: connector.Text{
		EN: "The mail that held this file is no longer in the mailbox.",
		ZH: "包含此文件的邮件已不在邮箱中。",
	}}
}
