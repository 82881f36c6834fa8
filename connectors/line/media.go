package line

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
	"parley/core/connector"
)

// fileLife is how long a file can be fetched: phones do it when its message is
// looked at.
const fileLife = 7 * 24 * time.Hour

// posterPath is where the neutral still lies, below the callback address.
const posterPath = "/poster.png"

// link is an address LINE and the customer's phone can fetch a file at.
func (w *writer) link(file canon.ID) (string, error) {
	address, err := w.files.Link(w.ctx, file, fileLife)
	if err != nil {
		return "", &connector.Error{Class: connector.Transient, Code: "file_link", Err: err}
	}
	return address, nil
}

// media names a file by its address: LINE fetches nothing when it is told, so no
// bytes travel now.
func (w *writer) media(p canon.Media) (messaging_api.MessageInterface, error) {
	if p.File.IsZero() {
		return w.text(p.Fallback()), nil
	}
	address, err := w.link(p.File)
	if err != nil {
		return nil, err
	}
	preview := address
	if p.Kind == canon.MediaVideo || p.Size > maxPreview {
		preview = w.poster
	}
	if still := w.stills[p.File]; !still.IsZero() {
		if preview, err = w.link(still); err != nil {
			return nil, err
		}
	}
	switch p.Kind {
	case canon.MediaImage:
		return &messaging_api.ImageMessage{OriginalContentUrl: address, PreviewImageUrl: preview, Sender: w.sender}, nil
	case canon.MediaVideo:
		return &messaging_api.VideoMessage{OriginalContentUrl: address, PreviewImageUrl: preview, Sender: w.sender}, nil
	case canon.MediaVoice, canon.MediaAudio:
		return &messaging_api.AudioMessage{OriginalContentUrl: address, Duration: max(p.Millis, 1000), Sender: w.sender}, nil
	}
	return w.text(p.Fallback() + "\n" + address), nil
}

// drawPoster draws the still that stands for a film: dark, with a triangle.
func drawPoster() []byte {
	const width, height = 480, 270
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.RGBA{38, 42, 48, 255}, color.RGBA{236, 238, 240, 255}})
	for y := 95; y < 175; y++ {
		reach := 40 - max(y-135, 135-y)
		for x := 205; x < 205+reach*7/4; x++ {
			m.SetColorIndex(x, y, 1)
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, m) // into memory: never fails
	return out.Bytes()
}

// Fetch brings what a customer sent. LINE may still be preparing a film or a
// voice; then it is asked for again later.
func (c *Conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	if m.RemoteID == "" {
		return c.fetchOutside(ctx, m)
	}
	if strings.HasPrefix(string(m.RemoteID), emojiMark) {
		return c.fetchEmoji(ctx, m)
	}
	if strings.HasPrefix(string(m.RemoteID), stickerMark) {
		return c.fetchSticker(ctx, m)
	}
	id := string(m.RemoteID)
	if !plainID(id) {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "bad_id"}
	}
	if m.Kind == canon.MediaVideo || m.Kind == canon.MediaVoice || m.Kind == canon.MediaAudio {
		if err := c.prepared(ctx, id); err != nil {
			return nil, connector.FileInfo{}, err
		}
	}
	res, err := c.content(ctx, func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, _, err := api.GetMessageContentWithHttpInfo(id)
		return res, err
	})
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	if res.StatusCode != http.StatusOK { // 202: not prepared yet
		_ = res.Body.Close()
		return nil, connector.FileInfo{}, notYet()
	}
	return res.Body, infoOf(res, m), nil
}

// prepared asks whether a film or voice can be had by now.
func (c *Conn) prepared(ctx context.Context, id string) error {
	var state messaging_api.GetMessageContentTranscodingResponseSTATUS
	_, err := c.content(ctx, func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, got, err := api.GetMessageContentTranscodingByMessageIdWithHttpInfo(id)
		if err == nil {
			state = got.Status
		}
		return res, err
	})
	switch {
	case err != nil:
		return err
	case state == messaging_api.GetMessageContentTranscodingResponseSTATUS_FAILED:
		return &connector.Error{Class: connector.Gone, Code: "transcoding_failed", Shown: text("LINE could not prepare this file.", "LINE 无法处理此文件。")}
	case state != messaging_api.GetMessageContentTranscodingResponseSTATUS_SUCCEEDED:
		return notYet()
	}
	return nil
}

func notYet() error {
	return &connector.Error{Class: connector.Transient, Code: "preparing", RetryAfter: 3 * time.Second,
		Shown: text("LINE is still preparing this file.", "LINE 正在处理此文件。")}
}

// fetchOutside brings a file that lies with somebody else, without our token.
func (c *Conn) fetchOutside(ctx context.Context, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL, nil)
	if err != nil {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "bad_address"}
	}
	res, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Gone, Code: "outside"}
	}
	return res.Body, infoOf(res, m), nil
}

func infoOf(res *http.Response, m canon.Media) connector.FileInfo {
	info := connector.FileInfo{Name: m.Name, Size: max(res.ContentLength, 0)}
	info.MIME, _, _ = mime.ParseMediaType(res.Header.Get("Content-Type"))
	return info
}

// plainID reports whether an id of LINE's can stand in an address.
func plainID(id string) bool {
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return id != ""
}
