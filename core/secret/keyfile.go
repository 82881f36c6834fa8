package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// KeyFile is the name of the master key's file in the data directory.
const KeyFile = "master.key"

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
	if err := create(dataDir, path, NewMasterKey()); err != nil && !errors.Is(err, fs.ErrExist) {
		return MasterKey{}, fmt.Errorf("create master key %s: %w", path, err)
	}
	// Read back instead of trusting our own: another process may have won.
	return load(path)
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

// create writes the key to a temporary file, syncs it and links it to its name.
// A link fails where a rename would replace, so a key that encrypts a database
// already cannot be overwritten.
func create(dir, path string, key MasterKey) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
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
	if err := os.Link(tmp.Name(), path); err != nil {
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
