package meta

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"parley/connectors/emulate"
)

// phone is one product in the hands of its customers.
type phone struct {
	p       *Platform
	product Product
	kind    string
	to      string // the account that is written to; "": the first of the product
}

// Phones are the three apps, by the kind of channel they are to a hub.
func (p *Platform) Phones() []emulate.Phone {
	return []emulate.Phone{
		phone{p, WhatsApp, "whatsappcloud", ""}, phone{p, Messenger, "messenger", ""}, phone{p, Instagram, "instagram", ""},
	}
}

// Phone is the app of a product.
func (p *Platform) Phone(product Product) emulate.Phone {
	for _, ph := range p.Phones() {
		if ph.(phone).product == product {
			return ph
		}
	}
	return nil
}

// PhoneTo is the app of an account's product, its customers writing to that
// account.
func (p *Platform) PhoneTo(account string) emulate.Phone {
	ph := p.Phone(productOf(account)).(phone)
	ph.to = account
	return ph
}

// Platform is the kind of channel.
func (ph phone) Platform() string { return ph.kind }

// account is the one written to, else the first of the product: that of the demo.
func (ph phone) account() string {
	if ph.to != "" {
		return ph.to
	}
	return map[Product]string{WhatsApp: Number, Messenger: Page, Instagram: Account}[ph.product]
}

// Customers lists who can be played.
func (ph phone) Customers() []emulate.Customer {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	var out []emulate.Customer
	for _, who := range ph.p.people {
		if who.product == ph.product && !who.away && !who.blocked {
			out = append(out, who.Customer)
		}
	}
	slices.SortFunc(out, func(a, b emulate.Customer) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Screen is what a customer sees.
func (ph phone) Screen(customer string) emulate.Screen {
	ph.p.mu.Lock()
	defer ph.p.mu.Unlock()
	c := ph.p.chat(ph.account(), customer)
	can := []string{emulate.ActText, emulate.ActMedia, emulate.ActPress, emulate.ActReply, emulate.ActReact, emulate.ActEdit, emulate.ActRecall, emulate.ActRead, emulate.ActFollow}
	if ph.product != Instagram {
		can = append(can, emulate.ActLocation)
	}
	if ph.product == WhatsApp {
		can = append(can, emulate.ActContact)
	}
	s := emulate.Screen{Title: ph.p.links[ph.account()].name, Desk: c.owner == Inbox, Typing: c.typing, Can: can, Bubbles: []emulate.Bubble{}}
	for _, l := range c.lines {
		b := l.Bubble
		b.Media = slices.Clone(b.Media)
		for i := range b.Media {
			b.Media[i].URL += "?phone"
		}
		s.Bubbles = append(s.Bubbles, b)
	}
	return s
}

// Do carries out what a customer does.
func (ph phone) Do(_ context.Context, customer string, a emulate.Act) error {
	p := ph.p
	p.mu.Lock()
	who := p.people[customer]
	if who == nil || who.product != ph.product {
		p.mu.Unlock()
		return errors.New("there is no such customer")
	}
	c := p.chat(ph.account(), customer)
	if a.Kind == emulate.ActDeskEnd {
		p.mu.Unlock()
		p.InboxReturns(ph.account(), customer)
		return nil
	}
	err := p.perform(c, a)
	if err == nil {
		p.seen(c)
	}
	p.mu.Unlock()
	p.pump()
	return err
}

// Watch calls changed after a screen changed.
func (ph phone) Watch(changed func(string)) (stop func()) {
	p := ph.p
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.watching
	p.watching++
	p.watchers[n] = func(product Product, customer string) {
		if product == ph.product {
			changed(customer)
		}
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, n)
	}
}

// InboxSays has somebody answer a customer in the platform's own app: the hub
// hears of it as an echo.
func (p *Platform) InboxSays(account, customer, words string) {
	p.mu.Lock()
	c, product := p.chat(account, customer), productOf(account)
	heard := c.heard
	l := p.mine(c, product, emulate.Bubble{Text: words})
	l.From, c.heard = "them", heard
	switch product {
	case WhatsApp:
		p.tell(product, map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": WABA, "changes": []any{map[string]any{
			"field": "smb_message_echoes", "value": map[string]any{
				"messaging_product": "whatsapp", "metadata": map[string]any{"display_phone_number": "15550783881", "phone_number_id": account},
				"message_echoes": []any{map[string]any{"from": "15550783881", "to": customer, "id": l.ID, "timestamp": stamp(p.now()), "type": "text", "text": map[string]any{"body": words}}},
			},
		}}}}})
	default:
		p.pageEvent(c, product, false, map[string]any{"message": map[string]any{"mid": l.ID, "text": words, "is_echo": true}})
	}
	p.seen(c)
	p.mu.Unlock()
	p.pump()
}

// InboxTakes has the page's own inbox take a conversation over.
func (p *Platform) InboxTakes(account, customer string) {
	p.mu.Lock()
	c := p.chat(account, customer)
	p.control(c, productOf(account), "take_thread_control", AppID, Inbox)
	c.owner = Inbox
	p.mu.Unlock()
	p.pump()
}

// InboxReturns has the inbox give a conversation back to the app.
func (p *Platform) InboxReturns(account, customer string) {
	p.mu.Lock()
	c := p.chat(account, customer)
	c.owner = AppID
	p.control(c, productOf(account), "pass_thread_control", Inbox, AppID)
	p.seen(c)
	p.mu.Unlock()
	p.pump()
}
