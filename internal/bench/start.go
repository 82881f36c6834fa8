package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"parley/internal/bench/rig"
)

// benchStart measures an empty start, the memory at rest, and how much people
// have to carry: the program, the widget's loader and its panel.
func benchStart(ctx context.Context, s *session) error {
	for _, database := range s.databases() {
		if err := s.startOn(ctx, database); err != nil {
			return fmt.Errorf("on %s: %w", database, err)
		}
	}
	return s.sizes(ctx)
}

func (s *session) startOn(ctx context.Context, database string) error {
	var took []float64
	for range s.rounds {
		sub, err := s.hubAtRest(ctx, database)
		if err != nil {
			return err
		}
		began := time.Now()
		err = sub.Start(ctx)
		took = append(took, float64(time.Since(began).Milliseconds()))
		if err := errors.Join(err, sub.close()); err != nil {
			return err
		}
	}
	if err := s.report.add(Result{Name: "start." + database, Value: median(took), Unit: "ms", Target: "< 500 ms",
		Conditions: fmt.Sprintf("process start to /readyz 200, empty database made and migrated, rounds [%s]; %s", spread(took), machine())}); err != nil {
		return err
	}
	sub, err := s.hub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	rest := time.Duration(s.seconds(60, 10) * float64(time.Second))
	select {
	case <-time.After(rest):
	case <-ctx.Done():
		return ctx.Err()
	}
	rss, err := residentBytes(sub.PID())
	if err != nil {
		return err
	}
	return s.report.add(Result{Name: "start." + database + ".memory", Value: float64(rss) / 1e6, Unit: "MB", Target: "< 80 MB",
		Conditions: fmt.Sprintf("resident %s after an empty start", rest)})
}

// sizes measures what is shipped.
func (s *session) sizes(ctx context.Context) error {
	info, err := os.Stat(s.binary)
	if err != nil {
		return err
	}
	if err := s.report.add(Result{Name: "size.binary", Value: float64(info.Size()) / 1e6, Unit: "MB", Target: "≤ 65 MB", Conditions: "the program as it is; make build strips it"}); err != nil {
		return err
	}
	sub, err := s.hub(ctx, "sqlite")
	if err != nil {
		return err
	}
	defer func() { _ = sub.close() }()
	loader, err := get(ctx, sub.URL()+"/widget.js")
	if err != nil {
		return err
	}
	panel, err := panelBytes(ctx, sub)
	if err != nil {
		return err
	}
	return errors.Join(
		s.report.add(Result{Name: "size.loader", Value: zipped(loader) / 1e3, Unit: "kB", Target: "≤ 3 kB", Conditions: "widget.js, gzip -9"}),
		s.report.add(Result{Name: "size.panel", Value: zipped(panel) / 1e3, Unit: "kB", Target: "≤ 20 kB", Conditions: "what the chat page loads besides, each file gzip -9"}),
	)
}

// panelBytes fetches the scripts and styles that the chat page names.
func panelBytes(ctx context.Context, sub *subject) ([]byte, error) {
	link, err := sub.api.Link(ctx, "web", "bench", map[string]string{}, "")
	if err != nil {
		return nil, err
	}
	page, err := get(ctx, sub.URL()+"/chat/"+link.ID)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, address := range assets(string(page)) {
		if !strings.HasPrefix(address, "/") {
			address = "/" + strings.TrimPrefix(address, "./")
		}
		body, err := get(ctx, sub.URL()+address)
		if err != nil {
			return nil, err
		}
		all = append(all, body...)
	}
	if len(all) == 0 {
		return nil, errors.New("the chat page names no script")
	}
	return all, nil
}

// assets are the addresses of scripts and styles in a page.
func assets(page string) []string {
	var out []string
	for _, attr := range []string{`src="`, `href="`} {
		for rest := page; ; {
			_, after, ok := strings.Cut(rest, attr)
			if !ok {
				break
			}
			address, more, ok := strings.Cut(after, `"`)
			if !ok {
				break
			}
			rest = more
			path, _, _ := strings.Cut(address, "?")
			if (strings.HasSuffix(path, ".js") || strings.HasSuffix(path, ".css")) && !strings.Contains(address, "//") {
				out = append(out, address)
			}
		}
	}
	return out
}

// get fetches an address as it is stored, without compression.
func get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", address, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %w", address, &rig.Refusal{Status: resp.StatusCode, Header: resp.Header, Body: string(body)})
	}
	return body, nil
}

func zipped(body []byte) float64 {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // a known level
	_, _ = w.Write(body)                                    // into memory
	_ = w.Close()
	return float64(out.Len())
}

// residentBytes reads a process's resident memory where the system tells it.
func residentBytes(pid int) (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, fmt.Errorf("memory is measured where /proc tells it: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("/proc tells no VmRSS")
}

// cpuSeconds reads how much processor time a process has used.
func cpuSeconds(pid int) (float64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, fmt.Errorf("processor time is measured where /proc tells it: %w", err)
	}
	// Behind the name, which may hold anything: fields 14 and 15, in hundredths.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0, errors.New("/proc tells no processor time")
	}
	user, err1 := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100, errors.Join(err1, err2)
}
