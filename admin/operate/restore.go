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
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/core/egress"
	"parley/core/file"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// Restore brings a backup back into an empty data folder (a master key may lie
// in it already) and, with PostgreSQL, an empty database. Everything is
// unpacked and compared with the manifest before anything is put in its place,
// the database last. out is used when attachments go to a bucket.
func Restore(ctx context.Context, s setting.Settings, out *egress.Client, r io.Reader) (Manifest, error) {
	if err := vacant(ctx, s); err != nil {
		return Manifest{}, err
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return Manifest{}, fmt.Errorf("data_dir: %w", err)
	}
	dir, err := os.MkdirTemp(s.DataDir, ".restore-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("data_dir: %w", err)
	}
	defer os.RemoveAll(dir)
	u := &unpacker{ctx: ctx, dir: dir}
	m, err := u.unpack(r)
	if err != nil {
		return m, fmt.Errorf("read the backup: %w", err)
	}
	if want := store.Dialect(s.Database.Dialect); m.Dialect != want {
		return m, fmt.Errorf("the backup is of %s, the settings name %s: set PARLEY_DATABASE_URL to a database of the backup's kind", m.Dialect, want)
	}
	if err := u.placeFiles(s, out, m); err != nil {
		return m, err
	}
	copied := store.Copy{Dialect: m.Dialect, Schema: m.Schema, Rows: m.Rows}
	if err := store.Restore(ctx, databaseOptions(s), filepath.Join(dir, "database"), copied); err != nil {
		if s.Storage.Kind == setting.StorageFiles { // leave the target as empty as it was
			err = errors.Join(err, os.Rename(s.Storage.Dir, u.filesDir()))
		}
		return m, err
	}
	return m, nil
}

// vacant refuses a target that holds anything.
func vacant(ctx context.Context, s setting.Settings) error {
	entries, err := os.ReadDir(s.DataDir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("data_dir: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), secret.KeyFile) && e.Name() != "lost+found" {
			return fmt.Errorf("data_dir: %s holds %s; restore into an empty folder", s.DataDir, e.Name())
		}
	}
	return store.Vacant(ctx, databaseOptions(s))
}

// KeyAfterRestore says whether the restored database can be opened with the
// master key at hand, in words for the operator; ok is false when not.
func KeyAfterRestore(ctx context.Context, s setting.Settings) (text string, ok bool) {
	raw, err := store.OpenRaw(ctx, databaseOptions(s))
	if err != nil {
		return err.Error(), false
	}
	defer raw.Close()
	exam, err := raw.Exam(ctx)
	if err != nil {
		return err.Error(), false
	}
	f := checkMasterKey(ctx, &visit{in: Input{Settings: s}, exam: exam})[0]
	if f.Level == Fail {
		return "master key: " + f.Seen + ". " + f.Fix, false
	}
	return "master key: " + f.Seen, true
}

// unpacker unpacks a backup into a folder of its own.
type unpacker struct {
	ctx   context.Context
	dir   string
	disk  *file.Disk
	found []Entry
}

func (u *unpacker) filesDir() string { return filepath.Join(u.dir, "files") }

func (u *unpacker) unpack(r io.Reader) (m Manifest, err error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return m, err
	}
	if u.disk, err = file.OpenDisk(u.filesDir()); err != nil {
		return m, err
	}
	defer u.disk.Close()
	for t := tar.NewReader(zip); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, fmt.Errorf("it is damaged or cut off: %w", err)
		}
		if h.Name == manifestName {
			if err := json.NewDecoder(io.LimitReader(t, 1<<30)).Decode(&m); err != nil {
				return m, fmt.Errorf("its manifest: %w", err)
			}
			continue
		}
		if err := u.entry(h, t); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return m, fmt.Errorf("it is damaged or cut off in %s", h.Name)
			}
			return m, fmt.Errorf("%s: %w", h.Name, err)
		}
	}
	// Reads to the end of the archive, and so checks its sum.
	if _, err := io.Copy(io.Discard, zip); err != nil {
		return m, fmt.Errorf("it is damaged or cut off: %w", err)
	}
	return m, u.check(m)
}

func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	if h.Typeflag != tar.TypeReg {
		return errors.New("it is no plain file")
	}
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	key, isFile := strings.CutPrefix(h.Name, filesPrefix)
	switch {
	case isFile:
		if err := u.disk.Put(u.ctx, key, r, h.Size); err != nil {
			return err
		}
	case h.Name == databaseName(store.SQLite), h.Name == databaseName(store.Postgres):
		f, err := os.OpenFile(filepath.Join(u.dir, "database"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	default:
		return errors.New("it does not belong into a backup")
	}
	u.found = append(u.found, Entry{Name: h.Name, Size: h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// check holds what was unpacked against the manifest.
func (u *unpacker) check(m Manifest) error {
	switch {
	case m.Format == 0:
		return errors.New("it has no manifest: it is no backup, or it was cut off")
	case m.Format != format:
		return fmt.Errorf("its format is %d, this version reads %d", m.Format, format)
	case len(u.found) != len(m.Entries):
		return fmt.Errorf("it holds %d entries, its manifest lists %d", len(u.found), len(m.Entries))
	}
	for i, e := range m.Entries {
		if u.found[i] != e {
			return fmt.Errorf("%s is not what the manifest says", u.found[i].Name)
		}
	}
	if !slices.ContainsFunc(m.Entries, func(e Entry) bool { return e.Name == databaseName(m.Dialect) }) {
		return errors.New("it holds no database")
	}
	return nil
}

// placeFiles puts the attachments where the settings keep them.
func (u *unpacker) placeFiles(s setting.Settings, out *egress.Client, m Manifest) error {
	if s.Storage.Kind == setting.StorageFiles {
		if err := os.Rename(u.filesDir(), s.Storage.Dir); err != nil {
			return fmt.Errorf("put the attachments in their place: %w", err)
		}
		return nil
	}
	to, err := openStorage(s.Storage, out)
	if err != nil {
		return err
	}
	from, err := file.OpenDisk(u.filesDir())
	if err != nil {
		return err
	}
	defer from.Close()
	for _, e := range m.Entries {
		key, isFile := strings.CutPrefix(e.Name, filesPrefix)
		if !isFile {
			continue
		}
		if err := u.move(from, to, key, e.Size); err != nil {
			return fmt.Errorf("put the attachments in their place: %w", err)
		}
	}
	return nil
}

func (u *unpacker) move(from, to file.Storage, key string, size int64) error {
	body, err := from.Open(u.ctx, key)
	if err != nil {
		return err
	}
	defer body.Close()
	return to.Put(u.ctx, key, body, size)
}
