package wechat

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"parley/connectors/emulate"
)

const (
	mediaLife    = 72 * time.Hour
	typingRecent = 30 * time.Second
	typingStands = 15 * time.Second
)

// material is one file.
type material struct {
	kind, name, mime string
	body             []byte
	ends             time.Time
}

// formats are what a kind takes, and the code when it is too large.
var formats = map[string]struct {
	types []string
	most  int
	code  int
}{
	"image": {[]string{"image/jpeg", "image/png", "image/gif"}, 10 << 20, 40009},
	"voice": {[]string{"audio/amr", "audio/mpeg", "audio/mp3"}, 2 << 20, 40010},
	"video": {[]string{"video/mp4"}, 10 << 20, 40011},
	"thumb": {[]string{"image/jpeg"}, 64 << 10, 40012},
}

// keep stores a file and returns its media_id.
func (p *Platform) keep(m *material) string {
	p.n++
	id := fmt.Sprintf("%s_media_%06d_%s", m.kind, p.n, p.o.AppID[2:8])
	m.ends = p.o.Clock().Add(mediaLife)
	p.material[id] = m
	return id
}

// shown is a file as a bubble shows it, if it may be used so.
func (p *Platform) shown(id, kind string) ([]emulate.Media, result) {
	m := p.material[id]
	switch {
	case m == nil || !p.o.Clock().Before(m.ends):
		return nil, refuse(40007, "invalid media_id")
	case m.kind != kind:
		return nil, refuse(40004, "invalid media type")
	}
	return []emulate.Media{{Kind: kind, Name: m.name, MIME: m.mime, URL: "/files/" + id, Size: int64(len(m.body))}}, result{}
}

func (p *Platform) mediaUpload(c *call) result {
	format, known := formats[c.r.URL.Query().Get("type")]
	if !known {
		return refuse(40004, "invalid media type")
	}
	m, ok := readForm(c.r.Header.Get("Content-Type"), c.body)
	switch {
	case !ok:
		return refuse(41005, "media data missing")
	case len(m.body) == 0:
		return refuse(44001, "empty media data")
	case !contains(format.types, m.mime):
		return refuse(40005, "invalid file type")
	case len(m.body) > format.most:
		return refuse(format.code, "invalid media size")
	}
	m.kind = c.r.URL.Query().Get("type")
	return result{fields: map[string]any{"type": m.kind, "media_id": p.keep(m), "created_at": p.o.Clock().Unix()}}
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

// readForm reads the field media of a form.
func readForm(contentType string, body []byte) (*material, bool) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, false
	}
	for form := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := form.NextPart()
		if err != nil {
			return nil, false
		}
		if part.FormName() != "media" || part.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(part)
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		return &material{name: part.FileName(), mime: kind, body: data}, err == nil
	}
}

// mediaGet answers where there is no file to give; serveMedia gives files.
func (p *Platform) mediaGet(c *call) result {
	m := p.material[c.r.URL.Query().Get("media_id")]
	if m == nil || !p.o.Clock().Before(m.ends) {
		return refuse(40007, "invalid media_id")
	}
	return result{fields: map[string]any{"video_url": "http://" + c.r.Host + "/files/" + c.r.URL.Query().Get("media_id")}}
}

// serveMedia gives a file that is no video; false when a JSON answer is due.
func (p *Platform) serveMedia(c *call, w http.ResponseWriter) bool {
	p.mu.Lock()
	now := p.o.Clock()
	m := p.material[c.r.URL.Query().Get("media_id")]
	ok := m != nil && m.kind != "video" && now.Before(m.ends) && p.checkToken(c.r.URL.Query().Get("access_token"), now).code == 0
	p.mu.Unlock()
	if !ok {
		return false
	}
	c.log.Status = http.StatusOK
	p.Calls.Add(c.log)
	w.Header().Set("Content-Type", m.mime)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.name}))
	_, _ = w.Write(m.body) // whoever asked hung up
	return true
}

// serveFile gives a file to a screen, or a video to whoever has its address.
func (p *Platform) serveFile(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	m := p.material[strings.TrimPrefix(r.URL.Path, "/files/")]
	p.mu.Unlock()
	if m == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", m.mime)
	_, _ = w.Write(m.body) // whoever asked hung up
}

// Keep stores a file as a customer would send it and returns its media_id.
func (p *Platform) Keep(kind, name, mimeType string, body []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keep(&material{kind: kind, name: name, mime: mimeType, body: body})
}

// Pixel is a picture of one pixel.
func Pixel() []byte {
	b, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
	return b
}
