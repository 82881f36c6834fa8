package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"parley/core/canon"
	"parley/internal/testenv"
)

// storages runs a test on every kind of storage.
func storages(t *testing.T, run func(*testing.T, Storage)) {
	t.Run("disk", func(t *testing.T) { run(t, disk(t)) })
	t.Run("s3", func(t *testing.T) {
		run(t, bucket(t, testenv.S3(t)))
	})
}

func bucket(t *testing.T, b testenv.Bucket) *S3 {
	t.Helper()
	s, err := OpenS3(Bucket{
		Endpoint: b.Endpoint, Name: b.Name, Prefix: "some/prefix", Region: b.Region, AccessKey: b.AccessKey, SecretKey: b.SecretKey,
	}, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func disk(t *testing.T) *Disk {
	t.Helper()
	d, err := OpenDisk(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func read(t *testing.T, s Storage, key string) string {
	t.Helper()
	f, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStorage(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		ctx := t.Context()
		if err := s.Check(ctx); err != nil {
			t.Fatal(err)
		}
		key := Key(canon.NewID(), canon.NewID())
		if _, err := s.Stat(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("stat of nothing: %v", err)
		}
		if _, err := s.Open(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open of nothing: %v", err)
		}
		if err := s.Delete(ctx, key); err != nil {
			t.Errorf("delete of nothing: %v", err)
		}
		for _, content := range []string{"hello 你好", "", "other"} { // the second and third replace
			if err := s.Put(ctx, key, strings.NewReader(content), int64(len(content))); err != nil {
				t.Fatal(err)
			}
			if got := read(t, s, key); got != content {
				t.Errorf("%q came back as %q", content, got)
			}
			if info, err := s.Stat(ctx, key); err != nil || info.Size != int64(len(content)) || info.Modified.IsZero() {
				t.Errorf("%+v, %v", info, err)
			}
		}
		if err := s.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after delete: %v", err)
		}
	})
}

func TestStorageSeeks(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		content := "0123456789abcdef"
		if err := s.Put(t.Context(), "a/b", strings.NewReader(content), 16); err != nil {
			t.Fatal(err)
		}
		f, err := s.Open(t.Context(), "a/b")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, at := range []int64{10, 0, 15, 3} {
			if n, err := f.Seek(at, io.SeekStart); n != at || err != nil {
				t.Fatal(n, err)
			}
			var one [1]byte
			if _, err := io.ReadFull(f, one[:]); err != nil || one[0] != content[at] {
				t.Errorf("at %d: %q, %v", at, one, err)
			}
		}
		if n, err := f.Seek(0, io.SeekEnd); n != 16 || err != nil {
			t.Error(n, err)
		}
	})
}

func TestStorageTakesLargeFiles(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		const size = 40 << 20 // more than one part on S3
		source := func() io.Reader {
			return io.LimitReader(rand.NewChaCha8([32]byte{1}), size)
		}
		if err := s.Put(t.Context(), "large", source(), size); err != nil {
			t.Fatal(err)
		}
		f, err := s.Open(t.Context(), "large")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		want, got := sha256.New(), sha256.New()
		io.Copy(want, source())
		if n, err := io.Copy(got, f); n != size || err != nil || !bytes.Equal(want.Sum(nil), got.Sum(nil)) {
			t.Error(n, err)
		}
	})
}

func TestStorageKeepsWholeFilesOnly(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		for name, put := range map[string]func() error{
			"broken stream": func() error {
				return s.Put(t.Context(), "k", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("gone"))), 8)
			},
			"short stream": func() error { return s.Put(t.Context(), "k", strings.NewReader("half"), 8) },
			"canceled":     func() error { return s.Put(canceled, "k", strings.NewReader("whole"), 5) },
		} {
			if err := put(); err == nil {
				t.Errorf("%s: stored", name)
			}
			if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Put(t.Context(), "k", strings.NewReader("first"), 5); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), "k", strings.NewReader("half"), 8); err == nil {
			t.Error("short stream stored")
		}
		if got := read(t, s, "k"); got != "first" {
			t.Errorf("a failed replacement left %q", got)
		}
	})
}

func TestStorageRefusesOddKeys(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		for _, key := range []string{"", "/", "a/", "/a", "a//b", "..", "../a", "a/../../b", "A", "a.b", "a\\b", "a\x00b", "a b", "ü", strings.Repeat("a", 201)} {
			if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); err == nil {
				t.Errorf("%q is a key", key)
			}
			if _, err := s.Open(t.Context(), key); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open %q: %v", key, err)
			}
		}
	})
}

func TestStorageIsConcurrent(t *testing.T) {
	storages(t, func(t *testing.T, s Storage) {
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				content := strings.Repeat(string(rune('a'+i)), 100_000)
				if err := s.Put(t.Context(), "tenant/same", strings.NewReader(content), 100_000); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := read(t, s, "tenant/same")
		if len(got) != 100_000 || strings.Trim(got, got[:1]) != "" {
			t.Error("two files are mixed")
		}
	})
}

func TestDiskStaysInItsDirectory(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	os.WriteFile(outside, []byte("secret"), 0o600)
	d, err := OpenDisk(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Put(t.Context(), "t/x", strings.NewReader("mine"), 4); err != nil {
		t.Fatal(err)
	}
	at, _ := place("t/x")
	path := filepath.Join(dir, "files", at)
	os.Remove(path)
	if err := os.Symlink(outside, path); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Open(t.Context(), "t/x"); err == nil {
		f.Close()
		t.Error("a link out of the directory is followed")
	}
}

func TestDiskClearsWhatACrashLeft(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	d, err := OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	d.Put(t.Context(), "t/x", strings.NewReader("kept"), 4)
	d.Close()
	left, fresh := filepath.Join(dir, incoming, "HALF"), filepath.Join(dir, incoming, "NOW")
	for _, name := range []string{left, fresh} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	d, err = OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("what another process is writing is gone: %v", err)
	}
	if read(t, d, "t/x") != "kept" {
		t.Error("a stored file is gone")
	}
}

func TestOpenS3(t *testing.T) {
	for lookup, ok := range map[string]bool{"": true, "auto": true, "path": true, "dns": true, "maybe": false} {
		s, err := OpenS3(Bucket{Endpoint: "s3.example.com", Name: "b", AccessKey: "AK", SecretKey: "canary", TLS: true, Lookup: lookup}, http.DefaultTransport)
		if (err == nil) != ok {
			t.Errorf("lookup %q: %v", lookup, err)
		}
		if err == nil && s.client.EndpointURL().String() != "https://s3.example.com" {
			t.Errorf("%s", s.client.EndpointURL())
		}
	}
	for name, b := range map[string]Bucket{"no host": {Name: "b"}, "a path": {Endpoint: "host/x", Name: "b", SecretKey: "canary"}} {
		if _, err := OpenS3(b, http.DefaultTransport); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenS3(Bucket{Endpoint: "s3.example.com", Name: "b"}, nil); err == nil {
		t.Error("a bucket without transport")
	}
}

func TestS3CheckNamesWhatIsWrong(t *testing.T) {
	b := testenv.S3(t)
	b.Name = "does-not-exist"
	if err := bucket(t, b).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "does-not-exist") {
		t.Errorf("%v", err)
	}
	b = testenv.S3(t)
	b.SecretKey = "wrong-canary"
	if err := bucket(t, b).Check(t.Context()); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
}
