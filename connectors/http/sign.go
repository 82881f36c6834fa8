package http

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	nethttp "net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The headers of Standard Webhooks, in the spelling of net/http.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far the clock of the other side may be off.
const Tolerance = 5 * time.Minute

// shortestSecret is in bytes of key.
const shortestSecret = 12

// signatureSize is the length of a signature in base64.
const signatureSize = 44

// Signer signs with the first of its secrets and accepts any of them. Safe for
// concurrent use.
type Signer struct {
	keys []*key
}

// key keeps ready-made HMAC states: making one costs more than a short body.
type key struct {
	pool sync.Pool
}

type keyed struct {
	mac  hash.Hash
	head []byte
	sum  [sha256.Size]byte
}

// NewSigner reads secrets divided by white space, the current one first. Each
// is "whsec_" with base64, or any text of at least 12 bytes.
func NewSigner(secrets string) (*Signer, error) {
	s := &Signer{}
	for i, text := range strings.Fields(secrets) {
		secret := []byte(text)
		if encoded, ok := strings.CutPrefix(text, "whsec_"); ok {
			var err error
			if secret, err = base64.StdEncoding.DecodeString(encoded); err != nil {
				return nil, fmt.Errorf("secret %d: what follows whsec_ is not base64", i+1)
			}
		}
		if len(secret) < shortestSecret {
			return nil, fmt.Errorf("secret %d is shorter than %d bytes", i+1, shortestSecret)
		}
		k := &key{}
		k.pool.New = func() any { return &keyed{mac: hmac.New(sha256.New, secret)} }
		s.keys = append(s.keys, k)
	}
	if len(s.keys) == 0 {
		return nil, errors.New("there is no secret")
	}
	return s, nil
}

func (k *key) sign(id, timestamp string, body []byte) (out [signatureSize]byte) {
	w := k.pool.Get().(*keyed)
	w.head = append(append(append(append(w.head[:0], id...), '.'), timestamp...), '.')
	w.mac.Reset()
	w.mac.Write(w.head)
	w.mac.Write(body)
	base64.StdEncoding.Encode(out[:], w.mac.Sum(w.sum[:0]))
	k.pool.Put(w)
	return out
}

// Sign returns the value of the signature header for a body sent at a time
// (Unix seconds).
func (s *Signer) Sign(id string, at int64, body []byte) string {
	sum := s.keys[0].sign(id, strconv.FormatInt(at, 10), body)
	return "v1," + string(sum[:])
}

// SetHeaders signs a request.
func (s *Signer) SetHeaders(h nethttp.Header, id string, at time.Time, body []byte) {
	h[HeaderID] = []string{id}
	h[HeaderTimestamp] = []string{strconv.FormatInt(at.Unix(), 10)}
	h[HeaderSignature] = []string{s.Sign(id, at.Unix(), body)}
}

// ErrUnsigned is the one answer to whatever is wrong with a signature: a forger
// learns nothing from it.
var ErrUnsigned = errors.New("the signature does not fit")

// maxSignatures is how many signatures one header may list.
const maxSignatures = 8

// Verify checks that body was signed with one of the secrets at about now.
func (s *Signer) Verify(h nethttp.Header, now time.Time, body []byte) error {
	id, okID := only(h, HeaderID)
	stamp, okStamp := only(h, HeaderTimestamp)
	given, okGiven := only(h, HeaderSignature)
	if !okID || !okStamp || !okGiven || len(id) > 255 || len(stamp) > 12 {
		return ErrUnsigned
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return ErrUnsigned
	}
	if age := now.Sub(time.Unix(at, 0)); age > Tolerance || age < -Tolerance {
		return ErrUnsigned
	}
	fits := 0
	for _, k := range s.keys {
		want := k.sign(id, stamp, body)
		rest := given
		for range maxSignatures {
			one, more, again := strings.Cut(rest, " ")
			if len(one) == 3+signatureSize && one[:3] == "v1," {
				fits |= compare(one[3:], &want)
			}
			if rest = more; !again {
				break
			}
		}
	}
	if fits != 1 {
		return ErrUnsigned
	}
	return nil
}

// compare takes the same time wherever the texts differ. It compares the
// encoded form: base64 has several spellings of the same bytes, and only ours
// counts.
func compare(given string, want *[signatureSize]byte) int {
	var text [signatureSize]byte
	copy(text[:], given)
	return subtle.ConstantTimeCompare(text[:], want[:])
}

// only returns a header that is there once and not empty.
func only(h nethttp.Header, name string) (string, bool) {
	v := h[name]
	if len(v) != 1 || v[0] == "" {
		return "", false
	}
	return v[0], true
}
