package secret

import (
	"bytes"
	"fmt"
)

// NewSigningKey makes a random signing key and returns it wrapped, for
// [Box.Signing].
func (b *Box) NewSigningKey() []byte { return b.wrapSigning(NewMasterKey()) }

// SigningKey returns the signing key in force, wrapped. Of a box that was given
// none it is the master key itself: what such a box signed goes on counting.
func (b *Box) SigningKey() []byte { return b.wrapSigning(b.sign) }

// Signing returns a box of the same master key that signs with a wrapped
// signing key.
func (b *Box) Signing(wrapped []byte) (*Box, error) {
	raw, err := open(b.wrap, wrapped, binding("signing key"))
	if err != nil || len(raw) != KeySize {
		return nil, fmt.Errorf("unwrap the signing key: %w", ErrOpen)
	}
	out := *b
	out.sign = MasterKey{(*[KeySize]byte)(raw)}
	return &out, nil
}

// RewrapSigningKey moves the signing key to another master key: signatures go
// on counting.
func (b *Box) RewrapSigningKey(wrapped []byte, next *Box) ([]byte, error) {
	with, err := b.Signing(wrapped)
	if err != nil {
		return nil, err
	}
	return next.wrapSigning(with.sign), nil
}

func (b *Box) wrapSigning(key MasterKey) []byte {
	return seal(b.wrap, bytes.Clone(key.raw[:]), binding("signing key"))
}
