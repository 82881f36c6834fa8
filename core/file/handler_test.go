package file

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

type testKey struct{}

func (testKey) Sign(parts ...string) []byte {
	mac := hmac.New(sha256.New, []byte("k"))
	fmt.Fprintf(mac, "%q", parts)
	return mac.Sum(nil)
}

func (k testKey) Verify(signature []byte, parts ...string) bool {
	return hmac.Equal(signature, k.Sign(parts...))
}

type catalog map[[2]canon.ID]any // Item or error

func (c catalog) File(_ context.Context, tenant, id canon.ID) (Item, error) {
	switch x := c[[2]canon.ID{tenant, id}].(type) {
	case Item:
		return x, nil
	case error:
		return Item{}, x
	}
	return Item{}, fs.ErrNotExist
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type shelf struct {
	t       *testing.T
	h       *Handler
	catalog catalog
	tenant  canon.ID
}

func newShelf(t *testing.T, s Storage) *shelf {
	c := catalog{}
	return &shelf{t, &Handler{
		Signer: NewSigner("https://hub.example", testKey{}), Catalog: c, Storage: s,
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	}, c, canon.NewID()}
}

func (s *shelf) add(kind, name, content string) canon.ID {
	s.t.Helper()
	id := canon.NewID()
	key := Key(s.tenant, id)
	if err := s.h.Storage.Put(s.t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(content))
	s.catalog[[2]canon.ID{s.tenant, id}] = Item{Key: key, Name: name, MIME: kind, Size: int64(len(content)), SHA256: sum[:]}
	return id
}

func (s *shelf) link(id canon.ID) string {
	return s.h.Signer.URL(Link{Tenant: s.tenant, File: id, Expires: noon.Add(time.Minute)})
}

func (s *shelf) get(method, address string, header ...string) *http.Response {
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Result()
}

func body(r *http.Response) string {
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := r.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}

func TestX06_FilesCannotActAsPages(t *testing.T) {
	s := newShelf(t, disk(t))
	for _, c := range []struct {
		kind, name, served string
		inline             bool
	}{
		{"image/jpeg", "a.jpg", "image/jpeg", true},
		{"image/png", "a.png", "image/png", true},
		{"image/gif", "a.gif", "image/gif", true},
		{"image/webp", "a.webp", "image/webp", true},
		{"video/mp4", "a.mp4", "video/mp4", true},
		{"video/webm", "a.webm", "video/webm", true},
		{"audio/mpeg", "a.mp3", "audio/mpeg", true},
		{"audio/ogg", "a.ogg", "audio/ogg", true},
		{"audio/mp4", "a.m4a", "audio/mp4", true},
		{"audio/wav", "a.wav", "audio/wav", true},
		{"application/pdf", "a.pdf", "application/pdf", false},
		{"image/svg+xml", "a.svg", octets, false},
		{"text/html", "a.html", octets, false},
		{"text/xml", "a.xml", octets, false},
		{"text/javascript", "a.js", octets, false},
		{"text/plain", "a.txt", "text/plain; charset=utf-8", false},
		{"application/zip", "a.zip", "application/zip", false},
		{"", "a", octets, false},
		{"image/png\r\nX-Evil: 1", "a", octets, false},
	} {
		content := "<script>alert(1)</script>"
		id := s.add(c.kind, c.name, content)
		r := s.get("GET", s.link(id))
		how, params, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		want := map[bool]string{true: "inline", false: "attachment"}[c.inline]
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != c.served || err != nil || how != want || params["filename"] != c.name || body(r) != content {
			t.Errorf("%s: %d %v %v", c.kind, r.StatusCode, r.Header, err)
		}
		csp := r.Header.Get("Content-Security-Policy")
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") ||
			strings.Contains(csp, "allow-") || !strings.HasPrefix(r.Header.Get("Cache-Control"), "private, max-age=60") || r.Header.Get("X-Evil") != "" {
			t.Errorf("%s: %v", c.kind, r.Header)
		}
	}
	id := s.add("image/png", "a.png", "x")
	r := s.get("GET", s.h.Signer.URL(Link{Tenant: s.tenant, File: id, Download: true}))
	if !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Error("a picture cannot be saved")
	}
}

func TestX06_NamesInTheHeader(t *testing.T) {
	s := newShelf(t, disk(t))
	for in, want := range map[string]string{
		"../../x": "x", "a.png\r\nX: y": "a.pngX_ y", "季度 (1)*'.pdf": "季度 (1)_'.pdf", "inv\u202egnp.exe": "invgnp.exe",
		"a\"; filename=\"b.exe": "a__ filename=_b.exe", "100%41.txt": "100%41.txt", strings.Repeat("长", 300) + ".pdf": strings.Repeat("长", 196) + ".pdf", "a\x00b": "ab", "naïve.txt": "naïve.txt", "a+b.txt": "a+b.txt", "ü+b c.txt": "ü+b c.txt",
	} {
		r := s.get("GET", s.link(s.add("application/pdf", in, "x")))
		raw := r.Header.Get("Content-Disposition")
		how, params, err := mime.ParseMediaType(raw)
		if err != nil || how != "attachment" || params["filename"] != want || strings.ContainsAny(raw, "\r\n\x00") {
			t.Errorf("%q gives %q: %v, %v", in, raw, params, err)
		}
	}
}

