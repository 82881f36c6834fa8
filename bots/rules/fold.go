package rules

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed hans.txt
var hansList string

// simplified maps traditional characters to simplified ones.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune, 3000)
	for line := range strings.Lines(hansList) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for pair := range strings.FieldsSeq(line) {
			r := []rune(pair)
			m[r[0]] = r[1]
		}
	}
	for from, to := range m { // 薴 to 苧, itself one of a pair
		if next, ok := m[to]; ok {
			m[from] = next
		}
	}
	return m
})

// maxQuestion is how many runes of a question are looked at. What a customer
// asks stands at the beginning; a mail of ten megabytes must cost no more.
const maxQuestion = 1000

// folder brings questions and patterns to the same form.
type folder struct {
	script map[rune]rune // nil: scripts stay apart
}

func newFolder(m Matching) folder {
	if m.Script {
		return folder{script: simplified()}
	}
	return folder{}
}

// question normalises what a customer wrote.
func (f folder) question(s string) string { return f.fold(cutRunes(s, maxQuestion)) }

// fold normalises: compatibility forms to plain ones (NFKC: full width to half
// width, ① to 1), lower case, straight quotes, no invisible characters, one
// space for any white space and none beside a character of a script that does
// not space its words, no punctuation at the end. Text of nothing but
// punctuation keeps it.
func (f folder) fold(s string) string {
	if strings.ContainsFunc(s, invisible) { // before NFKC, which composes across nothing
		s = strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			return r
		}, s)
	}
	s = norm.NFKC.String(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	last := rune(0)
	for _, r := range s {
		if invisible(r) {
			continue
		}
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		r = f.rune(r)
		if space && b.Len() > 0 && !unspaced(last) && !unspaced(r) {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
		last = r
	}
	whole := b.String()
	trimmed := strings.TrimLeft(strings.TrimRightFunc(whole, trailing), "¿¡ ")
	if trimmed == "" {
		return whole
	}
	return trimmed
}

// rune folds one rune that NFKC has seen.
func (f folder) rune(r rune) rune {
	switch {
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r == '‘' || r == '’' || r == 'ʼ' || r == '′':
		return '\''
	case r == '“' || r == '”' || r == '″':
		return '"'
	}
	if r >= 0x3400 && f.script != nil {
		if s, ok := f.script[r]; ok {
			return s
		}
	}
	return unicode.ToLower(r)
}

// trailing reports what ends a sentence, as NFKC leaves it. Marks that belong to
// a word (C#, 100%, 5*) and brackets stay.
func trailing(r rune) bool { return strings.ContainsRune(" .,!?;:~^`、。؟،؛।·‽", r) }

// invisible runes show nothing: format characters, variation selectors, control
// characters and the fillers that look like a space.
func invisible(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n' && r != '\r' && r != '\v' && r != '\f'
	case r < 0x7f:
		return false
	case r < 0xa0, r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x2800, r == 0x3164, r == 0xffa0:
		return r != 0x85
	case 0xfe00 <= r && r <= 0xfe0f, 0xe0100 <= r && r <= 0xe01ef, 0x180b <= r && r <= 0x180f:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// blank reports whether nothing in s would be seen.
func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !invisible(r) {
			return false
		}
	}
	return true
}

// unspaced reports whether r is of a script that writes words without spaces.
func unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r <= 0x0eff, 0x1000 <= r && r <= 0x109f, 0x1780 <= r && r <= 0x17ff: // Thai, Lao, Burmese, Khmer
		return true
	case 0x3000 <= r && r <= 0x30ff, 0x31f0 <= r && r <= 0x31ff: // CJK punctuation, kana
		return true
	case 0x3400 <= r && r <= 0x9fff, 0xf900 <= r && r <= 0xfaff, 0x20000 <= r && r <= 0x3ffff: // Han
		return true
	}
	return false
}

// wordy reports whether r can be inside a word that is set off by spaces. Hangul
// is left out: particles are written onto words.
func wordy(r rune) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || r == '_'
	}
	return !unspaced(r) && !unicode.Is(unicode.Hangul, r) && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// cutRunes returns the first n runes of s.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
