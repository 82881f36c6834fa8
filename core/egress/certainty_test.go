package egress

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// raw runs a TCP server that treats its n-th connection with handle(n, conn).
func raw(t *testing.T, handle func(n int, conn net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go handle(n, conn)
		}
	}()
	return l
}

// answer reads one request and answers it, keeping the connection.
func answer(conn net.Conn, in *bufio.Reader) error {
	req, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	io.Copy(io.Discard, req.Body)
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	return err
}

// reset closes so that the peer gets a reset rather than an end.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func post(ctx context.Context, d *Doer, url string) error {
	req, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader("hello"))
	if err != nil {
		return err
	}
	resp, err := d.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	return err
}

func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return l.Addr().String()
}

func TestCertainty(t *testing.T) {
	quick := WithLimits(Limits{FirstByte: 100 * time.Millisecond})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		handle func(int, net.Conn)
		url    string // instead of handle
		want   Certainty
	}{
		{"connection refused", t.Context(), nil, "http://" + refusing(t), NotSent},
		{"blocked", t.Context(), nil, "http://10.0.0.1/", NotSent},
		{"given up before", canceled, nil, "http://" + refusing(t), NotSent},
		{"closed after the request", t.Context(), func(_ int, conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			conn.Close()
		}, "", Unknown},
		{"reset after the first byte", t.Context(), func(_ int, conn net.Conn) {
			conn.Read(make([]byte, 1))
			reset(conn)
		}, "", Unknown},
		{"no answer", t.Context(), func(_ int, conn net.Conn) { io.Copy(io.Discard, conn) }, "", Unknown},
		{"nonsense", t.Context(), func(_ int, conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, "SSH-2.0-OpenSSH\r\n\r\n")
			conn.Close()
		}, "", Unknown},
		{"answer cut", t.Context(), func(_ int, conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")
			conn.Close()
		}, "", Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := c.url
			if c.handle != nil {
				url = "http://" + raw(t, c.handle).Addr().String()
			}
			err := post(c.ctx, local(t).For(API, quick), url)
			if err == nil || CertaintyOf(err) != c.want || WroteNothing(err) != (c.want == NotSent) {
				t.Errorf("%v: %s, want %s", err, CertaintyOf(err), c.want)
			}
		})
	}
}

func TestCertaintyOfStrangers(t *testing.T) {
	if WroteNothing(nil) || WroteNothing(errors.New("?")) || WroteNothing(io.EOF) {
		t.Error("what is not ours counts as not sent")
	}
}

// A kept connection that the peer drops while it gets the second request: the
// bytes of the first must not count, those of the second must.
func TestCertaintyOnKeptConnection(t *testing.T) {
	for name, end := range map[string]func(net.Conn){"closed": func(c net.Conn) { c.Close() }, "reset": reset} {
		t.Run(name, func(t *testing.T) {
			l := raw(t, func(_ int, conn net.Conn) {
				in := bufio.NewReader(conn)
				if answer(conn, in) == nil {
					in.ReadByte() // the second request has arrived
					end(conn)
				}
			})
			d := local(t).For(API)
			url := "http://" + l.Addr().String()
			if err := post(t.Context(), d, url); err != nil {
				t.Fatal(err)
			}
			if err := post(t.Context(), d, url); err == nil || CertaintyOf(err) != Unknown {
				t.Errorf("%v: %s", err, CertaintyOf(err))
			}
		})
	}
}

// A kept connection on which the second request fails before it writes: what
// the first one wrote must not count.
func TestCertaintyBeforeTheFirstByte(t *testing.T) {
	for name, serve := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			s := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
			defer s.Close()
			o := Options{Policy: allow("127.0.0.1/32")}
			if cert := s.Certificate(); cert != nil {
				o.ExtraRoots = []*x509.Certificate{cert}
			}
			d := client(t, o).For(API)
			if err := post(t.Context(), d, s.URL); err != nil {
				t.Fatal(err)
			}
			req, _ := http.NewRequest("POST", s.URL, strings.NewReader("hi"))
			req.ContentLength = 5 // the transport finds out before it writes what it gathered
			if _, err := d.Do(req); err == nil || CertaintyOf(err) != NotSent {
				t.Errorf("%v: %s", err, CertaintyOf(err))
			}
		})
	}
}

