package cloud

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// mediaLife is how long a file brought to the platform is used again: it keeps
// them for 30 days ("Media: Upload media").
const mediaLife = 20 * 24 * time.Hour

func (c *Conn) media(ctx context.Context, r connector.Request, p canon.Media) (object, error) {
	id, err := c.upload(ctx, r.Thread.Account, p.File)
	if err != nil {
		return nil, err
	}
	kind, m := "document", object{"id": id}
	if p.Caption != "" {
		m["caption"] = p.Caption
	}
	switch p.Kind {
	case canon.MediaImage:
		kind = "image"
	case canon.MediaVideo, canon.MediaAnimation:
		kind = "video"
	case canon.MediaVoice, canon.MediaAudio:
		kind = "audio"
		delete(m, "caption")
		if p.Kind == canon.MediaVoice && strings.HasPrefix(p.MIME, "audio/ogg") {
			m["voice"] = true // with its wave, and heard as a voice message
		}
	default:
		name := connector.Length{Max: maxName, Unit: connector.UTF16}.Head(p.Name, "")
		if name != "" {
			m["filename"] = name
		}
	}
	return object{"type": kind, kind: m}, nil
}

// sticker sends a WebP as a sticker, another picture as a picture, and one
// without a file as its emoji.
func (c *Conn) sticker(ctx context.Context, r connector.Request, p canon.Sticker) (object, error) {
	if p.Image.File.IsZero() {
		return words(p.Fallback()), nil
	}
	id, err := c.upload(ctx, r.Thread.Account, p.Image.File)
	if err != nil {
		return nil, err
	}
	if p.Image.MIME == "image/webp" {
		return object{"type": "sticker", "sticker": object{"id": id}}, nil
	}
	return object{"type": "image", "image": object{"id": id}}, nil
}

func mediaKey(account canon.RemoteID, file canon.ID) string {
	return "media:" + string(account) + ":" + file.String()
}

// upload brings a stored file to the platform, once for all messages that carry
// it, and returns its id there.
func (c *Conn) upload(ctx context.Context, account canon.RemoteID, file canon.ID) (string, error) {
	if file.IsZero() {
		return "", &connector.Error{Class: connector.Invalid, Code: "no_file", Shown: text("The message has no file to send. Attach it again.", "消息没有可发送的文件，请重新添加。")}
	}
	return c.env.Cache.Once(ctx, mediaKey(account, file), func(ctx context.Context) (string, time.Duration, error) {
		body, info, err := c.env.Files.Open(ctx, file)
		if err != nil {
			return "", 0, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: err}
		}
		defer body.Close()
		form := graph.Multipart([][2]string{{"messaging_product", "whatsapp"}, {"type", info.MIME}}, graph.Part{Field: "file", Info: info, Body: body})
		defer form.Close()
		var out struct {
			ID string `json:"id"`
		}
		err = c.api.Call(ctx, graph.Request{Method: http.MethodPost, Path: "/" + string(account) + "/media", Token: c.token, Body: form, Type: form.Type, Quiet: true}, &out)
		if err == nil && out.ID == "" {
			err = &connector.Error{Class: connector.Transient, Code: "no_id", Err: errors.New("the platform took a file and gave it no id")}
		}
		return out.ID, mediaLife, err
	})
}

// forget drops the ids of files of a message that was refused: one of them may
// be gone at the platform, and the next attempt brings them anew.
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

// Fetch brings a file of a customer: the platform tells its address, good for
// five minutes, and wants the token there, too.
func (c *Conn) Fetch(ctx context.Context, account connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	none := connector.FileInfo{}
	var at struct {
		URL  string       `json:"url"`
		MIME string       `json:"mime_type"`
		Size graph.Number `json:"file_size"`
	}
	query := map[string][]string{"phone_number_id": {string(account.RemoteID)}}
	err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + string(m.RemoteID), Query: query, Token: c.token, Quiet: true}, &at)
	if err != nil {
		e := *connector.AsError(err)
		if e.Code == "100/33" || e.Code == "100" {
			e.Class = connector.Gone // ids of customers' files live seven days
		}
		return nil, none, &e
	}
	body, size, kind, err := graph.Download(ctx, c.env.HTTP, at.URL, c.token, c.env.Clock())
	if err != nil {
		return nil, none, err
	}
	info := connector.FileInfo{Name: m.Name, MIME: at.MIME, Size: size}
	if info.MIME == "" {
		info.MIME = kind
	}
	info.MIME, _, _ = strings.Cut(info.MIME, ";")
	if info.Size == 0 {
		info.Size = max(int64(at.Size), 0)
	}
	if info.Name == "" {
		info.Name = string(m.Kind) + "-" + strconv.FormatInt(c.env.Clock().Unix(), 10)
	}
	return body, info, nil
}
