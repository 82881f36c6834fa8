package email

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/textproto"
	"path"
	"strings"

	"github.com/wneessen/go-mail"

	"parley/connectors/email/letter"
	"parley/core/canon"
	"parley/core/connector"
)

// attachment is a file of a mail to be.
type attachment struct {
	name, mime string
	size       int64
	cid        string // shown within the HTML
	open       func(context.Context) (io.ReadCloser, error)
}

func (d *draft) add(ctx context.Context, c *conn, a attachment) {
	d.size += a.size*4/3 + a.size/50 + 1024
	name := letter.FileName(a.name)
	if name == "" {
		name = "file" + path.Ext(a.name)
	}
	kind := a.mime
	if media, _, err := mime.ParseMediaType(kind); err != nil || strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "message/") {
		kind = "application/octet-stream"
	} else {
		kind = media
	}
	f := &mail.File{Name: name, Enc: mail.EncodingB64, Header: textproto.MIMEHeader{}}
	disposition := "attachment"
	if a.cid != "" {
		disposition = "inline"
		f.Header.Set("Content-Id", "<"+a.cid+">")
	}
	// RFC 2231 for programs that know it, an encoded word for those that do not.
	f.Header.Set("Content-Type", mime.FormatMediaType(kind, map[string]string{"name": mime.QEncoding.Encode("utf-8", name)}))
	f.Header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	f.Writer = func(w io.Writer) (int64, error) {
		r, err := a.open(ctx)
		if err == nil {
			defer r.Close()
			var n int64
			if n, err = io.Copy(w, r); err == nil {
				return n, nil
			}
		}
		d.failed = fmt.Errorf("read the file %s: %w", name, err)
		return 0, d.failed
	}
	if a.cid != "" {
		d.msg.SetEmbeds(append(d.msg.GetEmbeds(), f))
	} else {
		d.msg.SetAttachments(append(d.msg.GetAttachments(), f))
	}
}

// inline is the Content-ID of a file shown in the text: stable over attempts.
func inline(r connector.Request, n int) string {
	return fmt.Sprintf("%s.%d@parley", strings.ReplaceAll(r.Key.String(), "-", ""), n)
}

// stored is an attachment kept by the hub.
func (c *conn) stored(ctx context.Context, m canon.Media) (attachment, error) {
	a := attachment{name: m.Name, mime: m.MIME, size: m.Size}
	// Opened once beforehand: a file that is not there is known before the
	// server is asked to take the mail.
	body, info, err := c.env.Files.Open(ctx, m.File)
	if err != nil {
		return a, &connector.Error{Class: connector.Transient, Code: "file", Err: fmt.Errorf("open the file %s: %w", m.File, err)}
	}
	body.Close()
	if info.Size > 0 {
		a.size = info.Size
	}
	if a.name == "" {
		a.name = info.Name
	}
	if info.MIME != "" {
		a.mime = info.MIME
	}
	a.open = func(ctx context.Context) (io.ReadCloser, error) {
		body, _, err := c.env.Files.Open(ctx, m.File)
		return body, err
	}
	return a, nil
}
