package egress

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func client(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func allow(prefixes ...string) Policy {
	var p Policy
	for _, s := range prefixes {
		p.Allow = append(p.Allow, netip.MustParsePrefix(s))
	}
	return p
}

// local is the policy of most tests: the server under 127.0.0.1 counts as public.
func local(t testing.TB) *Client { return client(t, Options{Policy: allow("127.0.0.1/32")}) }

// serveOn runs a handler on a given loopback address (any port, unless named),
// so that one address can be allowed and another not.
func serveOn(t testing.TB, ip string, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	if !strings.Contains(ip, ":") {
		ip += ":0"
	}
	l, err := net.Listen("tcp", ip)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// dns is a name server that answers each A query for any name with the next of
// its addresses, staying with the last.
type dns struct {
	mu    sync.Mutex
	addrs []netip.Addr
	asked int
}

func (d *dns) next() netip.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := min(d.asked, len(d.addrs)-1)
	d.asked++
	return d.addrs[i]
}

func (d *dns) resolver(t testing.TB) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Header.Response = true
			m.Additionals = nil
			if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0},
					Body:   &dnsmessage.AResource{A: d.next().As4()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: dialer(conn.LocalAddr().String())}
}

// kept is a Recorder for tests.
type kept struct {
	mu  sync.Mutex
	all []Exchange
}

func (k *kept) Record(x Exchange) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, x)
}

func (k *kept) list() []Exchange {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Exchange(nil), k.all...)
}
