package played_test

import (
	"bytes"
	"image"
	"image/png"
)

// picture is a small PNG.
func picture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 3, 2))) // writing to memory never fails
	return b.Bytes()
}

// film is what looks like a video.
func film() []byte {
	return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte("mdat"), 40)...)
}

// paper is what looks like a document.
func paper() []byte { return []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n") }

// ogg, amr and mp3 are recordings of nothing: Opus, AMR, and MPEG-1 layer III
// frames at 128 kbit/s.
func ogg() []byte {
	return append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01\x01"), make([]byte, 64)...)
}

func amr() []byte {
	return append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x3c, 0x48, 0xf5, 0x1f}, 40)...)
}

func mp3() []byte {
	return bytes.Repeat(append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...), 8)
}
