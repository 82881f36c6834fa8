package wecom

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// material is a temporary file, uploaded or sent by a customer. It is kept for
// three days.
type material struct {
	id, kind, name, mime string
	body                 []byte
	at                   time.Time
}

const materialLife = 72 * time.Hour

func (m *material) shown() emulate.Media {
	return emulate.Media{Kind: m.kind, Name: m.name, MIME: m.mime, URL: "/phone/media/" + url.PathEscape(m.id), Size: int64(len(m.body))}
}

// keep stores a file; the caller does not hold the lock.
func (p *Platform) keep(kind, name, mimeType string, body []byte) *material {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &material{id: p.id("1G6nrLmr5EC3MMb_"), kind: kind, name: name, mime: mimeType, body: body, at: p.now()}
	p.media[m.id] = m
	return m
}

// material finds a file that may be sent as a kind; the caller holds the lock.
func (p *Platform) material(id, kind string) (*material, *refusal) {
	m := p.media[id]
	switch {
	case m == nil || p.now().Sub(m.at) >= materialLife:
		return nil, no(40007, "invalid media_id")
	case m.kind != kind:
		return nil, no(40004, "invalid media type")
	}
	return m, nil
}

// The least and most bytes of an upload by its type (90253).
const leastUpload = 6

func mostUpload(kind string) int {
	return map[string]int{"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}[kind]
}

func (p *Platform) upload(r *request) (answer, *refusal) {
	kind := r.query.Get("type")
	most := mostUpload(kind)
	if most == 0 {
		return answer{}, no(40005, "invalid type")
	}
	_, params, err := mime.ParseMediaType(r.mime)
	if err != nil {
		return answer{}, no(41005, "missing media data")
	}
	part, err := multipart.NewReader(bytes.NewReader(r.body), params["boundary"]).NextPart()
	if err != nil || part.FormName() != "media" || part.FileName() == "" {
		return answer{}, no(41005, "missing media data")
	}
	body, err := io.ReadAll(part)
	if err != nil {
		return answer{}, no(41005, "missing media data")
	}
	mimeType := part.Header.Get("Content-Type")
	switch {
	case len(body) < leastUpload || len(body) > most:
		return answer{}, no(40006, "invalid file size")
	case kind == "image" && !strings.HasPrefix(http.DetectContentType(body), "image/png") && !strings.HasPrefix(http.DetectContentType(body), "image/jpeg"),
		kind == "voice" && !bytes.HasPrefix(body, []byte("#!AMR")),
		kind == "video" && !bytes.Contains(body[:min(len(body), 12)], []byte("ftyp")):
		return answer{}, no(40004, "invalid media type")
	}
	m := p.keep(kind, part.FileName(), mimeType, body)
	return answer{fields: map[string]any{"type": kind, "media_id": m.id, "created_at": "1380000000"}}, nil
}

func (p *Platform) download(r *request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.media[r.query.Get("media_id")]
	if m == nil || p.now().Sub(m.at) >= materialLife {
		return answer{}, no(40007, "invalid media_id")
	}
	return answer{file: m}, nil
}

// serveMedia shows a file on a screen.
func (p *Platform) serveMedia(w http.ResponseWriter, r *http.Request, id string) {
	p.mu.Lock()
	m := p.media[id]
	p.mu.Unlock()
	if m == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", m.mime)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(m.body) // whoever asked hung up
}
