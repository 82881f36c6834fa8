package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

func dialer(to string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", to)
	}
}

func get(ctx context.Context, c *Client, class Class, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return nil, &Error{Op: "GET", Certainty: NotSent, Kind: Blocked, Err: err}
	}
	return c.Do(ctx, class, req)
}

// inner stands for a server inside the network: it must never be asked.
func inner(t *testing.T, ip string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", ip+":0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		if n := reached.Load(); n > 0 {
			t.Errorf("the inside server was reached %d times", n)
		}
	})
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

func TestX04_NothingInsideIsReached(t *testing.T) {
	port := inner(t, "127.0.0.1")
	names := (&dns{addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}).resolver(t)
	c := client(t, Options{Resolver: names})
	for _, host := range []string{
		"127.0.0.1", "2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "0", "0.0.0.0",
		"[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[::]",
		"example.com@127.0.0.1", "user:pw@127.0.0.1", "localhost", "LOCALHOST", "localhost.",
		"metadata.google.internal", "metadata.tencentyun.com", "inside.example.com", "①②⑦.⓪.⓪.①", "127。0。0。1",
	} {
		for _, class := range []Class{Fetch, API} {
			resp, err := get(t.Context(), c, class, "http://"+host+":"+port+"/")
			if err == nil {
				resp.Body.Close()
				t.Errorf("%s %s: answered", class, host)
				continue
			}
			if !IsBlocked(err) || !WroteNothing(err) {
				t.Errorf("%s %s: %v (certainty %s)", class, host, err, CertaintyOf(err))
			}
		}
	}
	for _, addr := range []string{"127.0.0.1:" + port, "localhost:" + port, "mail.example.com:" + port, "[::ffff:127.0.0.1]:" + port} {
		for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){"Dial": c.Dial, "DialTLS": c.DialTLS} {
			if _, err := dial(t.Context(), "tcp", addr); !IsBlocked(err) || !WroteNothing(err) {
				t.Errorf("%s %s: %v", name, addr, err)
			}
		}
	}
	if _, err := c.Dial(t.Context(), "unix", "/run/docker.sock"); !IsBlocked(err) {
		t.Errorf("unix socket: %v", err)
	}
}

func TestX04_RebindingGainsNothing(t *testing.T) {
	port := inner(t, "127.0.0.1")
	serveOn(t, "127.0.0.2:"+port, func(w http.ResponseWriter, _ *http.Request) { // the same port outside
		w.Header().Set("Connection", "close")
	})
	names := &dns{addrs: []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1")}}
	c := client(t, Options{Policy: allow("127.0.0.2/32"), Resolver: names.resolver(t)})
	resp, err := get(t.Context(), c, Fetch, "http://rebind.example.com:"+port+"/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, err = get(t.Context(), c, Fetch, "http://rebind.example.com:"+port+"/"); !IsBlocked(err) {
		t.Fatalf("after the name moved inside: %v", err)
	}
}

func TestX04_RedirectsAreChecked(t *testing.T) {
	port := inner(t, "127.0.0.1")
	var target string
	outer := serveOn(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/hop/%d", &n); err == nil {
			if n == 0 {
				io.WriteString(w, "arrived")
				return
			}
			http.Redirect(w, r, fmt.Sprintf("/hop/%d", n-1), http.StatusFound)
			return
		}
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusFound)
	})
	c := client(t, Options{Policy: allow("127.0.0.2/32")})
	for _, target = range []string{
		"http://127.0.0.1:" + port + "/", "http://localhost:" + port + "/", "http://[::ffff:127.0.0.1]:" + port + "/", "http://2130706433:" + port + "/",
		"//127.0.0.1:" + port + "/", "http://169.254.169.254/", "file:///etc/passwd", "ftp://127.0.0.2/", "gopher://127.0.0.1:" + port + "/x",
		"http://user@127.0.0.2/",
	} {
		if resp, err := get(t.Context(), c, Fetch, outer.URL); err == nil {
			resp.Body.Close()
			t.Errorf("redirect to %s followed", target)
		} else if !IsBlocked(err) {
			t.Errorf("redirect to %s: %v", target, err)
		}
	}
	resp, err := get(t.Context(), c, Fetch, outer.URL+"/hop/3")
	if err != nil {
		t.Fatalf("three redirects: %v", err)
	}
	resp.Body.Close()
	if _, err := get(t.Context(), c, Fetch, outer.URL+"/hop/4"); !IsBlocked(err) || !strings.Contains(err.Error(), "more than 3") {
		t.Errorf("four redirects: %v", err)
	}
}

func TestX04_CredentialsStayHome(t *testing.T) {
	var seen http.Header
	var body string
	other := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		b, _ := io.ReadAll(r.Body)
		body = string(b)
	})
	status := http.StatusFound
	home := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/same" {
			seen = r.Header.Clone()
			return
		}
		to := other.URL + "/x"
		if r.URL.Query().Has("home") {
			to = "/same"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	})
	doer := local(t).For(API)
	secrets := []string{"Authorization", "Cookie", "X-Api-Key", "X-Goog-Api-Key", "X-Auth-Token", "Private-Token", "X-Hub-Signature-256"}
	send := func(method, url string, payload io.Reader) error {
		req, _ := http.NewRequest(method, url, payload)
		for _, name := range secrets {
			req.Header.Set(name, "canary")
		}
		req.Header.Set("X-Harmless", "yes")
		seen, body = nil, ""
		resp, err := doer.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := send("GET", home.URL+"/bot123:canary/x", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(secrets, "Referer") {
		if seen.Get(name) != "" {
			t.Errorf("%s went to another host: %s", name, seen.Get(name))
		}
	}
	if seen.Get("X-Harmless") != "yes" {
		t.Error("other headers are lost")
	}
	if err := send("GET", home.URL+"/?home", nil); err != nil || seen.Get("X-Api-Key") != "canary" || seen.Get("Authorization") != "canary" {
		t.Errorf("at the same host credentials are kept: %v %v", err, seen)
	}
	status = http.StatusTemporaryRedirect
	if err := send("POST", home.URL, strings.NewReader("client_secret=canary")); !IsBlocked(err) || seen != nil || body != "" {
		t.Errorf("a body was carried to another host: %v", err)
	}
}

func TestX04_TokensOnlyToTheirHost(t *testing.T) {
	asked := 0
	s := serveOn(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { asked++ })
	c := local(t)
	req, _ := http.NewRequest("GET", s.URL, nil)
	if _, err := c.For(API, WithHosts("api.example.com")).Do(req); !IsBlocked(err) || asked != 0 {
		t.Errorf("another host: %v, asked %d", err, asked)
	}
	if resp, err := c.For(API, WithHosts("api.example.com", s.Listener.Addr().String())).Do(req); err != nil || asked != 1 {
		t.Errorf("own host: %v", err)
	} else {
		resp.Body.Close()
	}
}

func TestX04_ProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	port := inner(t, "127.0.0.1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:"+port)
	t.Setenv("http_proxy", "http://127.0.0.1:"+port)
	c := client(t, Options{Policy: allow("127.0.0.3/32")})
	_, err := get(t.Context(), c, Fetch, "http://127.0.0.3:9/")
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Network {
		t.Errorf("%v", err)
	}
}
