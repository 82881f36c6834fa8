package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far the hub's clock may be off.
const tolerance = 300 * time.Second

// keys are what both sides know: the first signs, any is accepted. As the section
// Signatures of docs/http-connector.md says.
type keys [][]byte

// readKeys reads secrets divided by spaces.
func readKeys(secret string) (keys, error) {
	var all keys
	for _, word := range strings.Fields(secret) {
		key := []byte(word)
		if rest, coded := strings.CutPrefix(word, "whsec_"); coded {
			var err error
			if key, err = base64.StdEncoding.DecodeString(rest); err != nil {
				return nil, fmt.Errorf("read a secret: %w", err)
			}
		}
		all = append(all, key)
	}
	if len(all) == 0 {
		return nil, errors.New("read a secret: there is none")
	}
	return all, nil
}

func signature(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + timestamp + ".")) // a hash takes everything
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// sign writes the three headers of a request.
func (k keys) sign(h nethttp.Header, id string, now time.Time, body []byte) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", timestamp)
	h.Set("webhook-signature", signature(k[0], id, timestamp, body))
}

// fits tells whether a request was signed with one of the keys, at about now.
func (k keys) fits(h nethttp.Header, now time.Time, body []byte) bool {
	id, timestamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if id == "" || err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	for _, given := range strings.Fields(h.Get("webhook-signature")) {
		for _, key := range k {
			if hmac.Equal([]byte(given), []byte(signature(key, id, timestamp, body))) {
				return true
			}
		}
	}
	return false
}
