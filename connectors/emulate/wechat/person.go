package wechat

import (
	"encoding/json"
	"time"

	"parley/connectors/emulate"
)

// person is one customer.
type person struct {
	openid, name, lang string
	follows            bool
	bubbles            []emulate.Bubble
	closes             time.Time // of the window
	left               int
	recent             time.Time // when something passed last
	typing             time.Time // until when the sign of typing stands
	agreed             map[string]int
}

// Add makes a customer; one more account follower with follows.
func (p *Platform) Add(openid, name, lang string, follows bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people[openid] = &person{openid: openid, name: name, lang: lang, follows: follows, agreed: map[string]int{}}
	p.order = append(p.order, openid)
}

// Agree has a customer agree to a notification once.
func (p *Platform) Agree(openid, notice string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people[openid].agreed[notice]++
}

// Left is how many messages a customer may still be sent, and until when.
func (p *Platform) Left(openid string) (int, time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.people[openid].left, p.people[openid].closes
}

// Open has a customer's window stand open, as after a message.
func (p *Platform) Open(openid string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grant(p.people[openid], 5, 48*time.Hour)
}

// grant lets messages follow an act of the customer. Counts do not add up.
func (p *Platform) grant(who *person, messages int, within time.Duration) {
	now := p.o.Clock()
	if !now.Before(who.closes) {
		who.left = 0
	}
	who.left, who.recent = max(who.left, messages), now
	if closes := now.Add(within); closes.After(who.closes) {
		who.closes = closes
	}
}

// spend takes one message off a customer's window.
func (p *Platform) spend(who *person) result {
	switch now := p.o.Clock(); {
	case !p.o.Mini && !who.follows, !now.Before(who.closes):
		return refuse(45015, "response out of time limit or subscription is canceled")
	case who.left == 0:
		return refuse(45047, "out of response count limit")
	default:
		who.left--
		who.recent = now
	}
	return result{}
}

// show puts a bubble on a customer's screen.
func (p *Platform) show(who *person, b emulate.Bubble) string {
	b.At = p.o.Clock()
	if b.ID == "" {
		b.ID = number(p.id())
	}
	who.bubbles = append(who.bubbles, b)
	return b.ID
}

func number(n int64) string { b, _ := json.Marshal(n); return string(b) }
