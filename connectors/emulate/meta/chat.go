package meta

import (
	"time"

	"parley/connectors/emulate"
)

// chat is one customer with one account.
type chat struct {
	account, customer string
	lines             []*line
	heard             time.Time   // when the customer last wrote
	sends             []time.Time // to this customer, for the pair limit
	owner             string      // the app that controls the thread; "" is idle
	typing            bool
}

// line is one message.
type line struct {
	emulate.Bubble
	key  string // what the sender had repeated in states and echoes
	text string // what a customer reads, options and captions included
}

func (p *Platform) chat(account, customer string) *chat {
	key := chatKey{account, customer}
	c := p.chats[key]
	if c == nil {
		c = &chat{account: account, customer: customer}
		p.chats[key] = c
	}
	return c
}

func (c *chat) line(id string) *line {
	for _, l := range c.lines {
		if l.ID == id {
			return l
		}
	}
	return nil
}

func (c *chat) quote(id string) string {
	if l := c.line(id); l != nil {
		return l.text
	}
	return ""
}

// Open has a customer have written just now, so that they may be answered.
func (p *Platform) Open(account, customer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chat(account, customer).heard = p.now()
}

// Control gives a thread to an app; "" makes it idle.
func (p *Platform) Control(account, customer, app string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chat(account, customer).owner = app
}

// Place puts a message of the customer into a chat without telling the hub, and
// opens the window.
func (p *Platform) Place(account, customer, id, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chat(account, customer)
	c.heard = p.now()
	c.lines = append(c.lines, &line{Bubble: emulate.Bubble{ID: id, From: "me", At: p.now(), Text: text}, text: text})
}

// Shown lists what a customer has read, of what the account sent.
func (p *Platform) Shown(account, customer string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, l := range p.chat(account, customer).lines {
		if l.From == "them" {
			out = append(out, l.text)
		}
	}
	return out
}

// Forget has a customer's last message be weeks ago.
func (p *Platform) Forget(account, customer string) {
	p.Heard(account, customer, p.o.Clock().Add(-30*24*time.Hour))
}

// Heard says when a customer last wrote.
func (p *Platform) Heard(account, customer string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chat(account, customer).heard = at
}
