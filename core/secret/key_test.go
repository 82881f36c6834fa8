package secret

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestParse(t *testing.T) {
	key := NewMasterKey()
	raw := key.raw[:]
	for name, text := range map[string]string{
		"hex":         hex.EncodeToString(raw),
		"HEX":         strings.ToUpper(hex.EncodeToString(raw)),
		"base64":      base64.StdEncoding.EncodeToString(raw),
		"unpadded":    base64.RawStdEncoding.EncodeToString(raw),
		"url":         base64.URLEncoding.EncodeToString(raw),
		"with spaces": "  " + key.Text() + "\n",
	} {
		got, err := Parse(text)
		if err != nil || *got.raw != *key.raw {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := base64.StdEncoding.EncodeToString(make([]byte, 64))
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {" ", "empty"},
		"short":      {base64.StdEncoding.EncodeToString(raw[:16]), "16 bytes"},
		"long":       {long, "64 bytes"},
		"no base64":  {"correct horse battery staple!", "neither"},
		"zeros":      {strings.Repeat("0", 64), "not a random key"},
		"hex cut":    {hex.EncodeToString(raw)[:62], "bytes"},
		"only equal": {"====", "0 bytes"},
	} {
		_, err := Parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && len(strings.TrimSpace(c.text)) > 8 && strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: the error repeats the key", name)
		}
	}
}

func TestMasterKeyPrintsMasked(t *testing.T) {
	key := NewMasterKey()
	hidden := fmt.Sprintf("%x", key.raw[:])
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{key, &key, struct{ k MasterKey }{key}, NewBox(key)} {
			out := fmt.Sprintf(verb, value)
			if strings.Contains(out, key.Text()) || strings.Contains(out, hidden) {
				t.Errorf("%s of %T prints the key", verb, value)
			}
		}
	}
}

func TestLoadOrCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var wg sync.WaitGroup
	keys := make([]MasterKey, 16)
	for i := range keys {
		wg.Go(func() {
			key, err := LoadOrCreate(dir)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = key
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, k := range keys {
		if *k.raw != *keys[0].raw {
			t.Fatal("two starts made two keys")
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, KeyFile)
	write := func(text string, mode os.FileMode) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	write(NewMasterKey().Text(), 0o644)
	if _, err := LoadOrCreate(dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by all: %v", err)
	}
	write("cut of", 0o600)
	if _, err := LoadOrCreate(dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("damaged file: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "cut of" {
		t.Error("a damaged key file was replaced")
	}
}
