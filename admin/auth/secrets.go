package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"parley/core/canon"
)

// A credential is a random secret and the id of its tenant, so that whoever
// holds it can be looked up inside one tenant. Only its SHA-256 is kept: 32
// random bytes need no slow hash.

const (
	tokenMark   = "plk_"
	secretBytes = 32
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	secretChars = 43 // of 32 bytes in base 62
	tenantChars = 22 // of 16 bytes in base 62
)

// NewToken makes the secret of an API token: its text, to be shown once, the
// hash to keep, and the first characters to recognise it by.
func NewToken(tenant canon.ID) (text string, hash []byte, prefix string) {
	var secret [secretBytes]byte
	_, _ = rand.Read(secret[:]) // never fails
	text = tokenMark + encode62(secret[:], secretChars) + encode62(tenant[:], tenantChars)
	return text, hashOf(text), text[:len(tokenMark)+6]
}

// readToken takes a token's tenant and hash out of its text.
func readToken(text string) (tenant canon.ID, hash []byte, ok bool) {
	if len(text) != len(tokenMark)+secretChars+tenantChars || !strings.HasPrefix(text, tokenMark) {
		return tenant, nil, false
	}
	var secret [secretBytes]byte
	if !decode62(text[len(tokenMark):len(tokenMark)+secretChars], secret[:]) || !decode62(text[len(tokenMark)+secretChars:], tenant[:]) {
		return tenant, nil, false
	}
	return tenant, hashOf(text), true
}

// newSecret makes the secret of a session's cookie.
func newSecret(tenant canon.ID) (text string, hash []byte) {
	var secret [secretBytes]byte
	_, _ = rand.Read(secret[:]) // never fails
	enc := base64.RawURLEncoding
	text = enc.EncodeToString(tenant[:]) + "." + enc.EncodeToString(secret[:])
	return text, hashOf(text)
}

func readSecret(text string) (tenant canon.ID, hash []byte, ok bool) {
	left, right, ok := strings.Cut(text, ".")
	if !ok || len(right) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return tenant, nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(left)
	if err != nil || len(raw) != len(tenant) {
		return tenant, nil, false
	}
	copy(tenant[:], raw)
	return tenant, hashOf(text), true
}

func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func encode62(b []byte, width int) string {
	n, sixtyTwo, rest := new(big.Int).SetBytes(b), big.NewInt(62), new(big.Int)
	out := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		n.DivMod(n, sixtyTwo, rest)
		out[i] = base62[rest.Int64()]
	}
	return string(out)
}

func decode62(s string, into []byte) bool {
	n, sixtyTwo := new(big.Int), big.NewInt(62)
	for _, r := range []byte(s) {
		i := strings.IndexByte(base62, r)
		if i < 0 {
			return false
		}
		n.Add(n.Mul(n, sixtyTwo), big.NewInt(int64(i)))
	}
	if n.BitLen() > len(into)*8 {
		return false
	}
	n.FillBytes(into)
	return true
}
