package picture

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// frames is how many frames an animation may have.
const frames = 5000

// gif copies the blocks that draw: frames, their timing, and the loop count.
// Comments, texts and the data of applications are left out, and everything
// behind the trailer.
func (c *Cleaner) gif(_ context.Context, src io.ReadSeeker, _ int64, dst io.Writer) (Info, error) {
	g := &gifCopy{c: c, r: bufio.NewReaderSize(src, 64<<10), w: dst}
	if err := g.run(); err != nil {
		return Info{}, err
	}
	g.info.Animated = g.frames > 1
	return g.info, nil
}

type gifCopy struct {
	c       *Cleaner
	r       *bufio.Reader
	w       io.Writer
	info    Info
	frames  int
	control []byte // a graphic control waiting for its frame
}

func (g *gifCopy) run() error {
	head, err := g.take(13)
	if err != nil {
		return err
	}
	if v := string(head[:6]); v != "GIF87a" && v != "GIF89a" {
		return fmt.Errorf("%w: no GIF header", ErrDamaged)
	}
	g.info.Width = int(binary.LittleEndian.Uint16(head[6:]))
	g.info.Height = int(binary.LittleEndian.Uint16(head[8:]))
	if err := g.c.fits(g.info.Width, g.info.Height); err != nil {
		return err
	}
	if err := g.put(head); err != nil {
		return err
	}
	if err := g.palette(head[10]); err != nil {
		return err
	}
	for {
		kind, err := g.r.ReadByte()
		if err == io.EOF && g.frames > 0 {
			kind, err = 0x3b, nil // many files lack the trailer
		}
		if err != nil {
			return damaged(err)
		}
		switch kind {
		case 0x3b:
			if g.frames == 0 {
				return fmt.Errorf("%w: no image in it", ErrDamaged)
			}
			return g.put([]byte{0x3b})
		case 0x21:
			err = g.extension()
		case 0x2c:
			err = g.frame()
		case 0x00: // stray terminators occur; they mean nothing
		default:
			err = fmt.Errorf("%w: unknown block %#x", ErrDamaged, kind)
		}
		if err != nil {
			return err
		}
	}
}

func (g *gifCopy) extension() error {
	label, err := g.take(1)
	if err != nil {
		return err
	}
	switch label[0] {
	case 0xf9: // graphic control: belongs to the next frame
		body, err := g.take(6)
		if err != nil {
			return err
		}
		if body[0] != 4 || body[5] != 0 {
			return fmt.Errorf("%w: graphic control of %d bytes", ErrDamaged, body[0])
		}
		g.control = append([]byte{0x21, 0xf9}, body...)
		return nil
	case 0xff:
		return g.application()
	case 0x01:
		g.control = nil // it belonged to the text
	}
	return g.blocks(io.Discard, nil)
}

// application keeps one extension, the loop count, and writes it itself.
func (g *gifCopy) application() error {
	size, err := g.take(1)
	if err != nil {
		return err
	}
	id, err := g.take(int(size[0]))
	if err != nil {
		return err
	}
	var data []byte
	if err := g.blocks(nil, &data); err != nil {
		return err
	}
	if (string(id) == "NETSCAPE2.0" || string(id) == "ANIMEXTS1.0") && len(data) >= 3 && data[0] == 1 {
		loop := append([]byte("\x21\xff\x0bNETSCAPE2.0\x03\x01"), data[1], data[2], 0)
		return g.put(loop)
	}
	return nil
}

func (g *gifCopy) frame() error {
	if g.frames++; g.frames > frames {
		return fmt.Errorf("%w: more than %d frames", ErrTooBig, frames)
	}
	head, err := g.take(9)
	if err != nil {
		return err
	}
	w, h := int(binary.LittleEndian.Uint16(head[4:])), int(binary.LittleEndian.Uint16(head[6:]))
	if err := g.c.fits(w, h); err != nil {
		return err
	}
	if err := g.put(g.control); err != nil {
		return err
	}
	g.control = nil
	if err := g.put(append([]byte{0x2c}, head...)); err != nil {
		return err
	}
	if err := g.palette(head[8]); err != nil {
		return err
	}
	code, err := g.take(1)
	if err != nil {
		return err
	}
	if err := g.put(code); err != nil {
		return err
	}
	return g.blocks(g.w, nil)
}

func (g *gifCopy) palette(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	colors, err := g.take(3 << (flags&7 + 1))
	if err != nil {
		return err
	}
	return g.put(colors)
}

// blocks reads sub-blocks up to their terminator: copied to w as they are, or
// gathered (the first 255 bytes) into data.
func (g *gifCopy) blocks(w io.Writer, data *[]byte) error {
	for {
		size, err := g.take(1)
		if err != nil {
			return err
		}
		body, err := g.take(int(size[0]))
		if err != nil {
			return err
		}
		if data != nil {
			if len(*data) == 0 {
				*data = body
			}
		} else if _, err := w.Write(append(size, body...)); err != nil {
			return fmt.Errorf("write image: %w", err)
		}
		if size[0] == 0 {
			return nil
		}
	}
}

func (g *gifCopy) take(n int) ([]byte, error) {
	buf := make([]byte, n)
	if _, err := io.ReadFull(g.r, buf); err != nil {
		return nil, damaged(err)
	}
	return buf, nil
}

func (g *gifCopy) put(p []byte) error {
	if _, err := g.w.Write(p); err != nil {
		return fmt.Errorf("write image: %w", err)
	}
	return nil
}
