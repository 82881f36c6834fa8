package secret

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"parley/core/flock"
)

// KeyFile is the name of the master key's file in the data directory. While
// the key is changed, and after a change that was interrupted, the new one lies
// beside it; one that was changed stays under a name of its own. All of these
// names begin with KeyFile.
const KeyFile = "master.key"

const (
	nextFile = KeyFile + ".next"
	oldFile  = KeyFile + ".old-" // and the key's name
	lockFile = KeyFile + ".lock"
)

// LoadOrCreate reads the master key from the data directory, or makes one there
// (mode 0600) when there is none. Of several processes starting at once all get
// the same key: the file appears whole, synced, and is never replaced. A key
// file that others may read is refused.
func LoadOrCreate(dataDir string) (MasterKey, error) {
	path := filepath.Join(dataDir, KeyFile)
	key, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return MasterKey{}, fmt.Errorf("create master key %s: %w", path, err)
	}
	if err := place(dataDir, NewMasterKey(), path, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return MasterKey{}, fmt.Errorf("create master key %s: %w", path, err)
	}
	// Read back instead of trusting our own: another process may have won.
	return load(path)
}

// Find reads the master key that a database's check value is of: the one in its
// place, or the one beside it when a change of the key was interrupted after
// the database took it. It changes nothing. It is fs.ErrNotExist when there is
// no key at all, and [ErrWrongKey] when there is none that fits.
func Find(dataDir string, check []byte) (MasterKey, error) {
	key, err := load(filepath.Join(dataDir, KeyFile))
	if err == nil && NewBox(key).VerifyCheck(check) == nil {
		return key, nil
	}
	if next, nextErr := load(filepath.Join(dataDir, nextFile)); nextErr == nil && NewBox(next).VerifyCheck(check) == nil {
		return next, nil
	}
	if err != nil {
		return MasterKey{}, err
	}
	return MasterKey{}, ErrWrongKey
}

// Settle makes key, which Find returned, the one in its place: it ends a change
// that was interrupted. It waits for one that is under way.
func Settle(ctx context.Context, dataDir string, key MasterKey) error {
	if present, err := load(filepath.Join(dataDir, KeyFile)); err == nil && present.Equal(key) {
		return nil
	}
	unlock, err := flock.Lock(ctx, filepath.Join(dataDir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	return settle(dataDir, key)
}

// settle is Settle under the lock.
func settle(dataDir string, key MasterKey) error {
	path, next := filepath.Join(dataDir, KeyFile), filepath.Join(dataDir, nextFile)
	waiting, nextErr := load(next)
	switch present, err := load(path); {
	case err == nil && present.Equal(key):
		return nil
	case nextErr != nil || !waiting.Equal(key):
		return fmt.Errorf("put the new master key in its place: %s does not hold it", next)
	case err == nil:
		if err := keepOld(dataDir, present); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err // it cannot be told what would be replaced
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("put the new master key in its place: %w", err)
	}
	return syncDir(dataDir)
}

// keepOld gives the present key a second name, under which it stays.
func keepOld(dataDir string, present MasterKey) error {
	err := os.Link(filepath.Join(dataDir, KeyFile), OldFile(dataDir, present))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the old master key: %w", err)
	}
	return syncDir(dataDir)
}

// OldFile is where a key stays after it was changed.
func OldFile(dataDir string, key MasterKey) string {
	return filepath.Join(dataDir, oldFile+key.Name())
}

func load(path string) (MasterKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("read master key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return MasterKey{}, fmt.Errorf("master key %s may be read by others (mode %04o): run `chmod 600 %s`", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("read master key: %w", err)
	}
	key, err := Parse(string(text))
	if err != nil {
		return MasterKey{}, fmt.Errorf("read master key %s: %w", path, err)
	}
	return key, nil
}

// place writes a key to a temporary file, syncs it and gives it its name with
// put: os.Link fails where os.Rename would replace, so a key that encrypts a
// database already cannot be overwritten.
func place(dir string, key MasterKey, path string, put func(from, to string) error) error {
	tmp, err := os.CreateTemp(dir, KeyFile+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(key.Text() + "\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := put(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir survive a power loss. Windows has no such
// call and does not need it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
