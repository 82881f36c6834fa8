package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// mediaLife is how long temporary material is kept: three days.
const mediaLife = 72 * time.Hour

// kindOf is what the platform calls a file of a MIME type, and the largest it
// takes; "" when it takes none.
func kindOf(mimeType string) (kind string, most int64) {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		base = mimeType
	}
	switch {
	case base == "image/jpeg" || base == "image/png" || base == "image/gif":
		return "image", maxImage
	case strings.HasPrefix(base, "audio/"):
		return "voice", maxVoice
	case base == "video/mp4":
		return "video", maxVideo
	}
	return "", 0
}

// split takes a handle of Upload apart: kind and media_id.
func split(id canon.RemoteID) (kind, handle string) {
	kind, handle, _ = strings.Cut(string(id), ":")
	return kind, handle
}

// Upload makes temporary material of a file. Recordings the platform does not
// take become MP3 where the hub can convert.
// https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
func (c *Conn) Upload(ctx context.Context, _ canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	kind, most := kindOf(info.MIME)
	if kind == "" || c.mini && kind != "image" {
		return "", 0, unsupported(text("WeChat does not take files of this kind. Send a link instead.", "微信不支持此类文件，请改为发送链接。"))
	}
	if kind == "voice" {
		sound, err := c.sound(ctx, &info, body)
		if err != nil {
			return "", 0, err
		}
		defer sound.Close()
		body = sound
	}
	data, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return "", 0, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: fmt.Errorf("read the file: %w", err)}
	}
	if int64(len(data)) > most {
		return "", 0, c.refusal(status{Code: map[string]int64{"image": 40009, "voice": 40010, "video": 40011}[kind]})
	}
	form, contentType, err := multipartOf(info, data)
	if err != nil {
		return "", 0, err
	}
	var got struct {
		status
		MediaID string `json:"media_id"`
	}
	if err := c.call(ctx, "/cgi-bin/media/upload?type="+kind, upload{form, contentType}, &got); err != nil {
		return "", 0, connector.Harmless(err)
	}
	return canon.RemoteID(kind + ":" + got.MediaID), mediaLife, nil
}

// sound is a recording in a form the platform takes.
func (c *Conn) sound(ctx context.Context, info *connector.FileInfo, body io.Reader) (io.ReadCloser, error) {
	base, _, err := mime.ParseMediaType(info.MIME)
	if err != nil {
		base = info.MIME
	}
	if base == "audio/amr" || base == "audio/mpeg" || base == "audio/mp3" {
		return io.NopCloser(body), nil
	}
	if c.env.Convert == nil || !c.env.Convert.Can(base, "audio/mpeg") {
		return nil, unsupported(text("WeChat takes AMR and MP3 recordings only, and this hub cannot convert others.", "微信仅支持 AMR、MP3 语音，当前系统无法转换其他格式。"))
	}
	out, err := c.env.Convert.Convert(ctx, body, base, "audio/mpeg")
	if err != nil {
		return nil, &connector.Error{Class: connector.Invalid, Code: "not_converted", Err: err, Shown: text("The recording cannot be converted to MP3.", "语音无法转换为 MP3。")}
	}
	name, _, _ := strings.Cut(info.Name, ".")
	info.Name, info.MIME = name+".mp3", "audio/mpeg"
	return out, nil
}

// upload is a form that is posted in place of JSON.
type upload struct {
	body        []byte
	contentType string
}

// multipartOf writes the form; the platform wants to know its length ahead.
func multipartOf(info connector.FileInfo, data []byte) ([]byte, string, error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	name := strings.NewReplacer(`"`, "'", "\r", "", "\n", "", `\`, "_").Replace(info.Name)
	h := textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="media"; filename="%s"; filelength=%d`, name, len(data))},
		"Content-Type":        {info.MIME},
	}
	part, err := w.CreatePart(h)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, "", &connector.Error{Class: connector.Internal, Err: fmt.Errorf("write a form: %w", err)}
	}
	return out.Bytes(), w.FormDataContentType(), nil
}

// Fetch brings what a customer sent. Recordings become MP3 where the hub can
// convert: browsers do not play AMR.
// https://developers.weixin.qq.com/doc/service/api/material/temporary/api_gettempmedia
func (c *Conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	resp, err := c.download(ctx, m)
	if err != nil {
		return nil, connector.FileInfo{}, connector.Harmless(err)
	}
	info := connector.FileInfo{Name: m.Name, MIME: m.MIME, Size: max(resp.ContentLength, 0)}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && info.Name == "" {
		info.Name = params["filename"]
	}
	if base, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && base != "application/octet-stream" && base != "text/plain" {
		info.MIME = base
	}
	if m.Kind != canon.MediaVoice || c.env.Convert == nil || !c.env.Convert.Can(m.MIME, "audio/mpeg") {
		return resp.Body, info, nil
	}
	defer resp.Body.Close()
	sound, err := c.env.Convert.Convert(ctx, resp.Body, m.MIME, "audio/mpeg")
	if err != nil {
		return nil, info, err
	}
	return sound, connector.FileInfo{Name: "voice.mp3", MIME: "audio/mpeg"}, nil
}

// download opens a medium by its id, a video by the address the platform gives
// for it, a picture at last by its address.
func (c *Conn) download(ctx context.Context, m canon.Media) (*http.Response, error) {
	if m.RemoteID == "" {
		return c.open(ctx, m.URL)
	}
	token, err := c.accessToken(ctx)
	for try := 0; err == nil; try++ {
		var req *http.Request
		if req, err = c.request(ctx, http.MethodGet, "/cgi-bin/media/get", url.Values{"access_token": {token}, "media_id": {string(m.RemoteID)}}, nil); err != nil {
			return nil, err
		}
		resp, err := connector.Do(c.env.HTTP, req)
		if err != nil {
			return nil, err
		}
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if resp.StatusCode == http.StatusOK && kind != "application/json" && kind != "text/plain" {
			return resp, nil
		}
		got, err := c.excuse(resp)
		switch {
		case err != nil:
			return nil, err
		case got.VideoURL != "":
			return c.open(ctx, got.VideoURL)
		case tokenRefused(got.Code) && try == 0:
			if token, err = c.renew(ctx, token); err != nil {
				return nil, withoutToken(err)
			}
		default:
			return nil, c.gone(got.status)
		}
	}
	return nil, withoutToken(err)
}

// excuse is what stands in place of a file.
type excuse struct {
	status
	VideoURL string `json:"video_url"`
}

func (c *Conn) excuse(resp *http.Response) (e excuse, err error) {
	defer resp.Body.Close()
	return e, c.read(resp, &e)
}

// gone classes why a medium cannot be had: one that ran out never comes back.
func (c *Conn) gone(s status) error {
	e := c.refusal(s)
	if s.Code == 40007 || s.Code == 41006 {
		e.Class = connector.Gone
	}
	if s.Code == 0 {
		e = &connector.Error{Class: connector.Transient, Code: "no_file", Err: errors.New("the platform gave neither a file nor a reason")}
	}
	return e
}

// open fetches an address the platform gave, without any credential.
func (c *Conn) open(ctx context.Context, address string) (*http.Response, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("the file has no usable address")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("the file has no usable address")}
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		class := connector.Transient
		if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
			class = connector.Gone
		}
		return nil, &connector.Error{Class: class, Code: fmt.Sprint(resp.StatusCode), Err: fmt.Errorf("the file's address answered %d", resp.StatusCode)}
	}
	return resp, nil
}
