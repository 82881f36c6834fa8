package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core/canon"
)

// The lives of what we sign. An anonymous visitor's token is renewed with every
// session; that of a signed-in customer ends with the working day and is never
// kept by the browser.
const (
	visitorLife = 400 * 24 * time.Hour
	userLife    = 12 * time.Hour
	handleLife  = 24 * time.Hour
)

// What a signed token is good for.
const (
	forVisitor = "v"
	forTicket  = "t"
	forFile    = "f"
)

var errToken = errors.New("token is not ours, not for this, or too old")

// claims is what a signed token says. It is readable by its holder, so it only
// holds what the visitor told us or may know.
type claims struct {
	For     string   `json:"f"`
	Account canon.ID `json:"a"`
	Visitor visitor  `json:"v"`
	Expires int64    `json:"e"` // Unix seconds
	Nonce   string   `json:"n,omitempty"`
	// Media is the file a handle stands for.
	Media *canon.Media `json:"m,omitempty"`
}

// visitor is who is at the other end of a session.
type visitor struct {
	Peer   canon.RemoteID `json:"p"`
	Locale string         `json:"l,omitempty"`
	// Asked says that they answered what is asked before the chat, or wrote
	// before anything was.
	Asked bool `json:"q,omitempty"`
	// User and what follows come from the host site's signed word.
	User  string `json:"u,omitempty"`
	Name  string `json:"n,omitempty"`
	Email string `json:"m,omitempty"`
	Phone string `json:"t,omitempty"`
	// Was is the anonymous visitor this customer was before signing in.
	Was canon.RemoteID `json:"w,omitempty"`
}

// newVisitor makes an anonymous visitor: random bits that nobody can guess.
func newVisitor(locale string) visitor {
	return visitor{Peer: canon.RemoteID("v-" + rand.Text()), Locale: locale}
}

// peer is the visitor as the sender of an envelope.
func (v visitor) peer() canon.Peer {
	p := canon.Peer{ID: v.Peer, Name: v.Name, Email: v.Email, Phone: v.Phone, Locale: v.Locale}
	if v.User != "" {
		p.Verified = true
		p.Also = append(p.Also, canon.Alias{Kind: "user", ID: canon.RemoteID(v.User), Verified: true})
	}
	if v.Was != "" {
		// The same browser, which need not be the same person: shown, not joined.
		p.Also = append(p.Also, canon.Alias{Kind: "visitor", ID: v.Was})
	}
	return p
}

func (v visitor) life() time.Duration {
	if v.User != "" {
		return userLife
	}
	return visitorLife
}

func (c *conn) sign(what string, account canon.ID, v visitor, life time.Duration, media *canon.Media) (string, error) {
	t := claims{For: what, Account: account, Visitor: v, Expires: c.now().Add(life).Unix(), Media: media}
	if what == forTicket {
		t.Nonce = rand.Text()
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return c.options.Signer.Token(raw), nil
}

func (c *conn) open(what string, account canon.ID, token string) (claims, error) {
	if token == "" || len(token) > 8<<10 {
		return claims{}, errToken
	}
	raw, err := c.options.Signer.OpenToken(token)
	if err != nil {
		return claims{}, errToken
	}
	var t claims
	if err := json.Unmarshal(raw, &t); err != nil || t.For != what || t.Account != account ||
		t.Visitor.Peer == "" || c.now().Unix() >= t.Expires {
		return claims{}, errToken
	}
	return t, nil
}
