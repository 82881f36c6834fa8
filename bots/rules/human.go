package rules

import (
	"strings"
	"unicode"
)

// human recognises a wish for a person. A single word such as 人工 or "agent" is
// too common inside other questions, so words count only when they are all that
// a clause says, politeness aside; whole phrases count anywhere unless denied
// just before; and listed expressions hide what overlaps them.
type human struct {
	fold    folder
	words   map[string]bool
	phrases []term
	except  []string
	polite  politeness
}

// longestWish is how many bytes a clause may have to be peeled for a word.
const longestWish = 160

func newHuman(f folder, h Human) *human {
	m := &human{fold: f, words: map[string]bool{}, polite: newPoliteness(f)}
	if !h.On {
		return m
	}
	for _, w := range h.Words {
		if q := f.fold(w); !blank(q) {
			m.words[q] = true
		}
	}
	for _, w := range h.Phrases {
		if q := f.fold(w); !blank(q) {
			m.phrases = append(m.phrases, term{word: q})
		}
	}
	for _, w := range h.Except {
		if q := f.fold(w); !blank(q) {
			m.except = append(m.except, q)
		}
	}
	return m
}

// asked returns the words with which text, as written, asks for a person.
func (m *human) asked(text string) (string, bool) {
	if len(m.words) == 0 && len(m.phrases) == 0 {
		return "", false
	}
	for clause := range strings.FieldsFuncSeq(cutRunes(text, maxQuestion), clauseEnd) {
		c := m.fold.fold(clause)
		if c == "" {
			continue
		}
		hidden := m.hidden(c)
		if w, ok := m.phrase(c, hidden); ok {
			return w, true
		}
		if w, ok := m.word(c, hidden); ok {
			return w, true
		}
	}
	return "", false
}

func clauseEnd(r rune) bool {
	switch r {
	case '\n', '\r', '~', '～':
		return true
	case '\'', '’', '‘', '-', '/', '&', '_', '*', '"', '“', '”':
		return false
	}
	return unicode.IsPunct(r)
}

// span is a stretch of bytes.
type span struct{ start, end int }

// hidden lists where expressions stand that mean something else.
func (m *human) hidden(c string) []span {
	var all []span
	for _, e := range m.except {
		for from := 0; ; {
			i := strings.Index(c[from:], e)
			if i < 0 {
				break
			}
			all = append(all, span{from + i, from + i + len(e)})
			from += i + len(e)
		}
	}
	return all
}

func overlaps(all []span, start, end int) bool {
	for _, s := range all {
		if start < s.end && s.start < end {
			return true
		}
	}
	return false
}

func (m *human) phrase(c string, hidden []span) (string, bool) {
	for _, p := range m.phrases {
		for from := 0; ; {
			i := strings.Index(c[from:], p.word)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(p.word)
			if p.holds(c, start, end) && !overlaps(hidden, start, end) && !denied(c[:start]) {
				return p.word, true
			}
			from = end
		}
	}
	return "", false
}

// word peels politeness off both ends of the clause until a word is left.
func (m *human) word(c string, hidden []span) (string, bool) {
	if len(c) > longestWish {
		return "", false
	}
	seen := map[span]bool{}
	var peel func(s span) (string, bool)
	peel = func(s span) (string, bool) {
		for s.start < s.end && c[s.start] == ' ' {
			s.start++
		}
		for s.end > s.start && c[s.end-1] == ' ' {
			s.end--
		}
		if s.start == s.end || seen[s] {
			return "", false
		}
		seen[s] = true
		rest := c[s.start:s.end]
		if m.words[rest] && !overlaps(hidden, s.start, s.end) {
			return rest, true
		}
		for _, n := range m.polite.heads(rest) {
			if w, ok := peel(span{s.start + n, s.end}); ok {
				return w, ok
			}
		}
		for _, n := range m.polite.tails(rest) {
			if w, ok := peel(span{s.start, s.end - n}); ok {
				return w, ok
			}
		}
		return "", false
	}
	return peel(span{0, len(c)})
}

// denied reports whether what stands before a phrase turns it into its opposite.
// Only what refuses counts: "为什么不转人工" and "can't I talk to a person" ask for
// one all the same.
func denied(before string) bool {
	before = strings.TrimRight(before, " ")
	for _, filler := range []string{"再", "给我", "帮我", "给", "帮", "我"} {
		before = strings.TrimSuffix(before, filler)
	}
	for _, no := range refusals {
		if strings.HasSuffix(before, no) {
			return true
		}
	}
	return false
}
