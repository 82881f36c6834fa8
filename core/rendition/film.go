package rendition

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/core/connector"
)

// films are the demuxers of the types of film read, cameras those of pictures
// that only ffmpeg reads. A file is read as what it was taken for and nothing
// else, so that one which names others is not followed.
var (
	films = map[string]string{
		"video/mp4": "mov", "video/quicktime": "mov", "video/3gpp": "mov", "video/x-m4v": "mov", "video/webm": "matroska", "video/x-matroska": "matroska",
		"video/x-msvideo": "avi", "video/mpeg": "mpeg", "image/gif": "gif",
	}
	cameras = map[string]string{"image/heic": "mov", "image/heif": "mov", "image/avif": "mov"}
)

const (
	soundRate = 96_000    // bits a second of a film's sound
	mostRate  = 2_500_000 // of its pictures
	leastRate = 100_000   // below it nothing is to be seen
)

// encodes reports whether films can be made.
func (m *Maker) encodes() bool {
	m.once.Do(func() {
		if m.ffmpeg == "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, m.ffmpeg, "-hide_banner", "-encoders").Output()
		m.films = err == nil && bytes.Contains(out, []byte(" libx264 ")) && bytes.Contains(out, []byte(" aac "))
	})
	return m.films
}

// film is a film as MP4 (H.264 and AAC), at the rate that fits.
func (m *Maker) film(ctx context.Context, body io.Reader, mime string, limit connector.MediaLimit) (Made, error) {
	dir, err := os.MkdirTemp("", "parley-film-")
	if err != nil {
		return Made{}, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a film: %w", err)}
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.mp4")
	if err := spool(in, body); err != nil {
		return Made{}, err
	}
	rate := mostRate
	if limit.Bytes > 0 {
		long, err := m.length(ctx, in, films[mime])
		if err != nil {
			return Made{}, err
		}
		rate = min(rate, int(float64(limit.Bytes)*8*0.9/long.Seconds())-soundRate)
		if rate < leastRate {
			return Made{}, unfit(fmt.Sprintf("a film of %s does not fit into %d bytes", long, limit.Bytes))
		}
	}
	bits := strconv.Itoa(rate)
	if _, err := m.run(ctx, dir, "-f", films[mime], "-i", in, "-t", strconv.Itoa(int(maxPlay.Seconds())), "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1",
		"-vf", "scale=w='trunc(min(1280,iw)/2)*2':h=-2", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-b:v", bits, "-maxrate", bits, "-bufsize", bits,
		"-c:a", "aac", "-b:a", strconv.Itoa(soundRate), "-movflags", "+faststart", "-f", "mp4", out); err != nil {
		return Made{}, err
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		return Made{}, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a film: %w", err)}
	}
	if limit.Bytes > 0 && int64(len(raw)) > limit.Bytes {
		return Made{}, unfit("it does not become small enough")
	}
	return Made{Body: raw, MIME: "video/mp4"}, nil
}

// frame is one picture out of a film as PNG: of its first second, the one that
// tells most.
func (m *Maker) frame(ctx context.Context, body io.Reader, mime string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-film-")
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("take a picture of a film: %w", err)}
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.png")
	if err := spool(in, body); err != nil {
		return nil, err
	}
	if _, err := m.run(ctx, dir, "-f", films[mime], "-i", in, "-t", "1", "-map", "0:v:0", "-vf", "thumbnail=24,scale='min(1280,iw)':-2", "-frames:v", "1", "-c:v", "png", "-f", "image2", out); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// still is a camera's picture as PNG.
func (m *Maker) still(ctx context.Context, raw []byte, mime string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-film-")
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a picture: %w", err)}
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.png")
	if err := spool(in, bytes.NewReader(raw)); err != nil {
		return nil, err
	}
	if _, err := m.run(ctx, dir, "-f", cameras[mime], "-i", in, "-frames:v", "1", "-c:v", "png", "-f", "image2", out); err != nil {
		return nil, err
	}
	made, err := os.ReadFile(out)
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a picture: %w", err)}
	}
	if head, err := png.DecodeConfig(bytes.NewReader(made)); err != nil || !whole(raw, head.Width, head.Height) {
		return nil, unfit("what could be read of it is a part of the picture")
	}
	return made, nil
}

var duration = regexp.MustCompile(`Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)`)

// length is how long a film plays, at least a second.
func (m *Maker) length(ctx context.Context, in, demuxer string) (time.Duration, error) {
	said, _ := m.run(ctx, filepath.Dir(in), "-loglevel", "info", "-f", demuxer, "-i", in) // without an output it always complains
	found := duration.FindStringSubmatch(said)
	if found == nil {
		return 0, unfit("it cannot be read as a film")
	}
	h, _ := strconv.Atoi(found[1])
	min, _ := strconv.Atoi(found[2])
	s, _ := strconv.ParseFloat(found[3], 64)
	return max(time.Second, time.Duration(h)*time.Hour+time.Duration(min)*time.Minute+time.Duration(s*float64(time.Second))), nil
}

// run runs the program, and returns what it said.
func (m *Maker) run(ctx context.Context, dir string, args ...string) (string, error) {
	var said strings.Builder
	cmd := exec.CommandContext(ctx, m.ffmpeg, append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe"}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stderr = []string{}, dir, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return said.String(), late(ctx.Err())
		}
		return said.String(), unfit("it is not what it says it is")
	}
	return said.String(), nil
}

func spool(path string, body io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a film: %w", err)}
	}
	n, err := io.Copy(f, io.LimitReader(body, maxFilm+1))
	if end := f.Close(); err == nil {
		err = end
	}
	switch {
	case err != nil:
		return &connector.Error{Class: connector.Transient, Code: "no_rendition", Err: fmt.Errorf("read a film: %w", err)}
	case n > maxFilm:
		return unfit("it is too large to be converted")
	}
	return nil
}
