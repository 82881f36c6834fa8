package rendition

import (
	"context"
	"fmt"
	"io"
	"mime"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/sound"
)

// heardAs are the types of recordings made, the one that keeps most for its size
// first.
var heardAs = []string{"audio/ogg", "audio/mp4", "audio/mpeg", "audio/amr"}

// heard tells of what type a recording would be that the limit takes.
func (m *Maker) heard(media canon.Media, limit connector.MediaLimit) (string, bool) {
	if m.sounds == nil || media.Size > sound.MaxBytes {
		return "", false
	}
	for _, to := range heardAs {
		if takes(limit, to) && m.sounds.Can(plain(media.MIME), to) {
			return to, true
		}
	}
	return "", false
}

// recording is a recording of another type.
func (m *Maker) recording(ctx context.Context, body io.Reader, from, to string, limit connector.MediaLimit) (Made, error) {
	out, err := m.sounds.Convert(ctx, body, plain(from), to)
	if err != nil {
		return Made{}, err
	}
	defer out.Close()
	raw, err := io.ReadAll(out)
	if err != nil {
		return Made{}, &connector.Error{Class: connector.Internal, Code: "no_rendition", Err: fmt.Errorf("convert a recording: %w", err)}
	}
	if limit.Bytes > 0 && int64(len(raw)) > limit.Bytes {
		return Made{}, unfit("it does not become small enough")
	}
	return Made{Body: raw, MIME: to}, nil
}

// plain is a type without its parameters, which browsers add their codec in.
func plain(of string) string {
	if base, _, err := mime.ParseMediaType(of); err == nil {
		return base
	}
	return of
}
