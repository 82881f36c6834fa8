package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

// ErrSignature is returned for a token that this signer did not make.
var ErrSignature = errors.New("signature does not fit")

// Signer makes and checks HMAC-SHA256 signatures for one purpose. It is safe
// for concurrent use. A signature says who made it, not until when it counts:
// expiry belongs into the signed parts.
type Signer struct {
	key []byte
}

// Signer derives a signer from the signing key. Signers of different purposes
// do not accept each other's signatures. A purpose is a fixed text in the code,
// such as "file address", and changing it voids everything signed before.
func (b *Box) Signer(purpose string) *Signer {
	return &Signer{b.sign.derive("sign " + purpose)}
}

// Sign returns the 32-byte signature of the parts. Each part is bound with its
// length: moving a byte from one to the next changes the signature.
func (s *Signer) Sign(parts ...string) []byte {
	mac := hmac.New(sha256.New, s.key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		mac.Write(n[:])
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

// Verify tells, in constant time, whether signature is that of the parts.
func (s *Signer) Verify(signature []byte, parts ...string) bool {
	return hmac.Equal(signature, s.Sign(parts...))
}

// Token packs a payload and its signature into one text safe in URLs and
// headers. The payload is readable by whoever holds the token.
func (s *Signer) Token(payload []byte) string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString(payload) + "." + enc.EncodeToString(s.Sign(string(payload)))
}

// OpenToken returns the payload of a token made by [Signer.Token], or
// [ErrSignature].
func (s *Signer) OpenToken(token string) ([]byte, error) {
	left, right, ok := strings.Cut(token, ".")
	if !ok || strings.ContainsAny(token, "\r\n") {
		return nil, ErrSignature // the decoder would skip line breaks: one token, one spelling
	}
	enc := base64.RawURLEncoding.Strict()
	payload, err := enc.DecodeString(left)
	if err != nil {
		return nil, ErrSignature
	}
	signature, err := enc.DecodeString(right)
	if err != nil || !s.Verify(signature, string(payload)) {
		return nil, ErrSignature
	}
	return payload, nil
}

// String tells nothing of the key.
func (s *Signer) String() string { return mask }

// GoString tells nothing of the key.
func (s *Signer) GoString() string { return mask }
