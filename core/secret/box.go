package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrOpen is what a value that does not open is reported with: altered, cut,
// moved from another place, or sealed under another key. It says no more.
var ErrOpen = errors.New("sealed value does not open: it was altered, moved or sealed under another key")

// ErrWrongKey is returned by [Box.VerifyCheck] for a master key other than the
// one the database was written with.
var ErrWrongKey = errors.New("the master key is not the one this database was sealed with: restore PARLEY_MASTER_KEY or the file " + KeyFile + " (the new key, if it was rotated); nothing was changed")

// Scope names the place a sealed value belongs to. It is authenticated with the
// value, not stored in it. Empty members are allowed (a tenant's own secret has
// no account).
type Scope struct {
	Tenant, Account, Field string
}

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	master MasterKey
	wrap   cipher.AEAD // for tenant keys and the signing key only
	sign   MasterKey   // root of the signers
}

// NewBox makes the box of a master key. It signs with the master key until
// [Box.Signing] gives it a signing key of its own.
func NewBox(master MasterKey) *Box {
	return &Box{master: master, wrap: aead(master.derive("wrap tenant keys")), sign: master}
}

// Both formats begin with a version byte, so that a later format can be told
// apart; the nonce and the tag follow as GCM with random nonce lays them out.
const formatV1 = 1

// NewTenantKey makes a random data key for a tenant and returns it wrapped:
// opaque bytes the store keeps, of use only with this box and this tenant.
func (b *Box) NewTenantKey(tenant string) []byte {
	var key [KeySize]byte
	rand.Read(key[:])
	return seal(b.wrap, key[:], binding("tenant key", tenant))
}

// Rewrap moves a tenant's key to another master key without touching what was
// sealed under it: changing the master key means rewrapping every tenant's key
// and the signing key and replacing the check value in one transaction.
func (b *Box) Rewrap(tenant string, tenantKey []byte, next *Box) ([]byte, error) {
	key, err := open(b.wrap, tenantKey, binding("tenant key", tenant))
	if err != nil {
		return nil, fmt.Errorf("unwrap key of tenant %q: %w", tenant, err)
	}
	return seal(next.wrap, key, binding("tenant key", tenant)), nil
}

// Seal encrypts plaintext for one place under the tenant's wrapped key. Sealing
// the same value twice gives different bytes. The result is 29 bytes longer.
func (b *Box) Seal(tenantKey []byte, scope Scope, plaintext []byte) ([]byte, error) {
	gcm, err := b.tenant(tenantKey, scope.Tenant)
	if err != nil {
		return nil, err
	}
	return seal(gcm, plaintext, scope.binding()), nil
}

// Open decrypts what [Box.Seal] made for the same scope. Any other bytes give
// [ErrOpen].
func (b *Box) Open(tenantKey []byte, scope Scope, sealed []byte) ([]byte, error) {
	gcm, err := b.tenant(tenantKey, scope.Tenant)
	if err != nil {
		return nil, err
	}
	plaintext, err := open(gcm, sealed, scope.binding())
	if err != nil {
		return nil, fmt.Errorf("open field %q: %w", scope.Field, err)
	}
	return plaintext, nil
}

// CheckValue is kept in the database beside the tenants; it tells nothing of
// the key and is the same on every call.
func (b *Box) CheckValue() []byte {
	mac := hmac.New(sha256.New, b.master.derive("check value"))
	mac.Write([]byte("parley master key"))
	return append([]byte{formatV1}, mac.Sum(nil)...)
}

// VerifyCheck compares the database's check value with this box's key and
// returns [ErrWrongKey] when they do not belong together. The hub calls it
// before anything else reads the database.
func (b *Box) VerifyCheck(value []byte) error {
	if !hmac.Equal(value, b.CheckValue()) {
		return ErrWrongKey
	}
	return nil
}

func (b *Box) tenant(wrapped []byte, tenant string) (cipher.AEAD, error) {
	key, err := open(b.wrap, wrapped, binding("tenant key", tenant))
	if err != nil {
		return nil, fmt.Errorf("unwrap key of tenant %q: %w", tenant, err)
	}
	return aead(key), nil
}

func (s Scope) binding() []byte {
	return binding("field", s.Tenant, s.Account, s.Field)
}

// binding is the authenticated data of a sealed value. Each member carries its
// length, so ("ab","c") and ("a","bc") differ.
func binding(parts ...string) []byte {
	out := []byte("parley/v1")
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

func seal(gcm cipher.AEAD, plaintext, bound []byte) []byte {
	out := make([]byte, 1, 1+len(plaintext)+gcm.Overhead())
	out[0] = formatV1
	return gcm.Seal(out, nil, plaintext, bound)
}

func open(gcm cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < 1+gcm.Overhead() || sealed[0] != formatV1 {
		return nil, ErrOpen
	}
	plaintext, err := gcm.Open(nil, nil, sealed[1:], bound)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}

// aead panics on a wrong key length only; every caller passes KeySize bytes
// that it made or authenticated itself.
func aead(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(fmt.Sprintf("secret: %v", err))
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(fmt.Sprintf("secret: %v", err))
	}
	return gcm
}
