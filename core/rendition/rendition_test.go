package rendition

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/testenv"
)

// noise is a picture that no format makes small.
func noise(w, h int) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			out.Set(x, y, color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
		}
	}
	return out
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var takesJPEG = []string{"image/jpeg"}

// TestAPictureBecomesWhatFits: in bytes, in pixels and in type, and it stays the
// picture it was; what is transparent is white.
func TestAPictureBecomesWhatFits(t *testing.T) {
	m := Without()
	raw := pngOf(t, noise(600, 300))
	for name, limit := range map[string]connector.MediaLimit{
		"bytes": {Bytes: 40_000}, "side": {Side: 200, MIME: []string{"image/*"}}, "type": {MIME: takesJPEG}, "all": {Bytes: 20_000, Side: 400, MIME: takesJPEG},
	} {
		media := canon.Media{Kind: canon.MediaImage, MIME: "image/png", Size: int64(len(raw)), Width: 600, Height: 300}
		if to, ok := m.Can(media, limit); !ok || to != "image/jpeg" {
			t.Errorf("%s: it cannot be made: %s", name, to)
			continue
		}
		made, err := m.Make(t.Context(), bytes.NewReader(raw), media, limit)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := jpeg.Decode(bytes.NewReader(made.Body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w, h := got.Bounds().Dx(), got.Bounds().Dy()
		if w != made.Width || h != made.Height || limit.Bytes > 0 && int64(len(made.Body)) > limit.Bytes || limit.Side > 0 && max(w, h) > limit.Side || w < 2*h-2 || w > 2*h+2 {
			t.Errorf("%s: %d bytes, %d×%d told as %d×%d", name, len(made.Body), w, h, made.Width, made.Height)
		}
	}
	clear := pngOf(t, image.NewNRGBA(image.Rect(0, 0, 200, 200)))
	made, err := m.Make(t.Context(), bytes.NewReader(clear), canon.Media{Kind: canon.MediaImage, MIME: "image/png"}, connector.MediaLimit{MIME: takesJPEG})
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(made.Body))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := got.At(100, 100).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Errorf("what is transparent became %d %d %d", r>>8, g>>8, b>>8)
	}
}

