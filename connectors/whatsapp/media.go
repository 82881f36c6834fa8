//go:build !nogpl

package whatsapp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.mau.fi/whatsmeow"

	"parley/core/canon"
	"parley/core/connector"
)

// handle is what it takes to fetch and open a file, as a RemoteID holds it: the
// keys are in the message alone, nobody can be asked for them later.
type handle struct {
	Kind string `json:"t"` // image, video, audio, document
	Path string `json:"p"`
	Key  []byte `json:"k"`
	Sum  []byte `json:"s"`
	Enc  []byte `json:"e"`
}

// sealed is what every message with a file says of it.
type sealed interface {
	GetMimetype() string
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
	GetFileLength() uint64
}

// file is a file of a message, to be fetched; without a path or key it is gone.
func file(kind string, as canon.MediaKind, f sealed) canon.Media {
	m := canon.Media{Kind: as, MIME: f.GetMimetype(), State: canon.MediaExpired}
	if n := f.GetFileLength(); n < 1<<40 {
		m.Size = int64(n)
	}
	if f.GetDirectPath() == "" || len(f.GetMediaKey()) == 0 {
		return m
	}
	raw, err := json.Marshal(handle{kind, f.GetDirectPath(), f.GetMediaKey(), f.GetFileSHA256(), f.GetFileEncSHA256()})
	if err != nil || len(raw) > 4096 {
		return m
	}
	m.State, m.RemoteID = canon.MediaPending, canon.RemoteID(base64.RawURLEncoding.EncodeToString(raw))
	return m
}

// mediaType is what a kind of file's keys are derived for.
func mediaType(kind string) whatsmeow.MediaType {
	switch kind {
	case "image":
		return whatsmeow.MediaImage
	case "video":
		return whatsmeow.MediaVideo
	case "audio":
		return whatsmeow.MediaAudio
	}
	return whatsmeow.MediaDocument
}

// spool is a file being fetched: it lies on disk, not in memory, and goes when
// it is closed.
type spool struct{ *os.File }

func (s spool) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// Fetch brings what a customer sent, opened and checked against its hash.
func (c *conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	none := connector.FileInfo{}
	var h handle
	raw, err := base64.RawURLEncoding.DecodeString(string(m.RemoteID))
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		return nil, none, &connector.Error{Class: connector.Invalid, Code: "bad_handle", Err: errors.New("fetching a file: its name cannot be read")}
	}
	cli, err := c.signedIn()
	if err != nil {
		return nil, none, err
	}
	f, err := os.CreateTemp("", "parley-whatsapp-*")
	if err != nil {
		return nil, none, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("fetching a file: %w", err)}
	}
	s := spool{f}
	if err := cli.DownloadMediaWithPathToFile(ctx, h.Path, h.Enc, h.Sum, h.Key, mediaType(h.Kind), "", false, f); err != nil {
		_ = s.Close() // the reason that counts is the other
		return nil, none, notFetched(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = s.Close()
		return nil, none, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("fetching a file: %w", err)}
	}
	return s, connector.FileInfo{Name: m.Name, MIME: m.MIME, Size: size}, nil
}

func notFetched(err error) error {
	for _, gone := range []error{whatsmeow.ErrMediaDownloadFailedWith403, whatsmeow.ErrMediaDownloadFailedWith404, whatsmeow.ErrMediaDownloadFailedWith410} {
		if errors.Is(err, gone) {
			return &connector.Error{Class: connector.Gone, Code: "media_gone", Err: plain(err), Shown: text("WhatsApp does not keep this file any more. Ask the customer to send it again.", "WhatsApp 已不再保存此文件，请客户重新发送。")}
		}
	}
	for _, broken := range []error{whatsmeow.ErrInvalidMediaHMAC, whatsmeow.ErrInvalidMediaEncSHA256, whatsmeow.ErrInvalidMediaSHA256, whatsmeow.ErrTooShortFile} {
		if errors.Is(err, broken) {
			return &connector.Error{Class: connector.Invalid, Code: "media_broken", Err: plain(err), Shown: text("The file is damaged. Ask the customer to send it again.", "文件已损坏，请客户重新发送。")}
		}
	}
	return &connector.Error{Class: connector.Transient, Code: "media", Err: plain(err),
		Shown: text("WhatsApp did not hand over the file. It is tried again by itself.", "暂时无法从 WhatsApp 取得该文件，系统会自动重试。")}
}

// upload seals a stored file and puts it into WhatsApp's store; no customer sees
// anything of it.
func (c *conn) upload(ctx context.Context, cli *whatsmeow.Client, id canon.ID, kind string) (whatsmeow.UploadResponse, connector.FileInfo, error) {
	var none whatsmeow.UploadResponse
	if c.env.Files == nil {
		return none, connector.FileInfo{}, &connector.Error{Class: connector.Internal, Err: errors.New("opening a file: no files were lent")}
	}
	body, info, err := c.env.Files.Open(ctx, id)
	if err != nil {
		return none, info, &connector.Error{Class: connector.Transient, Code: "file_unreadable", Err: err}
	}
	defer body.Close()
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	up, err := cli.UploadReader(ctx, body, nil, mediaType(kind))
	if err != nil {
		return none, info, &connector.Error{Class: connector.Transient, Code: "upload", Err: plain(err),
			Shown: text("WhatsApp did not take the file. It is tried again by itself.", "WhatsApp 未接收该文件，系统会自动重试。")}
	}
	return up, info, nil
}
