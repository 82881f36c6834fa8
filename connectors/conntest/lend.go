package conntest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"slices"
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
	fileMenu  = fixedID(105) // the picture of a menu
)

// onePixel is a PNG of one pixel.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x03\x00\x08\xfc\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82")

// The measures of the picture of a menu, in pixels.
const menuWidth, menuHeight = 1200, 405

// drawnMenu is a picture of one colour.
var drawnMenu = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, image.NewPaletted(image.Rect(0, 0, menuWidth, menuHeight), color.Palette{color.Gray{200}})) // into memory: never fails
	return out.Bytes()
})

func sampleInfo(id canon.ID) connector.FileInfo {
	body := int64(len(sampleBytes(id)))
	switch id {
	case fileImage:
		return connector.FileInfo{Name: "收据 1.png", MIME: "image/png", Size: body}
	case fileMenu:
		return connector.FileInfo{Name: "menu.png", MIME: "image/png", Size: body}
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
	case fileMenu:
		return drawnMenu()
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

// intake is connector.Intake over one file, put on every thread before.
type intake struct{ now func() time.Time }

// putHandle is the handle of that file.
const putHandle = connector.HandlePrefix + "kit"

// Address is one of a hub that nobody reaches.
func (i intake) Address(thread canon.ThreadKey, info connector.FileInfo) (connector.Place, error) {
	return connector.Place{URL: "https://hub.example.com/uploads/" + string(thread.Peer), Expires: i.now().Add(time.Hour)}, nil
}

// Taken knows the one handle.
func (intake) Taken(_ canon.ThreadKey, handle string) (canon.Media, bool) {
	info := sampleInfo(fileImage)
	return canon.Media{Kind: canon.MediaImage, File: fileImage, Name: info.Name, MIME: info.MIME, Size: info.Size}, handle == putHandle
}

// devices is connector.Devices in memory.
type devices struct {
	mu  sync.Mutex
	all []connector.Registered
}

// register keeps what a callback told.
func (d *devices) register(told []connector.Registered) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range told {
		d.all = slices.DeleteFunc(d.all, func(x connector.Registered) bool { return x.Device.Token == r.Device.Token })
		if !r.Gone {
			d.all = append([]connector.Registered{r}, d.all...)
		}
	}
}

// Of lists the devices of a thread.
func (d *devices) Of(_ context.Context, key canon.ThreadKey) ([]connector.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []connector.Device
	for _, r := range d.all {
		if r.Thread == key {
			out = append(out, r.Device)
		}
	}
	return out, nil
}

// Drop forgets tokens.
func (d *devices) Drop(_ context.Context, _ canon.RemoteID, tokens []string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = slices.DeleteFunc(d.all, func(x connector.Registered) bool { return slices.Contains(tokens, x.Device.Token) })
	return nil
}
