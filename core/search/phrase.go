package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrase is what has to stand together: a word that may go on, several
// characters, an address, or what was put in quotation marks.
type Phrase struct {
	Units []Unit
	// Open says that the last word may be the beginning of a longer one.
	Open bool
	// Digits are those of a phrase that is a number and nothing else.
	Digits string
}

// phrase reads what was typed.
func phrase(text string, open bool) (Phrase, bool) {
	p := Phrase{Units: Units(text), Open: open, Digits: digits(text)}
	if strings.Trim(text, "0123456789+-(). ") != "" {
		p.Digits = ""
	}
	return p, len(p.Units) > 0
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// Spaced is the phrase as people are looked up by it: a number as its digits, else
// its words with spaces between them.
func (p Phrase) Spaced() string {
	if p.Digits != "" {
		return p.Digits
	}
	var b strings.Builder
	for i, u := range p.Units {
		if i > 0 && !(u.Single && p.Units[i-1].Single) {
			b.WriteByte(' ')
		}
		b.WriteString(u.Text)
	}
	return b.String()
}

// in returns where the phrase stands in a text from unit from on; -1: nowhere.
func (p Phrase) in(text []Unit, from int) int {
	n := len(p.Units)
	for i := from; i+n <= len(text); i++ {
		if p.at(text[i : i+n]) {
			return i
		}
	}
	return -1
}

func (p Phrase) at(text []Unit) bool {
	last := len(p.Units) - 1
	for k, u := range p.Units {
		switch {
		case u.Text == text[k].Text:
		case k == last && p.Open && !u.Single && !text[k].Single && strings.HasPrefix(text[k].Text, u.Text):
		default:
			return false
		}
	}
	return true
}

// Holds reports whether every phrase stands in one of the texts.
func Holds(texts []string, all []Phrase) bool {
	units := make([][]Unit, len(texts))
	for i, t := range texts {
		units[i] = Units(t)
	}
	for _, p := range all {
		found := false
		for _, u := range units {
			if found = p.in(u, 0) >= 0; found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// Run is a stretch of a snippet.
type Run struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty" doc:"It is what was looked for"`
}

// How much of a text a snippet shows, in characters.
const (
	snippetBefore = 24
	snippetLength = 140
)

// Snippet shows the place of the first hit in texts that hold all phrases, or
// how the first of them begins where nothing was looked for. White space is one
// space.
func Snippet(texts []string, all []Phrase) []Run {
	best, hits := -1, []span(nil) // the text with the most of them
	for i, t := range texts {
		if found := spans(t, all); len(found) > 0 && (best < 0 || distinct(found) > distinct(hits)) {
			best, hits = i, found
		}
	}
	if best < 0 {
		if len(texts) == 0 {
			return []Run{}
		}
		best = 0
	}
	text := texts[best]
	from := 0
	if len(hits) > 0 {
		from = back(text, hits[0].start, snippetBefore)
	}
	to := ahead(text, from, snippetLength)
	out := []Run{}
	add := func(s string, hit bool) {
		if s = oneLine(s); s != "" {
			out = append(out, Run{s, hit})
		}
	}
	if from > 0 {
		add("…", false)
	}
	at := from
	for _, h := range hits {
		if h.start < at || h.start >= to {
			continue
		}
		add(text[at:h.start], false)
		add(text[h.start:min(h.end, len(text))], true)
		at = h.end
	}
	if at < to {
		add(text[at:to], false)
	}
	if max(at, to) < len(text) {
		add("…", false)
	}
	return out
}

// oneLine makes one space of every stretch of white space.
func oneLine(s string) string {
	var b strings.Builder
	was := false
	for _, r := range s {
		space := unicode.IsSpace(r)
		switch {
		case !space:
			b.WriteRune(r)
		case !was:
			b.WriteByte(' ')
		}
		was = space
	}
	return b.String()
}

type span struct{ start, end, phrase int }

func distinct(all []span) int {
	seen := map[int]bool{}
	for _, s := range all {
		seen[s.phrase] = true
	}
	return len(seen)
}

// spans are where phrases stand in a text, in order and apart.
func spans(text string, all []Phrase) []span {
	units := Units(text)
	var out []span
	for i := 0; i < len(units); {
		next := i + 1
		for k, p := range all {
			if n := len(p.Units); i+n <= len(units) && p.at(units[i:i+n]) {
				out = append(out, span{units[i].Start, units[i+n-1].End, k})
				next = i + n
				break
			}
		}
		i = next
	}
	return out
}

func back(text string, at, runes int) int {
	for ; runes > 0 && at > 0; runes-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func ahead(text string, at, runes int) int {
	for ; runes > 0 && at < len(text); runes-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
