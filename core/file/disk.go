package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"time"
)

// Disk keeps files in a directory. It reaches nothing outside of it, whatever
// a key says, and needs no lock: files appear whole by renaming.
type Disk struct {
	root *os.Root
}

// incoming holds files while they are written; what a crash left there is
// worthless, and no writing takes as long as abandoned.
const (
	incoming  = "incoming"
	abandoned = 24 * time.Hour
)

// OpenDisk opens or makes the directory and clears what a crash left long ago.
// Other processes (doctor, backup) may have it open meanwhile.
func OpenDisk(dir string) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory for files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the directory for files: %w", err)
	}
	d := &Disk{root}
	if err := d.clear(); err != nil {
		root.Close()
		return nil, fmt.Errorf("clear the directory for incoming files: %w", err)
	}
	return d, nil
}

func (d *Disk) clear() error {
	if err := d.root.MkdirAll(incoming, 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), incoming)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) < abandoned {
			continue
		}
		if err := d.root.Remove(path.Join(incoming, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close releases the directory.
func (d *Disk) Close() error { return d.root.Close() }

// place spreads the files of a folder over 256 directories by a digest of the
// key: ids begin with the time and would fill one directory after the other.
func place(key string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(key))
	return path.Join(path.Dir(key), hex.EncodeToString(sum[:1]), path.Base(key)), nil
}

// Put writes to a temporary file, syncs it, renames it and syncs the directory.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	to, err := place(key)
	if err != nil {
		return err
	}
	tmp := path.Join(incoming, rand.Text())
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("store file %s: %w", key, err)
	}
	n, err := io.Copy(f, &contextReader{ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, %d were announced: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = d.makeDir(path.Dir(to))
	}
	if err == nil {
		err = d.root.Rename(tmp, to)
	}
	if err != nil {
		d.root.Remove(tmp) // if this fails, a later start clears it
		return fmt.Errorf("store file %s: %w", key, err)
	}
	if err := d.syncDir(path.Dir(to)); err != nil {
		return fmt.Errorf("store file %s: %w", key, err)
	}
	return nil
}

// makeDir makes a directory and its parents, each durable in the one above.
func (d *Disk) makeDir(dir string) error {
	if _, err := d.root.Stat(dir); err == nil {
		return nil
	}
	if parent := path.Dir(dir); parent != "." {
		if err := d.makeDir(parent); err != nil {
			return err
		}
	}
	if err := d.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.syncDir(path.Dir(dir))
}

func (d *Disk) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // has no such call and does not need it
	}
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens a stored file.
func (d *Disk) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	at, err := place(key)
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(key)
	}
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", key, err)
	}
	return f, nil
}

// Stat looks at a stored file.
func (d *Disk) Stat(_ context.Context, key string) (Info, error) {
	at, err := place(key)
	if err != nil {
		return Info{}, err
	}
	info, err := d.root.Stat(at)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, missing(key)
	}
	if err != nil {
		return Info{}, fmt.Errorf("look at file %s: %w", key, err)
	}
	return Info{Size: info.Size(), Modified: info.ModTime()}, nil
}

// Delete removes a stored file, durably: what was erased does not come back
// after a power loss.
func (d *Disk) Delete(_ context.Context, key string) error {
	at, err := place(key)
	if err != nil {
		return err
	}
	err = d.root.Remove(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = d.syncDir(path.Dir(at))
	}
	if err != nil {
		return fmt.Errorf("delete file %s: %w", key, err)
	}
	return nil
}

// Check writes and removes a small file.
func (d *Disk) Check(context.Context) error {
	name := path.Join(incoming, rand.Text())
	err := d.root.WriteFile(name, []byte("check"), 0o600)
	err = errors.Join(err, d.root.Remove(name))
	if err != nil {
		return fmt.Errorf("write to the directory for files: %w", err)
	}
	return nil
}

// contextReader ends a copy when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
