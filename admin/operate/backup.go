package operate

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"parley/core/file"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// Backup writes a copy of an installation while it runs: the database as of one
// moment not before the call, and the attachments that lie in the data folder.
// A bucket is left to its own backup; the master key is left out on purpose, so
// that whoever finds the backup cannot use the credentials in it. version is
// Parley's. It needs as much room in the data folder as the database takes.
func Backup(ctx context.Context, s setting.Settings, version string, w io.Writer) (Manifest, error) {
	m := Manifest{Format: format, Version: version, Began: time.Now().UTC().Truncate(time.Millisecond), LeftOut: leftOut(s)}
	raw, err := store.OpenRaw(ctx, databaseOptions(s))
	if err != nil {
		return m, err
	}
	defer raw.Close()
	dir, err := os.MkdirTemp(s.DataDir, ".backup-*")
	if err != nil {
		return m, fmt.Errorf("make room for the copy: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "database")
	copied, err := raw.Copy(ctx, path)
	if err != nil {
		return m, err
	}
	m.Dialect, m.Schema, m.Rows = copied.Dialect, copied.Schema, copied.Rows

	zip := gzip.NewWriter(w)
	a := &archive{ctx: ctx, tar: tar.NewWriter(zip), m: &m}
	if err := a.addPath(databaseName(m.Dialect), path); err != nil {
		return m, err
	}
	if err := os.Remove(path); err != nil {
		return m, fmt.Errorf("remove the copy: %w", err)
	}
	if s.Storage.Kind == setting.StorageFiles && m.Rows["files"] > 0 {
		if err := a.addFiles(raw, s.Storage.Dir); err != nil {
			return m, err
		}
	}
	if err := a.finish(); err != nil {
		return m, err
	}
	if err := zip.Close(); err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	return m, nil
}

func leftOut(s setting.Settings) []string {
	key := "the master key, which is in PARLEY_MASTER_KEY: keep a copy apart from the backups"
	if s.MasterKey == nil {
		key = "the master key: keep a copy of " + filepath.Join(s.DataDir, secret.KeyFile) + " apart from the backups; without it the accounts' credentials are lost"
	}
	out := []string{key}
	if s.Storage.Kind == setting.StorageS3 {
		out = append(out, "the attachments, which are in the bucket "+s.Storage.S3.Bucket)
	}
	return out
}

// BackupTo writes a backup to a file that only its owner may read. The file
// appears whole or not at all; one that is there is not replaced.
func BackupTo(ctx context.Context, s setting.Settings, version, path string) (Manifest, error) {
	part, err := os.CreateTemp(filepath.Dir(path), ".parley-backup-*") // mode 0600
	if err != nil {
		return Manifest{}, fmt.Errorf("write the backup: %w", err)
	}
	defer os.Remove(part.Name())
	m, err := Backup(ctx, s, version, part)
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return m, err
	}
	if err := os.Link(part.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return m, fmt.Errorf("%s is there already; choose another name", path)
		}
		return m, fmt.Errorf("write the backup: %w", err)
	}
	return m, nil
}

// archive writes the entries of a backup.
type archive struct {
	ctx context.Context
	tar *tar.Writer
	m   *Manifest
}

func (a *archive) addPath(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	return a.add(name, f, info.Size())
}

// addFiles adds every attachment the database names. One that is gone by now
// is noted.
func (a *archive) addFiles(raw *store.Raw, dir string) error {
	storage, err := file.OpenDisk(dir)
	if err != nil {
		return err
	}
	defer storage.Close()
	return raw.EachFile(a.ctx, func(f store.StoredFile) error {
		info, err := storage.Stat(a.ctx, f.Key)
		if errors.Is(err, fs.ErrNotExist) {
			a.m.Missing = append(a.m.Missing, f.Key)
			return nil
		}
		if err != nil {
			return err
		}
		body, err := storage.Open(a.ctx, f.Key)
		if errors.Is(err, fs.ErrNotExist) {
			a.m.Missing = append(a.m.Missing, f.Key)
			return nil
		}
		if err != nil {
			return err
		}
		defer body.Close()
		return a.add(filesPrefix+f.Key, body, info.Size)
	})
}

func (a *archive) add(name string, r io.Reader, size int64) error {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, ModTime: a.m.Began}); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(a.tar, io.TeeReader(r, sum), size); err != nil {
		return fmt.Errorf("write %s to the backup: %w", name, err)
	}
	a.m.Entries = append(a.m.Entries, Entry{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// finish writes the manifest, which lists all before it.
func (a *archive) finish() error {
	text, err := json.MarshalIndent(a.m, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	err = a.tar.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(text)), Mode: 0o600, Typeflag: tar.TypeReg, ModTime: a.m.Began})
	if err == nil {
		_, err = a.tar.Write(text)
	}
	if err := errors.Join(err, a.tar.Close()); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}
