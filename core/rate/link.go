package rate

import (
	"strconv"
	"strings"

	"parley/core/canon"
)

// Path is where the [Handler] is mounted.
const Path = "/rate/"

// Signer makes and opens tokens; *secret.Signer is one.
type Signer interface {
	Token(payload []byte) string
	OpenToken(token string) ([]byte, error)
}

// Links makes the addresses of the page. Safe for concurrent use.
type Links struct {
	base string
	key  Signer
}

// NewLinks returns links below the public address of the hub.
func NewLinks(publicURL string, key Signer) *Links {
	return &Links{base: strings.TrimSuffix(publicURL, "/"), key: key}
}

// URL is the address of the page about a conversation, with a score chosen but
// not given. Who has it can answer in the customer's place, so it stands in
// nothing but what is sent to them.
func (l *Links) URL(tenant, conversation canon.ID, score int) string {
	payload := append(tenant[:], conversation[:]...)
	return l.base + Path + l.key.Token(payload) + "?s=" + strconv.Itoa(score)
}

// open reads a token.
func (l *Links) open(token string) (tenant, conversation canon.ID, ok bool) {
	payload, err := l.key.OpenToken(token)
	if err != nil || len(payload) != len(tenant)+len(conversation) {
		return tenant, conversation, false
	}
	copy(tenant[:], payload)
	copy(conversation[:], payload[len(tenant):])
	return tenant, conversation, true
}
