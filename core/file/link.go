package file

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
)

// Signature signs and verifies; *secret.Signer is one.
type Signature interface {
	Sign(parts ...string) []byte
	Verify(signature []byte, parts ...string) bool
}

// The lifetimes of file addresses.
const (
	ForAgents    = 10 * time.Minute   // shown in the inbox, renewed by the UI
	ForPlatforms = 7 * 24 * time.Hour // fetched by a platform
)

// Expiry is when an address made now and living for life ends: at most life from
// now, at least half of it. It moves in steps, so addresses made within one step
// are the same and a browser need not load the file again.
func Expiry(now time.Time, life time.Duration) time.Time {
	return now.Truncate(life / 2).Add(life)
}

// Link is what a signed address says.
type Link struct {
	Tenant, File canon.ID
	// Expires is when the address ends, in whole seconds. Zero: it lasts as long
	// as the file, until its Revision is raised.
	Expires time.Time
	// Revision must be that of the file in the [Catalog].
	Revision int
	// Download asks to save the file, also one that could be shown.
	Download bool
}

// Signer makes and checks file addresses. It is safe for concurrent use.
type Signer struct {
	base string
	key  Signature
}

// Path is where the [Handler] is mounted.
const Path = "/files/"

// NewSigner makes a signer for the public address of the hub, without a slash
// at its end; an empty one makes addresses relative to the host.
func NewSigner(publicURL string, key Signature) *Signer {
	return &Signer{base: strings.TrimSuffix(publicURL, "/") + Path, key: key}
}

// URL is the address of a file:
// …/files/{tenant}/{file}?e={unix seconds}&r={revision}&d=1&s={signature}.
func (s *Signer) URL(l Link) string {
	q := url.Values{"s": {base64.RawURLEncoding.EncodeToString(s.key.Sign(l.parts()...))}}
	if !l.Expires.IsZero() {
		q.Set("e", strconv.FormatInt(l.Expires.Unix(), 10))
	}
	if l.Revision != 0 {
		q.Set("r", strconv.Itoa(l.Revision))
	}
	if l.Download {
		q.Set("d", "1")
	}
	return s.base + l.Tenant.String() + "/" + l.File.String() + "?" + q.Encode()
}

func (l Link) parts() []string {
	expires := ""
	if !l.Expires.IsZero() {
		expires = strconv.FormatInt(l.Expires.Unix(), 10)
	}
	return []string{l.Tenant.String(), l.File.String(), expires, strconv.Itoa(l.Revision), strconv.FormatBool(l.Download)}
}

// The ways in which an address is refused.
var (
	ErrNotLink   = errors.New("not the address of a file")
	ErrSignature = errors.New("the address was not made here or was altered")
	ErrExpired   = errors.New("the address has expired")
)

// Verify reads an address. It looks at the signature before anything else, so
// that nothing can be learnt by trying. Along with [ErrExpired] it returns what
// the address said.
func (s *Signer) Verify(u *url.URL, now time.Time) (Link, error) {
	tenant, id, ok := strings.Cut(strings.TrimPrefix(u.Path, Path), "/")
	if !ok || !strings.HasPrefix(u.Path, Path) {
		return Link{}, ErrNotLink
	}
	var l Link
	var err error
	if l.Tenant, err = canon.ParseID(tenant); err != nil {
		return Link{}, ErrNotLink
	}
	if l.File, err = canon.ParseID(id); err != nil {
		return Link{}, ErrNotLink
	}
	q := u.Query()
	if e := q.Get("e"); e != "" {
		seconds, err := strconv.ParseInt(e, 10, 64)
		if err != nil {
			return Link{}, ErrSignature
		}
		l.Expires = time.Unix(seconds, 0)
	}
	if r := q.Get("r"); r != "" {
		if l.Revision, err = strconv.Atoi(r); err != nil {
			return Link{}, ErrSignature
		}
	}
	l.Download = q.Get("d") == "1"
	signature, err := base64.RawURLEncoding.DecodeString(q.Get("s"))
	if err != nil || !s.key.Verify(signature, l.parts()...) {
		return Link{}, ErrSignature
	}
	if !l.Expires.IsZero() && !now.Before(l.Expires) {
		return l, ErrExpired
	}
	return l, nil
}
