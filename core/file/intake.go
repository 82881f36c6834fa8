package file

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/gabriel-vasile/mimetype"

	"parley/core/file/picture"
)

// DefaultMaxBytes is the size limit unless a setting says otherwise.
const DefaultMaxBytes = 25 << 20

// The codes of a [Refusal].
const (
	TooLarge     = "file_too_large"
	ImageTooBig  = "image_too_big"
	ImageDamaged = "image_damaged"
	ImageFormat  = "image_format"
)

// Refusal says why a file is not taken, in a way the sender can act upon. Any
// other error of [Intake.Take] is ours.
type Refusal struct {
	Code string
	Err  error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// Claim is what the sender says of a file. All of it may be wrong or missing.
type Claim struct {
	Name string
	MIME string
	// Size is refused at once when over the limit; 0 or less is unknown.
	Size int64
	// Limit is the most bytes taken of this file; 0 is the intake's own limit.
	Limit int64
	// Keep stores an image that cannot be cleaned as a plain download instead of
	// refusing it: for channels such as mail, where to refuse is to lose.
	Keep bool
}

// Meta is what is known of a file after it was taken in.
type Meta struct {
	Name          string // clean, see CleanName
	MIME          string // by its bytes, without parameters
	Size          int64  // as stored
	SHA256        [sha256.Size]byte
	Width, Height int // of images; else 0
}

// IntakeOptions are the settings of an [Intake].
type IntakeOptions struct {
	Dir      string // for files being judged; the system's if empty
	MaxBytes int64  // 0: DefaultMaxBytes
	Pictures picture.Limits
}

// Intake takes files in. It is safe for concurrent use; one is shared, because
// decoding images shares one budget of memory.
type Intake struct {
	storage  Storage
	dir      string
	max      int64
	pictures *picture.Cleaner
}

// NewIntake makes an intake that stores into storage.
func NewIntake(storage Storage, o IntakeOptions) (*Intake, error) {
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the directory for uploads: %w", err)
		}
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	return &Intake{storage, o.Dir, o.MaxBytes, picture.NewCleaner(o.Pictures)}, nil
}

// Take reads a file to its end, judges it and stores it under key. On any error
// nothing is stored.
func (in *Intake) Take(ctx context.Context, key string, r io.Reader, claim Claim) (Meta, error) {
	limit := claim.Limit
	if limit <= 0 {
		limit = in.max
	}
	if claim.Size > limit {
		return Meta{}, tooLarge(limit)
	}
	raw, err := in.spool()
	if err != nil {
		return Meta{}, err
	}
	defer raw.discard()
	n, err := io.Copy(raw, &contextReader{ctx, io.LimitReader(r, limit+1)})
	if err != nil {
		return Meta{}, fmt.Errorf("receive file: %w", err)
	}
	if n > limit {
		return Meta{}, tooLarge(limit)
	}
	meta := Meta{Name: CleanName(claim.Name), Size: n}
	sniffed, err := raw.sniff()
	if err != nil {
		return Meta{}, err
	}
	meta.MIME = settle(sniffed, claim.MIME)
	stored := raw
	if picture.Handles(bare(sniffed)) || picture.Tells(bare(sniffed)) {
		cleaned, err := in.spool()
		if err != nil {
			return Meta{}, err
		}
		defer cleaned.discard()
		info, err := in.pictures.Clean(ctx, bare(sniffed), raw.file, n, cleaned)
		refusal := refusal(err)
		switch {
		case err == nil:
			stored, meta.Width, meta.Height = cleaned, info.Width, info.Height
		case refusal == nil:
			return Meta{}, fmt.Errorf("clean image: %w", err)
		case !claim.Keep:
			return Meta{}, refusal
		case refusal.Code != ImageFormat:
			meta.MIME = octets // it must not be shown
		}
	}
	meta.Name = fitting(meta.Name, meta.MIME)
	meta.Size = stored.size
	stored.sum.Sum(meta.SHA256[:0])
	if _, err := stored.file.Seek(0, io.SeekStart); err != nil {
		return Meta{}, fmt.Errorf("read received file: %w", err)
	}
	if err := in.storage.Put(ctx, key, stored.file, meta.Size); err != nil {
		return Meta{}, err
	}
	return meta, nil
}

func tooLarge(limit int64) *Refusal {
	return &Refusal{TooLarge, fmt.Errorf("the file is larger than %s", bytesText(limit))}
}

func bytesText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// refusal tells what is the image's fault; nil if the fault is ours.
func refusal(err error) *Refusal {
	switch {
	case errors.Is(err, picture.ErrTooBig):
		return &Refusal{ImageTooBig, err}
	case errors.Is(err, picture.ErrDamaged):
		return &Refusal{ImageDamaged, err}
	case errors.Is(err, picture.ErrFormat):
		return &Refusal{ImageFormat, fmt.Errorf("%w: send it as JPEG or PNG", err)}
	}
	return nil
}

// spooled is a temporary file with the digest of what was written to it.
type spooled struct {
	file *os.File
	sum  hash.Hash
	size int64
}

func (in *Intake) spool() (*spooled, error) {
	f, err := os.CreateTemp(in.dir, "parley-upload-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	os.Remove(f.Name()) // where the system allows it the name goes at once, so that a crash leaves nothing
	return &spooled{file: f, sum: sha256.New()}, nil
}

func (s *spooled) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.sum.Write(p[:n])
	s.size += int64(n)
	return n, err
}

// sniff returns the type by the first bytes.
func (s *spooled) sniff() (string, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read received file: %w", err)
	}
	kind, err := mimetype.DetectReader(s.file)
	if err != nil {
		return "", fmt.Errorf("read received file: %w", err)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read received file: %w", err)
	}
	return kind.String(), nil
}

func (s *spooled) discard() {
	s.file.Close()
	os.Remove(s.file.Name()) // elsewhere it goes now
}
