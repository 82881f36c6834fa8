//go:build !nogpl

package whatsapp

import (
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/types"

	"parley/connectors/emulate"
)

// person is somebody on WhatsApp, with a phone.
type person struct {
	pn, lid types.JID
	name    string
	lang    string
	chain   *keychain
	picture string // address of the profile's
	hidden  bool   // writes under the hidden number, as most do by now
	chat    *chat
	wrote   bool
	blocked bool // blocked the account: what it sends is taken and not shown
}

func newPerson(phone, lid, name, lang string, reg uint32) *person {
	p := &person{
		pn: types.JID{User: phone, Server: types.DefaultUserServer}, lid: types.JID{User: lid, Server: types.HiddenUserServer},
		name: name, lang: lang, chain: newKeychain(reg), hidden: reg%2 == 1,
	}
	p.chat = &chat{id: phone, seen: map[string]bool{}}
	return p
}

// group is a chat of several, the account among them.
type group struct {
	jid     types.JID
	title   string
	members []*person
	chat    *chat
}

// chat is what stands on the screens of those who are in it.
type chat struct {
	id     string
	group  *group
	lines  []*line
	seen   map[string]bool // messages of the account, by id
	typing bool
}

// line is a bubble with who wrote it; nil is the account.
type line struct {
	emulate.Bubble
	by   *person
	read bool
}

func (c *chat) find(id string) *line {
	i := slices.IndexFunc(c.lines, func(l *line) bool { return l.ID == id })
	if i < 0 {
		return nil
	}
	return c.lines[i]
}

// personAt finds who has an address.
func (p *Platform) personAt(jid types.JID) *person {
	for _, who := range append(slices.Clone(p.people), p.owner) {
		if jid.User == who.pn.User && jid.Server == types.DefaultUserServer || jid.User == who.lid.User && jid.Server == types.HiddenUserServer {
			return who
		}
	}
	return nil
}

// customer finds who is meant by a customer's name, "phone" or "phone@group".
func (p *Platform) customer(name string) (*person, *chat) {
	phone, in, grouped := strings.Cut(name, "@")
	i := slices.IndexFunc(p.people, func(x *person) bool { return x.pn.User == phone })
	if i < 0 {
		return nil, nil
	}
	who := p.people[i]
	if !grouped {
		return who, who.chat
	}
	for _, g := range p.groups {
		if g.jid.User == in && slices.Contains(g.members, who) {
			return who, g.chat
		}
	}
	return nil, nil
}

// names are the customers who see a chat.
func (p *Platform) names(c *chat) []string {
	if c.group == nil {
		return []string{c.id}
	}
	var out []string
	for _, m := range c.group.members {
		out = append(out, m.pn.User+"@"+c.id)
	}
	return out
}

func (p *Platform) told(c *chat) {
	for _, name := range p.names(c) {
		p.changed(name)
	}
}

// AddGroup makes a group of the account and all customers, and returns its id.
func (p *Platform) AddGroup(title string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := &group{title: title, members: slices.Clone(p.people), jid: types.JID{User: "12036300000000" + string(rune('1'+len(p.groups))), Server: types.GroupServer}}
	g.chat = &chat{id: g.jid.User, group: g, seen: map[string]bool{}}
	p.groups = append(p.groups, g)
	return g.jid.User
}

func (p *Platform) groupAt(jid types.JID) *group {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.groups {
		if g.jid == jid {
			return g
		}
	}
	return nil
}

// SetPicture gives a customer a picture.
func (p *Platform) SetPicture(customer, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if who, _ := p.customer(customer); who != nil {
		who.picture = address
	}
}

func (p *Platform) stamp() time.Time { return p.o.Clock().UTC() }
