package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash, as OWASP asks for argon2id.
const (
	argonMemory  = 19456 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
	// maxPassword bounds what is hashed.
	maxPassword = 1024
)

// Hasher makes and checks password hashes. Each takes 19 MiB, so only a few
// run at a time. Safe for concurrent use.
type Hasher struct {
	slots chan struct{}
	work  atomic.Int64
	none  string
}

// NewHasher returns a hasher that runs up to n computations at a time.
func NewHasher(n int) *Hasher {
	h := &Hasher{slots: make(chan struct{}, n)}
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	h.none = phc(argonMemory, argonTime, argonThreads, salt, make([]byte, argonKey))
	return h
}

// Work is how many hashes were computed so far.
func (h *Hasher) Work() int64 { return h.work.Load() }

// Hash returns the PHC string of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	key, err := h.compute(ctx, password, salt, argonTime, argonMemory, argonThreads)
	if err != nil {
		return "", err
	}
	return phc(argonMemory, argonTime, argonThreads, salt, key), nil
}

// Check reports whether the password fits the PHC string. An empty string
// stands for nobody: it costs as much and never fits.
func (h *Hasher) Check(ctx context.Context, stored, password string) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.none
	}
	memory, time, threads, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	got, err := h.compute(ctx, password, salt, time, memory, threads)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func (h *Hasher) compute(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.work.Add(1)
	if len(password) > maxPassword {
		password = password[:maxPassword]
	}
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
}

func phc(memory, time uint32, threads uint8, salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, time, threads, enc.EncodeToString(salt), enc.EncodeToString(key))
}

var errPHC = errors.New("not an argon2id hash in PHC form")

func parsePHC(s string) (memory, time uint32, threads uint8, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return 0, 0, 0, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
		return 0, 0, 0, nil, nil, errPHC
	}
	if memory > 1<<20 || time > 64 || time < 1 || threads < 1 {
		return 0, 0, 0, nil, nil, errPHC
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return 0, 0, 0, nil, nil, errPHC
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != argonKey {
		return 0, 0, 0, nil, nil, errPHC
	}
	return memory, time, threads, salt, key, nil
}
