package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

// gps is an EXIF block with an orientation and a GPS directory, as a camera
// writes it; the text in it is planted.
func gps(orientation uint16) []byte {
	le := binary.LittleEndian
	t := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		t = le.AppendUint16(t, tag)
		t = le.AppendUint16(t, kind)
		t = le.AppendUint32(t, count)
		t = le.AppendUint32(t, value)
	}
	t = le.AppendUint16(t, 3)
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x010f, 2, 20, 80)
	entry(0x8825, 4, 1, 100) // GPS directory
	t = le.AppendUint32(t, 0)
	for len(t) < 80 {
		t = append(t, 0)
	}
	t = append(t, "canary-GPS-31.2304N\x00"...)
	t = le.AppendUint16(t, 1)
	entry(0x0002, 5, 3, 80)
	return append(t, make([]byte, 24)...)
}

var planted = []string{"canary", "Exif", "http://ns.adobe.com", "PK\x03\x04", "<script", "ftyp"}

func clean(t *testing.T, mime string, in []byte) ([]byte, Info, error) {
	t.Helper()
	var out bytes.Buffer
	info, err := NewCleaner(Limits{}).Clean(t.Context(), mime, bytes.NewReader(in), int64(len(in)), &out)
	for _, word := range planted {
		if err == nil && bytes.Contains(out.Bytes(), []byte(word)) {
			t.Errorf("%q survives", word)
		}
	}
	return out.Bytes(), info, err
}

// corners is an image of 40×24 whose corner at the top left is red, top right
// green, bottom left blue, bottom right white.
func corners() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 40, 24))
	for y := range 24 {
		for x := range 40 {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= 20 && y >= 12:
				c = color.RGBA{255, 255, 255, 255}
			case x >= 20:
				c = color.RGBA{0, 255, 0, 255}
			case y >= 12:
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func name(c color.Color) string {
	r, g, b, _ := c.RGBA()
	out := ""
	for i, v := range []uint32{r, g, b} {
		if v > 0x8000 {
			out += "RGB"[i : i+1]
		}
	}
	return out
}

func shows(img image.Image) string {
	b := img.Bounds()
	return strings.Join([]string{
		name(img.At(b.Min.X+4, b.Min.Y+4)), name(img.At(b.Max.X-5, b.Min.Y+4)),
		name(img.At(b.Min.X+4, b.Max.Y-5)), name(img.At(b.Max.X-5, b.Max.Y-5)),
	}, " ")
}

func jpegWith(t *testing.T, img image.Image, segments ...[]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	out := append([]byte(nil), buf.Bytes()[:2]...)
	for _, s := range segments {
		out = append(out, 0xff, s[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+1))
		out = append(out, s[1:]...)
	}
	return append(out, buf.Bytes()[2:]...)
}

func exifSegment(orientation uint16) []byte {
	return append([]byte("\xe1Exif\x00\x00"), gps(orientation)...)
}

func TestX06_JPEGLosesThePlaceAndStandsUpright(t *testing.T) {
	want := map[uint16]string{
		0: "R G B RGB", 1: "R G B RGB", 2: "G R RGB B", 3: "RGB B G R", 4: "B RGB R G",
		5: "R B G RGB", 6: "B R RGB G", 7: "RGB G B R", 8: "G RGB R B", 9: "R G B RGB",
	}
	kinds := map[string]image.Image{"color": corners()}
	for ratio, name := range map[image.YCbCrSubsampleRatio]string{
		image.YCbCrSubsampleRatio444: "4:4:4", image.YCbCrSubsampleRatio422: "4:2:2", image.YCbCrSubsampleRatio440: "4:4:0",
		image.YCbCrSubsampleRatio411: "4:1:1", image.YCbCrSubsampleRatio410: "4:1:0",
	} {
		kinds[name] = subsampled(ratio)
	}
	for kind, img := range kinds {
		for o, colors := range want {
			var got image.Image
			if kind == "color" {
				in := jpegWith(t, img, exifSegment(o), []byte("\xfecanary comment"), []byte("\xe1http://ns.adobe.com/xap/1.0/\x00canary"), []byte("\xedPhotoshop canary"))
				in = append(in, "PK\x03\x04canary"...)
				out, info, err := clean(t, "image/jpeg", in)
				if err != nil {
					t.Fatalf("orientation %d: %v", o, err)
				}
				got, err = jpeg.Decode(bytes.NewReader(out))
				if err != nil {
					t.Fatal(err)
				}
				if got.Bounds().Dx() != info.Width || got.Bounds().Dy() != info.Height {
					t.Errorf("says %+v, is %v", info, got.Bounds())
				}
			} else {
				got = upright(img, int(o))
			}
			if s := shows(got); s != colors {
				t.Errorf("%s, orientation %d shows %s, want %s", kind, o, s, colors)
			}
			if lies := got.Bounds().Dx() < got.Bounds().Dy(); lies != (o >= 5 && o <= 8) {
				t.Errorf("%s, orientation %d: %v", kind, o, got.Bounds())
			}
		}
	}
}

func subsampled(ratio image.YCbCrSubsampleRatio) image.Image {
	src := corners()
	out := image.NewYCbCr(src.Rect, ratio)
	for y := range 24 {
		for x := range 40 {
			c := src.RGBAAt(x, y)
			yy, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			out.Y[out.YOffset(x, y)], out.Cb[out.COffset(x, y)], out.Cr[out.COffset(x, y)] = yy, cb, cr
		}
	}
	return out
}

func TestJPEGGray(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 10, 6))
	img.Pix[0] = 255
	out, info, err := clean(t, "image/jpeg", jpegWith(t, img, exifSegment(6)))
	if err != nil || info.Width != 6 || info.Height != 10 {
		t.Fatal(info, err)
	}
	got, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := got.At(5, 0).RGBA(); r < 0x8000 {
		t.Error("the bright pixel is not at the top right")
	}
}