func TestRanges(t *testing.T) {
	storages(t, func(t *testing.T, storage Storage) {
		s := newShelf(t, storage)
		address := s.link(s.add("video/mp4", "a.mp4", "0123456789"))
		whole := s.get("GET", address)
		if whole.Header.Get("Accept-Ranges") != "bytes" || whole.ContentLength != 10 {
			t.Errorf("%v", whole.Header)
		}
		for _, c := range []struct {
			asked  string
			status int
			want   string
		}{{"bytes=2-4", 206, "234"}, {"bytes=7-", 206, "789"}, {"bytes=-2", 206, "89"}, {"bytes=20-", 416, ""}} {
			r := s.get("GET", address, "Range", c.asked)
			if r.StatusCode != c.status || c.want != "" && body(r) != c.want {
				t.Errorf("%s: %d", c.asked, r.StatusCode)
			}
		}
		if r := s.get("HEAD", address); r.StatusCode != 200 || body(r) != "" || r.ContentLength != 10 {
			t.Errorf("HEAD: %d, %d bytes", r.StatusCode, r.ContentLength)
		}
		if r := s.get("GET", address, "If-None-Match", whole.Header.Get("ETag")); r.StatusCode != 304 {
			t.Errorf("If-None-Match: %d", r.StatusCode)
		}
	})
}

type failing struct{ Storage }

func (failing) Open(context.Context, string) (io.ReadSeekCloser, error) {
	return nil, errors.New("disk on fire, secret path")
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	s := newShelf(t, disk(t))
	id := s.add("image/png", "a.png", "x")
	deleted, lost, moved := canon.NewID(), canon.NewID(), s.add("image/png", "a.png", "x")
	s.catalog[[2]canon.ID{s.tenant, deleted}] = fmt.Errorf("look up: %w", ErrGone)
	s.catalog[[2]canon.ID{s.tenant, lost}] = Item{Key: "t/lost"}
	revised := s.catalog[[2]canon.ID{s.tenant, moved}].(Item)
	revised.Revision = 1
	s.catalog[[2]canon.ID{s.tenant, moved}] = revised
	good, _ := url.Parse(s.link(id))
	with := func(change func(url.Values)) string {
		u := *good
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	foreign := strings.Replace(good.String(), s.tenant.String(), canon.NewID().String(), 1)
	for name, c := range map[string]struct {
		address string
		status  int
		code    string
	}{
		"expired":             {s.h.Signer.URL(Link{Tenant: s.tenant, File: id, Expires: noon}), 410, "link_expired"},
		"never expires":       {s.h.Signer.URL(Link{Tenant: s.tenant, File: id}), 200, ""},
		"deleted":             {s.link(deleted), 410, "file_deleted"},
		"revoked":             {s.link(moved), 410, "link_revoked"},
		"of the new revision": {s.h.Signer.URL(Link{Tenant: s.tenant, File: moved, Revision: 1}), 200, ""},
		"unknown":             {s.link(canon.NewID()), 404, "not_found"},
		"lost by the storage": {s.link(lost), 404, "not_found"},
		"no signature":        {with(func(q url.Values) { q.Del("s") }), 403, "bad_signature"},
		"wrong signature":     {with(func(q url.Values) { q.Set("s", "AAAA") }), 403, "bad_signature"},
		"prolonged":           {with(func(q url.Values) { q.Set("e", "99999999999") }), 403, "bad_signature"},
		"without end":         {with(func(q url.Values) { q.Del("e") }), 403, "bad_signature"},
		"nonsense for an end": {with(func(q url.Values) { q.Set("e", "soon") }), 403, "bad_signature"},
		"other disposition":   {with(func(q url.Values) { q.Set("d", "1") }), 403, "bad_signature"},
		"other revision":      {with(func(q url.Values) { q.Set("r", "1") }), 403, "bad_signature"},
		"foreign tenant":      {foreign, 403, "bad_signature"},
		"other file":          {strings.Replace(good.String(), id.String(), deleted.String(), 1), 403, "bad_signature"},
		"no id":               {"https://hub.example/files/x", 404, "not_found"},
		"bad ids":             {"https://hub.example/files/../" + id.String() + "?s=x", 404, "not_found"},
	} {
		r := s.get("GET", c.address)
		if r.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, r.StatusCode, c.status)
		}
		if c.code == "" {
			continue
		}
		var p struct{ Code, Title, Remedy string }
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || p.Code != c.code || p.Title == "" || p.Remedy == "" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if r.Header.Get("Content-Type") != "application/problem+json" || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, r.Header)
		}
	}
	if r := s.get("POST", good.String()); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", r.StatusCode)
	}
	s.h.Storage = failing{s.h.Storage}
	if r := s.get("GET", good.String()); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" || strings.Contains(body(r), "fire") {
		t.Errorf("storage away: %d", r.StatusCode)
	}
}

func TestExpiryMovesInSteps(t *testing.T) {
	seen := map[time.Time]bool{}
	for s := range 600 {
		now := noon.Add(time.Duration(s) * time.Second)
		end := Expiry(now, ForAgents)
		if left := end.Sub(now); left > ForAgents || left < ForAgents/2 {
			t.Fatalf("%s left", left)
		}
		seen[end] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d addresses in ten minutes", len(seen))
	}
}
