package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/core/canon"
	"parley/core/connector"
)

// maxUpload is the largest file the platform takes, in bytes (90253).
const maxUpload = 20 << 20

// Upload hands a file over as temporary material. The handle holds the kind the
// platform took it as: a message that carries it must be of the same.
func (c *corp) Upload(ctx context.Context, _ canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	content, err := io.ReadAll(io.LimitReader(body, maxUpload+1))
	if err != nil {
		return "", 0, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: fmt.Errorf("reading a file to upload: %w", err)}
	}
	if len(content) > maxUpload {
		return "", 0, c.refusal("media/upload", 40006, "over 20 MB")
	}
	handle, err := c.upload(ctx, kindOf(info.MIME), info.Name, info.MIME, content)
	return handle, mediaLife, err
}

// kindOf is the type the platform takes a file as: pictures, voice and films of
// other formats go as files.
func kindOf(mimeType string) string {
	base, _, _ := strings.Cut(mimeType, ";")
	switch strings.TrimSpace(strings.ToLower(base)) {
	case "image/jpeg", "image/png":
		return "image"
	case "audio/amr":
		return "voice"
	case "video/mp4":
		return "video"
	}
	return "file"
}

func (c *corp) upload(ctx context.Context, kind, name, mimeType string, content []byte) (canon.RemoteID, error) {
	if name == "" {
		name = kind
	}
	if mimeType == "" {
		mimeType = "application/octet-stream"
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="media"; filename="%s"; filelength=%d`, quoted(name), len(content))},
		"Content-Type":        {mimeType},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "", &connector.Error{Class: connector.Internal, Err: fmt.Errorf("writing an upload: %w", err)}
	}
	x := exchange{op: "media/upload", path: "/cgi-bin/media/upload", query: url.Values{"type": {kind}}, body: form.Bytes(), mime: w.FormDataContentType()}
	var out struct {
		MediaID string `json:"media_id"`
	}
	err = c.withToken(ctx, x, func(x exchange) error {
		raw, err := c.exchange(ctx, x)
		if err != nil {
			return err
		}
		if json.Unmarshal(raw, &out) != nil || out.MediaID == "" {
			return &connector.Error{Class: connector.Transient, Code: "unreadable", Err: errors.New("the answer to media/upload names no file")}
		}
		return nil
	})
	return canon.RemoteID(kind + ":" + out.MediaID), connector.Harmless(err)
}

var quotes = strings.NewReplacer("\\", "_", "\"", "_", "\r", "_", "\n", "_", "/", "_", ":", "_")

// quoted is a file name that may stand in a header and that the platform takes.
func quoted(name string) string { return quotes.Replace(path.Base(name)) }

// handle takes a handle apart.
func handle(id canon.RemoteID) (kind, media string, ok bool) {
	kind, media, ok = strings.Cut(string(id), ":")
	return kind, media, ok && media != ""
}

// Fetch brings the bytes of a customer's file (90254 获取临时素材), or of a picture
// that a card only gave an address of.
func (c *corp) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	if m.RemoteID == "" {
		return c.fetchAddress(ctx, m)
	}
	x := exchange{op: "media/get", path: "/cgi-bin/media/get", query: url.Values{"media_id": {string(m.RemoteID)}}}
	var resp *http.Response
	err := c.withToken(ctx, x, func(x exchange) error {
		got, err := c.send(ctx, x)
		if err != nil {
			return err
		}
		resp = got
		return c.file(resp)
	})
	if err != nil {
		return nil, connector.FileInfo{}, connector.Harmless(err)
	}
	return resp.Body, describe(resp, m), nil
}

// file looks whether an answer is a file: a refusal comes as JSON with 200.
func (c *corp) file(resp *http.Response) error {
	base, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.Header.Get("Content-Disposition") != "" || base != "application/json" && base != "text/plain" {
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var said util.CommonError
	if err != nil || json.Unmarshal(raw, &said) != nil || said.ErrCode == 0 {
		return &connector.Error{Class: connector.Transient, Code: "unreadable", Err: errors.New("the answer to media/get is neither a file nor a refusal")}
	}
	return c.refusal("media/get", said.ErrCode, said.ErrMsg)
}

func (c *corp) fetchAddress(ctx context.Context, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL, nil)
	if err != nil || openable(m.URL) == "" {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("fetching a picture: it has no address that can be used")}
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return nil, connector.FileInfo{}, connector.Harmless(err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Gone, Code: "http_" + strconv.Itoa(resp.StatusCode), Err: errors.New("fetching a picture: it is not there")}
	}
	return resp.Body, describe(resp, m), nil
}

func describe(resp *http.Response, m canon.Media) connector.FileInfo {
	info := connector.FileInfo{Name: m.Name, MIME: m.MIME, Size: max(resp.ContentLength, 0)}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && info.Name == "" {
		info.Name = params["filename"]
	}
	if base, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && info.MIME == "" && base != "application/octet-stream" {
		info.MIME = base
	}
	return info
}
