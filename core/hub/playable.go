package hub

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"

	"parley/core/connector"
	"parley/core/sound"
)

// mute are the types of recordings that platforms send and no browser plays.
var mute = map[string]bool{"audio/amr": true, "audio/x-speex": true, "audio/3gpp": true}

// playable is a file as agents can hear it: a recording no browser plays becomes
// MP3 where the machine can do that. What cannot be converted stays as it came.
func (h *Hub) playable(ctx context.Context, body io.Reader, kind string) (io.Reader, string, error) {
	const plays = "audio/mpeg"
	base, _, err := mime.ParseMediaType(kind)
	if err != nil || !mute[base] || h.o.Convert == nil || !h.o.Convert.Can(base, plays) {
		return body, kind, nil
	}
	raw, err := io.ReadAll(io.LimitReader(body, sound.MaxBytes+1))
	if err != nil {
		return nil, kind, &connector.Error{Class: connector.Transient, Code: "not_fetched", Err: fmt.Errorf("read a recording: %w", err)}
	}
	if len(raw) > sound.MaxBytes {
		return io.MultiReader(bytes.NewReader(raw), body), kind, nil
	}
	heard, err := h.o.Convert.Convert(ctx, bytes.NewReader(raw), base, plays)
	if err != nil {
		h.o.Log.Info("a recording stays as it came", "type", base, "err", err)
		return bytes.NewReader(raw), kind, nil
	}
	defer heard.Close()
	made, err := io.ReadAll(heard)
	if err != nil {
		return nil, kind, fmt.Errorf("read a converted recording: %w", err)
	}
	return bytes.NewReader(made), plays, nil
}
