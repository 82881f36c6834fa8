package wecom

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"github.com/silenceper/wechat/v2/util"

	"parley/core/connector"
)

// Routes: the address is verified by GET, callbacks are posted to it.
func (c *corp) Routes() []connector.Route {
	return []connector.Route{{Method: http.MethodGet}, {Method: http.MethodPost}}
}

var (
	errUnsigned = errors.New("a callback of WeCom is not signed with this link's token")
	errSealed   = errors.New("a callback of WeCom is not sealed for this corporation")
)

// Unseal checks msg_signature over the ciphertext, in constant time and before
// anything is decrypted, then the corporation the ciphertext names. The vendor's
// library decrypts; it does not check the signature.
func (c *corp) Unseal(raw connector.Raw) (connector.Opened, error) {
	q, err := url.ParseQuery(raw.Query)
	if err != nil {
		return connector.Opened{}, errUnsigned
	}
	sealed := q.Get("echostr")
	if raw.Method != http.MethodGet {
		w, ok := wrapper(raw.Body)
		if !ok || w["ToUserName"] != c.id || c.agent != "" && w["AgentID"] != "" && w["AgentID"] != c.agent {
			return connector.Opened{}, errSealed
		}
		sealed = w["Encrypt"]
	}
	want := util.Signature(c.token, q.Get("timestamp"), q.Get("nonce"), sealed)
	if sealed == "" || subtle.ConstantTimeCompare([]byte(want), []byte(q.Get("msg_signature"))) != 1 {
		return connector.Opened{}, errUnsigned
	}
	_, plain, err := util.DecryptMsg(c.id, sealed, c.aesKey)
	if err != nil {
		return connector.Opened{}, errSealed // the library's words may quote the ciphertext
	}
	if raw.Method == http.MethodGet {
		// No quotes, no line end: WeCom compares the bytes.
		return connector.Opened{Answer: &connector.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: plain}}, nil
	}
	return connector.Opened{Body: plain}, nil
}

// Ack answers 200 with nothing, which ends the platform's tries; it repeats a
// callback three times, five seconds apart (90930).
func (c *corp) Ack(_ connector.Raw, outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		return connector.Reply{Status: http.StatusOK}
	case connector.Refused:
		return connector.Reply{Status: http.StatusBadRequest}
	default:
		return connector.Reply{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"5"}}}
	}
}

// The wrapper of a callback is not covered by the signature, only the ciphertext
// in it. So nothing is let through but the shape WeCom writes: a flat list of
// elements, each once, with plain values.
var (
	wrapped = regexp.MustCompile(`^\s*<xml>\s*((?:<[A-Za-z]+>(?:<!\[CDATA\[[^<>\[\]&]*\]\]>|[^<>&]*)</[A-Za-z]+>\s*)+)</xml>[\r\n]*$`)
	element = regexp.MustCompile(`<([A-Za-z]+)>(?:<!\[CDATA\[([^<>\[\]&]*)\]\]>|([^<>&]*))</([A-Za-z]+)>`)
)

// wrapper reads a callback's wrapper.
func wrapper(body []byte) (map[string]string, bool) {
	m := wrapped.FindSubmatch(body)
	if m == nil {
		return nil, false
	}
	seen := map[string]string{}
	for _, e := range element.FindAllSubmatch(m[1], 8) {
		name, value := string(e[1]), string(e[2])+string(e[3])
		if _, twice := seen[name]; twice || name != string(e[4]) {
			return nil, false
		}
		seen[name] = value
	}
	return seen, true
}
