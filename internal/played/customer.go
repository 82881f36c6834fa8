package played

import (
	"strings"

	"parley/connectors/emulate"
	"parley/core"
	"parley/core/canon"
)

// Customer is somebody who is played, with the phone in hand, and how the hub
// sees them.
type Customer struct {
	ID      string
	h       *Hub
	phone   emulate.Phone
	account canon.ID // written to
}

// Customer is one of those a platform has, who writes to the first account.
func (h *Hub) Customer(phone emulate.Phone, id string) *Customer {
	return &Customer{ID: id, h: h, phone: phone, account: h.Account}
}

// Of is the customer where the phone writes to another account.
func (c *Customer) Of(account canon.ID) *Customer {
	other := *c
	other.account = account
	return &other
}

// On is the customer with another phone in hand.
func (c *Customer) On(phone emulate.Phone) *Customer {
	other := *c
	other.phone = phone
	return &other
}

// Does things, which the platform must allow.
func (c *Customer) Does(acts ...emulate.Act) {
	c.h.t.Helper()
	for _, act := range acts {
		if err := c.phone.Do(c.h.t.Context(), c.ID, act); err != nil {
			c.h.t.Fatal(err)
		}
	}
}

// Says writes a text.
func (c *Customer) Says(text string) {
	c.h.t.Helper()
	c.Does(emulate.Act{Kind: emulate.ActText, Text: text})
}

// Screen is what the phone shows.
func (c *Customer) Screen() emulate.Screen { return c.phone.Screen(c.ID) }

// Newest is the last bubble on the screen.
func (c *Customer) Newest() emulate.Bubble {
	all := c.Screen().Bubbles
	return all[len(all)-1]
}

// Theirs are the bubbles of the account, oldest first.
func (c *Customer) Theirs() (out []emulate.Bubble) {
	for _, b := range c.Screen().Bubbles {
		if b.From == "them" {
			out = append(out, b)
		}
	}
	return out
}

// Sees waits for a bubble of the account that holds a text.
func (c *Customer) Sees(text string) (found emulate.Bubble) {
	c.h.t.Helper()
	c.finds(c.ID+" sees "+text, &found, func(b emulate.Bubble) bool { return strings.Contains(Words(b), text) })
	return found
}

// AsksForAPerson presses the button that the rule bot offers when it knows nothing.
func (c *Customer) AsksForAPerson() {
	c.h.t.Helper()
	var at emulate.Bubble
	c.finds("the bot offers a person", &at, func(b emulate.Bubble) bool { return len(b.Buttons) > 0 })
	c.Does(emulate.Act{Kind: emulate.ActPress, Target: at.ID, Value: at.Buttons[0][0].Value})
}

func (c *Customer) finds(what string, at *emulate.Bubble, is func(emulate.Bubble) bool) {
	c.h.t.Helper()
	c.h.Until(what, func() bool {
		for _, b := range c.Theirs() {
			if is(b) {
				*at = b
				return true
			}
		}
		return false
	})
}

// Words is all there is to read in a bubble.
func Words(b emulate.Bubble) string {
	said := []string{b.Text}
	for _, m := range b.Media {
		said = append(said, m.Kind+" "+m.MIME)
	}
	for _, card := range b.Cards {
		said = append(said, card.Title, card.Text, card.URL)
	}
	for _, row := range b.Buttons {
		for _, button := range row {
			said = append(said, button.Label)
		}
	}
	return strings.Join(said, " | ")
}

// Talk is the customer's newest conversation with the account.
func (c *Customer) Talk() (core.Conversation, bool) {
	c.h.t.Helper()
	scope := c.h.Store.For(c.h.Tenant)
	contact, ok, err := scope.ContactOfPeer(c.h.t.Context(), c.account, canon.RemoteID(c.ID))
	if err != nil {
		c.h.t.Fatal(err)
	}
	if !ok {
		return core.Conversation{}, false
	}
	all := must(scope.ContactConversations(c.h.t.Context(), contact, canon.ID{}, 1))(c.h.t)
	if len(all) == 0 {
		return core.Conversation{}, false
	}
	return all[0], true
}

// Lines are the messages with the customer, oldest first.
func (c *Customer) Lines() []core.Message {
	c.h.t.Helper()
	if talk, ok := c.Talk(); ok {
		return c.h.Lines(talk)
	}
	return nil
}

// Line waits for a message with the customer that is as asked.
func (c *Customer) Line(what string, is func(core.Message) bool) (found core.Message) {
	c.h.t.Helper()
	c.h.Until("the agent sees "+what, func() bool {
		for _, m := range c.Lines() {
			if is(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// Queued waits until the customer is in the queue for a person.
func (c *Customer) Queued() core.Conversation {
	c.h.t.Helper()
	return c.until("people have the conversation", func(talk core.Conversation) bool { return talk.Owner.Kind == core.StatusQueue })
}

// Served waits until the agent has the customer.
func (c *Customer) Served() core.Conversation {
	c.h.t.Helper()
	return c.until("the agent has the conversation", func(talk core.Conversation) bool {
		return talk.Owner.Kind == core.StatusAgent && talk.Owner.ID == c.h.Agent
	})
}

func (c *Customer) until(what string, is func(core.Conversation) bool) (talk core.Conversation) {
	c.h.t.Helper()
	c.h.Until(what, func() (ok bool) {
		talk, ok = c.Talk()
		return ok && is(talk)
	})
	return talk
}
