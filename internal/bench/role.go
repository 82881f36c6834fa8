package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"parley/internal/bench/load"
)

// The processes a bench starts besides the hub, by the hidden first argument
// of `parley bench`.
const (
	roleClient = "role:client"  // load.Main
	roleEcho   = "role:echo"    // answers every request with its body
	roleCrowd  = "role:crowd"   // visitors and agents on their sockets
	roleOneRow = "role:one-row" // the handler of the http connector committing one row each
)

// role runs one of the helper processes. It ends when standard input closes,
// so that none outlives the bench.
func role(ctx context.Context, name string, args []string, in io.Reader, out io.Writer) error {
	switch name {
	case roleClient:
		return load.Main(ctx, in, out)
	case roleCrowd:
		return crowdMain(ctx, in, out)
	case roleEcho:
		return serveRole(ctx, http.HandlerFunc(echo), in, out)
	case roleOneRow:
		h, err := newOneRow(ctx, args)
		if err != nil {
			return err
		}
		defer h.close()
		return serveRole(ctx, h, in, out)
	}
	return fmt.Errorf("bench: no role %q", name)
}

// serveRole serves on a free port, tells the address on standard output and
// ends when standard input does.
func serveRole(ctx context.Context, h http.Handler, in io.Reader, out io.Writer) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = s.Close()
	}()
	fmt.Fprintln(out, l.Addr())
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// echo is the least a server can do with a request.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	_, _ = w.Write(body)
}

// helper is a running server process of ours.
type helper struct {
	addr string
	cmd  *exec.Cmd
	in   io.Closer
}

// startHelper starts a server role and returns when it listens.
func startHelper(ctx context.Context, binary string, args ...string) (*helper, error) {
	cmd := exec.CommandContext(ctx, binary, append([]string{"bench"}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	h := &helper{cmd: cmd, in: in}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		h.stop()
		return nil, fmt.Errorf("start %s: %w: %s", args[0], err, errs.String())
	}
	h.addr = strings.TrimSpace(line)
	return h, nil
}

func (h *helper) stop() {
	_ = h.in.Close()
	_ = h.cmd.Wait() // it was asked to end; how it did so is of no interest
}

// drive runs a plan in a client process of its own.
func drive(ctx context.Context, binary string, p load.Plan) (load.Report, error) {
	var report load.Report
	raw, err := json.Marshal(p)
	if err != nil {
		return report, err
	}
	cmd := exec.CommandContext(ctx, binary, "bench", roleClient)
	cmd.Stdin = strings.NewReader(string(raw))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return report, fmt.Errorf("load client: %w: %s", err, errs.String())
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return report, fmt.Errorf("load client: read its report: %w", err)
	}
	if report.Accepted == 0 {
		return report, fmt.Errorf("load client: nothing was accepted: %s", report.Trouble)
	}
	return report, nil
}
