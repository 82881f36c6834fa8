package telegram

import (
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
)

// file is a file at Telegram.
type file struct {
	id, path   string
	name, mime string
	body       []byte
	size       int64 // of body, unless a test says more
}

// folders are where the server keeps files, by kind.
var folders = map[string]string{
	"photo": "photos", "voice": "voice", "audio": "music", "video": "videos", "video_note": "video_notes",
	"animation": "animations", "sticker": "stickers", "document": "documents",
}

// keep stores a file and gives it an id.
func (p *Platform) keep(kind, name, mime string, body []byte) *file {
	p.lastFile++
	n := decimal(int64(p.lastFile))
	f := &file{id: "AgACAgEmulated" + n, path: folders[kind] + "/file_" + n + path.Ext(name), name: name, mime: mime, body: body, size: int64(len(body))}
	p.files[f.id] = f
	return f
}

func (f *file) json(kind string) any {
	out := map[string]any{"file_id": f.id, "file_unique_id": "u" + f.id, "file_size": f.size}
	switch kind {
	case "photo":
		out["width"], out["height"] = 640, 480
		small := map[string]any{"file_id": f.id + "s", "file_unique_id": "us" + f.id, "file_size": f.size, "width": 90, "height": 67}
		return []any{small, out}
	case "sticker":
		out["type"], out["width"], out["height"], out["is_animated"], out["is_video"] = "regular", 512, 512, false, false
		return out
	case "voice":
		out["duration"] = 2
	case "audio", "animation":
		out["duration"], out["width"], out["height"] = 2, 320, 240
	case "video":
		out["duration"], out["width"], out["height"] = 2, 640, 480
	case "video_note":
		out["duration"], out["length"] = 2, 240
	}
	if kind != "voice" && kind != "video_note" {
		out["file_name"] = f.name
	}
	out["mime_type"] = f.mime
	return out
}

func readUpload(h *multipart.FileHeader) (upload, bool) {
	in, err := h.Open()
	if err != nil {
		return upload{}, false
	}
	defer in.Close()
	body, err := io.ReadAll(in)
	return upload{h.Filename, http.DetectContentType(body), body}, err == nil
}

// diskFolder is where a server in local mode keeps its files.
const diskFolder = "/var/lib/telegram-bot-api/"

func (p *Platform) getFile(q *request) (any, *failure) {
	f := p.files[strings.TrimSuffix(q.text("file_id"), "s")]
	switch {
	case f == nil:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case f.size > 20<<20 && !p.o.Local:
		return nil, bad("file is too big")
	}
	where := f.path
	if p.o.Local {
		where = diskFolder + p.o.Token + "/" + f.path
	}
	return map[string]any{"file_id": f.id, "file_unique_id": "u" + f.id, "file_size": f.size, "file_path": where}, nil
}

// serveFile gives the bytes of a file. A server in local mode does not do this
// itself: its folder is served by what stands before it.
func (p *Platform) serveFile(w http.ResponseWriter, r *http.Request) {
	if fault, ok := p.Take("file"); ok {
		fault.End(w, r)
		return
	}
	token, where, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/file/bot"), "/")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.files {
		if token == p.o.Token && f.path == where {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(f.body) // whoever asked hung up
			return
		}
	}
	write(w, http.StatusNotFound, map[string]any{"ok": false, "error_code": 404, "description": "Not Found"})
}

// serveMedia gives a file to the page of phones.
func (p *Platform) serveMedia(w http.ResponseWriter, id string) {
	p.mu.Lock()
	f := p.files[id]
	p.mu.Unlock()
	if f == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	_, _ = w.Write(f.body) // whoever asked hung up
}
