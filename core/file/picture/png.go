package picture

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngDraws are the chunks an animated PNG needs to look the same; text, time,
// EXIF and unknown ones are left out.
var pngDraws = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true,
	"iCCP": true, "sBIT": true, "bKGD": true, "pHYs": true, "acTL": true, "fcTL": true, "fdAT": true,
}

func (c *Cleaner) png(ctx context.Context, src io.ReadSeeker, size int64, dst io.Writer) (Info, error) {
	head, err := readPNGHead(bufio.NewReader(src), size)
	if err != nil {
		return Info{}, damaged(err)
	}
	if err := c.fits(head.width, head.height); err != nil {
		return Info{}, err
	}
	if err := rewind(src); err != nil {
		return Info{}, err
	}
	info := Info{Width: head.width, Height: head.height, Animated: head.animated}
	if head.animated {
		return info, copyPNG(bufio.NewReaderSize(src, 64<<10), size, dst)
	}
	release, err := c.reserve(ctx, head.perPixel*int64(head.width)*int64(head.height))
	if err != nil {
		return Info{}, err
	}
	defer release()
	img, err := png.Decode(bufio.NewReader(src))
	if err != nil {
		return Info{}, damaged(err)
	}
	img = upright(img, head.orientation)
	if err := png.Encode(dst, img); err != nil {
		return Info{}, fmt.Errorf("write image: %w", err)
	}
	info.Width, info.Height = img.Bounds().Dx(), img.Bounds().Dy()
	return info, nil
}

type pngHead struct {
	width, height int
	perPixel      int64 // bytes of memory, decoded
	animated      bool
	orientation   int
}

// readPNGHead walks the chunks before the image data, where acTL must stand.
func readPNGHead(r *bufio.Reader, size int64) (pngHead, error) {
	head := pngHead{orientation: 1}
	err := pngChunks(r, size, func(kind string, length int64) (bool, error) {
		switch kind {
		case "IHDR":
			var h [13]byte
			if length != 13 {
				return false, fmt.Errorf("IHDR of %d bytes", length)
			}
			if _, err := io.ReadFull(r, h[:]); err != nil {
				return false, err
			}
			width, height := binary.BigEndian.Uint32(h[:]), binary.BigEndian.Uint32(h[4:])
			if width > 1<<31-1 || height > 1<<31-1 {
				return false, fmt.Errorf("impossible dimensions")
			}
			head.width, head.height = int(width), int(height)
			head.perPixel = 4
			if h[8] == 16 {
				head.perPixel = 8
			}
			if h[9] == 3 || h[9] == 0 && h[8] <= 8 {
				head.perPixel = 1
			}
			if h[12] != 0 {
				head.perPixel *= 2 // interlaced: each pass is decoded beside the whole
			}
			return false, nil
		case "acTL":
			head.animated = true
		case "eXIf":
			if length <= 64<<10 {
				tiff := make([]byte, length)
				if _, err := io.ReadFull(r, tiff); err != nil {
					return false, err
				}
				head.orientation = orientation(tiff)
				return false, nil
			}
		case "IDAT", "IEND":
			return true, nil
		}
		_, err := io.CopyN(io.Discard, r, length)
		return false, err
	})
	return head, err
}

// pngChunks calls visit for each chunk; visit reads the chunk's length bytes or
// says that it has seen enough. The checksum after the chunk is skipped.
func pngChunks(r *bufio.Reader, size int64, visit func(kind string, length int64) (done bool, err error)) error {
	var magic [8]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return err
	}
	if string(magic[:]) != pngMagic {
		return fmt.Errorf("no PNG header")
	}
	for first := true; ; first = false {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		length, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		if length > size {
			return fmt.Errorf("chunk %q is longer than the file", kind)
		}
		if first != (kind == "IHDR") {
			return fmt.Errorf("chunk %q out of place", kind)
		}
		done, err := visit(kind, length)
		if done || err != nil {
			return err
		}
		if _, err := r.Discard(4); err != nil {
			return err
		}
	}
}

// copyPNG copies the chunks that draw and makes their checksums anew, as far as
// IEND. A chunk whose own checksum is wrong is damage.
func copyPNG(r *bufio.Reader, size int64, dst io.Writer) error {
	if _, err := io.WriteString(dst, pngMagic); err != nil {
		return fmt.Errorf("write image: %w", err)
	}
	err := pngChunks(r, size, func(kind string, length int64) (bool, error) {
		if !pngDraws[kind] {
			_, err := io.CopyN(io.Discard, r, length)
			return false, err
		}
		head := binary.BigEndian.AppendUint32(nil, uint32(length))
		head = append(head, kind...)
		if _, err := dst.Write(head); err != nil {
			return false, err
		}
		sum := crc32.NewIEEE()
		sum.Write(head[4:])
		if _, err := io.CopyN(io.MultiWriter(dst, sum), r, length); err != nil {
			return false, err
		}
		given, err := r.Peek(4)
		if err != nil {
			return false, err
		}
		if binary.BigEndian.Uint32(given) != sum.Sum32() {
			return false, fmt.Errorf("chunk %q fails its checksum", kind)
		}
		if _, err := dst.Write(given); err != nil {
			return false, err
		}
		return kind == "IEND", nil
	})
	if err != nil {
		return damaged(err)
	}
	return nil
}
