package line

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"parley/connectors/emulate"
)

var _ emulate.Phone = (*Platform)(nil)

// Platform is the kind of channel.
func (p *Platform) Platform() string { return "line" }

// Customers lists those who can be played.
func (p *Platform) Customers() []emulate.Customer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []emulate.Customer
	for _, id := range p.order {
		out = append(out, p.people[id].Customer)
	}
	return out
}

// Screen is what a customer sees now. Quick replies stand below the chat until
// the next message.
func (p *Platform) Screen(customer string) emulate.Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := emulate.Screen{Title: p.o.Name, Can: []string{emulate.ActText, emulate.ActMedia, emulate.ActLocation, emulate.ActPress, emulate.ActReply, emulate.ActRecall, emulate.ActFollow, emulate.ActLeave}}
	c := p.chatOf(customer)
	if c == nil {
		return s
	}
	s.Bubbles, s.Typing = slices.Clone(c.bubbles), c.loading
	// Quick replies stand above the menu until the next message.
	if len(c.quick) > 0 {
		s.Menu = [][]emulate.Button{slices.Clone(c.quick)}
	}
	s.Menu = append(s.Menu, p.menuButtons()...)
	return s
}

// Watch calls changed after a screen changed.
func (p *Platform) Watch(changed func(customer string)) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	id := p.seq
	p.watchers[id] = changed
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, id)
	}
}

// Do carries out what a customer does and tells the hub.
func (p *Platform) Do(ctx context.Context, customer string, act emulate.Act) error {
	e, err := p.happen(customer, act)
	if err != nil || e == nil {
		return err
	}
	p.changed(customer)
	reply, err := p.Deliver(ctx, e)
	if err != nil {
		return fmt.Errorf("LINE could not tell the hub: %w", err)
	}
	if reply.Status/100 != 2 {
		return fmt.Errorf("the hub answered %d", reply.Status)
	}
	return nil
}

// happen puts an act on the screen and makes its event.
func (p *Platform) happen(customer string, act emulate.Act) (Event, error) {
	p.mu.Lock()
	m := p.people[customer]
	var gone bool
	if m != nil {
		gone = m.blocked
	}
	p.mu.Unlock()
	switch {
	case m == nil:
		return nil, errors.New("there is no such customer")
	case gone && act.Kind != emulate.ActFollow:
		return nil, errors.New("the account is blocked: unblock it first")
	}
	switch act.Kind {
	case emulate.ActText:
		return p.say(customer, act.Text, "")
	case emulate.ActReply:
		return p.say(customer, act.Text, act.Target)
	case emulate.ActMedia:
		return p.upload(customer, act)
	case emulate.ActLocation:
		return p.place(customer, act)
	case emulate.ActPress:
		return p.press(customer, act)
	case emulate.ActRecall:
		return p.unsend(customer, act.Target)
	case emulate.ActFollow:
		return p.befriend(customer)
	case emulate.ActLeave:
		p.mu.Lock()
		m.blocked = true
		p.mu.Unlock()
		return p.Event("unfollow", customer, ""), nil
	}
	return nil, errors.New("LINE has no such act")
}

func (p *Platform) befriend(customer string) (Event, error) {
	p.mu.Lock()
	m := p.people[customer]
	unblocked := m.blocked
	m.blocked, m.friend = false, true
	p.mu.Unlock()
	e := p.Answerable(p.Event("follow", customer, ""))
	e["follow"] = map[string]any{"isUnblocked": unblocked}
	return e, nil
}

// mine puts a bubble of the customer's on the screen.
func (p *Platform) mine(customer string, e Event, b emulate.Bubble) Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	b.ID, b.From, b.At = e["message"].(map[string]any)["id"].(string), "me", p.o.Clock()
	p.show(customer, b, nil)
	return e
}

// palette are the LINE emoji a phone here can write, by the name that stands for them
// in a text.
var palette = map[string]string{"(love)": "001", "(ok)": "009"}

var emojiName = regexp.MustCompile(`\([a-z]+\)`)

// emojis are those of the palette in a text, counted in UTF-16 units.
func emojis(text string) (out []map[string]any) {
	for _, at := range emojiName.FindAllStringIndex(text, -1) {
		name := text[at[0]:at[1]]
		if id := palette[name]; id != "" {
			out = append(out, map[string]any{"index": len(utf16.Encode([]rune(text[:at[0]]))), "length": len(name), "productId": "5ac1bfd5040ab15980c9b435", "emojiId": id})
		}
	}
	return out
}

