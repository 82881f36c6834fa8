package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func intake(t *testing.T, s Storage, max int64) (*Intake, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "uploads")
	in, err := NewIntake(s, IntakeOptions{Dir: dir, MaxBytes: max})
	if err != nil {
		t.Fatal(err)
	}
	return in, dir
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// photo is a JPEG with a place in it, and an archive glued behind.
func photo(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 32, 16))
	img.Set(3, 3, color.White)
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), "GPS canary"...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	out = append(append(out, exif...), buf.Bytes()[2:]...)
	return append(out, "PK\x03\x04canary<script>"...)
}

func TestX06_PhotosLoseThePlace(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		in, dir := intake(t, s, 0)
		meta, err := in.Take(t.Context(), "t/photo", bytes.NewReader(photo(t)), Claim{Name: "../IMG_1.html", MIME: "text/html"})
		if err != nil {
			t.Fatal(err)
		}
		stored := read(t, s, "t/photo")
		for _, word := range []string{"canary", "Exif", "GPS", "<script", "PK\x03\x04"} {
			if strings.Contains(stored, word) {
				t.Errorf("%q is stored", word)
			}
		}
		want := Meta{Name: "IMG_1.html.jpg", MIME: "image/jpeg", Size: int64(len(stored)), SHA256: sha256.Sum256([]byte(stored)), Width: 16, Height: 32}
		if meta != want {
			t.Errorf("%+v\nwant %+v", meta, want)
		}
		empty(t, dir)
	})
}

func TestX06_TypesAreSniffed(t *testing.T) {
	d := disk(t)
	in, _ := intake(t, d, 0)
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	for i, c := range []struct{ content, name, claimed, kind, stored string }{
		{svg, "a.png", "image/png", "image/svg+xml", svg},
		{"<!DOCTYPE html><script>alert(1)</script>", "a.jpg", "image/jpeg", "text/html", ""},
		{"<?xml version=\"1.0\"?><a/>", "a.gif", "image/gif", "text/xml", ""},
		{"%PDF-1.7\n<script>alert(1)</script>", "a.png", "image/png", "application/pdf", ""},
		{"GIF89a/*" + strings.Repeat("x", 100) + "*/=1;alert(1)", "a.gif", "image/gif", ImageTooBig, ""},
		{"\xff\xd8\xff\xe0 not a jpeg", "a.jpg", "image/jpeg", ImageDamaged, ""},
		{pic.String(), "a.exe", "application/octet-stream", "image/png", ""},
		{"plain words", "notes.txt", "text/plain", "text/plain", "plain words"},
		{"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm", "voice", "audio/webm;codecs=opus", "audio/webm", ""},
		{"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.heic", "image/heic", ImageFormat, ""},
		{"II*\x00\x08\x00\x00\x00\x00\x00", "a.tiff", "image/tiff", ImageFormat, ""},
		{"", "empty.txt", "text/plain", "text/plain", ""},
	} {
		key := fmt.Sprintf("t/%d", i)
		meta, err := in.Take(t.Context(), key, strings.NewReader(c.content), Claim{Name: c.name, MIME: c.claimed})
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			meta.MIME = refusal.Code
			if _, err := d.Stat(t.Context(), key); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: refused, but stored", c.content)
			}
		} else if err != nil {
			t.Errorf("%q: %v", c.content, err)
			continue
		}
		if meta.MIME != c.kind {
			t.Errorf("%q is %s, want %s", c.content, meta.MIME, c.kind)
		}
		if c.stored != "" && read(t, d, key) != c.stored {
			t.Errorf("%q came back altered", c.content)
		}
	}
}

func TestKeepStoresWhatCannotBeCleaned(t *testing.T) {
	d := disk(t)
	in, _ := intake(t, d, 0)
	for content, kind := range map[string]string{
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": "image/heic",
		"\xff\xd8\xff\xe0 not a jpeg":                      octets,
	} {
		meta, err := in.Take(t.Context(), "t/kept", strings.NewReader(content), Claim{Name: "a.jpg", Keep: true})
		if err != nil || meta.MIME != kind || Inline(meta.MIME) || read(t, d, "t/kept") != content {
			t.Errorf("%q: %+v, %v", content, meta, err)
		}
	}
}

func TestX16_SizeIsLimitedWhileStreaming(t *testing.T) {
	d := disk(t)
	in, dir := intake(t, d, 1000)
	for _, c := range []struct {
		n     int64
		claim Claim
		ok    bool
	}{
		{1000, Claim{}, true}, {1001, Claim{}, false}, {1 << 40, Claim{}, false}, // the last would never end
		{10, Claim{Size: 1001}, false}, {10, Claim{Size: 1000}, true},
		{2000, Claim{Limit: 2000}, true}, {11, Claim{Limit: 10}, false},
	} {
		meta, err := in.Take(t.Context(), "t/x", io.LimitReader(zero{}, c.n), c.claim)
		refusal, refused := errors.AsType[*Refusal](err)
		if c.ok != (err == nil) || refused == c.ok || refused && refusal.Code != TooLarge || c.ok && meta.Size != c.n {
			t.Errorf("%d bytes, %+v: %v", c.n, c.claim, err)
		}
	}
	empty(t, dir)
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestTakeLeavesNothingBehind(t *testing.T) {
	d := disk(t)
	in, dir := intake(t, d, 0)
	if _, err := in.Take(t.Context(), "t/x", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("hung up"))), Claim{}); err == nil || !strings.Contains(err.Error(), "hung up") {
		t.Errorf("broken upload: %v", err)
	}
	if _, err := in.Take(t.Context(), "../x", strings.NewReader("whole"), Claim{}); err == nil {
		t.Error("odd key stored")
	}
	if _, err := d.Stat(t.Context(), "t/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("half a file is stored")
	}
	empty(t, dir)
}
