package web

import (
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed all:widget/dist
var dist embed.FS

// assets are the built files of the widget. Each stands beside its compressed
// forms; manifest.json names the hashed ones.
type assets struct {
	files fs.FS
	names manifest
}

// manifest is what the build wrote.
type manifest struct {
	Loader string `json:"loader"` // hash of widget.js, which keeps its name
	Invite string `json:"invite"` // what the loader fetches where visitors are invited
	Panel  panel  `json:"panel"`
}

// panel names the files of the panel: the style, and for each language the
// program and its preview; Late are what programs fetch when they need it.
type panel struct {
	CSS     string            `json:"css"`
	JS      map[string]string `json:"js"`
	Preview map[string]string `json:"preview"`
	Late    []string          `json:"late"`
}

func builtAssets() *assets {
	files, err := fs.Sub(dist, "widget/dist")
	if err != nil {
		files = dist // the folder is embedded: it is there
	}
	return readAssets(files)
}

func readAssets(files fs.FS) *assets {
	a := &assets{files: files}
	if raw, err := fs.ReadFile(files, "manifest.json"); err == nil {
		_ = json.Unmarshal(raw, &a.names) // a broken manifest names nothing: the page says so
	}
	return a
}

// panel returns style and program for a language, below the hub's address.
func (a *assets) panel(lang string) (css, js string, ok bool) {
	p, l := a.names.Panel, built(lang)
	return "widget/" + p.CSS, "widget/" + p.JS[l], p.JS[l] != ""
}

// invite is the program that shows invitations, below the hub's address.
func (a *assets) invite() string { return "widget/" + a.names.Invite }

// preview returns style and program of the preview for a language.
func (a *assets) preview(lang string) (css, js string, ok bool) {
	p, l := a.names.Panel, built(lang)
	return "widget/" + p.CSS, "widget/" + p.Preview[l], p.Preview[l] != ""
}

// built is the language the panel is built in for one of a page.
func built(lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return "zh"
	}
	return "en"
}

// hashed reports whether a file carries its hash in its name.
func (a *assets) hashed(name string) bool {
	p := a.names.Panel
	if name == "" {
		return false
	}
	for _, l := range []string{"zh", "en"} {
		if name == p.JS[l] || name == p.Preview[l] {
			return true
		}
	}
	return name == a.names.Invite || name == p.CSS || slices.Contains(p.Late, name)
}

// Assets returns the handler of the widget's files. Mount it at /widget.js and
// /widget/; any page may load from it. Built once, it never changes.
func Assets() http.Handler { return builtAssets() }

// ServeHTTP serves widget.js, revalidated by its hash, and the panel's hashed
// files, which never change under their name.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	name, hash := "", ""
	switch _, below, _ := strings.Cut(r.URL.Path, "/widget"); {
	case below == ".js":
		name, hash = "widget.js", a.names.Loader
		h.Set("Cache-Control", "public, max-age=300, stale-while-revalidate=86400")
	case a.hashed(strings.TrimPrefix(below, "/")):
		name = below[1:]
		hash = name
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if hash == "" {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Vary", "Accept-Encoding")
	encoding, suffix := compressed(r.Header.Get("Accept-Encoding"))
	raw, err := fs.ReadFile(a.files, name+suffix)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	tag := `"` + hash + suffix + `"`
	h.Set("ETag", tag)
	for one := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(raw)
	}
}

// compressed picks the smallest form the browser takes.
func compressed(accept string) (encoding, suffix string) {
	takes := func(want string) bool {
		for one := range strings.SplitSeq(accept, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
			if name == want && strings.ReplaceAll(q, " ", "") != "q=0" {
				return true
			}
		}
		return false
	}
	switch {
	case takes("br"):
		return "br", ".br"
	case takes("gzip"):
		return "gzip", ".gz"
	}
	return "", ""
}
