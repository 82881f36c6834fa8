//go:build !nogpl

package whatsapp

import (
	"strings"

	"parley/connectors/emulate"
)

var _ emulate.Phone = (*Platform)(nil)

// Platform is the kind of channel.
func (p *Platform) Platform() string { return "whatsapp" }

// Customers lists who writes to the account, then who is in its groups:
// "8613800000501", "8613800000501@120363000000001".
func (p *Platform) Customers() []emulate.Customer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []emulate.Customer
	for _, who := range p.people {
		out = append(out, emulate.Customer{ID: who.pn.User, Name: who.name, Lang: who.lang})
	}
	for _, g := range p.groups {
		for _, who := range g.members {
			out = append(out, emulate.Customer{ID: who.pn.User + "@" + g.jid.User, Name: who.name + " · " + g.title, Lang: who.lang})
		}
	}
	return out
}

// Screen is what a customer sees.
func (p *Platform) Screen(customer string) emulate.Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil {
		return emulate.Screen{}
	}
	s := emulate.Screen{Title: p.owner.name, Typing: c.typing, Can: []string{
		emulate.ActText, emulate.ActMedia, emulate.ActLocation, emulate.ActContact, emulate.ActReply, emulate.ActReact, emulate.ActEdit, emulate.ActRecall, emulate.ActRead},
		Linked: p.linked()}
	if c.group != nil {
		s.Title = c.group.title
	}
	for _, l := range c.lines {
		b := l.Bubble
		if l.by != nil && l.by != who {
			b.From = "them"
		}
		s.Bubbles = append(s.Bubbles, b)
	}
	return s
}

// Lines are the words of a chat as the customer reads them, oldest first, with
// ">" before those of others.
func (p *Platform) Lines(customer string) []string {
	var out []string
	for _, b := range p.Screen(customer).Bubbles {
		said := b.Text
		for _, m := range b.Media {
			said = strings.TrimSpace("[" + m.Kind + "] " + said)
		}
		for _, c := range b.Cards {
			said = strings.TrimSpace("[" + c.Kind + "] " + c.Title + " " + said)
		}
		if b.From == "them" {
			said = ">" + said
		}
		if !b.Recalled {
			out = append(out, said)
		}
	}
	return out
}
