package fakehub

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Get is connector.Cache's.
func (h *Hub) Get(_ context.Context, key string) (string, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v, ok := h.cache[key]
	return v, ok, nil
}

// Set is connector.Cache's; nothing expires.
func (h *Hub) Set(_ context.Context, key, value string, _ time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cache[key] = value
	return nil
}

// Delete is connector.Cache's.
func (h *Hub) Delete(_ context.Context, key string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.cache, key)
	return nil
}

// Once is connector.Cache's.
func (h *Hub) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if v, ok := h.cache[key]; ok {
		return v, nil
	}
	v, _, err := fill(ctx)
	if err == nil {
		h.cache[key] = v
	}
	return v, err
}

// Env is what the hub lends a conn.
func (h *Hub) Env(clock func() time.Time) connector.Env {
	return connector.Env{Chat: h, Cache: h, Clock: clock}
}

// Signer is an HMAC signer with a fixed key.
type Signer struct{ Key string }

// Token signs a payload.
func (s Signer) Token(payload []byte) string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString(payload) + "." + enc.EncodeToString(s.sum(payload))
}

// OpenToken returns the payload of a token of this signer.
func (s Signer) OpenToken(token string) ([]byte, error) {
	left, right, _ := strings.Cut(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(left)
	if err != nil {
		return nil, err
	}
	sum, err := base64.RawURLEncoding.DecodeString(right)
	if err != nil || !hmac.Equal(sum, s.sum(payload)) {
		return nil, errors.New("not ours")
	}
	return payload, nil
}

func (s Signer) sum(payload []byte) []byte {
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write(payload)
	return mac.Sum(nil)
}

// The people of the fake hub.
var (
	Bot    = connector.Sender{Kind: "bot", ID: canon.NewID(), Name: "售前助手"}
	Agent  = connector.Sender{Kind: "agent", ID: canon.NewID(), Name: "林小满"}
	System = connector.Sender{Kind: "system"}
)
