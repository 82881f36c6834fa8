package line

import (
	"slices"
	"strings"

	"parley/connectors/emulate"
)

// person is a customer with the account in their friends.
type person struct {
	emulate.Customer
	friend  bool
	blocked bool
	chat
}

// group is a group chat the account is in.
type group struct {
	name    string
	members []string
	chat
}

// chat is what stands on a screen.
type chat struct {
	bubbles []emulate.Bubble
	quick   []emulate.Button
	loading bool
}

// chatOf is the chat with a user or group; p.mu is held.
func (p *Platform) chatOf(peer string) *chat {
	if m := p.people[peer]; m != nil {
		return &m.chat
	}
	if g := p.groups[peer]; g != nil {
		return &g.chat
	}
	return nil
}

// sees reports whether somebody sees what is sent to a peer; p.mu is held.
func (p *Platform) sees(peer string) bool {
	m := p.people[peer]
	return p.groups[peer] != nil || m != nil && !m.blocked
}

// show puts a bubble on a screen; p.mu is held.
func (p *Platform) show(peer string, b emulate.Bubble, quick []emulate.Button) {
	c := p.chatOf(peer)
	if c == nil || b.From == "them" && !p.sees(peer) {
		return
	}
	c.bubbles = append(c.bubbles, b)
	c.quick = quick // those of the last message alone
	if b.From == "them" {
		c.loading = false
	}
}

// words are those of a bubble, for whoever quotes it; p.mu is held.
func (p *Platform) words(id string) string {
	for _, peer := range p.chats() {
		for _, b := range peer.bubbles {
			if b.ID == id && id != "" {
				if b.Text == "" && len(b.Cards) > 0 {
					return b.Cards[0].Title
				}
				return b.Text
			}
		}
	}
	return ""
}

func (p *Platform) chats() []*chat {
	var out []*chat
	for _, m := range p.people {
		out = append(out, &m.chat)
	}
	for _, g := range p.groups {
		out = append(out, &g.chat)
	}
	return out
}

// find is a bubble on a screen; p.mu is held.
func (c *chat) find(id string) *emulate.Bubble {
	i := slices.IndexFunc(c.bubbles, func(b emulate.Bubble) bool { return b.ID == id })
	if i < 0 {
		return nil
	}
	return &c.bubbles[i]
}

// changed tells those who watch a screen.
func (p *Platform) changed(peer string) {
	p.mu.Lock()
	all := make([]func(string), 0, len(p.watchers))
	for _, w := range p.watchers {
		all = append(all, w)
	}
	p.mu.Unlock()
	for _, w := range all {
		w(peer)
	}
}

// Room puts the account into a multi-person chat and returns its id.
func (p *Platform) Room(members ...string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := "R" + digest("room of "+strings.Join(members, " "))
	p.groups[id] = &group{members: members}
	return id
}

// Group puts the account into a group chat of customers and returns its id. The
// join itself is an event of its own.
func (p *Platform) Group(name string, members ...string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := "C" + digest(name)
	p.groups[id] = &group{name: name, members: members}
	return id
}
