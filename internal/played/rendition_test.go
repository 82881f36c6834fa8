package played_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
	"parley/internal/testenv"
)

// ffmpeg makes a file of a test picture or film.
func ffmpeg(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	args = append([]string{"-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:duration=1"}, append(args, out)...)
	if said, err := exec.Command(testenv.FFmpeg(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v %s", name, err, said)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// spoken makes a file of a sound that is two seconds long.
func spoken(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	return ffmpeg(t, name, append([]string{"-f", "lavfi", "-i", "sine=duration=2", "-map", "1:a"}, args...)...)
}

// heavy is a picture of more than five megabytes.
func heavy(t *testing.T) []byte {
	t.Helper()
	m, r := image.NewNRGBA(image.Rect(0, 0, 1600, 1200)), rand.New(rand.NewPCG(1, 2))
	for y := range 1200 {
		for x := range 1600 {
			m.Set(x, y, color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil || b.Len() < 5<<20 {
		t.Fatalf("%d bytes, %v", b.Len(), err)
	}
	return b.Bytes()
}

// foresees checks what the composer would be told of a file.
func foresees(t *testing.T, h *played.Hub, c core.Conversation, file canon.Media, code string) {
	t.Helper()
	r, err := h.Store.For(h.Tenant).Round(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	thread, _, err := h.Store.For(h.Tenant).Thread(t.Context(), r.Thread)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Core.Desk.Preview(t.Context(), h.Tenant, r, thread.Key, canon.Message{Parts: []canon.Part{file}}, canon.ID{}, nil)
	if err != nil || len(got.Notes) != 1 || got.Notes[0].Code != code || got.Notes[0].Text.ZH == "" {
		t.Errorf("of %s the composer is told %+v, %v", file.Name, got.Notes, err)
	}
}

// TestWhatsApp_FilesAreConvertedWhereTheyMustBe: a WebP, a picture that is too
// large, a WebM and a voice arrive as the picture, film and voice they are; a PNG that fits is
// not touched; a file that only says it is a picture goes as a link.
func TestWhatsApp_FilesAreConvertedWhereTheyMustBe(t *testing.T) {
	t.Parallel()
	r := newMeta(t, metaChannels()["whatsapp"])
	r.Says("agent")
	c := r.Served()
	newest := func(part canon.Part) emulate.Bubble {
		t.Helper()
		before := len(r.Theirs())
		r.Sends(c, part)
		r.Until("the customer sees it", func() bool { return len(r.Theirs()) > before })
		return r.Theirs()[len(r.Theirs())-1]
	}
	is := func(b emulate.Bubble, kind, mime string, most int64) {
		t.Helper()
		if len(b.Media) != 1 || b.Media[0].Kind != kind || b.Media[0].MIME != mime || b.Media[0].Size > most {
			t.Errorf("the customer sees %+v, want %s %s", b, kind, mime)
		}
	}
	webp := r.File("photo.webp", "image/webp", ffmpeg(t, "a.webp", "-frames:v", "1", "-c:v", "libwebp"))
	foresees(t, r.Hub, c, webp, "converted")
	is(newest(webp), "image", "image/jpeg", 5<<20)
	large := r.File("large.png", "image/png", heavy(t))
	foresees(t, r.Hub, c, large, "converted")
	is(newest(large), "image", "image/jpeg", 5<<20)
	film := r.File("clip.webm", "video/webm", ffmpeg(t, "a.webm", "-c:v", "libvpx"))
	film.Kind = canon.MediaVideo
	is(newest(film), "video", "video/mp4", 16<<20)
	small := r.File("small.png", "image/png", picture())
	is(newest(small), "image", "image/png", small.Size)
	// A voice is heard as one, whatever recorded it.
	voice := r.File("voice.webm", "audio/webm", spoken(t, "v.webm", "-c:a", "libopus"))
	voice.Kind, voice.MIME, voice.Millis = canon.MediaVoice, "audio/webm;codecs=opus", 2000
	foresees(t, r.Hub, c, voice, "converted")
	is(newest(voice), "voice", "audio/ogg", 1<<20)

	fake := r.File("fake.webm", "video/webm", ffmpeg(t, "b.webm", "-c:v", "libvpx")[:200])
	fake.Kind, fake.MIME = canon.MediaVideo, "video/webm"
	if b := newest(fake); len(b.Media) != 0 || !strings.Contains(b.Text, "/files/") {
		t.Errorf("of a broken film the customer sees %+v", b)
	}
}

// TestLINE_FilesAreConvertedWhereTheyMustBe: LINE fetches pictures and films from
// the hub, and gets JPEG and MP4 of what it does not take.
func TestLINE_FilesAreConvertedWhereTheyMustBe(t *testing.T) {
	l := newLine(t, nil)
	l.Says("agent")
	c := l.Take(l.Queued())
	seen := func(part canon.Part) emulate.Bubble {
		t.Helper()
		before := len(l.Theirs())
		l.Sends(c, part)
		l.Until("the customer sees it", func() bool { return len(l.Theirs()) > before })
		return l.Theirs()[len(l.Theirs())-1]
	}
	webp := l.File("photo.webp", "image/webp", ffmpeg(t, "a.webp", "-frames:v", "1", "-c:v", "libwebp"))
	foresees(t, l.Hub, c, webp, "converted")
	if b := seen(webp); len(b.Media) != 1 || b.Media[0].Kind != "image" || !l.opens(b.Media[0].URL, "image/jpeg") {
		t.Errorf("of a WebP the customer sees %+v", b)
	}
	film := l.File("clip.webm", "video/webm", ffmpeg(t, "a.webm", "-c:v", "libvpx"))
	film.Kind = canon.MediaVideo
	foresees(t, l.Hub, c, film, "converted")
	if b := seen(film); len(b.Media) != 1 || b.Media[0].Kind != "video" || !l.opens(b.Media[0].URL, "video/mp4") {
		t.Errorf("of a WebM the customer sees %+v", b)
	}
	// What stands in the chat until it is played is out of the film, and before a
	// large picture a smaller one.
	l.previewed(320, 240)
	seen(l.File("large.png", "image/png", heavy(t)))
	l.previewed(1600, 1200)
	voice := l.File("voice.ogg", "audio/ogg", spoken(t, "v.ogg", "-c:a", "libopus"))
	voice.Kind, voice.Millis = canon.MediaVoice, 2000
	foresees(t, l.Hub, c, voice, "converted")
	if b := seen(voice); len(b.Media) != 1 || b.Media[0].Kind != "voice" || !l.opens(b.Media[0].URL, "audio/mp4") {
		t.Errorf("of an Ogg the customer sees %+v", b)
	}
}

// previewed checks the picture that the newest message is shown by.
func (l *lineTale) previewed(width, height int) {
	l.t.Helper()
	at := regexp.MustCompile(`"previewImageUrl":\s*"([^"]+)"`).FindStringSubmatch(l.lastSent().Wire)
	if at == nil {
		l.t.Fatalf("no preview is named in %s", l.lastSent().Wire)
	}
	resp, err := l.Client().Get(strings.ReplaceAll(at[1], `\u0026`, "&"))
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || len(raw) > 1<<20 {
		l.t.Fatalf("the preview has %d bytes, %v", len(raw), err)
	}
	m, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil || m.Bounds().Dx() > width || m.Bounds().Dx()*height != m.Bounds().Dy()*width {
		l.t.Errorf("the preview at %s is %v, %v", at[1], m, err)
	}
}
