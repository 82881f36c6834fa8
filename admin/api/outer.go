package api

import (
	"bufio"
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"parley/core"
	"parley/core/connector"
)

type requestKey struct{}

// requestID is the name of a request in answers and logs.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// outermost names the request, sets the headers every answer has, keeps other
// sites' pages out, counts, and turns a panic into a plain answer.
func (a *API) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.ToLower(rand.Text()[:16])
		ctx := context.WithValue(r.Context(), requestKey{}, id)
		r = r.WithContext(ctx)
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		rec := &recorder{ResponseWriter: w}
		began := time.Now()
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler { //nolint:errorlint // a sentinel value, not an error chain
					panic(v)
				}
				a.Log.Error("a request panicked", "request", id, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
				if rec.status == 0 {
					writeProblem(rec, problem(http.StatusInternalServerError, "internal", language(r.Header.Get("Accept-Language")), id, "", textInternal, remedyInternal))
				}
			}
			a.metrics.served(routePattern(ctx), r.Method, rec.status, time.Since(began))
		}()
		if err := a.origins.Check(r); err != nil {
			a.refuse(rec, r, &core.Fault{Kind: core.FaultForbidden, Code: "cross_site",
				Text:   connector.Text{EN: "This request comes from a page of another site.", ZH: "该请求来自其他网站的页面。"},
				Remedy: connector.Text{EN: "Send it from Parley's own pages, or with an API token from a program.", ZH: "请在 Parley 页面内操作，或由程序使用 API 令牌发送。"}})
			return
		}
		next.ServeHTTP(rec, r)
	})
}

// routePattern is the pattern that answered: a bounded label.
func routePattern(ctx context.Context) string {
	if rc := chi.RouteContext(ctx); rc != nil {
		if p := rc.RoutePattern(); p != "" {
			return p
		}
	}
	return "none"
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack hands the connection to a socket.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.status = http.StatusSwitchingProtocols
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
