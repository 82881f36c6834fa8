package file

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"parley/core/canon"
)

// Storage keeps files by key. Implementations are safe for concurrent use. A
// missing key is fs.ErrNotExist to errors.Is.
type Storage interface {
	// Put stores size bytes from r under key, replacing what was there, whole or
	// not at all. When it returns nil the bytes are durable.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Open reads a file from any position. ctx lasts as long as the reader.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Stat tells size and time without reading.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes a file; that it is not there is no error.
	Delete(ctx context.Context, key string) error
	// Check tells whether files can be stored and read now, for /readyz and doctor.
	Check(ctx context.Context) error
}

// Info is what a storage knows of a file.
type Info struct {
	Size     int64
	Modified time.Time
}

// Key is where a tenant's file lies. Keys begin with the tenant, so a tenant can
// be moved or removed as a whole.
func Key(tenant, id canon.ID) string {
	return tenant.String() + "/" + id.String()
}

// maxKey keeps keys valid names for every file system and bucket.
const maxKey = 200

// checkKey accepts lower-case letters, digits and hyphens in parts joined by
// slashes, and nothing that could mean something to a file system.
func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("file key of %d bytes: want 1 to %d", len(key), maxKey)
	}
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("file key %q has other than a-z, 0-9, - and /", key)
		}
	}
	return nil
}

// missing makes an error that is fs.ErrNotExist.
func missing(key string) error {
	return fmt.Errorf("file %s: %w", key, fs.ErrNotExist)
}