func (p *Platform) say(customer, text, quoted string) (Event, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("there is nothing to send")
	}
	content := map[string]any{"type": "text", "text": text}
	if found := emojis(text); len(found) > 0 {
		content["emojis"] = found
	}
	b := emulate.Bubble{Text: text}
	if quoted != "" {
		p.mu.Lock()
		known := p.people[customer].chat.find(quoted) != nil
		b.ReplyTo = p.words(quoted)
		p.mu.Unlock()
		if !known {
			return nil, errors.New("this message is not in the chat")
		}
		content["quotedMessageId"] = quoted
	}
	return p.mine(customer, p.Message(customer, "", content), b), nil
}

func (p *Platform) upload(customer string, act emulate.Act) (Event, error) {
	content := map[string]any{"type": act.Media, "contentProvider": map[string]any{"type": "line"}}
	asks := 0
	switch act.Media {
	case "image":
	case "video":
		content["duration"], asks = 5000, 1
	case "voice":
		content["type"], content["duration"], asks = "audio", 3000, 1
	case "file":
		delete(content, "contentProvider")
		content["fileName"], content["fileSize"] = act.Name, len(act.File)
	case "sticker":
		content = map[string]any{"type": "sticker", "packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC", "keywords": []string{"hello"}}
	default:
		return nil, errors.New("LINE sends pictures, films, voices, stickers and files")
	}
	e := p.Message(customer, "", content)
	id := e["message"].(map[string]any)["id"].(string)
	b := emulate.Bubble{Media: []emulate.Media{{Kind: act.Media, Name: act.Name, MIME: act.MIME, URL: "/files/" + id, Size: int64(len(act.File))}}}
	if act.Media == "sticker" {
		b = emulate.Bubble{Text: "[446/1988]"}
	} else {
		p.Keep(id, act.MIME, act.File, asks)
	}
	return p.mine(customer, e, b), nil
}

func (p *Platform) place(customer string, act emulate.Act) (Event, error) {
	content := map[string]any{"type": "location", "title": act.Text, "address": act.Text, "latitude": act.Lat, "longitude": act.Lon}
	return p.mine(customer, p.Message(customer, "", content), emulate.Bubble{Cards: []emulate.Card{{Kind: "place", Title: act.Text}}}), nil
}

// press taps a button of a bubble, a quick reply, or an area of the menu.
func (p *Platform) press(customer string, act emulate.Act) (Event, error) {
	p.mu.Lock()
	c := p.people[customer].chat
	offered := slices.Concat(append(p.menuButtons(), c.quick)...)
	if b := c.find(act.Target); b != nil {
		offered = slices.Concat(b.Buttons...)
	}
	p.mu.Unlock()
	i := slices.IndexFunc(offered, func(b emulate.Button) bool { return b.Value == act.Value && b.Value != "" })
	if i < 0 {
		return nil, errors.New("there is no such button")
	}
	how, value, _ := strings.Cut(act.Value, " ")
	switch how {
	case "message":
		return p.say(customer, value, "")
	case "location":
		return p.place(customer, emulate.Act{Text: "東京駅", Lat: 35.6812, Lon: 139.7671})
	}
	e := p.Answerable(p.Event("postback", customer, ""))
	e["postback"] = map[string]any{"data": value}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(customer, emulate.Bubble{ID: p.next(), From: "me", At: p.o.Clock(), Text: offered[i].Label}, nil)
	return e, nil
}

// unsend takes back one of the customer's own messages.
func (p *Platform) unsend(customer, id string) (Event, error) {
	p.mu.Lock()
	b := p.people[customer].chat.find(id)
	if b == nil || b.From != "me" {
		p.mu.Unlock()
		return nil, errors.New("only one's own messages can be unsent")
	}
	b.Text, b.Media, b.Cards, b.Recalled = "", nil, nil, true
	delete(p.contents, id)
	p.mu.Unlock()
	e := p.Event("unsend", customer, "")
	e["unsend"] = map[string]any{"messageId": id}
	return e, nil
}
