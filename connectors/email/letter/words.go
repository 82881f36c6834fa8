package letter

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encodedWord is RFC 2047's =?charset?encoding?text?=, with the blanks some
// programs leave unencoded inside.
var encodedWord = regexp.MustCompile(`=\?([A-Za-z0-9_.:*-]+)\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of a header value. Neighbours of one
// charset are joined before their charset is decoded: programs cut characters
// in two between words.
func decodeWords(s string) string {
	if !utf8.ValidString(s) {
		s = toUTF8([]byte(s), "")
	}
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var pending []byte
	pendingSet := ""
	flush := func() {
		if pending != nil {
			out.WriteString(toUTF8(pending, pendingSet))
			pending = nil
		}
	}
	last := 0
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[last:m[0]]
		set, _, _ := strings.Cut(s[m[2]:m[3]], "*") // RFC 2231 puts a language behind a star
		text := []byte(s[m[6]:m[7]])
		if strings.EqualFold(s[m[4]:m[5]], "b") {
			text = decodeBase64(text)
		} else {
			text = decodeQuoted([]byte(strings.ReplaceAll(string(text), "_", "=20")))
		}
		if pending == nil || strings.TrimSpace(between) != "" || !strings.EqualFold(set, pendingSet) {
			joined := pending != nil && strings.TrimSpace(between) == ""
			flush()
			if !joined {
				out.WriteString(between)
			}
			pending, pendingSet = []byte{}, set
		}
		pending = append(pending, text...)
		last = m[1]
	}
	flush()
	out.WriteString(s[last:])
	return out.String()
}

// oneLine makes a text fit for a line: no line breaks, no control characters,
// none of the marks that reorder what stands around them; at most limit bytes.
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), reorders(r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return cut(strings.TrimSpace(s), limit)
}

// reorders reports the marks by which a text is shown in another order than it
// is written, a trick to hide the true end of a file name.
func reorders(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// cut shortens a string to at most limit bytes, between characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// clean makes a text of many lines fit to be kept: line feeds only, no control
// characters, valid UTF-8.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
