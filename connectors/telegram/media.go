package telegram

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
	"parley/core/connector"
)

// open opens a stored file for an upload.
func (c *conn) open(ctx context.Context, file canon.ID) (*source, connector.FileInfo, error) {
	if c.env.Files == nil {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Internal, Err: errors.New("opening a file: no files were lent")}
	}
	body, info, err := c.env.Files.Open(ctx, file)
	if err != nil {
		return nil, info, &connector.Error{Class: connector.Transient, Code: "file_unreadable", Err: err}
	}
	return &source{ReadCloser: body}, info, nil
}

func upload(method, field string, file *source, info connector.FileInfo) *letter {
	l := write(method)
	l.open = []*source{file}
	l.files = []tgbotapi.RequestFile{{Name: field, Data: tgbotapi.FileReader{Name: cmp.Or(path.Base(info.Name), "file"), Reader: file}}}
	return l
}

// media sends a file the way its kind and type allow: what a client cannot show
// or play goes as a document.
func (c *conn) media(ctx context.Context, p canon.Media) (*letter, error) {
	var l *letter
	if p.File.IsZero() && p.RemoteID != "" { // a file that is at Telegram already
		method, field := mediaMethod(p.Kind, connector.FileInfo{MIME: p.MIME})
		l = write(method)
		l.params[field] = string(p.RemoteID)
	} else {
		file, info, err := c.open(ctx, p.File)
		if err != nil {
			return nil, err
		}
		info.MIME = cmp.Or(info.MIME, p.MIME)
		method, field := mediaMethod(p.Kind, info)
		l = upload(method, field, file, info)
	}
	if p.Caption != "" {
		l.params["caption"] = p.Caption
	}
	return l, nil
}

// audioTypes are the types sendAudio takes, and voiceTypes those sendVoice takes.
func audioTypes() []string {
	return []string{"audio/mpeg", "audio/mp3", "audio/mp4", "audio/x-m4a", "audio/m4a"}
}

func voiceTypes() []string { return append([]string{"audio/ogg", "audio/opus"}, audioTypes()...) }

// mediaMethod is the method for a file and its parameter. The types are those
// of sendPhoto, sendVoice, sendAudio, sendVideo and sendAnimation.
func mediaMethod(kind canon.MediaKind, info connector.FileInfo) (method, field string) {
	mime, _, _ := strings.Cut(info.MIME, ";")
	known := func(types ...string) bool { return mime == "" || slices.Contains(types, mime) }
	switch kind {
	case canon.MediaImage:
		return pictureMethod(info)
	case canon.MediaVoice:
		if known(voiceTypes()...) {
			return "sendVoice", "voice"
		}
	case canon.MediaAudio:
		if known(audioTypes()...) {
			return "sendAudio", "audio"
		}
	case canon.MediaVideo:
		if known("video/mp4") {
			return "sendVideo", "video"
		}
	case canon.MediaAnimation:
		if known("video/mp4", "image/gif") {
			return "sendAnimation", "animation"
		}
	}
	return "sendDocument", "document"
}

// pictureMethod sends what sendPhoto takes as a picture, anything else as a
// document.
func pictureMethod(info connector.FileInfo) (method, field string) {
	switch mime, _, _ := strings.Cut(info.MIME, ";"); mime {
	case "image/jpeg", "image/png", "image/webp", "":
		if info.Size <= maxPhoto {
			return "sendPhoto", "photo"
		}
	}
	return "sendDocument", "document"
}

// Fetch brings the bytes of a file a customer sent. The public server gives
// files of up to 20 MB; one in local mode, of any size, at the place where its
// folder is served.
func (c *conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	none := connector.FileInfo{}
	var f struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	if err := c.ask(ctx, "getFile", tgbotapi.Params{"file_id": string(m.RemoteID)}, &f); err != nil {
		if e := connector.AsError(err); e.Code == "too_large" {
			large := *e
			large.Shown = text("Telegram hands a bot files of up to 20 MB. Ask the customer for a smaller one or a link, or use a Bot API server of your own in local mode.",
				"Telegram 只允许机器人下载 20MB 以内的文件。请让客户发送较小的文件或链接，或改用自建的本地模式 Bot API 服务器。")
			err = &large
		}
		return nil, none, err
	}
	where, ok := c.filePath(f.Path)
	if !ok {
		return nil, none, &connector.Error{Class: connector.Invalid, Code: "file_path", Err: errors.New("fetching a file: the server names no usable path"),
			Shown: text("The Bot API server does not say where the file is.", "Bot API 服务器未给出文件位置。")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/file/bot"+c.token+"/"+where, nil)
	if err != nil {
		return nil, none, &connector.Error{Class: connector.Invalid, Code: "file_path", Err: errors.New("fetching a file: its path cannot be used")}
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		e := *connector.AsError(err)
		if e.Class == connector.Uncertain {
			e.Class = connector.Transient // asking again for a file does no harm
		}
		return nil, none, &e
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		e := c.refusal(resp.StatusCode, http.StatusText(resp.StatusCode), tgbotapi.ResponseParameters{})
		if e.Class == connector.Uncertain || resp.StatusCode == http.StatusNotFound {
			// An address lives an hour; the next try asks for a new one.
			e.Class, e.Scope = connector.Transient, connector.ScopeMessage
		}
		return nil, none, e
	}
	return resp.Body, connector.FileInfo{Name: cmp.Or(m.Name, path.Base(f.Path)), MIME: m.MIME, Size: max(resp.ContentLength, f.Size, 0)}, nil
}

// filePath is the path of a file below /file/bot<token>/. A server in local mode
// gives an absolute path on its own disk, <folder>/<token>/<path>; nothing of
// this machine's disk is ever read.
func (c *conn) filePath(given string) (string, bool) {
	if strings.HasPrefix(given, "/") {
		_, rest, ok := strings.Cut(given, "/"+c.token+"/")
		if !ok {
			return "", false
		}
		given = rest
	}
	if given == "" || path.Clean("/"+given) != "/"+given {
		return "", false
	}
	return (&url.URL{Path: given}).EscapedPath(), true
}
