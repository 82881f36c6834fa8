// Command screens photographs every page of the application into docs/screens:
// light in English and dark in Chinese, on a desk and on a phone. It runs the
// demo and an empty hub for it, each on a data directory of its own, and leaves
// nothing behind. It asserts nothing: the journeys do.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	binary := flag.String("binary", "./parley", "the built hub")
	out := flag.String("out", "docs/screens", "where the pictures go")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := take(ctx, *binary, *out); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// plan is what the browser is told.
type plan struct {
	Chromium string `json:"chromium"`
	Out      string `json:"out"`
	Demo     string `json:"demo"`
	Empty    string `json:"empty"` // a hub nobody has set up
	Language string `json:"language"`
	Theme    string `json:"theme"`
}

func take(ctx context.Context, binary, out string) error {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		return errors.New("chromium is not installed; run: .ci/setup servers")
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o755)); err != nil {
		return err
	}
	for _, p := range []plan{{Language: "en", Theme: "light"}, {Language: "zh", Theme: "dark"}} {
		p.Chromium, p.Out = chromium, out
		if err := shoot(ctx, binary, p); err != nil {
			return fmt.Errorf("%s in %s: %w", p.Theme, p.Language, err)
		}
	}
	return nil
}

func shoot(ctx context.Context, binary string, p plan) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	demo, err := start(ctx, binary, "demo", "--language", p.Language)
	if err != nil {
		return err
	}
	defer demo.stop()
	empty, err := start(ctx, binary, "serve")
	if err != nil {
		return err
	}
	defer empty.stop()
	p.Demo, p.Empty = demo.url, empty.url
	told, err := json.Marshal(p)
	if err != nil {
		return err
	}
	browser := exec.CommandContext(ctx, "node", "internal/journey/browser/screens.mjs", string(told))
	browser.Stdout, browser.Stderr = os.Stdout, os.Stderr
	if err := browser.Run(); err != nil {
		return fmt.Errorf("drive the browser: %w", err)
	}
	return nil
}

// served is a hub that runs.
type served struct {
	cmd *exec.Cmd
	dir string
	url string
}

func start(ctx context.Context, binary string, args ...string) (*served, error) {
	dir, err := os.MkdirTemp("", "parley-screens-")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_ = l.Close()
	s := &served{cmd: exec.CommandContext(ctx, binary, args...), dir: dir, url: "http://" + addr}
	s.cmd.Dir = dir
	s.cmd.Env = append(os.Environ(), "PARLEY_LISTEN="+addr, "PARLEY_PUBLIC_URL="+s.url, "PARLEY_DATA_DIR="+dir, "PARLEY_LOG_LEVEL=warn")
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	for {
		resp, err := http.Get(s.url + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			s.stop()
			return nil, fmt.Errorf("%s is not ready: %w", args[0], ctx.Err())
		}
	}
}

func (s *served) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.dir)
}
