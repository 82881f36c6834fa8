package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Unit is the smallest thing that can be looked for: a word, or one character of
// a script that does not put spaces between words.
type Unit struct {
	Text       string // folded: lower case, without accents, in one width
	Start, End int    // where it stands in the source, in bytes
	Single     bool   // one character of such a script
}

// MaxText is how many bytes of one message are looked at.
const MaxText = 64 << 10

// spaceless are the scripts of which every character is a unit.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// Units are the units of a text, in order. What is neither letter nor digit
// stands between units and is not looked for.
func Units(text string) []Unit {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	var out []Unit
	var word []byte
	start, end := -1, 0
	flush := func() {
		if len(word) > 0 {
			out = append(out, Unit{Text: string(word), Start: start, End: end})
		}
		word, start = word[:0], -1
	}
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			size = 1
		}
		switch {
		case r < utf8.RuneSelf:
			switch {
			case 'A' <= r && r <= 'Z':
				r += 'a' - 'A'
			case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			default:
				flush()
				continue
			}
			if start < 0 {
				start = i
			}
			word, end = append(word, byte(r)), i+size
		case unicode.In(r, spaceless...):
			flush()
			out = append(out, Unit{Text: norm.NFKC.String(string(r)), Start: i, End: i + size, Single: true})
		case unicode.Is(unicode.Mn, r):
			if start >= 0 { // an accent apart from its letter
				end = i + size
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if start < 0 {
				start = i
			}
			end = i + size
			for _, f := range norm.NFKD.String(string(r)) {
				if !unicode.Is(unicode.Mn, f) {
					word = utf8.AppendRune(word, plain(unicode.ToLower(f)))
				}
			}
		default:
			flush()
		}
	}
	flush()
	return out
}

// plain is the letter people type for one that has no decomposition.
func plain(r rune) rune {
	switch r {
	case 'ß':
		return 's'
	case 'ø':
		return 'o'
	case 'đ':
		return 'd'
	case 'ł':
		return 'l'
	case 'ı':
		return 'i'
	}
	return r
}
