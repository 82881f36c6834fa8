package rules

import (
	"strings"

	"parley/core/canon"
)

// say is one thing to be said: a message and the menus in it.
type say struct {
	message canon.Message
	menus   []string
}

// pick chooses a variant and makes a message of it, with menus after it. ok is
// false when nothing would be seen.
func (b *Bot) pick(replies []Reply, menus []string, lang string, seed uint64) (say, bool) {
	var parts []ReplyPart
	i, ok := choose(len(replies), func(i int) string { return replies[i].Language }, lang, b.content.Basics.Language, seed)
	if ok {
		parts = replies[i].Parts
	}
	var s say
	for _, p := range parts {
		b.part(&s, p)
	}
	for _, id := range menus {
		b.part(&s, ReplyPart{Type: PartMenu, Menu: id})
	}
	if s.message.Empty() {
		return say{}, false
	}
	if ok {
		s.message.Locale = replies[i].Language
	}
	return s, true
}

// part appends a part to the message, unless nothing of it would be seen.
func (b *Bot) part(s *say, p ReplyPart) {
	switch p.Type {
	case PartText:
		if !blank(p.Text) {
			s.message.Parts = append(s.message.Parts, canon.Text{Body: strings.TrimSpace(p.Text)})
		}
	case PartImage, PartAudio, PartVideo, PartFile:
		if !p.File.IsZero() {
			s.message.Parts = append(s.message.Parts, canon.Media{Kind: canon.MediaKind(p.Type), File: p.File, Caption: strings.TrimSpace(p.Text)})
		}
	case PartCard:
		if p.Card != nil && !blank(p.Card.Title) {
			s.message.Parts = append(s.message.Parts, p.Card.card())
		}
	case PartMenu:
		m, ok := b.menus[p.Menu]
		if !ok {
			return
		}
		c := m.choices()
		if len(c.Options) == 0 {
			return
		}
		s.menus = append(s.menus, m.ID)
		// A menu without a prompt takes the text before it: one bubble with
		// its buttons, not a text and then buttons under nothing.
		if n := len(s.message.Parts); blank(c.Prompt) && n > 0 {
			if text, ok := s.message.Parts[n-1].(canon.Text); ok {
				c.Prompt = text.Body
				s.message.Parts = s.message.Parts[:n-1]
			}
		}
		s.message.Parts = append(s.message.Parts, c)
	}
}

func (c ReplyCard) card() canon.Card {
	card := canon.Card{Kind: c.Kind, Ref: c.Ref, Title: c.Title, Text: c.Text, URL: c.URL, Price: c.Price}
	if !c.Image.IsZero() {
		card.Image = canon.Media{Kind: canon.MediaImage, File: c.Image}
	}
	return card
}

// saying chooses one of plain texts, "" when there are none.
func (b *Bot) saying(texts []Saying, lang string, seed uint64) string {
	i, ok := choose(len(texts), func(i int) string { return texts[i].Language }, lang, b.content.Basics.Language, seed)
	if !ok || blank(texts[i].Text) {
		return ""
	}
	return strings.TrimSpace(texts[i].Text)
}
