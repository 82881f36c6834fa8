package egress

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func kind(err error) string {
	if err == nil {
		return "none"
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return fmt.Sprintf("%T: %v", err, err)
	}
	return e.Kind.String()
}

// readAll does a request and reads its answer.
func readAll(ctx context.Context, d *Doer, url string) (int64, error) {
	req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	resp, err := d.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return io.Copy(io.Discard, resp.Body)
}

func TestX04_Bounds(t *testing.T) {
	zeros := make([]byte, 64<<10)
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		flush := http.NewResponseController(w).Flush
		switch r.URL.Path {
		case "/exact":
			w.Write(make([]byte, 1<<20))
		case "/one-more":
			w.Write(make([]byte, 1<<20))
			flush()
			w.Write([]byte{0})
		case "/announced":
			w.Header().Set("Content-Length", "99999999")
			flush()
			<-r.Context().Done()
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(zeros); err != nil {
					return
				}
			}
		case "/bomb", "/bombs":
			w.Header().Set("Content-Encoding", "gzip")
			for r.Context().Err() == nil {
				var buf bytes.Buffer
				z := gzip.NewWriter(&buf)
				if r.URL.Path == "/bomb" {
					z.Write(zeros)
				}
				z.Close() // else: empty members without end
				if _, err := w.Write(buf.Bytes()); err != nil {
					return
				}
			}
		case "/drip":
			for r.Context().Err() == nil {
				w.Write([]byte("x"))
				flush()
				time.Sleep(5 * time.Millisecond)
			}
		case "/stall":
			w.Write([]byte("x"))
			flush()
			<-r.Context().Done()
		case "/silent":
			<-r.Context().Done()
		case "/headers":
			w.Header().Set("X-Big", strings.Repeat("a", 1<<20))
		case "/slow-redirect":
			time.Sleep(20 * time.Millisecond)
			http.Redirect(w, r, "/drip", http.StatusFound)
		}
	})
	c := local(t)
	const limit = 1 << 20
	for _, x := range []struct {
		path   string
		limits Limits
		want   string
		bytes  int64 // at most
	}{
		{"/exact", Limits{}, "none", limit},
		{"/one-more", Limits{}, "too large", limit},
		{"/announced", Limits{}, "too large", 0},
		{"/endless", Limits{}, "too large", limit},
		{"/bomb", Limits{}, "too large", limit},
		{"/bombs", Limits{Idle: 200 * time.Millisecond}, "timeout", 0},
		{"/drip", Limits{Total: 200 * time.Millisecond}, "timeout", limit},
		{"/slow-redirect", Limits{Total: 200 * time.Millisecond}, "timeout", limit},
		{"/stall", Limits{Idle: 50 * time.Millisecond}, "timeout", 1},
		{"/silent", Limits{FirstByte: 50 * time.Millisecond}, "timeout", 0},
		{"/silent", Limits{Total: 50 * time.Millisecond}, "timeout", 0},
		{"/headers", Limits{}, "network", 0},
	} {
		t.Run(strings.TrimPrefix(x.path, "/"), func(t *testing.T) {
			x.limits.Body = limit
			n, err := readAll(t.Context(), c.For(Fetch, WithLimits(x.limits)), s.URL+x.path)
			if kind(err) != x.want || n > x.bytes {
				t.Errorf("%d bytes, %s: %v", n, kind(err), err)
			}
			if err != nil && CertaintyOf(err) != Unknown {
				t.Error("a request that was written counts as not sent")
			}
		})
	}
	if n, err := readAll(t.Context(), c.For(Fetch, WithLimits(Limits{Body: -1})), s.URL+"/one-more"); n != limit+1 || err != nil {
		t.Errorf("without limit: %d, %v", n, err)
	}
}

func TestHeadMayAnnounceMuch(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999") })
	req, _ := http.NewRequest("HEAD", s.URL, nil)
	resp, err := local(t).For(Fetch, WithLimits(Limits{Body: 10})).Do(req)
	if err != nil || resp.ContentLength != 99999999 {
		t.Fatal(resp, err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
	resp.Body.Close()
}

func TestConnectionsAreKept(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":true}`) })
	c := local(t)
	for name, use := range map[string]func(*http.Response){
		"read":     func(r *http.Response) { io.ReadAll(r.Body); r.Body.Close() },
		"closed":   func(r *http.Response) { r.Body.Close() },
		"read cut": func(r *http.Response) { io.ReadFull(r.Body, make([]byte, 11)); r.Body.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			rec := &kept{}
			for range 20 {
				resp, err := get(WithTrace(t.Context(), rec), c, API, s.URL)
				if err != nil {
					t.Fatal(err)
				}
				use(resp)
			}
			for i, x := range rec.list()[1:] {
				if !x.Reused {
					t.Fatalf("request %d opened a new connection", i+2)
				}
			}
		})
	}
}

func TestUpgradeIsHandedOver(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		io.Copy(conn, rw)
	})
	req, _ := http.NewRequest("GET", s.URL, nil)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "echo")
	resp, err := local(t).For(API, WithLimits(Limits{Body: 1})).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	socket, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatal("the upgraded body cannot be written")
	}
	defer socket.Close()
	io.WriteString(socket, "hello")
	buf := make([]byte, 5)
	if _, err := io.ReadFull(socket, buf); err != nil || string(buf) != "hello" {
		t.Fatal(string(buf), err)
	}
}

func BenchmarkDo(b *testing.B) {
	s := serveOn(b, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"ok":true}`)
	})
	d := local(b).For(API)
	run := func(b *testing.B, ctx context.Context, do func(*http.Request) (*http.Response, error)) {
		b.SetParallelism(32)
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				req, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/bot1:abc/send", strings.NewReader(`{"text":"hello","chat_id":12345}`))
				resp, err := do(req)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}}
	b.Run("bare", func(b *testing.B) { run(b, b.Context(), bare.Do) })
	b.Run("egress", func(b *testing.B) { run(b, b.Context(), d.Do) })
	b.Run("traced", func(b *testing.B) {
		run(b, WithRedactor(WithTrace(b.Context(), void{}), NewRedactor("1:abc", "another-secret")), d.Do)
	})
}

type void struct{}

func (void) Record(Exchange) {}
