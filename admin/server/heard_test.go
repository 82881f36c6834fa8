package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// Whoever sends far too much reads why it was refused, however much was read of
// it, and with a length said or not.
func TestARefusalOfTooMuchIsHeard(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Options{Listener: l, Log: slog.New(slog.DiscardHandler), Draining: &atomic.Bool{}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
			r.Body.Close()
			var large *http.MaxBytesError
			if !errors.As(err, &large) {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "too large")
		})})
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	// Many a client reads no answer before everything is sent.
	const many = 48 << 20
	length := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", many)
	chunk := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", many)
	for name, head := range map[string]string{"a length is said": length, "none is": chunk} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.Copy(conn, io.MultiReader(strings.NewReader(head), bytes.NewReader(make([]byte, many)), strings.NewReader("\r\n0\r\n\r\n"))); err != nil {
			t.Errorf("%s: the body breaks off: %v", name, err)
			continue
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: the answer is lost: %v", name, err)
			continue
		}
		said, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || string(said) != "too large" {
			t.Errorf("%s: %d %q %v", name, resp.StatusCode, said, err)
		}
	}
	resp, err := http.Post("http://"+l.Addr().String(), "text/plain", strings.NewReader("a small one"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Errorf("a small one: %d", resp.StatusCode)
	}
}
