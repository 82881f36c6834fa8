package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// KeySize is the length of master and tenant keys in bytes.
const KeySize = 32

// MasterKey is the root of all keys of an installation. It prints masked and
// leaves the process only through [MasterKey.Text].
type MasterKey struct {
	raw *[KeySize]byte
}

// NewMasterKey makes a random key.
func NewMasterKey() MasterKey {
	raw := new([KeySize]byte)
	rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
	return MasterKey{raw}
}

// Parse reads a key written as 64 hexadecimal digits or as base64 of 32 bytes
// (standard or URL alphabet, padded or not); surrounding space is ignored. The
// error says what is wrong with the form and never repeats the text.
func Parse(text string) (MasterKey, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return MasterKey{}, errors.New("master key is empty: set 32 random bytes, for example the output of `openssl rand -base64 32`")
	}
	raw, err := decodeKey(text)
	if err != nil {
		return MasterKey{}, err
	}
	if len(raw) != KeySize {
		return MasterKey{}, fmt.Errorf("master key has %d bytes, want %d: use the output of `openssl rand -base64 32`", len(raw), KeySize)
	}
	key := MasterKey{(*[KeySize]byte)(raw)}
	if constant(raw) {
		return MasterKey{}, errors.New("master key is one byte repeated, not a random key: use the output of `openssl rand -base64 32`")
	}
	return key, nil
}

func decodeKey(text string) ([]byte, error) {
	if len(text) == 2*KeySize {
		if raw, err := hex.DecodeString(text); err == nil {
			return raw, nil
		}
	}
	plain := strings.TrimRight(text, "=")
	plain = strings.NewReplacer("-", "+", "_", "/").Replace(plain)
	raw, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil, errors.New("master key is neither hexadecimal nor base64: use the output of `openssl rand -base64 32`")
	}
	return raw, nil
}

func constant(raw []byte) bool {
	for _, b := range raw {
		if b != raw[0] {
			return false
		}
	}
	return true
}

// Text is the key in base64, as [Parse] reads it. It is the secret itself.
func (k MasterKey) Text() string {
	return base64.StdEncoding.EncodeToString(k.raw[:])
}

// Name is eight digits by which people tell keys apart, on files and in what
// the commands print. It tells nothing of the key.
func (k MasterKey) Name() string { return hex.EncodeToString(k.derive("name"))[:8] }

// Equal compares in constant time.
func (k MasterKey) Equal(other MasterKey) bool {
	return k.raw != nil && other.raw != nil && Equal(k.raw[:], other.raw[:])
}

// String masks the key.
func (k MasterKey) String() string { return mask }

// GoString masks the key.
func (k MasterKey) GoString() string { return mask }

// derive makes an independent key for one purpose (HKDF-SHA256). Knowing the
// key of one purpose tells nothing of another's.
func (k MasterKey) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k.raw[:], nil, "parley/"+purpose, KeySize)
	if err != nil {
		// Only a length over 255 hashes or a short FIPS key can fail: neither is possible here.
		panic(fmt.Sprintf("derive key: %v", err))
	}
	return key
}
