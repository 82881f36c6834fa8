package telegram

import (
	"sort"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
)

// marks pairs the entities of Telegram with our spans. Those it lacks
// (hashtags, spoilers, custom emoji) are words like any other.
var marks = map[string]canon.SpanStyle{
	"bold": canon.SpanBold, "italic": canon.SpanItalic, "strikethrough": canon.SpanStrike, "code": canon.SpanCode, "pre": canon.SpanPre,
	"text_link": canon.SpanLink, "url": canon.SpanLink, "mention": canon.SpanMention, "text_mention": canon.SpanMention,
	"blockquote": canon.SpanQuote, "expandable_blockquote": canon.SpanQuote,
}

// spansOf turns entities, which count UTF-16 units, into spans, which count
// runes. What does not lie within the text is left out.
func spansOf(text string, entities []tgbotapi.MessageEntity) []canon.Span {
	if len(entities) == 0 {
		return nil
	}
	runes := []rune(text)
	ends := make([]int, len(runes)+1) // the UTF-16 offset each rune begins at
	for i, r := range runes {
		ends[i+1] = ends[i] + width(r)
	}
	at := func(unit int) int { return sort.SearchInts(ends, unit) }
	var out []canon.Span
	for _, e := range entities {
		style, known := marks[e.Type]
		if !known || e.Offset < 0 || e.Length <= 0 || e.Offset > ends[len(runes)]-e.Length {
			continue
		}
		from, to := at(e.Offset), at(e.Offset+e.Length)
		s := canon.Span{Start: from, Length: to - from, Style: style}
		switch e.Type {
		case "text_link":
			s.URL = openable(e.URL)
		case "url":
			s.URL = openable(string(runes[from:to]))
		}
		if s.Length > 0 && (style != canon.SpanLink || s.URL != "") {
			out = append(out, s)
		}
	}
	return out
}

func width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// openable is an address that an agent may click on, or nothing.
func openable(address string) string {
	for _, scheme := range []string{"https:", "http:", "mailto:", "tel:"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			return address
		}
	}
	if !strings.Contains(address, ":") && strings.Contains(address, ".") {
		return "https://" + address // Telegram marks bare domains as addresses too
	}
	return ""
}

// entitiesOf turns spans into entities.
func entitiesOf(text string, spans []canon.Span) []tgbotapi.MessageEntity {
	if len(spans) == 0 {
		return nil
	}
	runes := []rune(text)
	units := make([]int, len(runes)+1)
	for i, r := range runes {
		units[i+1] = units[i] + width(r)
	}
	var out []tgbotapi.MessageEntity
	for _, s := range spans {
		if s.Start < 0 || s.Length <= 0 || s.Start > len(runes)-s.Length {
			continue
		}
		e := tgbotapi.MessageEntity{Offset: units[s.Start], Length: units[s.Start+s.Length] - units[s.Start]}
		switch s.Style {
		case canon.SpanBold:
			e.Type = "bold"
		case canon.SpanItalic:
			e.Type = "italic"
		case canon.SpanStrike:
			e.Type = "strikethrough"
		case canon.SpanCode:
			e.Type = "code"
		case canon.SpanPre:
			e.Type = "pre"
		case canon.SpanQuote:
			e.Type = "blockquote"
		case canon.SpanLink:
			if e.Type, e.URL = "text_link", s.URL; s.URL == "" {
				continue
			}
		default: // a mention is found by Telegram itself
			continue
		}
		out = append(out, e)
	}
	return out
}
