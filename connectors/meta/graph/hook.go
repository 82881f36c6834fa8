package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"parley/core/connector"
)

// HeaderSignature carries "sha256=" and the hexadecimal HMAC of the raw body
// under the app secret ("Webhooks: Validating Payloads").
const HeaderSignature = "X-Hub-Signature-256"

// maxChallenge bounds what a handshake may have us say, in bytes.
const maxChallenge = 256

// Hook authenticates callbacks. Safe for concurrent use.
type Hook struct {
	secret []byte
	verify string
}

// NewHook returns a hook of an app's secret and the verify token of the
// callback.
func NewHook(secret, verify string) Hook { return Hook{[]byte(secret), verify} }

// Routes: the handshake is a GET, callbacks are posted to the same address.
func (Hook) Routes() []connector.Route {
	return []connector.Route{{Method: http.MethodGet}, {Method: http.MethodPost}}
}

var errUnsigned = errors.New("the signature does not fit")

// Unseal checks the signature over the bytes as they came, or answers the
// handshake (hub.challenge).
func (h Hook) Unseal(raw connector.Raw) (connector.Opened, error) {
	if raw.Method == http.MethodGet {
		return h.challenge(raw.Query)
	}
	given := raw.Header[http.CanonicalHeaderKey(HeaderSignature)]
	mac := hmac.New(sha256.New, h.secret)
	mac.Write(raw.Body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	if len(given) != 1 || subtle.ConstantTimeCompare([]byte(given[0]), []byte(want)) != 1 {
		return connector.Opened{}, errUnsigned
	}
	return connector.Opened{Body: raw.Body}, nil
}

func (h Hook) challenge(query string) (connector.Opened, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return connector.Opened{}, errors.New("the handshake's query cannot be read")
	}
	token, challenge := sha256.Sum256([]byte(q.Get("hub.verify_token"))), q.Get("hub.challenge")
	want := sha256.Sum256([]byte(h.verify))
	fits := subtle.ConstantTimeCompare(token[:], want[:]) == 1
	if !fits || h.verify == "" || q.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge {
		return connector.Opened{}, errors.New("the handshake's verify token does not fit")
	}
	return connector.Opened{Answer: &connector.Reply{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"}},
		Body:   []byte(challenge),
	}}, nil
}

// Ack answers a callback: whatever is not 200 is repeated by the platform, for
// up to seven days.
func (Hook) Ack(_ connector.Raw, outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		return connector.Reply{Status: http.StatusOK}
	case connector.Refused:
		return connector.Reply{Status: http.StatusBadRequest}
	}
	return connector.Reply{Status: http.StatusServiceUnavailable}
}

// Rehearse is a signed callback without entries.
func (h Hook) Rehearse() (connector.Raw, error) {
	body := []byte(`{"object":"","entry":[]}`)
	mac := hmac.New(sha256.New, h.secret)
	mac.Write(body)
	return connector.Raw{Method: http.MethodPost, Body: body, Header: http.Header{"Content-Type": {"application/json"},
		HeaderSignature: {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}}, nil
}