func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, kind...)
	out = append(out, data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngWith puts chunks behind IHDR.
func pngWith(t *testing.T, img image.Image, chunks ...[]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	const ihdr = 8 + 25
	out := append([]byte(nil), buf.Bytes()[:ihdr]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, buf.Bytes()[ihdr:]...)
}

func TestX06_PNGLosesThePlace(t *testing.T) {
	meta := [][]byte{pngChunk("eXIf", gps(6)), pngChunk("tEXt", []byte("Comment\x00canary <script>")), pngChunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00canary")), pngChunk("xxXx", []byte("canary"))}
	in := append(pngWith(t, corners(), meta...), "PK\x03\x04canary"...)
	out, info, err := clean(t, "image/png", in)
	if err != nil || info.Width != 24 || info.Height != 40 || info.Animated {
		t.Fatal(info, err)
	}
	got, err := png.Decode(bytes.NewReader(out))
	if err != nil || shows(got) != "B R RGB G" {
		t.Error(err, shows(got))
	}
	see := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	see.SetNRGBA(0, 0, color.NRGBA{10, 20, 30, 40})
	out, _, err = clean(t, "image/png", pngWith(t, see))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := png.Decode(bytes.NewReader(out)); err != nil || got.At(0, 0) != (color.NRGBA{10, 20, 30, 40}) {
		t.Error("transparency is lost", err)
	}
}

func TestX06_AnimatedPNGStaysAnimated(t *testing.T) {
	actl := pngChunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})
	fctl := pngChunk("fcTL", make([]byte, 26))
	in := append(pngWith(t, corners(), actl, fctl, pngChunk("tEXt", []byte("a\x00canary")), pngChunk("eXIf", gps(1))), "<script>canary"...)
	out, info, err := clean(t, "image/vnd.mozilla.apng", in)
	if err != nil || !info.Animated || info.Width != 40 {
		t.Fatal(info, err)
	}
	if !bytes.Contains(out, actl) || !bytes.Contains(out, fctl) {
		t.Error("the animation is lost")
	}
	if got, err := png.Decode(bytes.NewReader(out)); err != nil || shows(got) != "R G B RGB" {
		t.Error(err)
	}
	broken := bytes.Clone(in)
	broken[bytes.Index(broken, []byte("IDAT"))+8] ^= 1
	if _, _, err := clean(t, "image/png", broken); !errors.Is(err, ErrDamaged) {
		t.Errorf("a wrong checksum: %v", err)
	}
}

