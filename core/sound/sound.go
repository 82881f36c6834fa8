// Package sound turns recordings into formats a platform takes or a browser
// plays, with the ffmpeg of the machine where there is one. It never fetches
// anything: what it reads is a file of its own, in the one format it was told.
package sound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"parley/core/connector"
)

// The limits of one recording.
const (
	MaxBytes = 32 << 20
	maxTime  = time.Minute      // of the work
	maxPlay  = 30 * time.Minute // of the recording
)

// demuxers are the formats read, by MIME type.
var demuxers = map[string]string{
	"audio/amr": "amr", "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/ogg": "ogg", "audio/webm": "matroska", "audio/wav": "wav", "audio/x-wav": "wav",
	"audio/mp4": "mov", "audio/m4a": "mov", "audio/x-m4a": "mov", "audio/3gpp": "mov", "audio/aac": "aac", "audio/x-speex": "ogg", "audio/opus": "ogg", "audio/flac": "flac",
	// What a browser records has the type of a film where nobody looked inside.
	"video/webm": "matroska", "video/mp4": "mov",
}

// target is a format written: its muxer, and its encoder.
type target struct{ muxer, encoder string }

var targets = map[string]target{
	"audio/mpeg": {"mp3", "libmp3lame"}, "audio/ogg": {"ogg", "libopus"}, "audio/mp4": {"ipod", "aac"}, "audio/amr": {"amr", "libopencore_amrnb"},
}

// Converter is a connector.Converter over ffmpeg. Safe for concurrent use.
type Converter struct {
	path     string
	once     sync.Once
	encoders string // what the program says it has
}

// Find returns a converter, or nil when the machine has no ffmpeg.
func Find() connector.Converter {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil
	}
	return &Converter{path: path}
}

// Can tells whether from can become to.
func (c *Converter) Can(from, to string) bool {
	t, known := targets[to]
	if demuxers[from] == "" || !known {
		return false
	}
	c.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, c.path, "-hide_banner", "-encoders").Output()
		if err == nil {
			c.encoders = string(out)
		}
	})
	return strings.Contains(c.encoders, " "+t.encoder+" ")
}

// Convert writes the recording into a file of its own and reads the result.
func (c *Converter) Convert(ctx context.Context, body io.Reader, from, to string) (io.ReadCloser, error) {
	if !c.Can(from, to) {
		return nil, &connector.Error{Class: connector.Unsupported, Code: "no_converter", Err: fmt.Errorf("nothing here makes %s of %s", to, from)}
	}
	dir, err := os.MkdirTemp("", "parley-sound-")
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "not_converted", Err: fmt.Errorf("convert a recording: %w", err)}
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in")
	if err := write(in, body); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe",
		"-f", demuxers[from], "-i", in, "-t", fmt.Sprint(int(maxPlay.Seconds())), "-vn", "-map_metadata", "-1", "-ac", "1",
		"-c:a", targets[to].encoder, "-f", targets[to].muxer, filepath.Join(dir, "out"))
	cmd.Env, cmd.Dir = []string{}, dir
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, &connector.Error{Class: connector.Transient, Code: "not_converted", Err: errors.New("converting a recording took too long")}
		}
		return nil, &connector.Error{Class: connector.Invalid, Code: "not_converted", Err: fmt.Errorf("convert a recording: it is no %s", from)}
	}
	out, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "not_converted", Err: fmt.Errorf("convert a recording: %w", err)}
	}
	return io.NopCloser(bytes.NewReader(out)), nil
}

func write(path string, body io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return &connector.Error{Class: connector.Internal, Code: "not_converted", Err: fmt.Errorf("convert a recording: %w", err)}
	}
	n, err := io.Copy(f, io.LimitReader(body, MaxBytes+1))
	if end := f.Close(); err == nil {
		err = end
	}
	switch {
	case err != nil:
		return &connector.Error{Class: connector.Transient, Code: "not_converted", Err: fmt.Errorf("convert a recording: %w", err)}
	case n > MaxBytes:
		return &connector.Error{Class: connector.Invalid, Code: "too_large", Err: errors.New("the recording is too large to convert")}
	}
	return nil
}
