package picture

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// webp copies the chunks that draw and writes the container around them anew.
// EXIF, XMP and unknown chunks are left out, and everything behind the end.
func (c *Cleaner) webp(_ context.Context, src io.ReadSeeker, size int64, dst io.Writer) (Info, error) {
	head, err := readAt(src, 0, 12)
	if err != nil {
		return Info{}, damaged(err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" {
		return Info{}, fmt.Errorf("%w: no WebP header", ErrDamaged)
	}
	end := min(size, 8+int64(binary.LittleEndian.Uint32(head[4:])))
	p := &webpPlan{c: c, src: src}
	if err := p.chunks(12, end, false); err != nil {
		return Info{}, err
	}
	if p.info.Width == 0 || !p.image {
		return Info{}, fmt.Errorf("%w: no image in it", ErrDamaged)
	}
	return p.info, p.write(dst)
}

// webpPlan lists what will be written, for the container's length stands at
// its beginning.
type webpPlan struct {
	c      *Cleaner
	src    io.ReadSeeker
	pieces []piece
	total  int64
	info   Info
	frames int
	seen   int  // chunks
	image  bool // there is something to draw
}

// webpChunks bounds the work and memory a file of empty chunks can cause.
const webpChunks = 6 * frames

// piece is either bytes made here or a stretch of the source.
type piece struct {
	made   []byte
	offset int64
	length int64
}

func (p *webpPlan) add(x piece) {
	x.length += int64(len(x.made))
	p.total += x.length
	p.pieces = append(p.pieces, x)
}

func (p *webpPlan) chunks(from, to int64, inFrame bool) error {
	for from+8 <= to {
		head, err := readAt(p.src, from, 8)
		if err != nil {
			return damaged(err)
		}
		kind, size := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		if p.seen++; p.seen > webpChunks {
			return fmt.Errorf("%w: more than %d chunks", ErrTooBig, webpChunks)
		}
		body := from + 8
		if body+size > to {
			return fmt.Errorf("%w: chunk %q ends behind the image", ErrDamaged, kind)
		}
		if err := p.chunk(kind, body, size, inFrame); err != nil {
			return err
		}
		from = body + size + size&1
	}
	return nil
}

func (p *webpPlan) chunk(kind string, body, size int64, inFrame bool) error {
	switch kind {
	case "VP8 ", "VP8L":
		if p.image && !inFrame {
			return nil // a second image would never be shown
		}
		p.image = true
		w, h, err := p.bitstream(kind, body, size)
		if err != nil {
			return err
		}
		if err := p.c.fits(w, h); err != nil {
			return err
		}
		if p.info.Width == 0 {
			p.info.Width, p.info.Height = w, h
		}
	case "VP8X":
		if inFrame || size < 10 {
			return fmt.Errorf("%w: VP8X chunk out of place", ErrDamaged)
		}
		return p.extended(body)
	case "ANMF":
		if inFrame {
			return nil
		}
		return p.frame(body, size)
	case "ANIM", "ALPH", "ICCP":
	default:
		return nil
	}
	p.add(piece{made: chunkHead(kind, size)})
	p.add(piece{offset: body, length: size})
	p.pad(size)
	return nil
}

// extended writes the header of the extended format without the promises of
// EXIF and XMP.
func (p *webpPlan) extended(body int64) error {
	b, err := readAt(p.src, body, 10)
	if err != nil {
		return damaged(err)
	}
	w := 1 + int(b[4]) + int(b[5])<<8 + int(b[6])<<16
	h := 1 + int(b[7]) + int(b[8])<<8 + int(b[9])<<16
	if err := p.c.fits(w, h); err != nil {
		return err
	}
	p.info.Width, p.info.Height = w, h
	p.info.Animated = b[0]&0x02 != 0
	b[0] &^= 0x08 | 0x04
	p.add(piece{made: append(chunkHead("VP8X", 10), b...)})
	return nil
}

// frame filters the chunks inside a frame of an animation.
func (p *webpPlan) frame(body, size int64) error {
	if p.frames++; p.frames > frames {
		return fmt.Errorf("%w: more than %d frames", ErrTooBig, frames)
	}
	if size < 16 {
		return fmt.Errorf("%w: short frame", ErrDamaged)
	}
	at := len(p.pieces)
	p.add(piece{}) // the head, when the length is known
	before := p.total
	p.add(piece{offset: body, length: 16})
	if err := p.chunks(body+16, body+size, true); err != nil {
		return err
	}
	length := p.total - before
	p.pieces[at].made = chunkHead("ANMF", length)
	p.pieces[at].length = 8
	p.total += 8
	return nil
}

// bitstream reads the dimensions out of the image data itself.
func (p *webpPlan) bitstream(kind string, body, size int64) (int, int, error) {
	b, err := readAt(p.src, body, min(size, 10))
	if err != nil {
		return 0, 0, damaged(err)
	}
	switch {
	case kind == "VP8 " && len(b) == 10 && b[3] == 0x9d && b[4] == 0x01 && b[5] == 0x2a:
		return int(binary.LittleEndian.Uint16(b[6:])) & 0x3fff, int(binary.LittleEndian.Uint16(b[8:])) & 0x3fff, nil
	case kind == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		v := binary.LittleEndian.Uint32(b[1:])
		return int(v&0x3fff) + 1, int(v>>14&0x3fff) + 1, nil
	}
	return 0, 0, fmt.Errorf("%w: no image in chunk %q", ErrDamaged, kind)
}

func (p *webpPlan) pad(size int64) {
	if size&1 == 1 {
		p.add(piece{made: []byte{0}})
	}
}

func (p *webpPlan) write(dst io.Writer) error {
	head := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(p.total+4))...)
	if _, err := dst.Write(append(head, "WEBP"...)); err != nil {
		return fmt.Errorf("write image: %w", err)
	}
	for _, x := range p.pieces {
		if x.made != nil {
			if _, err := dst.Write(x.made); err != nil {
				return fmt.Errorf("write image: %w", err)
			}
			continue
		}
		if _, err := p.src.Seek(x.offset, io.SeekStart); err != nil {
			return fmt.Errorf("read image: %w", err)
		}
		if _, err := io.CopyN(dst, p.src, x.length); err != nil {
			return damaged(err)
		}
	}
	return nil
}

func chunkHead(kind string, size int64) []byte {
	return append([]byte(kind), binary.LittleEndian.AppendUint32(nil, uint32(size))...)
}

func readAt(src io.ReadSeeker, offset, n int64) ([]byte, error) {
	if _, err := src.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	buf := make([]byte, n)
	_, err := io.ReadFull(src, buf)
	return buf, err
}