// The same, but the transport got that far only after a first try that did write.
func TestCertaintyCountsEveryTry(t *testing.T) {
	l := raw(t, func(n int, conn net.Conn) {
		in := bufio.NewReader(conn)
		if answer(conn, in) == nil {
			in.ReadByte()
			reset(conn)
		}
	})
	d := local(t).For(API)
	url := "http://" + l.Addr().String()
	if err := post(t.Context(), d, url); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest("POST", url, strings.NewReader("hello"))
	req.Header.Set("Idempotency-Key", "k") // the transport repeats such a request by itself
	again := 0
	req.GetBody = func() (io.ReadCloser, error) {
		again++
		return io.NopCloser(strings.NewReader("hi")), nil // too short: fails before it is written
	}
	if _, err := d.Do(req); err == nil || again == 0 || CertaintyOf(err) != Unknown {
		t.Errorf("%v after %d more tries: %s", err, again, CertaintyOf(err))
	}
}

// A request the transport may repeat by itself: it was written on the kept
// connection, and the new connection is refused. The last failure alone would
// look as if nothing was sent.
func TestCertaintyRemembersTheFirstTry(t *testing.T) {
	var l net.Listener
	l = raw(t, func(_ int, conn net.Conn) {
		in := bufio.NewReader(conn)
		if answer(conn, in) == nil {
			l.Close()
			in.ReadByte()
			reset(conn)
		}
	})
	c := local(t)
	url := "http://" + l.Addr().String()
	resp, err := get(t.Context(), c, API, url)
	if err != nil {
		t.Fatal(err)
	}
	io.ReadAll(resp.Body)
	resp.Body.Close()
	_, err = get(t.Context(), c, API, url)
	if err == nil || CertaintyOf(err) != Unknown {
		t.Errorf("%v: %s", err, CertaintyOf(err))
	}
}

func TestCertaintyAcrossRedirects(t *testing.T) {
	gone := refusing(t)
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+gone+"/done", http.StatusSeeOther)
	})
	if err := post(t.Context(), local(t).For(API), s.URL); err == nil || CertaintyOf(err) != Unknown {
		t.Errorf("a POST that was answered with a redirect: %v: %s", err, CertaintyOf(err))
	}
}

func TestCertaintyUnderTLS(t *testing.T) {
	var served atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the handshake we refuse
	s.StartTLS()
	defer s.Close()
	if err := post(t.Context(), local(t).For(API), s.URL); err == nil || CertaintyOf(err) != NotSent {
		t.Errorf("unknown authority: %v: %s", err, CertaintyOf(err))
	}
	trusting := client(t, Options{Policy: allow("127.0.0.1/32"), ExtraRoots: []*x509.Certificate{s.Certificate()}})
	if err := post(t.Context(), trusting.For(API), s.URL); err != nil {
		t.Fatal(err)
	}
	if err := post(t.Context(), trusting.For(API), s.URL); err == nil || CertaintyOf(err) != Unknown {
		t.Errorf("closed after the request: %v: %s", err, CertaintyOf(err))
	}
}

type stuck struct {
	net.Conn
	n   int
	err error
}

func (s *stuck) Write(p []byte) (int, error) { return min(s.n, len(p)), s.err }

func TestCountedConn(t *testing.T) {
	broken := errors.New("broken pipe")
	c := &countedConn{Conn: &stuck{err: broken}}
	if c.Write([]byte("x")); c.writes() != 0 {
		t.Error("a write that took no byte counts")
	}
	c.Conn = &stuck{n: 1, err: broken}
	if c.Write([]byte("xyz")); c.writes() != 1 {
		t.Error("a write that took a part does not count")
	}
	if n := c.seal(); n != 1 {
		t.Errorf("sealed with %d", n)
	}
	c.Conn = &stuck{n: 9}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) || c.seal() != 1 || c.writes() != 1 {
		t.Error("a sealed connection writes")
	}
}
