package rendition

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/sound"
)

const (
	maxPixels = 50_000_000       // of a picture
	maxPhoto  = 32 << 20         // bytes of a picture
	maxFilm   = 100 << 20        // bytes of a film
	maxPlay   = 10 * time.Minute // of a film
	// MaxTime bounds one piece of work.
	MaxTime = 2 * time.Minute
)

// Made is a rendition.
type Made struct {
	Body          []byte
	MIME          string
	Width, Height int // of pictures; else 0
}

// Maker makes renditions, one at a time: each may take all the memory of a large
// picture. Safe for concurrent use.
type Maker struct {
	ffmpeg string              // "": films stay as they are
	sounds connector.Converter // nil: recordings stay as they are
	turn   *semaphore.Weighted
	once   sync.Once
	films  bool // what the program has does for films
}

// New returns a maker with what the machine has.
func New() *Maker {
	found, err := exec.LookPath("ffmpeg")
	if err != nil {
		found = ""
	}
	return &Maker{ffmpeg: found, sounds: sound.Find(), turn: semaphore.NewWeighted(1)}
}

// Without returns a maker that has no program to help it.
func Without() *Maker { return &Maker{turn: semaphore.NewWeighted(1)} }

// Can tells of what type a rendition would be that fits the limit; ok is false
// where none can be made.
func (m *Maker) Can(media canon.Media, limit connector.MediaLimit) (mime string, ok bool) {
	switch media.Kind {
	case canon.MediaImage:
		if media.Size > maxPhoto || int64(media.Width)*int64(media.Height) > maxPixels || !takes(limit, "image/jpeg") {
			return "", false
		}
		return "image/jpeg", drawn[media.MIME] || m.ffmpeg != "" && cameras[media.MIME] != ""
	case canon.MediaVideo, canon.MediaAnimation:
		switch {
		case media.Size > maxFilm || films[media.MIME] == "":
			return "", false
		case takes(limit, "video/mp4"):
			return "video/mp4", m.encodes()
		}
		return "image/jpeg", takes(limit, "image/jpeg") && m.ffmpeg != "" // one picture of it
	case canon.MediaVoice, canon.MediaAudio:
		return m.heard(media, limit)
	}
	return "", false
}

// takes reports whether a limit accepts a type.
func takes(l connector.MediaLimit, mime string) bool {
	for _, pattern := range l.MIME {
		if ok, err := path.Match(pattern, mime); err == nil && ok {
			return true
		}
	}
	return len(l.MIME) == 0
}

// Make makes the rendition Can spoke of. A file that is not what it says, or that
// cannot be made small enough, is Invalid.
func (m *Maker) Make(ctx context.Context, body io.Reader, media canon.Media, limit connector.MediaLimit) (Made, error) {
	mime, ok := m.Can(media, limit)
	if !ok {
		return Made{}, &connector.Error{Class: connector.Unsupported, Code: "no_rendition", Err: fmt.Errorf("nothing here makes %s fit", media.MIME)}
	}
	ctx, cancel := context.WithTimeout(ctx, MaxTime)
	defer cancel()
	if err := m.turn.Acquire(ctx, 1); err != nil {
		return Made{}, late(err)
	}
	defer m.turn.Release(1)
	if media.Kind == canon.MediaVoice || media.Kind == canon.MediaAudio {
		return m.recording(ctx, body, media.MIME, mime, limit)
	}
	if mime == "video/mp4" {
		return m.film(ctx, body, media.MIME, limit)
	}
	if media.Kind != canon.MediaImage {
		raw, err := m.frame(ctx, body, media.MIME)
		if err != nil {
			return Made{}, err
		}
		return photo(raw, limit)
	}
	raw, err := readAll(body, maxPhoto)
	if err == nil && !drawn[media.MIME] {
		raw, err = m.still(ctx, raw, media.MIME)
	}
	if err != nil {
		return Made{}, err
	}
	return photo(raw, limit)
}

func readAll(body io.Reader, most int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return nil, &connector.Error{Class: connector.Transient, Code: "no_rendition", Err: fmt.Errorf("read a file: %w", err)}
	}
	if int64(len(raw)) > most {
		return nil, unfit("it is too large to be converted")
	}
	return raw, nil
}

func late(err error) error {
	return &connector.Error{Class: connector.Invalid, Code: "no_rendition", Err: fmt.Errorf("making a rendition took too long: %w", err)}
}

func unfit(why string) error {
	return &connector.Error{Class: connector.Invalid, Code: "no_rendition", Err: errors.New(why)}
}
