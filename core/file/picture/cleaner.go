package picture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/semaphore"
)

// The reasons for refusing an image, to be told apart with errors.Is.
var (
	// ErrTooBig: more pixels, or more memory to decode, than allowed.
	ErrTooBig = errors.New("the image is too big")
	// ErrDamaged: it is not what its first bytes promise, or it ends too early.
	ErrDamaged = errors.New("the image is damaged")
	// ErrFormat: a format that may carry a place and that this package cannot clean.
	ErrFormat = errors.New("images of this format cannot be cleaned")
)

// Limits bound what is decoded.
type Limits struct {
	Pixels int   // of one image; 0: 50 million
	Memory int64 // bytes for all images decoded at the same time; 0: 256 MiB
}

// Info is what is known of a cleaned image.
type Info struct {
	Width, Height int // upright, in pixels
	Animated      bool
}

// Cleaner cleans images. It is safe for concurrent use and one is shared, for
// its memory budget counts only what passes through it.
type Cleaner struct {
	pixels int
	memory int64
	budget *semaphore.Weighted
}

// NewCleaner makes a cleaner.
func NewCleaner(l Limits) *Cleaner {
	if l.Pixels == 0 {
		l.Pixels = 50_000_000
	}
	if l.Memory == 0 {
		l.Memory = 256 << 20
	}
	return &Cleaner{pixels: l.Pixels, memory: l.Memory, budget: semaphore.NewWeighted(l.Memory)}
}

// Handles tells whether [Cleaner.Clean] takes images of a MIME type.
func Handles(mime string) bool {
	switch mime {
	case "image/jpeg", "image/png", "image/vnd.mozilla.apng", "image/gif", "image/webp":
		return true
	}
	return false
}

// Tells tells the formats cameras write that Clean cannot clean: they may carry
// the place where they were taken.
func Tells(mime string) bool {
	switch mime {
	case "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence", "image/avif", "image/tiff", "image/jxl", "image/jp2", "image/jpx", "image/jpm", "image/jxr":
		return true
	}
	return false
}

// Clean reads an image of size bytes from src and writes the cleaned one to dst.
// What it wrote before an error is worthless. It waits for its turn when other
// images use up the memory budget, until ctx ends.
func (c *Cleaner) Clean(ctx context.Context, mime string, src io.ReadSeeker, size int64, dst io.Writer) (Info, error) {
	var clean func(context.Context, io.ReadSeeker, int64, io.Writer) (Info, error)
	switch mime {
	case "image/jpeg":
		clean = c.jpeg
	case "image/png", "image/vnd.mozilla.apng":
		clean = c.png
	case "image/gif":
		clean = c.gif
	case "image/webp":
		clean = c.webp
	default:
		return Info{}, fmt.Errorf("%w: %s", ErrFormat, mime)
	}
	to := &sink{w: dst}
	out := bufio.NewWriterSize(to, 64<<10)
	info, err := clean(ctx, src, size, out)
	if err == nil {
		err = out.Flush()
	}
	if to.err != nil {
		return Info{}, fmt.Errorf("write image: %w", to.err) // whatever the formats made of it
	}
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

// sink remembers that writing failed, so that a full disk is not taken for a
// damaged image.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil {
		s.err = err
	}
	return n, err
}

// fits judges dimensions before decoding.
func (c *Cleaner) fits(width, height int) error {
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%w: it has no area", ErrDamaged)
	}
	if width > c.pixels/height {
		return fmt.Errorf("%w: %d×%d pixels, at most %d million", ErrTooBig, width, height, c.pixels/1_000_000)
	}
	return nil
}

// reserve takes a share of the memory budget; the returned function gives it back.
func (c *Cleaner) reserve(ctx context.Context, bytes int64) (func(), error) {
	if bytes > c.memory {
		return nil, fmt.Errorf("%w: decoding it takes %d MB", ErrTooBig, bytes>>20)
	}
	if err := c.budget.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait to decode an image: %w", err)
	}
	return func() { c.budget.Release(bytes) }, nil
}

// damaged marks an error of a decoder; a failure to read the input stays one.
func damaged(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrDamaged)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

func rewind(src io.Seeker) error {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read image: %w", err)
	}
	return nil
}
