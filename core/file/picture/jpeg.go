package picture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"io"
)

// quality is high enough that a screenshot's text stays crisp.
const quality = 90

func (c *Cleaner) jpeg(ctx context.Context, src io.ReadSeeker, _ int64, dst io.Writer) (Info, error) {
	head, err := readJPEGHead(bufio.NewReader(src))
	if err != nil {
		return Info{}, damaged(err)
	}
	if err := c.fits(head.width, head.height); err != nil {
		return Info{}, err
	}
	// The decoded planes and their turned copy; a progressive image also keeps a
	// 32-bit coefficient per sample meanwhile.
	perSample := 2.0
	if head.progressive {
		perSample += 4
	}
	release, err := c.reserve(ctx, int64(perSample*head.samples*float64(head.width)*float64(head.height)))
	if err != nil {
		return Info{}, err
	}
	defer release()
	if err := rewind(src); err != nil {
		return Info{}, err
	}
	img, err := jpeg.Decode(bufio.NewReader(src))
	if err != nil {
		return Info{}, damaged(err)
	}
	img = upright(img, head.orientation)
	if err := jpeg.Encode(dst, img, &jpeg.Options{Quality: quality}); err != nil {
		return Info{}, fmt.Errorf("write image: %w", err)
	}
	size := img.Bounds().Size()
	return Info{Width: size.X, Height: size.Y}, nil
}

type jpegHead struct {
	width, height int
	samples       float64 // per pixel, over all components
	progressive   bool
	orientation   int
}

// readJPEGHead walks the segments up to the frame header. Of a file that holds
// several frame headers the decoder uses the first, and so do we.
func readJPEGHead(r *bufio.Reader) (jpegHead, error) {
	head := jpegHead{orientation: 1}
	var soi [2]byte
	if _, err := io.ReadFull(r, soi[:]); err != nil {
		return head, err
	}
	if soi != [2]byte{0xff, 0xd8} {
		return head, fmt.Errorf("no JPEG header")
	}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return head, err
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 {
			continue // stand alone
		}
		if marker == 0xd9 || marker == 0xda {
			return head, fmt.Errorf("no frame header before the image")
		}
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return head, err
		}
		n := int(binary.BigEndian.Uint16(length[:])) - 2
		if n < 0 {
			return head, fmt.Errorf("segment of negative length")
		}
		frame := marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		if !frame && marker != 0xe1 {
			if _, err := r.Discard(n); err != nil {
				return head, err
			}
			continue
		}
		body := make([]byte, n) // at most 64 kB
		if _, err := io.ReadFull(r, body); err != nil {
			return head, err
		}
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			head.orientation = orientation(tiff)
		}
		if frame {
			if n < 6 {
				return head, fmt.Errorf("short frame header")
			}
			head.height = int(binary.BigEndian.Uint16(body[1:]))
			head.width = int(binary.BigEndian.Uint16(body[3:]))
			head.samples = samples(body[6:])
			head.progressive = marker == 0xc2
			return head, nil
		}
	}
}

func nextMarker(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	for b != 0xff { // rubbish between segments is skipped, as decoders do
		if b, err = r.ReadByte(); err != nil {
			return 0, err
		}
	}
	for b == 0xff {
		if b, err = r.ReadByte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

// samples is how many samples there are for one pixel: 3 for full color, 1.5
// with the usual subsampling. Each component has three bytes, the second of
// them its horizontal and vertical factor.
func samples(components []byte) float64 {
	sum, most := 0, 1
	for ; len(components) >= 3; components = components[3:] {
		n := int(components[1]>>4) * int(components[1]&15)
		sum += n
		most = max(most, n)
	}
	return max(1, float64(sum)/float64(most))
}
