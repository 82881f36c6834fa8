package meta

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/connectors/emulate"
)

// file is one the platform holds.
type file struct {
	id, name, mime string
	body           []byte
	account        string
	until          time.Time // of its address
	open           bool      // fetched without a token, as on Meta's CDN
}

func (q *request) readForm() error {
	_, params, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	q.form = map[string]string{}
	r := multipart.NewReader(bytes.NewReader(q.body), params["boundary"])
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() == "" {
			q.form[part.FormName()] = string(body)
			continue
		}
		q.file = &file{name: part.FileName(), mime: part.Header.Get("Content-Type"), body: body}
	}
}

// cloudTypes are the types and sizes of "Media: Supported media types".
var cloudTypes = map[string]struct {
	types []string
	most  int
}{
	"image":   {[]string{"image/jpeg", "image/png"}, 5 << 20},
	"audio":   {[]string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, 16 << 20},
	"video":   {[]string{"video/mp4", "video/3gpp"}, 16 << 20},
	"sticker": {[]string{"image/webp"}, 500 << 10},
	"document": {[]string{"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation"}, 100 << 20},
}

// uploadWhatsApp is POST /{phone-number-id}/media.
func (p *Platform) uploadWhatsApp(q *request, number string) (outcome, *refusal) {
	if q.form["messaging_product"] != "whatsapp" {
		return outcome{}, bad("The parameter messaging_product is required")
	}
	if q.file == nil {
		return outcome{}, bad("The parameter file is required")
	}
	for _, k := range cloudTypes {
		if !slices.Contains(k.types, q.file.mime) {
			continue
		}
		if len(q.file.body) > k.most {
			return outcome{}, no(131053, 0, "Media upload error: the file is too large")
		}
		return outcome{json: map[string]any{"id": p.keep(q.file, number)}}, nil
	}
	return outcome{}, bad("Param file must be a file with one of the supported types, not %s", q.file.mime)
}

func (p *Platform) keep(f *file, account string) string {
	f.id, f.account = fmt.Sprintf("99040011%04d", p.next()), account
	p.files[f.id] = f
	return f.id
}

// cloudFile checks a file in a message: it was uploaded to this number, is of
// the kind, and its caption is short.
func (p *Platform) cloudFile(in map[string]any, number, kind string) (b cloudBody, refused *refusal) {
	f := p.files[text(in, "id")]
	if f == nil || f.account != number {
		return b, wrong("%s.id %q is no file of this number", kind, text(in, "id"))
	}
	if !slices.Contains(cloudTypes[kind].types, f.mime) {
		return b, wrong("%s takes no %s", kind, f.mime)
	}
	caption := text(in, "caption")
	if caption != "" && (kind == "audio" || kind == "sticker") {
		return b, wrong("%s takes no caption", kind)
	}
	if utf8.RuneCountInString(caption) > 1024 {
		return b, wrong("%s.caption is longer than 1024 characters", kind)
	}
	shown := kind
	if kind == "document" {
		shown = "file"
	}
	if in["voice"] == true {
		shown = "voice"
	}
	b.bubble.Media = []emulate.Media{f.shown(shown)}
	b.bubble.Text = caption
	b.say(caption)
	if caption == "" {
		b.say("[" + shown + " " + f.name + "]")
	}
	return b, nil
}

func (f *file) shown(kind string) emulate.Media {
	return emulate.Media{Kind: kind, Name: f.name, MIME: f.mime, URL: "/files/" + f.id, Size: int64(len(f.body))}
}

// Serve puts a file of a customer on the platform and returns its id.
func (p *Platform) Serve(account, name, kind string, body []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keep(&file{name: name, mime: kind, body: body, open: productOf(account) != WhatsApp}, account)
}

// fileAddress is GET /{media-id}: an address good for five minutes.
func (p *Platform) fileAddress(q *request, id string) (outcome, *refusal) {
	f := p.files[id]
	if asked := q.URL.Query().Get("phone_number_id"); asked != "" && asked != f.account {
		return outcome{}, no(100, 33, "Object with ID '%s' does not exist for this phone number", id)
	}
	f.until = p.now().Add(5 * time.Minute)
	sum := sha256.Sum256(f.body)
	return outcome{json: map[string]any{
		"messaging_product": "whatsapp", "url": "http://" + q.host + "/files/" + id, "mime_type": f.mime,
		"sha256": hex.EncodeToString(sum[:]), "file_size": len(f.body), "id": id,
	}}, nil
}

// serveFile is the platform's store of files: WhatsApp's wants the token and
// forgets an address after five minutes, Meta's CDN is open to who knows it. The
// page of phones ("?phone") is inside the platform.
func (p *Platform) serveFile(w http.ResponseWriter, r *http.Request) {
	inside := r.URL.RawQuery == "phone"
	id := strings.TrimPrefix(r.URL.Path, "/files/")
	if fault, ok := p.Take("get files"); ok {
		fault.End(w, r)
		return
	}
	p.mu.Lock()
	f := p.files[id]
	now := p.now()
	token, revoked := p.token, p.revoked[p.token]
	p.mu.Unlock()
	switch {
	case f == nil:
		http.NotFound(w, r)
		return
	case !f.open && !inside && (r.Header.Get("Authorization") != "Bearer "+token || revoked):
		w.WriteHeader(http.StatusUnauthorized)
		return
	case !f.open && !inside && now.After(f.until):
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.mime)
	_, _ = w.Write(f.body) // whoever asked hung up
}
