package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

// The visitors of the benchmark live in a process of their own, so that only
// the server's side is weighed: this test binary, started again with its
// standard input telling tickets to dial.
func TestMain(m *testing.M) {
	if addr := os.Getenv("PARLEY_WEB_VISITORS"); addr != "" {
		crowd(addr)
		return
	}
	os.Exit(m.Run())
}

// crowd opens a socket for each line of standard input and answers "open";
// then it writes a line for each frame of lines that arrives.
func crowd(addr string) {
	in := bufio.NewScanner(os.Stdin)
	out := make(chan string, 1024)
	go func() {
		w := bufio.NewWriter(os.Stdout)
		for s := range out {
			fmt.Fprintln(w, s)
			if len(out) == 0 {
				w.Flush()
			}
		}
	}()
	for in.Scan() {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			out <- err.Error()
			continue
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", in.Text(), addr, addr)
		go listen(conn, out)
	}
}

func listen(conn net.Conn, out chan<- string) {
	r := bufio.NewReaderSize(conn, 2048)
	opened := false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			out <- err.Error()
			return
		}
		if line == "\r\n" {
			break
		}
	}
	head := make([]byte, 4)
	for {
		if _, err := io.ReadFull(r, head[:2]); err != nil {
			return
		}
		n := int(head[1] & 127)
		if n == 126 {
			if _, err := io.ReadFull(r, head[2:4]); err != nil {
				return
			}
			n = int(head[2])<<8 | int(head[3])
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		switch {
		case !opened && strings.Contains(string(body), `"standing"`):
			opened = true
			out <- "open"
		case strings.Contains(string(body), `"lines"`):
			out <- "lines"
		}
	}
}

func resident(b *testing.B) int {
	debug.FreeOSMemory()
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatal("only where /proc is: ", err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(raw))[1])
	if err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// BenchmarkIdleSockets weighs 5,000 handshaken visitor sockets, and then how
// long a line takes to each of them.
func BenchmarkIdleSockets(b *testing.B) {
	const many = 5000
	hub := fakehub.New()
	account := canon.NewID()
	c := benchConn(b, hub, account)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.Serve(w, r, hub) }))
	b.Cleanup(server.Close)
	addr := strings.TrimPrefix(server.URL, "http://")
	threads := make([]canon.ThreadKey, many)
	var tickets strings.Builder
	for i := range threads {
		v := newVisitor("en")
		threads[i] = c.lane(c.accounts[account], v)
		ticket, err := c.sign(forTicket, account, v, time.Minute, nil)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&tickets, "/chat/%s/live?ticket=%s&since=0\n", account, ticket)
		hub.Stand(threads[i], func(s *connector.Standing) { s.Open = true }) // its memory is the hub's
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PARLEY_WEB_VISITORS="+addr)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	expect := func(want string) {
		if !lines.Scan() || lines.Text() != want {
			b.Fatalf("visitors said %q, want %q", lines.Text(), want)
		}
	}
	before := resident(b)
	_, _ = io.WriteString(in, tickets.String())
	for range many {
		expect("open")
	}
	runtime.GC()
	b.ReportMetric(float64(resident(b)-before)/many, "B/socket")

	var took []time.Duration
	for range max(1, b.N) {
		for i := 0; i < many; i += 10 {
			began := time.Now()
			hub.Say(threads[i], fakehub.Agent, canon.Text{Body: "hello"})
			expect("lines")
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99/delivery")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = c.Close(ctx)
}

func benchConn(b *testing.B, hub *fakehub.Hub, account canon.ID) *conn {
	d := New(Options{
		Signer:     fakehub.Signer{Key: "bench"},
		ClientAddr: func(*http.Request) netip.Addr { return netip.Addr{} },
	})
	opened, err := d.Open(b.Context(), connector.Link{
		ID: canon.NewID(), Accounts: []connector.Account{{ID: account}},
	}, hub.Env(nil))
	if err != nil {
		b.Fatal(err)
	}
	return opened.(*conn)
}
