package sound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"parley/core/connector"
)

// wave is a second of silence: PCM, 8 kHz, one channel.
func wave() []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a buffer takes everything
	b.WriteString("RIFF")
	put(uint32(36 + 16000))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(1), uint32(8000), uint32(16000), uint16(2), uint16(16)} {
		put(v)
	}
	b.WriteString("data")
	put(uint32(16000))
	b.Write(make([]byte, 16000))
	return b.Bytes()
}

// found is the machine's converter, or one that must say that it can nothing.
func found(t *testing.T) (connector.Converter, bool) {
	t.Helper()
	c := Find()
	if _, err := exec.LookPath("ffmpeg"); (err == nil) != (c != nil) {
		t.Fatalf("ffmpeg: %v; the converter: %v", err, c)
	}
	return c, c != nil
}

func TestARecordingBecomesWhatBrowsersPlay(t *testing.T) {
	c, ok := found(t)
	if !ok {
		return // Find said so: channels then declare what they take without help
	}
	if !c.Can("audio/wav", "audio/mpeg") || c.Can("text/html", "audio/mpeg") || c.Can("audio/wav", "video/mp4") {
		t.Error("it says it can what it cannot, or the other way round")
	}
	out, err := c.Convert(t.Context(), bytes.NewReader(wave()), "audio/wav", "audio/mpeg")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(out)
	if err != nil || len(got) < 200 || !bytes.HasPrefix(got, []byte("ID3")) && got[0] != 0xff {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestAPlaylistIsNoRecording: a file that names others is not followed.
func TestAPlaylistIsNoRecording(t *testing.T) {
	c, ok := found(t)
	if !ok {
		return // as above
	}
	for _, body := range []string{"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "ffconcat version 1.0\nfile /etc/passwd\n", "not a recording", ""} {
		_, err := c.Convert(t.Context(), strings.NewReader(body), "audio/amr", "audio/mpeg")
		var e *connector.Error
		if !errors.As(err, &e) || e.Class != connector.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	}
}