func animation(t *testing.T) []byte {
	t.Helper()
	palette := color.Palette{color.Black, color.White, color.RGBA{255, 0, 0, 255}}
	g := &gif.GIF{LoopCount: 3}
	for i := range 3 {
		frame := image.NewPaletted(image.Rect(0, 0, 30, 20), palette)
		for p := range frame.Pix {
			frame.Pix[p] = uint8(i)
		}
		g.Image, g.Delay, g.Disposal = append(g.Image, frame), append(g.Delay, 10+i), append(g.Disposal, gif.DisposalNone)
	}
	var buf bytes.Buffer
	if err := gif.EncodeAll(&buf, g); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestX06_GIFStaysAnimatedAndLosesTheRest(t *testing.T) {
	plain := animation(t)
	table := 13 + 3<<(plain[10]&7+1)
	if plain[10]&0x80 == 0 {
		table = 13
	}
	in := bytes.Clone(plain[:table])
	in = append(in, "\x21\xfe\x0bcanary-here\x00"...)                                                // comment
	in = append(in, "\x21\xff\x0bXMP DataXMP\x06canary\x00"...)                                      // application
	in = append(in, "\x21\x01\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06canary\x00"...) // plain text
	in = append(append(in, plain[table:]...), "PK\x03\x04canary<script>"...)                         // GIFAR
	for name, in := range map[string][]byte{"with rubbish": in, "without trailer": in[:len(plain)-1+len(in)-len(plain)-len("PK\x03\x04canary<script>")]} {
		out, info, err := clean(t, "image/gif", in)
		if err != nil || info != (Info{30, 20, true}) {
			t.Fatal(name, info, err)
		}
		got, err := gif.DecodeAll(bytes.NewReader(out))
		if err != nil || len(got.Image) != 3 || got.LoopCount != 3 || got.Delay[2] != 12 || got.Image[2].Pix[0] != 2 {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.HasSuffix(out, []byte{0, 0x3b}) {
			t.Errorf("%s: does not end with the trailer", name)
		}
	}
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(chunkHead("RIFF", int64(len(body))), body...)
}

func webpChunk(kind string, data []byte) []byte {
	out := append(chunkHead(kind, int64(len(data))), data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func vp8l(w, h int) []byte {
	v := uint32(w-1) | uint32(h-1)<<14
	return webpChunk("VP8L", append([]byte{0x2f}, append(binary.LittleEndian.AppendUint32(nil, v), "pixels"...)...))
}

func vp8(w, h int) []byte {
	b := []byte{0, 0, 0, 0x9d, 0x01, 0x2a}
	b = binary.LittleEndian.AppendUint16(b, uint16(w))
	b = binary.LittleEndian.AppendUint16(b, uint16(h))
	return webpChunk("VP8 ", append(b, "pixels"...))
}

func vp8x(flags byte, w, h int) []byte {
	w, h = w-1, h-1
	return webpChunk("VP8X", []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
}

func TestX06_WebPLosesThePlace(t *testing.T) {
	exif, xmp, odd := webpChunk("EXIF", gps(1)), webpChunk("XMP ", []byte("canary")), webpChunk("abcd", []byte("canary!"))
	alpha := webpChunk("ALPH", []byte("alpha"))
	frame := func(extra ...[]byte) []byte {
		return webpChunk("ANMF", append(make([]byte, 16), bytes.Join(append([][]byte{alpha, vp8(30, 20)}, extra...), nil)...))
	}
	anim := webpChunk("ANIM", []byte{1, 2, 3, 4, 0, 0})
	for name, c := range map[string]struct {
		in, want []byte
		info     Info
	}{
		"lossy":        {riff(vp8(30, 20)), riff(vp8(30, 20)), Info{30, 20, false}},
		"lossless":     {riff(vp8l(300, 16384)), riff(vp8l(300, 16384)), Info{300, 16384, false}},
		"tail":         {append(riff(vp8l(3, 2)), "PK\x03\x04canary"...), riff(vp8l(3, 2)), Info{3, 2, false}},
		"extended":     {riff(vp8x(0x1c, 30, 20), alpha, vp8(30, 20), exif, xmp, odd), riff(vp8x(0x10, 30, 20), alpha, vp8(30, 20)), Info{30, 20, false}},
		"animated":     {riff(vp8x(0x0e, 30, 20), anim, frame(odd), frame(exif), xmp), riff(vp8x(0x02, 30, 20), anim, frame(), frame()), Info{30, 20, true}},
		"second image": {riff(vp8(30, 20), vp8l(9, 9)), riff(vp8(30, 20)), Info{30, 20, false}},
	} {
		out, info, err := clean(t, "image/webp", c.in)
		if err != nil || info != c.info || !bytes.Equal(out, c.want) {
			t.Errorf("%s: %v %+v\n%q\n%q", name, err, info, out, c.want)
		}
	}
}

func TestX07_BigImagesAreRefusedUnread(t *testing.T) {
	big := pngWith(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(big[16:], 50_000)
	binary.BigEndian.PutUint32(big[20:], 50_000)
	bigJPEG := jpegWith(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	sof := bytes.Index(bigJPEG, []byte{0xff, 0xc0})
	copy(bigJPEG[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
	progressive := jpegWith(t, corners())
	sof = bytes.Index(progressive, []byte{0xff, 0xc0})
	progressive[sof+1] = 0xc2
	copy(progressive[sof+5:], []byte{6000 >> 8, 6000 & 0xff, 8000 >> 8, 8000 & 0xff}) // 48 million
	bigGIF := animation(t)
	copy(bigGIF[6:], []byte{0xff, 0xff, 0xff, 0xff})
	bigFrame := animation(t)
	copy(bigFrame[bytes.IndexByte(bigFrame, 0x2c)+5:], []byte{0xff, 0xff, 0xff, 0xff})
	for name, c := range map[string]struct {
		mime string
		in   []byte
	}{
		"png": {"image/png", big}, "jpeg": {"image/jpeg", bigJPEG}, "progressive jpeg": {"image/jpeg", progressive}, "gif": {"image/gif", bigGIF}, "gif frame": {"image/gif", bigFrame},
		"webp": {"image/webp", riff(vp8l(16384, 16384))}, "extended webp": {"image/webp", riff(vp8x(0, 1<<24, 1<<24), vp8(3, 3))},
		"webp of nothing": {"image/webp", riff(bytes.Repeat(webpChunk("abcd", nil), webpChunks+1))},
	} {
		if _, _, err := clean(t, c.mime, c.in); !errors.Is(err, ErrTooBig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedImagesAreRefused(t *testing.T) {
	whole := map[string][]byte{
		"image/jpeg": jpegWith(t, corners()), "image/png": pngWith(t, corners()), "image/gif": animation(t), "image/webp": riff(vp8x(0, 30, 20), vp8(30, 20)),
		"image/vnd.mozilla.apng": pngWith(t, corners(), pngChunk("acTL", make([]byte, 8))),
	}
	for mime, in := range whole {
		for cut := range len(in) - 2 {
			if _, _, err := clean(t, mime, in[:cut]); !errors.Is(err, ErrDamaged) && !(mime == "image/gif" && err == nil) {
				t.Fatalf("%s cut to %d of %d: %v", mime, cut, len(in), err)
			}
		}
		if _, _, err := clean(t, mime, []byte("<html><script>alert(1)</script>")); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s that is HTML: %v", mime, err)
		}
	}
	if _, _, err := clean(t, "image/heic", []byte("x")); !errors.Is(err, ErrFormat) || !Tells("image/heic") || Handles("image/heic") {
		t.Errorf("heic: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestFullDiskIsNotADamagedImage(t *testing.T) {
	for mime, in := range map[string][]byte{
		"image/jpeg": jpegWith(t, corners()), "image/gif": animation(t), "image/webp": riff(vp8(3, 2)),
		"image/png": pngWith(t, corners(), pngChunk("acTL", make([]byte, 8))),
	} {
		_, err := NewCleaner(Limits{}).Clean(t.Context(), mime, bytes.NewReader(in), int64(len(in)), full{})
		if err == nil || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "no space") {
			t.Errorf("%s: %v", mime, err)
		}
	}
}

func TestMemoryIsShared(t *testing.T) {
	in := pngWith(t, corners())
	c := NewCleaner(Limits{Memory: 40 * 24 * 4})
	free, err := c.reserve(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Clean(ctx, "image/png", bytes.NewReader(in), int64(len(in)), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("while the memory is taken: %v", err)
	}
	free()
	if _, err := c.Clean(t.Context(), "image/png", bytes.NewReader(in), int64(len(in)), io.Discard); err != nil {
		t.Errorf("when it is free again: %v", err)
	}
}

func FuzzClean(f *testing.F) {
	f.Add(uint8(0), jpegSeed())
	f.Add(uint8(1), append([]byte(pngMagic), pngChunk("IHDR", make([]byte, 13))...))
	f.Add(uint8(2), []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add(uint8(3), riff(vp8x(0, 30, 20), webpChunk("ANMF", append(make([]byte, 16), vp8(3, 3)...))))
	c := NewCleaner(Limits{Pixels: 1 << 16})
	f.Fuzz(func(t *testing.T, kind uint8, in []byte) {
		mime := []string{"image/jpeg", "image/png", "image/gif", "image/webp"}[kind%4]
		var out bytes.Buffer
		if _, err := c.Clean(t.Context(), mime, bytes.NewReader(in), int64(len(in)), &out); err != nil {
			return
		}
		var again bytes.Buffer
		if _, err := c.Clean(t.Context(), mime, bytes.NewReader(out.Bytes()), int64(out.Len()), &again); err != nil {
			t.Fatalf("what was cleaned is refused: %v", err)
		}
	})
}

func jpegSeed() []byte {
	var buf bytes.Buffer
	jpeg.Encode(&buf, image.NewGray(image.Rect(0, 0, 8, 8)), nil)
	return buf.Bytes()
}
