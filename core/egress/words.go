package egress

import "strings"

// words are looked for in a text in either case, before a regular expression
// that could only match where one of them stands: most texts hold none, and the
// look costs a nanosecond a byte.
type words [256][]string

func wordsOf(all ...string) *words {
	var w words
	for _, one := range all {
		first := one[0]
		w[first] = append(w[first], one)
		w[first-'a'+'A'] = append(w[first-'a'+'A'], one)
	}
	return &w
}

// in reports whether one of the words stands in s.
func (w *words) in(s string) bool {
	for i := range len(s) {
		for _, one := range w[s[i]] {
			if len(s)-i >= len(one) && strings.EqualFold(s[i:i+len(one)], one) {
				return true
			}
		}
	}
	// The two characters outside ASCII that fold to letters of it.
	return strings.Contains(s, "\u017f") || strings.Contains(s, "\u212a")
}

var (
	// fieldWords begin with what jsonField, formField and xmlField look for.
	fieldWords = wordsOf("token", "secret", "passw", "pwd", "apikey", "api_key", "credential", "authorization", "signature", "ticket", "cookie")
	// tellingWords tell headers and parameters that carry a secret.
	tellingWords = wordsOf("token", "secret", "passw", "pwd", "key", "credential", "auth", "signature", "ticket", "cookie", "session")
)
