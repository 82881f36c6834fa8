package operate

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/core/canon"
	"parley/core/file"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
	"parley/internal/testenv"
)

func emptyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// empty is an installation of the same kind on a fresh machine: only the
// master key was carried over by hand.
func empty(t *testing.T, s setting.Settings) setting.Settings {
	t.Helper()
	if s.Database.Dialect == setting.Postgres {
		fresh := settings(t, testenv.Postgres(t))
		fresh.MasterKey = s.MasterKey
		return fresh
	}
	fresh := settings(t, "")
	key, err := os.ReadFile(filepath.Join(s.DataDir, secret.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(fresh.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(fresh.DataDir, secret.KeyFile), key, 0o600); err != nil {
		t.Fatal(err)
	}
	return fresh
}

// attach stores an attachment as an upload does.
func (x *installation) attach(t *testing.T, body string) store.File {
	t.Helper()
	disk, err := file.OpenDisk(x.settings.Storage.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	id := canon.NewID()
	f := store.File{ID: id, Key: file.Key(x.tenant.ID, id), Name: "note.txt", MIME: "text/plain", Size: int64(len(body)), SHA256: []byte("-")}
	if err := disk.Put(t.Context(), f.Key, strings.NewReader(body), f.Size); err != nil {
		t.Fatal(err)
	}
	if err := x.scope().AddFile(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestR21_BackupUnderLoadKeepsAllThatWasAcknowledged backs an installation up
// while customers write, restores it on an empty machine, and looks for
// everything that was acknowledged before the backup began.
func TestR21_BackupUnderLoadKeepsAllThatWasAcknowledged(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s setting.Settings) {
		x := start(t, s)
		attached := x.attach(t, "the attachment")
		ctx, stop := context.WithCancel(context.Background())
		var acked atomic.Int64
		var writers sync.WaitGroup
		enough := make(chan struct{})
		for w := range 4 {
			writers.Go(func() {
				for n := w; ctx.Err() == nil; n += 4 {
					if err := x.accept(context.Background(), n); err != nil {
						t.Errorf("accept: %v", err)
						return
					}
					if acked.Add(1) == 400 {
						close(enough)
					}
				}
			})
		}
		<-enough
		before := acked.Load()
		var out bytes.Buffer
		m, err := Backup(t.Context(), s, "test", &out)
		during := acked.Load() - before
		stop()
		writers.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if during == 0 {
			t.Error("nobody wrote while the backup was made: the test proves nothing")
		}
		if m.Rows["inbox"] < before {
			t.Errorf("the backup holds %d arrivals, %d were acknowledged before it began", m.Rows["inbox"], before)
		}

		fresh := empty(t, s)
		if _, err := Restore(t.Context(), fresh, wayOut(t), bytes.NewReader(out.Bytes())); err != nil {
			t.Fatal(err)
		}
		if text, ok := KeyAfterRestore(t.Context(), fresh); !ok {
			t.Error(text)
		}
		o := databaseOptions(fresh)
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		have := map[string]bool{}
		for after := int64(0); ; {
			part, err := db.For(x.tenant.ID).Waiting(t.Context(), after, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range part {
				after = a.N
				var e canon.Envelope
				if err := e.UnmarshalJSON(a.Envelope); err != nil {
					t.Fatal(err)
				}
				have[e.EventID] = true
			}
			if len(part) < 500 {
				break
			}
		}
		if int64(len(have)) != m.Rows["inbox"] {
			t.Errorf("%d arrivals can be read, the manifest says %d", len(have), m.Rows["inbox"])
		}
		disk, err := file.OpenDisk(fresh.Storage.Dir)
		if err != nil {
			t.Fatal(err)
		}
		defer disk.Close()
		body, err := disk.Open(t.Context(), attached.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if text, _ := io.ReadAll(body); string(text) != "the attachment" {
			t.Errorf("the attachment came back as %q", text)
		}
		for _, f := range Doctor(t.Context(), Input{Settings: fresh, Egress: wayOut(t)}) {
			// Nobody handles arrivals here, and what tests write may lie in memory.
			if f.Level == Fail && f.Name != "arrivals" && f.Name != "file system" {
				t.Errorf("doctor on the restored installation: %+v", f)
			}
		}
	})
}

// TestBackupLeavesTheMasterKeyOut looks for the key in every byte of a backup.
func TestBackupLeavesTheMasterKeyOut(t *testing.T) {
	x := start(t, settings(t, ""))
	path := filepath.Join(t.TempDir(), "backup.tar.gz")
	m, err := BackupTo(t.Context(), x.settings, "test", path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(x.settings.DataDir, secret.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(plain, bytes.TrimSpace(key)) {
		t.Error("the backup holds the master key")
	}
	var said bytes.Buffer
	if err := m.Print(&said); err != nil || !strings.Contains(said.String(), "left out: the master key") {
		t.Errorf("the command does not say that the key is left out: %q, %v", said.String(), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup may be read by others: %v, %v", info.Mode(), err)
	}
	if _, err := BackupTo(t.Context(), x.settings, "test", path); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("an older backup was replaced: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(x.settings.DataDir, ".backup-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the backup left %v behind", left)
	}
}

// TestRestoreRefuses plays every way in which a restore must not happen. After
// each the target is as empty as before.
func TestRestoreRefuses(t *testing.T) {
	x := start(t, settings(t, ""))
	x.attach(t, strings.Repeat("the attachment ", 100))
	var out bytes.Buffer
	if _, err := Backup(t.Context(), x.settings, "test", &out); err != nil {
		t.Fatal(err)
	}
	whole := out.Bytes()
	repack := func(change func(plain []byte) []byte) []byte {
		zip, err := gzip.NewReader(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		w := gzip.NewWriter(&again)
		_, _ = w.Write(change(plain))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return again.Bytes()
	}
	altered := repack(func(plain []byte) []byte {
		return bytes.Replace(plain, []byte("the attachment the"), []byte("the atteshment the"), 1)
	})
	newer := repack(func(plain []byte) []byte {
		return regexp.MustCompile(`"schema": \d\d,`).ReplaceAll(plain, []byte(`"schema": 99,`)) // as long: the archive tells its lengths
	})
	tests := []struct {
		name   string
		body   []byte
		before func(s setting.Settings)
		want   string
	}{
		{"cut off", whole[:len(whole)*2/3], nil, "cut off"},
		{"no backup", []byte("hello, this is a text file and no backup"), nil, "read the backup"},
		{"altered attachment", altered, nil, "not what the manifest says"},
		{"newer version", newer, nil, "newer version"},
		{"target in use", whole, func(s setting.Settings) { start(t, s) }, "empty folder"},
		{"something else in the folder", whole, func(s setting.Settings) {
			if err := errors.Join(os.MkdirAll(s.DataDir, 0o700), os.WriteFile(filepath.Join(s.DataDir, "thesis.txt"), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		}, "thesis.txt"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := settings(t, "")
			if test.before != nil {
				test.before(to)
			}
			was := names(t, to.DataDir)
			_, err := Restore(t.Context(), to, wayOut(t), bytes.NewReader(test.body))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if now := names(t, to.DataDir); now != was {
				t.Errorf("the target held %q before and %q after", was, now)
			}
		})
	}
	t.Run("other kind of database", func(t *testing.T) {
		_, err := Restore(t.Context(), settings(t, testenv.Postgres(t)), wayOut(t), bytes.NewReader(whole))
		if err == nil || !strings.Contains(err.Error(), "backup is of sqlite") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("database in use", func(t *testing.T) {
		url := testenv.Postgres(t)
		start(t, settings(t, url))
		if _, err := Restore(t.Context(), settings(t, url), wayOut(t), bytes.NewReader(whole)); !errors.Is(err, store.ErrNotEmpty) {
			t.Errorf("error %v", err)
		}
	})
}

// names lists what lies in a folder, but for what SQLite makes beside a
// database that is open.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-wal") && !strings.HasSuffix(e.Name(), "-shm") {
			out = append(out, e.Name())
		}
	}
	return strings.Join(out, " ")
}