// TestAWebPBecomesAJPEG without any program's help.
func TestAWebPBecomesAJPEG(t *testing.T) {
	webp := filepath.Join(t.TempDir(), "in.webp")
	if out, err := exec.Command(testenv.FFmpeg(t), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=1", "-frames:v", "1", "-c:v", "libwebp", webp).CombinedOutput(); err != nil {
		t.Fatalf("make a WebP: %v %s", err, out)
	}
	raw, err := os.ReadFile(webp)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Without().Make(t.Context(), bytes.NewReader(raw), canon.Media{Kind: canon.MediaImage, MIME: "image/webp"}, connector.MediaLimit{MIME: takesJPEG})
	if err != nil || made.Width != 320 || made.Height != 240 {
		t.Fatalf("%+v %v", made.MIME, err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(made.Body)); err != nil {
		t.Error(err)
	}
}

// TestACamerasPictureIsWholeOrRefused: what says it is larger than what could be
// decoded, as a telephone's picture of which one tile was read, is not sent.
func TestACamerasPictureIsWholeOrRefused(t *testing.T) {
	avif := filepath.Join(t.TempDir(), "in.avif")
	if out, err := exec.Command(testenv.FFmpeg(t), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=128x96:duration=1", "-frames:v", "1", "-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8", avif).CombinedOutput(); err != nil {
		t.Fatalf("make an AVIF: %v %s", err, out)
	}
	raw, err := os.ReadFile(avif)
	if err != nil {
		t.Fatal(err)
	}
	media, limit := canon.Media{Kind: canon.MediaImage, MIME: "image/avif"}, connector.MediaLimit{MIME: takesJPEG}
	made, err := New().Make(t.Context(), bytes.NewReader(raw), media, limit)
	if err != nil || made.Width != 128 || made.Height != 96 {
		t.Fatalf("%d×%d, %v", made.Width, made.Height, err)
	}
	at := bytes.Index(raw, []byte("ispe"))
	if at < 0 {
		t.Fatal("it says nothing of its size")
	}
	large := bytes.Clone(raw)
	copy(large[at+8:], []byte{0, 0, 0x0f, 0xc0, 0, 0, 0x0b, 0xd0}) // 4032×3024
	var e *connector.Error
	if made, err := New().Make(t.Context(), bytes.NewReader(large), media, limit); !errors.As(err, &e) || e.Class != connector.Invalid {
		t.Errorf("of a picture of 4032×3024 is sent %d×%d, %v", made.Width, made.Height, err)
	}
	for n := range raw { // cut anywhere, it is read or refused
		sized(raw[:n])
	}
}

// TestAFilmBecomesAPicture for a platform that shows one before it is played.
func TestAFilmBecomesAPicture(t *testing.T) {
	film := filepath.Join(t.TempDir(), "in.mp4")
	if out, err := exec.Command(testenv.FFmpeg(t), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:duration=1", "-c:v", "libx264", film).CombinedOutput(); err != nil {
		t.Fatalf("make a film: %v %s", err, out)
	}
	raw, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	media, limit := canon.Media{Kind: canon.MediaVideo, MIME: "video/mp4"}, connector.MediaLimit{MIME: takesJPEG, Bytes: 1 << 20}
	if _, ok := Without().Can(media, limit); ok {
		t.Error("without a program a picture of a film is promised")
	}
	made, err := New().Make(t.Context(), bytes.NewReader(raw), media, limit)
	if err != nil || made.MIME != "image/jpeg" || made.Width != 640 || made.Height != 360 {
		t.Errorf("%s of %d×%d, %v", made.MIME, made.Width, made.Height, err)
	}
}

// TestAFilmBecomesAnMP4ThatFits with ffmpeg, and is not promised without.
func TestAFilmBecomesAnMP4ThatFits(t *testing.T) {
	film := filepath.Join(t.TempDir(), "in.webm")
	if out, err := exec.Command(testenv.FFmpeg(t), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:duration=2", "-f", "lavfi", "-i", "sine=duration=2", "-c:v", "libvpx", "-b:v", "4M", "-c:a", "libopus", film).CombinedOutput(); err != nil {
		t.Fatalf("make a film: %v %s", err, out)
	}
	raw, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	media := canon.Media{Kind: canon.MediaVideo, MIME: "video/webm", Size: int64(len(raw))}
	limit := connector.MediaLimit{MIME: []string{"video/mp4"}, Bytes: 150_000}
	if _, ok := Without().Can(media, limit); ok {
		t.Error("without a program a film is promised")
	}
	made, err := New().Make(t.Context(), bytes.NewReader(raw), media, limit)
	if err != nil {
		t.Fatal(err)
	}
	if made.MIME != "video/mp4" || int64(len(made.Body)) > limit.Bytes || len(made.Body) < 1000 || string(made.Body[4:8]) != "ftyp" {
		t.Errorf("%s of %d bytes", made.MIME, len(made.Body))
	}
	var e *connector.Error
	if _, err := New().Make(t.Context(), bytes.NewReader(raw), media, connector.MediaLimit{MIME: []string{"video/mp4"}, Bytes: 2_000}); !errors.As(err, &e) || e.Class != connector.Invalid {
		t.Errorf("into two kilobytes: %v", err)
	}
}

// TestARecordingBecomesWhatIsHeard: of the types a channel takes the one that
// keeps most, and what no program here can make is not promised.
func TestARecordingBecomesWhatIsHeard(t *testing.T) {
	voice := filepath.Join(t.TempDir(), "in.webm")
	if out, err := exec.Command(testenv.FFmpeg(t), "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "libopus", voice).CombinedOutput(); err != nil {
		t.Fatalf("make a recording: %v %s", err, out)
	}
	raw, err := os.ReadFile(voice)
	if err != nil {
		t.Fatal(err)
	}
	media := canon.Media{Kind: canon.MediaVoice, MIME: "audio/webm;codecs=opus", Size: int64(len(raw))}
	for want, takes := range map[string][]string{"audio/ogg": {"audio/mpeg", "audio/ogg"}, "audio/mp4": {"audio/mp4", "audio/mpeg"}, "audio/mpeg": {"audio/amr", "audio/mpeg"}} {
		limit := connector.MediaLimit{MIME: takes}
		if _, ok := Without().Can(media, limit); ok {
			t.Error("without a program a recording is promised")
		}
		made, err := New().Make(t.Context(), bytes.NewReader(raw), media, limit)
		if err != nil || made.MIME != want || len(made.Body) < 1000 {
			t.Errorf("of %v is made %s of %d bytes, %v", takes, made.MIME, len(made.Body), err)
		}
	}
	if to, ok := New().Can(media, connector.MediaLimit{MIME: []string{"audio/x-none"}}); ok {
		t.Errorf("a type nobody writes is promised as %s", to)
	}
	var e *connector.Error
	if _, err := New().Make(t.Context(), bytes.NewReader(raw), media, connector.MediaLimit{MIME: []string{"audio/ogg"}, Bytes: 200}); !errors.As(err, &e) || e.Class != connector.Invalid {
		t.Errorf("into 200 bytes: %v", err)
	}
}

// TestWhatIsNoPictureOrFilmIsRefused: damaged files, bombs, playlists that name
// other files, and work nobody waits for any more.
func TestWhatIsNoPictureOrFilmIsRefused(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	bomb := pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(bomb[16:], []byte{0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00}) // it says 65536×65536
	photo, film := canon.Media{Kind: canon.MediaImage, MIME: "image/png"}, canon.Media{Kind: canon.MediaVideo, MIME: "video/webm"}
	for name, c := range map[string]struct {
		ctx   context.Context
		body  []byte
		media canon.Media
		limit connector.MediaLimit
	}{
		"no picture": {t.Context(), []byte("not a picture"), photo, connector.MediaLimit{MIME: takesJPEG}},
		"a bomb":     {t.Context(), bomb, photo, connector.MediaLimit{MIME: takesJPEG}},
		"no film":    {t.Context(), []byte("not a film"), film, connector.MediaLimit{MIME: []string{"video/mp4"}}},
		"a playlist": {t.Context(), []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), film, connector.MediaLimit{MIME: []string{"video/mp4"}, Bytes: 1 << 20}},
		"too small":  {t.Context(), pngOf(t, noise(400, 400)), photo, connector.MediaLimit{Bytes: 500}},
		"given up":   {ended, []byte("not a film"), film, connector.MediaLimit{MIME: []string{"video/mp4"}}},
	} {
		testenv.FFmpeg(t)
		var e *connector.Error
		if _, err := New().Make(c.ctx, bytes.NewReader(c.body), c.media, c.limit); !errors.As(err, &e) || e.Class != connector.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		media canon.Media
		limit connector.MediaLimit
	}{
		{canon.Media{Kind: canon.MediaImage, MIME: "image/png"}, connector.MediaLimit{MIME: []string{"image/png"}}},
		{canon.Media{Kind: canon.MediaImage, MIME: "image/svg+xml"}, connector.MediaLimit{MIME: takesJPEG}},
		{canon.Media{Kind: canon.MediaImage, MIME: "image/png", Width: 60000, Height: 60000}, connector.MediaLimit{MIME: takesJPEG}},
		{canon.Media{Kind: canon.MediaFile, MIME: "image/png"}, connector.MediaLimit{MIME: takesJPEG}},
	} {
		if to, ok := New().Can(c.media, c.limit); ok {
			t.Errorf("%+v is promised as %s", c.media, to)
		}
	}
}
