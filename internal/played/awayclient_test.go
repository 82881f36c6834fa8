package played_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/core/canon"
	"parley/internal/played"
)

// client is the application's own code in a process without a window, signed in
// as somebody, behind a cable that can be cut.
type client struct {
	name  string
	who   canon.ID
	cable *cable
	told  bool // its browser knows that there is no network

	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
	err *bytes.Buffer
}

const passphrase = "correct horse battery staple"

// signIn signs somebody in and starts their client.
func signIn(t *testing.T, h *played.Hub, name, email string, who canon.ID) *client {
	t.Helper()
	c := &client{name: name, who: who, t: t, cable: lay(t, strings.TrimPrefix(h.URL, "http://")), err: &bytes.Buffer{}}
	const app = "../../admin/ui"
	if _, err := os.Stat(filepath.Join(app, "node_modules", "vite")); err != nil {
		t.Fatal("what the application is built with is not installed; run: .ci/setup web admin/ui")
	}
	cmd := exec.CommandContext(t.Context(), "node", "--experimental-websocket", "--no-warnings", filepath.Join(app, "dev/away/main.mjs"))
	cmd.Env = append(os.Environ(), "NODE_ENV=production", "PARLEY_HUB=http://"+c.cable.Addr().String(), "PARLEY_ORIGIN="+h.URL,
		"PARLEY_COOKIE="+cookieOf(t, h, email))
	cmd.Stderr = c.err
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	c.in, c.out = in, bufio.NewScanner(out)
	c.out.Buffer(nil, 256<<20)
	return c
}

// cookieOf signs in by password.
func cookieOf(t *testing.T, h *played.Hub, email string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"email": email, "password": passphrase})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/api/v1/session", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", h.URL)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode/100 != 2 {
		t.Fatalf("%s cannot sign in: %d %s", email, res.StatusCode, said)
	}
	var all []string
	for _, k := range res.Cookies() {
		all = append(all, k.Name+"="+k.Value)
	}
	return strings.Join(all, "; ")
}

// order is a command to a client, as dev/away/client.tsx reads it.
type order map[string]any

// answer waits for the answer to the last order.
func (c *client) answer(out any) error {
	if !c.out.Scan() {
		return fmt.Errorf("the client of %s ended: %v: %s", c.name, c.out.Err(), c.err)
	}
	var a struct {
		Value json.RawMessage
		Error string
	}
	if err := json.Unmarshal(c.out.Bytes(), &a); err != nil {
		return fmt.Errorf("the client of %s says %.300q: %w", c.name, c.out.Bytes(), err)
	}
	if a.Error != "" {
		return fmt.Errorf("the client of %s: %s", c.name, a.Error)
	}
	if out == nil || len(a.Value) == 0 {
		return nil
	}
	return json.Unmarshal(a.Value, out)
}

// does gives an order and waits until it is done.
func (c *client) does(o order, out any) {
	c.t.Helper()
	if err := json.NewEncoder(c.in).Encode(o); err != nil {
		c.t.Fatalf("%v: %v: %s", o, err, c.err)
	}
	if err := c.answer(out); err != nil {
		c.t.Fatal(err)
	}
}

// begins gives an order; what comes of it is to be waited for before the next.
func (c *client) begins(o order) (done func()) {
	c.t.Helper()
	if err := json.NewEncoder(c.in).Encode(o); err != nil {
		c.t.Fatalf("%v: %v: %s", o, err, c.err)
	}
	over := make(chan error, 1)
	go func() { over <- c.answer(nil) }()
	return func() {
		c.t.Helper()
		if err := <-over; err != nil {
			c.t.Fatal(err)
		}
	}
}
