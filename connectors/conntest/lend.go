package conntest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// logbook keeps what the connector logs, as text.
type logbook struct {
	mu    sync.Mutex
	lines []string
	with  string
	to    *logbook
}

// Enabled keeps every level: a debug line leaks as well as any.
func (*logbook) Enabled(context.Context, slog.Level) bool { return true }

// Handle writes the record down.
func (b *logbook) Handle(_ context.Context, r slog.Record) error {
	var line strings.Builder
	line.WriteString(r.Message + b.with)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&line, " %s=%v", a.Key, a.Value.Resolve().Any())
		return true
	})
	root := b
	for root.to != nil {
		root = root.to
	}
	root.mu.Lock()
	defer root.mu.Unlock()
	root.lines = append(root.lines, line.String())
	return nil
}

// WithAttrs keeps the attributes for every line to come.
func (b *logbook) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := b.with
	for _, a := range attrs {
		with += fmt.Sprintf(" %s=%v", a.Key, a.Value.Resolve().Any())
	}
	return &logbook{with: with, to: b}
}

// WithGroup makes no difference here.
func (b *logbook) WithGroup(string) slog.Handler { return b }

func (b *logbook) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.lines
	b.lines = nil
	return out
}

// The files that the kit's messages carry: an id of theirs tells what they are.
var (
	fileImage = fixedID(101)
	fileVoice = fixedID(102)
	fileVideo = fixedID(103)
	filePDF   = fixedID(104)
)

// onePixel is a PNG of one pixel.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x03\x00\x08\xfc\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82")

func sampleInfo(id canon.ID) connector.FileInfo {
	body := int64(len(sampleBytes(id)))
	switch id {
	case fileImage:
		return connector.FileInfo{Name: "收据 1.png", MIME: "image/png", Size: body}
	case fileVoice:
		return connector.FileInfo{Name: "voice.ogg", MIME: "audio/ogg", Size: body}
	case fileVideo:
		return connector.FileInfo{Name: "video.mp4", MIME: "video/mp4", Size: body}
	default:
		return connector.FileInfo{Name: "offer.pdf", MIME: "application/pdf", Size: body}
	}
}

func sampleBytes(id canon.ID) []byte {
	switch id {
	case fileImage:
		return onePixel
	case fileVoice:
		return []byte("OggS\x00\x02not really a voice")
	case fileVideo:
		return []byte("\x00\x00\x00\x18ftypmp42not really a video")
	default:
		return []byte("%PDF-1.7\nnot really a document\n")
	}
}

func sampleBody(id canon.ID) io.Reader { return bytes.NewReader(sampleBytes(id)) }

// files lends the sample files; every id opens one.
type files struct{}

// Open returns a sample.
func (files) Open(_ context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	return io.NopCloser(sampleBody(id)), sampleInfo(id), nil
}

// Link returns an address that tells the file and the life asked for.
func (files) Link(_ context.Context, id canon.ID, life time.Duration) (string, error) {
	return fmt.Sprintf("https://hub.example.com/f/%s?life=%s", id, life), nil
}

// cache is connector.Cache in memory.
type cache struct {
	now    func() time.Time
	mu     sync.Mutex
	values map[string]cached
}

type cached struct {
	value string
	ends  time.Time
}

func newCache(now func() time.Time) *cache { return &cache{now: now, values: map[string]cached{}} }

// Get returns what was set and has not ended.
func (c *cache) Get(_ context.Context, key string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[key]
	if !ok || !c.now().Before(v.ends) {
		return "", false, nil
	}
	return v.value, true, nil
}

// Set keeps a value.
func (c *cache) Set(_ context.Context, key, value string, ttl time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = cached{value, c.now().Add(ttl)}
	return nil
}

// Delete forgets a value.
func (c *cache) Delete(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.values, key)
	return nil
}

// Once fills a value when it is absent.
func (c *cache) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	if v, ok, _ := c.Get(ctx, key); ok {
		return v, nil
	}
	v, ttl, err := fill(ctx)
	if err != nil {
		return "", err
	}
	return v, c.Set(ctx, key, v, ttl)
}
