package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"parley/core/connector"
)

// Part is a file in a form.
type Part struct {
	Field string
	Info  connector.FileInfo
	Body  io.Reader
}

// Form streams a multipart body. Close ends it, read or not.
type Form struct {
	*io.PipeReader
	Type string
}

// Multipart returns a form of fields, in their order, and one file. The file is
// never held in memory.
func Multipart(fields [][2]string, file Part) Form {
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	go func() {
		_ = w.CloseWithError(write(m, fields, file)) // never fails
	}()
	return Form{r, m.FormDataContentType()}
}

func write(m *multipart.Writer, fields [][2]string, file Part) error {
	for _, f := range fields {
		if err := m.WriteField(f[0], f[1]); err != nil {
			return err
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, file.Field, plain(file.Info.Name)))
	h.Set("Content-Type", file.Info.MIME)
	part, err := m.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, file.Body); err != nil {
		return err
	}
	return m.Close()
}

// plain is a file name that cannot end its header.
func plain(name string) string {
	name = strings.NewReplacer(`\`, "_", `"`, "_", "\r", "_", "\n", "_").Replace(name)
	if name == "" {
		return "file"
	}
	return name
}

// Download fetches a file at an address the platform gave. token is sent along
// where there is one. Nobody sees that a file is asked for, so no failure leaves
// anything uncertain.
func Download(ctx context.Context, client *http.Client, address, token string, now time.Time) (body io.ReadCloser, size int64, kind string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, 0, "", &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("fetching a file: its address is not one of http or https")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, "", &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("fetching a file: its address cannot be used")}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	quiet := Request{Quiet: true}
	resp, err := connector.Do(client, req)
	if err != nil {
		return nil, 0, "", quiet.calm(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, max(resp.ContentLength, 0), resp.Header.Get("Content-Type"), nil
	}
	_ = resp.Body.Close()
	e := unreadable(resp.StatusCode, resp.Header, now)
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
		e.Class = connector.Gone // the sender took it back, or its address ran out
	case http.StatusUnauthorized:
		e.Class, e.Scope = connector.NeedsLogin, connector.ScopeLink
	}
	return nil, 0, "", quiet.calm(e)
}
