package wechat

import (
	"encoding/json"
	"fmt"
	"time"
)

const tokenLife = 7200 * time.Second

// stableToken gives the access token: the same while it counts, another within
// its last five minutes, when both count, or by force.
func (p *Platform) stableToken(c *call) result {
	var ask struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	_ = json.Unmarshal(c.body, &ask) // checkBody saw that it is JSON
	now := p.o.Clock()
	switch {
	case ask.GrantType != "client_credential":
		return refuse(40002, "invalid grant_type")
	case ask.AppID != p.o.AppID:
		return refuse(40013, "invalid appid")
	case ask.Secret != p.o.Secret:
		return refuse(40125, "invalid appsecret")
	case p.banned:
		return refuse(40164, "invalid ip 203.0.113.7, not in whitelist")
	case ask.Force && now.Sub(p.forced) < 30*time.Second:
		return refuse(45009, "reach max api daily quota limit")
	}
	if ends, ok := p.tokens[p.current]; ask.Force || !ok || ends.Sub(now) < 5*time.Minute {
		if ask.Force {
			p.forced = now
			delete(p.tokens, p.current)
		}
		p.n++
		p.current = fmt.Sprintf("84_AccessToken%06d_%s", p.n, p.o.AppID[2:])
		p.tokens[p.current] = now.Add(tokenLife)
	}
	return result{fields: map[string]any{"access_token": p.current, "expires_in": int(p.tokens[p.current].Sub(now).Seconds())}}
}

func (p *Platform) checkToken(token string, now time.Time) result {
	ends, given := p.tokens[token]
	switch {
	case token == "":
		return refuse(41001, "access_token missing")
	case !given:
		return refuse(40001, "invalid credential, access_token is invalid or not latest")
	case !now.Before(ends):
		return refuse(42001, "access_token expired")
	}
	return result{}
}
