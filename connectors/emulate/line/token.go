package line

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenLife is of a stateless channel access token.
const tokenLife = 15 * time.Minute

// issue makes a stateless token.
func (p *Platform) issue(q request) (answer, *refusal) {
	form, err := url.ParseQuery(string(q.body))
	if err != nil || form.Get("grant_type") != "client_credentials" {
		return answer{}, refused("grant", http.StatusBadRequest)
	}
	if form.Get("client_id") != p.o.ChannelID || form.Get("client_secret") != p.secret() {
		return answer{}, refused("credentials", http.StatusBadRequest)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	token := "stateless." + p.secretOf("access token")
	p.tokens[token] = p.o.Clock().Add(tokenLife)
	return answer{body: map[string]any{"token_type": "Bearer", "access_token": token, "expires_in": int(tokenLife.Seconds())}}, nil
}

// authorize looks at the access token of a call.
func (p *Platform) authorize(q request) *refusal {
	token, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return refused("authorization", http.StatusUnauthorized)
	}
	if token == p.o.Token {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ends, known := p.tokens[token]
	switch {
	case !known:
		return refused("authorization", http.StatusUnauthorized)
	case !p.o.Clock().Before(ends):
		return refused("token life", http.StatusUnauthorized)
	}
	return nil
}
