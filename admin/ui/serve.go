package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	page   = "index.html"
	assets = "assets/"
	// The build writes this where each answer's own nonce goes.
	noncePlace = "__NONCE__"
	forever    = "public, max-age=31536000, immutable"
)

// notOurs are addresses of other parts of the hub: a page there would hide a
// wrong address.
var notOurs = []string{"/api/", "/hooks/", "/chat/", "/files/", "/uploads/"}

// application is one build of the web application.
type application struct {
	files fs.FS
	page  []byte // nil before the first build
}

func serve(files fs.FS) (http.Handler, error) {
	html, err := fs.ReadFile(files, page)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the application's page: %w", err)
	}
	return &application{files: files, page: html}, nil
}

func (a *application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address is only for reading.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case strings.HasPrefix(name, assets):
		a.asset(w, r, name)
	case slices.ContainsFunc(notOurs, func(p string) bool { return strings.HasPrefix(r.URL.Path, p) }):
		http.NotFound(w, r)
	case a.plain(name):
		w.Header().Set("Cache-Control", "public, max-age=3600")
		a.file(w, r, name, name)
	default:
		a.index(w)
	}
}

// plain reports whether name is a file beside the page, such as the icon.
func (a *application) plain(name string) bool {
	if name == page || strings.HasPrefix(name, ".") || strings.Contains(name, "/") || path.Ext(name) == "" {
		return false
	}
	return a.has(name)
}

// asset serves a hashed file, compressed the way the browser likes best. Of most
// there are only compressed ones.
func (a *application) asset(w http.ResponseWriter, r *http.Request, name string) {
	plain, packed := a.has(name), a.has(name+".gz")
	if !plain && !packed {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", forever)
	w.Header().Set("Vary", "Accept-Encoding")
	for _, c := range []struct{ encoding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if accepts(r.Header.Get("Accept-Encoding"), c.encoding) && a.has(name+c.ext) {
			w.Header().Set("Content-Encoding", c.encoding)
			a.file(w, r, name+c.ext, name)
			return
		}
	}
	if plain {
		a.file(w, r, name, name)
		return
	}
	body, err := a.unpacked(name + ".gz")
	a.send(w, r, body, err, name)
}

func (a *application) has(name string) bool {
	info, err := fs.Stat(a.files, name)
	return err == nil && info.Mode().IsRegular()
}

func (a *application) unpacked(name string) ([]byte, error) {
	f, err := a.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

// file writes a stored file with the type of the name it is known by.
func (a *application) file(w http.ResponseWriter, r *http.Request, stored, known string) {
	body, err := fs.ReadFile(a.files, stored)
	a.send(w, r, body, err, known)
}

func (a *application) send(w http.ResponseWriter, r *http.Request, body []byte, err error, known string) {
	if err != nil {
		http.Error(w, "The file could not be read.", http.StatusInternalServerError)
		return
	}
	kind := mime.TypeByExtension(path.Ext(known))
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the browser went away
}

// index serves the application's page.
func (a *application) index(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if a.page == nil {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("The web application is not built into this program. Build it with: make build\n"))
		return
	}
	nonce := rand.Text()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=()")
	_, _ = w.Write(bytes.ReplaceAll(a.page, []byte(noncePlace), []byte(nonce)))
}

// policy is the content policy of the page. The component library writes its
// styles at run time: its elements carry the nonce, and attributes are allowed
// because mail, shown in a frame that inherits this policy, lives by them. Such
// a frame runs nothing and narrows img-src further until pictures are asked for.
func policy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"style-src-elem 'self' 'nonce-" + nonce + "'",
		"style-src-attr 'unsafe-inline'",
		"img-src 'self' data: blob: https:",
		"media-src 'self' blob:",
		"font-src 'self'",
		"connect-src 'self'",
		"frame-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// accepts reports whether an Accept-Encoding header takes an encoding.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
