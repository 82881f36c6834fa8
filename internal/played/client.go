package played

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/core/canon"
)

// Client is the live state of the application, without its looks, in a process
// of its own: its socket, what it makes of the feed, and its queries.
type Client struct {
	t    testing.TB
	name string
	Wire *Wire
	in   io.Writer
	out  *bufio.Scanner
	n    int
	said strings.Builder // what it complained of
}

// Open opens the application for somebody.
func (h *Hub) Open(t testing.TB, name string, agent canon.ID) *Client {
	t.Helper()
	c := &Client{t: t, name: name, Wire: h.wire(t)}
	cmd := exec.Command("node", "dev/follow/main.mjs", c.Wire.URL, h.Cookie(agent))
	cmd.Dir = "../../admin/ui"
	cmd.Stderr = &c.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in := must(cmd.StdinPipe())(t)
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the application: %v", err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait() // how it ended does not matter any more
	})
	c.in, c.out = in, bufio.NewScanner(out)
	c.out.Buffer(nil, 16<<20)
	c.hear(nil)
	return c
}

// ask has the application do something and reads its answer into out.
func (c *Client) ask(op string, with map[string]any, out any) {
	c.t.Helper()
	c.n++
	line := map[string]any{"id": c.n, "op": op}
	for k, v := range with {
		line[k] = v
	}
	if _, err := c.in.Write(append(must(json.Marshal(line))(c.t), '\n')); err != nil {
		c.t.Fatalf("%s's application: %v\n%s", c.name, err, c.said.String())
	}
	c.hear(out)
}

func (c *Client) hear(out any) {
	c.t.Helper()
	var a struct {
		ID    int             `json:"id"`
		Value json.RawMessage `json:"value"`
		Error string          `json:"error"`
	}
	for a.ID = -1; a.ID != c.n; {
		if !c.out.Scan() {
			c.t.Fatalf("%s's application ended: %v\n%s", c.name, c.out.Err(), c.said.String())
		}
		if err := json.Unmarshal(c.out.Bytes(), &a); err != nil {
			c.t.Fatalf("%s's application said %q", c.name, c.out.Text())
		}
	}
	if a.Error != "" {
		c.t.Fatalf("%s's application: %s", c.name, a.Error)
	}
	if out != nil {
		if err := json.Unmarshal(a.Value, out); err != nil {
			c.t.Fatal(err)
		}
	}
}

// Event is what the browser tells the page: "online", "offline".
func (c *Client) Event(name string) {
	c.t.Helper()
	c.ask("event", map[string]any{"name": name}, nil)
}

// Shows opens conversations and leaves all others.
func (c *Client) Shows(conversations []canon.ID) {
	c.t.Helper()
	c.ask("show", map[string]any{"conversations": conversations}, nil)
}

// Company is who else the page shows to have a conversation open.
func (c *Client) Company(conversation canon.ID) (names []string) {
	c.t.Helper()
	c.ask("company", map[string]any{"conversation": conversation}, &names)
	return names
}

// Sees reports whether the hub shows a conversation to whose page it is.
func (c *Client) Sees(conversation canon.ID) (sees bool) {
	c.t.Helper()
	c.ask("sees", map[string]any{"conversation": conversation}, &sees)
	return sees
}

// Passes lets time pass for the page, which is then ahead of the real time by so
// much. What the page waits for meanwhile comes to it.
func (c *Client) Passes(by, ahead time.Duration) {
	c.t.Helper()
	c.ask("ahead", map[string]any{"by": by.Milliseconds(), "ms": ahead.Milliseconds()}, nil)
}

// Equals fails unless the application comes to hold what the hub answers: seq is
// the number of the newest entry, up to which it must have heard everything.
func (c *Client) Equals(seq func() int64) {
	c.t.Helper()
	var differ []string
	for at := int64(-1); at != seq(); { // the hub may still be at work
		at = seq()
		c.ask("compare", map[string]any{"seq": at}, &differ)
	}
	if len(differ) > 0 {
		c.t.Fatalf("%s's application differs from the hub in %d places:\n%s", c.name, len(differ), strings.Join(differ[:min(30, len(differ))], "\n\n"))
	}
}
