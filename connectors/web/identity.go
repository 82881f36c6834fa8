package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"parley/core/canon"
)

// leeway is how far the host site's clock may differ from ours.
const leeway = time.Minute

var errIdentity = errors.New("identity token refused")

// jwtClaims is what a host site says of its signed-in customer.
type jwtClaims struct {
	Subject   string      `json:"sub"`
	Audience  audience    `json:"aud"`
	Expires   json.Number `json:"exp"`
	NotBefore json.Number `json:"nbf"`
	Issued    json.Number `json:"iat"`
	Name      string      `json:"name"`
	Email     string      `json:"email"`
	Phone     string      `json:"phone_number"`
}

// audience is a text or a list of texts (RFC 7519 §4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(a))
}

// identify checks a JWT of the host site and returns the customer it names.
// The algorithm is HS256, whatever the token says; exp, aud and sub must be
// there. All failures look the same.
func identify(token string, secret []byte, account canon.ID, now time.Time) (visitor, error) {
	if len(secret) == 0 || len(token) > 4<<10 {
		return visitor{}, errIdentity
	}
	signed, signature, ok := cutLast(token, '.')
	if !ok || strings.Count(signed, ".") != 1 {
		return visitor{}, errIdentity
	}
	enc := base64.RawURLEncoding.Strict()
	sig, err := enc.DecodeString(signature)
	if err != nil || strings.ContainsAny(token, "\r\n") {
		return visitor{}, errIdentity
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	if !hmac.Equal(mac.Sum(nil), sig) {
		return visitor{}, errIdentity
	}
	head, body, _ := strings.Cut(signed, ".")
	var header struct {
		Alg  string          `json:"alg"`
		Typ  string          `json:"typ"`
		Crit json.RawMessage `json:"crit"`
	}
	if decodeSegment(enc, head, &header) != nil || header.Alg != "HS256" || header.Crit != nil ||
		(header.Typ != "" && !strings.EqualFold(header.Typ, "JWT")) {
		return visitor{}, errIdentity
	}
	var c jwtClaims
	if decodeSegment(enc, body, &c) != nil || !c.current(now) || !c.meant(account) {
		return visitor{}, errIdentity
	}
	user := line(c.Subject, 200)
	if user == "" || user != c.Subject {
		return visitor{}, errIdentity
	}
	// The peer is derived from the site's own name for the customer, so that
	// the same customer finds the same chat on every device.
	sum := sha256.Sum256([]byte(user))
	return visitor{
		Peer: canon.RemoteID("u-" + base64.RawURLEncoding.EncodeToString(sum[:18])),
		User: user, Name: line(c.Name, 100), Email: line(c.Email, 200), Phone: line(c.Phone, 40),
	}, nil
}

func (c jwtClaims) current(now time.Time) bool {
	exp, err := c.Expires.Float64()
	if err != nil || float64(now.Add(-leeway).Unix()) >= exp {
		return false
	}
	for _, from := range []json.Number{c.NotBefore, c.Issued} {
		if from == "" {
			continue
		}
		if at, err := from.Float64(); err != nil || float64(now.Add(leeway).Unix()) < at {
			return false
		}
	}
	return true
}

func (c jwtClaims) meant(account canon.ID) bool {
	for _, a := range c.Audience {
		if a == account.String() {
			return true
		}
	}
	return false
}

func decodeSegment(enc *base64.Encoding, segment string, into any) error {
	raw, err := enc.DecodeString(segment)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	return d.Decode(into)
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
