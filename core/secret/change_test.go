package secret

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keyed is a data folder with a key, and the database sealed with it.
type keyed struct {
	*testing.T
	dir   string
	check []byte
}

func newKeyed(t *testing.T) (*keyed, MasterKey) {
	t.Helper()
	dir := t.TempDir()
	key, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &keyed{t, dir, NewBox(key).CheckValue()}, key
}

func (k *keyed) change(next MasterKey, commit func() error, at func(string)) (MasterKey, error) {
	return Change{DataDir: k.dir, Next: next, At: at,
		Check: func() ([]byte, error) { return k.check, nil },
		Commit: func(MasterKey) error {
			if err := commit(); err != nil {
				return err
			}
			k.check = NewBox(next).CheckValue()
			return nil
		}}.Run()
}

func kept() error { return nil }

func (k *keyed) files() []string {
	var names []string
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		k.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			k.Errorf("%s: mode %v, %v", e.Name(), info.Mode(), err)
		}
		names = append(names, e.Name())
	}
	return names
}

func TestX13_TheOldKeyFileStays(t *testing.T) {
	k, old := newKeyed(t)
	next := NewMasterKey()
	was, err := k.change(next, kept, nil)
	if err != nil || !was.Equal(old) {
		t.Fatalf("%v", err)
	}
	if got, err := Find(k.dir, k.check); err != nil || !got.Equal(next) {
		t.Errorf("the key in place: %v", err)
	}
	if text, err := os.ReadFile(OldFile(k.dir, old)); err != nil || strings.TrimSpace(string(text)) != old.Text() {
		t.Errorf("the old key: %v", err)
	}
	if got, want := k.files(), []string{KeyFile, lockFile, oldFile + old.Name()}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if _, err := k.change(next, kept, nil); !errors.Is(err, ErrSameKey) {
		t.Errorf("the present key as the new one: %v", err)
	}
}

// The process stops after each step, and what a start finds is the key the
// database has; the next change works.
func TestX13_AChangeMayStopAnywhere(t *testing.T) {
	steps := []string{}
	k, _ := newKeyed(t)
	if _, err := k.change(NewMasterKey(), kept, func(s string) { steps = append(steps, s) }); err != nil {
		t.Fatal(err)
	}
	if len(steps) < 5 {
		t.Fatalf("steps %v", steps)
	}
	for _, stop := range steps {
		t.Run(stop, func(t *testing.T) {
			k, old := newKeyed(t)
			next := NewMasterKey()
			func() {
				defer func() { _ = recover() }() // as if the process had ended: nothing is tidied up
				_, _ = k.change(next, kept, func(s string) {
					if s == stop {
						panic(stop)
					}
				})
			}()
			want := old
			if NewBox(next).VerifyCheck(k.check) == nil {
				want = next
			}
			for range 2 {
				got, err := Find(k.dir, k.check)
				if err != nil || !got.Equal(want) {
					t.Fatalf("found %v, %v", got, err)
				}
				if err := Settle(t.Context(), k.dir, got); err != nil {
					t.Fatal(err)
				}
				if got, err := load(filepath.Join(k.dir, KeyFile)); err != nil || !got.Equal(want) {
					t.Fatalf("the key in its place: %v", err)
				}
			}
			if want.Equal(next) {
				if got, err := load(OldFile(k.dir, old)); err != nil || !got.Equal(old) {
					t.Errorf("the old key: %v", err)
				}
			}
			if was, err := k.change(NewMasterKey(), kept, nil); err != nil || !was.Equal(want) {
				t.Errorf("changed again: %v", err)
			}
		})
	}
}

// An answer that never came may have been a commit: both keys stay.
func TestX13_AnUncertainCommitLosesNoKey(t *testing.T) {
	k, old := newKeyed(t)
	next, lost := NewMasterKey(), errors.New("connection lost")
	if _, err := k.change(next, func() error { return lost }, nil); !errors.Is(err, lost) {
		t.Fatal(err)
	}
	if got, err := Find(k.dir, k.check); err != nil || !got.Equal(old) {
		t.Errorf("it was not kept: %v", err)
	}
	if got, err := Find(k.dir, NewBox(next).CheckValue()); err != nil || !got.Equal(next) {
		t.Errorf("it was kept: %v", err)
	}
}

func TestX13_OneChangeAtATime(t *testing.T) {
	k, _ := newKeyed(t)
	_, err := k.change(NewMasterKey(), kept, func(s string) {
		if s != "written" {
			return
		}
		if _, err := k.change(NewMasterKey(), kept, nil); !errors.Is(err, ErrChanging) {
			t.Errorf("a second change beside the first: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFindRefuses(t *testing.T) {
	k, key := newKeyed(t)
	other := NewBox(NewMasterKey()).CheckValue()
	if _, err := Find(k.dir, other); !errors.Is(err, ErrWrongKey) {
		t.Errorf("another database: %v", err)
	}
	path := filepath.Join(k.dir, KeyFile)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(k.dir, k.check); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by all: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(k.dir, k.check); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no key: %v", err)
	}
	if err := Settle(t.Context(), k.dir, key); err == nil {
		t.Error("a key that lies nowhere was settled")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a key was made")
	}
}

func TestX13_SigningKeyOutlivesTheMasterKey(t *testing.T) {
	old, next := NewBox(NewMasterKey()), NewBox(NewMasterKey())
	wrapped := old.NewSigningKey()
	with, err := old.Signing(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	token := with.Signer("visitors").Token([]byte("mei"))
	if _, err := old.Signer("visitors").OpenToken(token); !errors.Is(err, ErrSignature) {
		t.Error("the signing key is the master key")
	}
	moved, err := old.RewrapSigningKey(wrapped, next)
	if err != nil {
		t.Fatal(err)
	}
	after, err := next.Signing(moved)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Signer("visitors").OpenToken(token); err != nil || string(got) != "mei" {
		t.Errorf("after the change: %v", err)
	}
	if again, err := next.Signing(after.SigningKey()); err != nil || !again.Signer("visitors").Verify(with.Signer("visitors").Sign("x"), "x") {
		t.Errorf("wrapped anew: %v", err)
	}
	for name, try := range map[string][]byte{"none": nil, "a tenant's key": next.NewTenantKey("t1"), "under the old key": wrapped} {
		if _, err := next.Signing(try); !errors.Is(err, ErrOpen) {
			t.Errorf("%s opens: %v", name, err)
		}
	}
	if _, err := old.Open(wrapped, home, nil); !errors.Is(err, ErrOpen) {
		t.Error("the signing key serves as a tenant's")
	}
}
