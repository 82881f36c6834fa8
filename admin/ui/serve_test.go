package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func build() fstest.MapFS {
	return fstest.MapFS{
		"index.html":           {Data: []byte(`<meta name="csp-nonce" content="__NONCE__">`)},
		"icon.svg":             {Data: []byte("<svg/>")},
		".keep":                {},
		"assets/app-x1.js":     {Data: []byte("plain")},
		"assets/app-x1.js.br":  {Data: []byte("brotli")},
		"assets/app-x1.js.gz":  {Data: []byte("gzip")},
		"assets/big-x1.css.gz": {Data: zipped("unpacked")},
	}
}

func zipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.Bytes()
}

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAddresses(t *testing.T) {
	h, err := serve(build())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, accept string
		status             int
		body, kind, cache  string
	}{
		{"page", "/", "", 200, "csp-nonce", "text/html", "no-cache"},
		{"deep address", "/inbox/mine/0191", "", 200, "csp-nonce", "text/html", "no-cache"},
		{"index by name", "/index.html", "", 200, "csp-nonce", "text/html", "no-cache"},
		{"brotli first", "/assets/app-x1.js", "gzip, br", 200, "brotli", "javascript", "immutable"},
		{"gzip", "/assets/app-x1.js", "gzip", 200, "gzip", "javascript", "immutable"},
		{"refused encoding", "/assets/app-x1.js", "br;q=0, gzip;q=0", 200, "plain", "javascript", "immutable"},
		{"only compressed", "/assets/big-x1.css", "", 200, "unpacked", "css", "immutable"},
		{"old asset", "/assets/app-x0.js", "", 404, "404", "text/plain", "no-store"},
		{"icon", "/icon.svg", "", 200, "<svg/>", "image/svg+xml", "max-age=3600"},
		{"unknown api", "/api/v1/nothing", "", 404, "404", "text/plain", ""},
		{"unknown hook", "/hooks/nothing", "", 404, "404", "text/plain", ""},
		{"hidden file", "/.keep", "", 200, "csp-nonce", "text/html", "no-cache"},
		{"way out", "/assets/../../go.mod", "", 200, "csp-nonce", "text/html", "no-cache"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := get(t, h, c.path, "Accept-Encoding", c.accept)
			if r.StatusCode != c.status {
				t.Errorf("status %d, want %d", r.StatusCode, c.status)
			}
			if b := body(t, r); !strings.Contains(b, c.body) {
				t.Errorf("body %q, want %q in it", b, c.body)
			}
			if k := r.Header.Get("Content-Type"); !strings.Contains(k, c.kind) {
				t.Errorf("type %q, want %q", k, c.kind)
			}
			if k := r.Header.Get("Cache-Control"); !strings.Contains(k, c.cache) {
				t.Errorf("cache %q, want %q", k, c.cache)
			}
			if r.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the type may be guessed")
			}
		})
	}
}

func TestPagePolicy(t *testing.T) {
	h, err := serve(build())
	if err != nil {
		t.Fatal(err)
	}
	nonce := regexp.MustCompile(`content="([^"]+)"`)
	first, second := get(t, h, "/"), get(t, h, "/")
	a, b := nonce.FindStringSubmatch(body(t, first)), nonce.FindStringSubmatch(body(t, second))
	if a == nil || b == nil || a[1] == b[1] || a[1] == noncePlace {
		t.Fatalf("nonces %v and %v: want two different ones", a, b)
	}
	csp := first.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "'nonce-"+a[1]+"'") {
		t.Errorf("policy %q has not the nonce of its page", csp)
	}
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %q", want)
		}
	}
	if strings.Contains(csp, "unsafe-eval") || regexp.MustCompile(`script-src[^;]*unsafe`).MatchString(csp) {
		t.Errorf("policy %q lets scripts in", csp)
	}
}

func TestBeforeTheFirstBuild(t *testing.T) {
	h, err := serve(fstest.MapFS{".keep": {}})
	if err != nil {
		t.Fatal(err)
	}
	if r := get(t, h, "/"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body(t, r), "make build") {
		t.Errorf("status %d; want 503 with what to do", r.StatusCode)
	}
}

func TestOnlyReading(t *testing.T) {
	h, err := serve(build())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answered %d", w.Code)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/assets/app-x1.js", nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "5" {
		t.Errorf("HEAD answered %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestEmbedded(t *testing.T) {
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	if r := get(t, h, "/"); r.StatusCode != http.StatusOK && r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", r.StatusCode)
	}
}
