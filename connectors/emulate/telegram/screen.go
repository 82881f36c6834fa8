package telegram

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf16"

	"parley/connectors/emulate"
)

// Screen is a chat as its customer sees it.
func (p *Platform) Screen(customer string) emulate.Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, c, topic, err := p.find(customer)
	if err != nil {
		return emulate.Screen{Title: err.Error()}
	}
	s := emulate.Screen{Title: p.o.Name, Typing: p.o.Clock().Before(c.typing), Can: []string{emulate.ActFollow}}
	switch {
	case c.key.business != "":
		s.Title = p.users[p.business[c.key.business].owner].name
	case c.title != "":
		s.Title = c.title
	}
	if c.kind != "private" || c.key.business != "" || u.started && !u.blocked {
		s.Can = []string{emulate.ActText, emulate.ActReply, emulate.ActMedia, emulate.ActLocation, emulate.ActContact, emulate.ActPress, emulate.ActReact, emulate.ActEdit, emulate.ActRecall, emulate.ActLeave}
	}
	for _, l := range c.lines {
		if topic == 0 || l.topic == topic {
			s.Bubbles = append(s.Bubbles, p.bubble(u, l))
		}
	}
	for _, row := range c.menu {
		s.Menu = append(s.Menu, buttonsOf(row))
	}
	return s
}

func (p *Platform) bubble(u *user, l *line) emulate.Bubble {
	b := emulate.Bubble{ID: decimal(l.id), From: "them", At: l.at.UTC(), Recalled: l.gone, Edited: !l.edited.IsZero(), Read: l.read, Album: l.group}
	if l.from == u.id {
		b.From = "me"
	}
	if l.gone {
		return b
	}
	b.Text = l.text
	if len(l.entities) > 0 {
		b.HTML = formatted(l.text, l.entities)
	}
	if l.file != nil {
		kind := map[string]string{"photo": "image", "document": "file", "animation": "video"}[l.kind]
		if kind == "" {
			kind = l.kind
		}
		b.Media = []emulate.Media{{Kind: kind, Name: l.file.name, MIME: l.file.mime, URL: "/media/" + l.file.id, Size: l.file.size}}
	}
	if l.more != nil {
		b.Cards = cardsOf(l.more)
	}
	for _, row := range l.buttons {
		b.Buttons = append(b.Buttons, buttonsOf(row))
	}
	if to := l.chat.line(l.replyTo); to != nil {
		b.ReplyTo = to.text
	}
	var all []string
	for _, r := range l.reactions {
		if r != "" {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	b.Reaction = strings.Join(all, "")
	return b
}

func buttonsOf(row []button) []emulate.Button {
	var out []emulate.Button
	for _, b := range row {
		value := b.Data
		if value == "" && b.URL == "" {
			value = b.Text
		}
		out = append(out, emulate.Button{Label: b.Text, Value: value, URL: b.URL})
	}
	return out
}

func cardsOf(more map[string]any) []emulate.Card {
	field := func(name, of string) string {
		m, _ := more[of].(map[string]any)
		s, _ := m[name].(string)
		return s
	}
	switch {
	case more["venue"] != nil:
		return []emulate.Card{{Kind: "place", Title: field("title", "venue"), Text: field("address", "venue")}}
	case more["location"] != nil:
		where, _ := more["location"].(map[string]any)
		return []emulate.Card{{Kind: "place", Title: fmt.Sprintf("%v, %v", where["latitude"], where["longitude"])}}
	case more["contact"] != nil:
		return []emulate.Card{{Kind: "contact", Title: field("first_name", "contact"), Text: field("phone_number", "contact")}}
	}
	return nil
}

// tags are how the phone draws an entity.
var tags = map[string]string{"bold": "b", "italic": "i", "strikethrough": "s", "code": "code", "pre": "pre", "blockquote": "blockquote", "text_link": "a"}

// formatted draws a text with its entities; they count UTF-16 units.
func formatted(text string, entities []entity) string {
	flat := utf16.Encode([]rune(text))
	opens, closes := map[int]string{}, map[int]string{}
	for _, e := range entities {
		tag := tags[e.Type]
		if tag == "" {
			continue
		}
		open := "<" + tag + ">"
		if e.Type == "text_link" {
			open = `<a href="` + html.EscapeString(e.URL) + `">`
		}
		opens[e.Offset] += open
		closes[e.Offset+e.Length] = "</" + tag + ">" + closes[e.Offset+e.Length]
	}
	var out strings.Builder
	at := 0
	for _, r := range utf16.Decode(flat) {
		out.WriteString(closes[at] + opens[at] + html.EscapeString(string(r)))
		at += len(utf16.Encode([]rune{r}))
	}
	out.WriteString(closes[at])
	return out.String()
}
