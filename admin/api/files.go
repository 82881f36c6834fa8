package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/store"
)

// File is a stored file with an address that lives ten minutes.
type File struct {
	ID      canon.ID  `json:"id"`
	Name    string    `json:"name"`
	MIME    string    `json:"mime"`
	Size    int64     `json:"size"`
	Width   int       `json:"width,omitempty"`
	Height  int       `json:"height,omitempty"`
	URL     string    `json:"url" doc:"Lives ten minutes; ask again for another"`
	Created time.Time `json:"created,omitzero"`
}

type uploadInput struct {
	Name string `query:"name" maxLength:"300" doc:"Name of the file, where the body is the file itself"`
}

// uploadTime bounds how long a file may take to arrive.
const uploadTime = 10 * time.Minute

func (a *API) addFiles() {
	add(a, route{method: "POST", path: "/files", tag: "Files", may: auth.FileWrite, act: "file.uploaded", summary: "Upload a file", status: 201, stream: true,
		doc: "The body is the file itself (with ?name=), or a multipart form with one file. Types are told by the bytes, pictures are cleaned of place and camera."}, a.upload)
	add(a, route{method: "GET", path: "/files/{id}", tag: "Files", may: auth.FileRead, summary: "A file, with a fresh address"},
		func(ctx context.Context, c *call, in *ByID) (*answer[File], error) {
			f, err := a.file(ctx, c, in.ID)
			return &answer[File]{a.shownFile(c, f)}, err
		})
}

func (a *API) shownFile(c *call, f store.File) File {
	return File{ID: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Width: f.Width, Height: f.Height, Created: f.Created, URL: a.Files.FileURL(c.who.Tenant, f.ID, f.Revision)}
}

// file reads a file; one of a conversation the caller may not see does not exist.
func (a *API) file(ctx context.Context, c *call, id canon.ID) (store.File, error) {
	f, err := c.scope.ReadFile(ctx, id)
	if err != nil {
		return f, err
	}
	sees, err := c.scope.SeesFile(ctx, f, c.who.Visible())
	if err == nil && !sees {
		err = core.NotFound("file")
	}
	if err != nil {
		return store.File{}, err
	}
	return f, nil
}

func (a *API) upload(ctx context.Context, c *call, in *uploadInput) (*answer[File], error) {
	claim := file.Claim{Name: in.Name, MIME: c.r.Header.Get("Content-Type"), Size: c.r.ContentLength}
	body := io.Reader(c.r.Body)
	// The server's own limit on slow requests would cut a large file off.
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Now().Add(uploadTime))
	if kind, _, err := mime.ParseMediaType(claim.MIME); err == nil && kind == "multipart/form-data" {
		form, err := c.r.MultipartReader()
		if err != nil {
			return nil, noFile()
		}
		for {
			part, err := form.NextPart()
			if err != nil {
				return nil, noFile()
			}
			if name := part.FileName(); name != "" {
				claim = file.Claim{Name: name, MIME: part.Header.Get("Content-Type")}
				body = part
				break
			}
		}
	}
	f, err := a.Files.Upload(ctx, c.who.Tenant, claim, c.who.Agent, canon.ID{}, body)
	if err != nil {
		if cutOff(err) {
			return nil, noFile()
		}
		return nil, err
	}
	return &answer[File]{a.shownFile(c, f)}, c.note(ctx, f.ID.String(), f.MIME)
}

func cutOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

func noFile() error {
	return core.Invalid("no_file", "body", connector.Text{EN: "There is no whole file in the request.", ZH: "请求中没有完整的文件。"},
		connector.Text{EN: "Send the file as the body with ?name=, or as a multipart form.", ZH: "请以请求正文（加 ?name=）或 multipart 表单提交文件。"})
}
