package connector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Count measures s in the unit of the limit.
func (l Length) Count(s string) int {
	switch l.Unit {
	case Runes:
		return utf8.RuneCountInString(s)
	case UTF16:
		n := 0
		for _, r := range s {
			n++
			if r > 0xffff {
				n++
			}
		}
		return n
	case Graphemes:
		n := 0
		for g := graphemes.FromString(s); g.Next(); {
			n++
		}
		return n
	default:
		return len(s)
	}
}

// Fits reports whether s is within the limit.
func (l Length) Fits(s string) bool {
	return l.Max <= 0 || len(s) <= l.Max || l.Count(s) <= l.Max // no unit counts more than bytes
}

// Cut divides s into pieces that fit, preferring to cut between paragraphs,
// then lines, sentences, words, and at last between graphemes: what a person
// sees as one character (an emoji of several code points, a letter with its
// accents) stays whole. Only a grapheme longer than the limit itself is cut,
// between runes, and a rune longer than the limit is left whole. White space at
// a cut is dropped; nothing else is lost. A text of white space alone gives no
// pieces.
func (l Length) Cut(s string) []string {
	if l.Fits(s) {
		if strings.TrimSpace(s) == "" {
			return nil
		}
		return []string{s}
	}
	var out []string
	for s = strings.TrimSpace(s); s != ""; {
		n := l.prefix(s)
		if n < len(s) {
			n = bestCut(s, n)
		}
		if piece := strings.TrimRightFunc(s[:n], unicode.IsSpace); piece != "" {
			out = append(out, piece)
		}
		s = strings.TrimLeftFunc(s[n:], unicode.IsSpace)
	}
	return out
}

// Head is the first piece of s that fits with tail behind it, tail included
// when something was left out: for labels and subjects, which cannot continue.
func (l Length) Head(s, tail string) string {
	if l.Fits(s) {
		return s
	}
	short := Length{Max: l.Max - l.Count(tail), Unit: l.Unit}
	head := s[:short.prefix(s)]
	if l.Count(head+tail) > l.Max {
		head, tail = s[:l.prefix(s)], ""
	}
	return strings.TrimRightFunc(head, unicode.IsSpace) + tail
}

// prefix is how many bytes of s fit, counted in whole graphemes; at least one
// rune, so that cutting always moves on.
func (l Length) prefix(s string) int {
	n, used := 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		piece := g.Value()
		size := l.Count(piece)
		if used+size > l.Max {
			break
		}
		used += size
		n += len(piece)
	}
	if n > 0 {
		return n
	}
	for n < len(s) {
		_, width := utf8.DecodeRuneInString(s[n:])
		size := l.Count(s[n : n+width])
		if used+size > l.Max && n > 0 {
			break
		}
		used += size
		n += width
	}
	return n
}

// bestCut returns a place to cut s at or before limit, which is a grapheme
// boundary. A better kind of place is taken only if it does not leave the piece
// under a third of the limit.
func bestCut(s string, limit int) int {
	floor := limit / 3
	for _, ends := range []func(before, after string) bool{endsParagraph, endsLine, endsSentence, endsWord} {
		best := 0
		for g := graphemes.FromString(s); g.Next(); {
			end := g.End()
			if end > limit {
				break
			}
			if end >= floor && end < len(s) && ends(s[:end], s[end:]) {
				best = end
			}
		}
		if best > 0 {
			return best
		}
	}
	return limit
}

func endsParagraph(before, after string) bool {
	return strings.HasSuffix(before, "\n\n") || strings.HasSuffix(before, "\n\r\n") ||
		strings.HasPrefix(after, "\n\n") || strings.HasPrefix(after, "\r\n\r\n")
}

func endsLine(before, after string) bool {
	return strings.HasSuffix(before, "\n") || after[0] == '\n' || strings.HasPrefix(after, "\r\n")
}

// closers may follow the mark that ends a sentence and belong to it.
const closers = "\"')]}’”»」』）】》〉"

func endsSentence(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if strings.ContainsRune(closers, next) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, closers))
	switch last {
	case '。', '！', '？', '；', '…', '।', '۔', '؟':
		return next != last
	case '.', '!', '?':
		return unicode.IsSpace(next)
	}
	return false
}

// endsWord is true at white space, after punctuation of scripts that write no
// spaces, and before or after an ideograph, where any place is a word's end.
func endsWord(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	last, _ := utf8.DecodeLastRuneInString(before)
	stands, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(before, unicode.IsSpace))
	if noStart(next) || noEnd(stands) {
		return false
	}
	return unicode.IsSpace(next) || unicode.IsSpace(last) || ideograph(last) || ideograph(next) || strings.ContainsRune("，、：—", last)
}

func ideograph(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// noStart tells marks that must not begin a line.
func noStart(r rune) bool {
	return strings.ContainsRune("，。、！？；：…—.,!?;:%‰℃"+closers, r)
}

// noEnd tells marks that must not end one.
func noEnd(r rune) bool { return strings.ContainsRune("([{‘“«「『（【《〈$¥￥#@", r) }
