package messaging

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

const (
	// fileLife is how long the platform may take to fetch a file of ours.
	fileLife = 7 * 24 * time.Hour
	// mediaLife is how long an uploaded attachment is used again: it does not
	// end, but pages are known to lose some.
	mediaLife = 30 * 24 * time.Hour
)

func mediaKey(account canon.RemoteID, file canon.ID) string {
	return "media:" + string(account) + ":" + file.String()
}

func kindOf(kind canon.MediaKind, mime string) string {
	major, _, _ := strings.Cut(mime, "/")
	switch {
	case kind == canon.MediaVoice, kind == canon.MediaAudio:
		return "audio"
	case kind == canon.MediaVideo, kind == canon.MediaAnimation && major == "video":
		return "video"
	case kind == canon.MediaImage, kind == canon.MediaAnimation:
		return "image"
	}
	return "file"
}

// media sends a file that was brought to the platform, once for all messages
// that carry it.
func (c *Conn) media(ctx context.Context, r connector.Request, file canon.ID, kind canon.MediaKind, mime string) (object, error) {
	if file.IsZero() {
		return nil, &connector.Error{Class: connector.Invalid, Code: "no_file", Shown: text("The message has no file to send. Attach it again.", "消息没有可发送的文件，请重新添加。")}
	}
	as := kindOf(kind, mime)
	id, err := c.env.Cache.Once(ctx, mediaKey(r.Thread.Account, file), func(ctx context.Context) (string, time.Duration, error) {
		id, err := c.upload(ctx, r.Thread.Account, file, as)
		return id, mediaLife, err
	})
	if err != nil {
		return nil, err
	}
	return object{"attachment": object{"type": as, "payload": object{"attachment_id": id}}}, nil
}

func (c *Conn) upload(ctx context.Context, account canon.RemoteID, file canon.ID, as string) (string, error) {
	body, info, err := c.env.Files.Open(ctx, file)
	if err != nil {
		return "", &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: err}
	}
	defer body.Close()
	message, err := json.Marshal(object{"attachment": object{"type": as, "payload": object{"is_reusable": true}}})
	if err != nil {
		return "", &connector.Error{Class: connector.Internal, Err: err}
	}
	platform := "messenger"
	if c.product.instagram {
		platform = "instagram"
	}
	form := graph.Multipart([][2]string{{"platform", platform}, {"message", string(message)}}, graph.Part{Field: "filedata", Info: info, Body: body})
	defer form.Close()
	var out struct {
		ID string `json:"attachment_id"`
	}
	err = c.call(ctx, account, graph.Request{Method: http.MethodPost, Path: "/message_attachments", Body: form, Type: form.Type, Quiet: true}, &out)
	if err == nil && out.ID == "" {
		err = &connector.Error{Class: connector.Transient, Code: "no_id", Err: errors.New("the platform took a file and gave it no id")}
	}
	return out.ID, err
}

// forget drops the id of a file whose message was refused: it may be gone at
// the platform, and the next attempt brings it anew.
func (c *Conn) forget(ctx context.Context, r connector.Request, err error) {
	if connector.AsError(err).Class != connector.Invalid {
		return
	}
	for _, p := range r.Message.Parts {
		if m, ok := p.(canon.Media); ok && !m.File.IsZero() {
			_ = c.env.Cache.Delete(ctx, mediaKey(r.Thread.Account, m.File)) // it runs out by itself
		}
	}
}

// Fetch brings a file of a customer from the platform's own store of files,
// which asks for no token.
func (c *Conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	body, size, kind, err := graph.Download(ctx, c.env.HTTP, m.URL, "", c.env.Clock())
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	kind, _, _ = strings.Cut(kind, ";")
	info := connector.FileInfo{Name: m.Name, MIME: kind, Size: size}
	if u, err := url.Parse(m.URL); err == nil && info.Name == "" {
		info.Name = path.Base(u.Path)
	}
	return body, info, nil
}
