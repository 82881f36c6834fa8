package rules

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// A regular expression is tried only on questions that hold one of the words it
// cannot match without; the words of all expressions stand in the same trie as
// the keywords. This is the idea of RE2's FilteredRE2 and of Russ Cox's code
// search, with sets of words instead of trigrams.

// maxFactors bounds the words of one expression.
const maxFactors = 64

// factors returns words of which every match of the expression holds at least
// one, folded; nil when there are none to name.
func (f folder) factors(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		word := f.literal(re.Rune)
		if word == "" {
			return nil
		}
		return []string{word}
	case syntax.OpCapture, syntax.OpPlus:
		return f.factors(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return f.factors(re.Sub[0])
		}
	case syntax.OpCharClass:
		return f.classFactors(re.Rune)
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if words := f.factors(sub); better(words, best) {
				best = words
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := f.factors(sub)
			if words == nil || len(all)+len(words) > maxFactors {
				return nil
			}
			all = append(all, words...)
		}
		return all
	}
	return nil
}

// literal is what a run of literal runes is in a folded question, or "" when
// folding does not keep it whole: spaces may vanish there.
func (f folder) literal(runes []rune) string {
	var b strings.Builder
	best := ""
	for _, r := range runes {
		if r == ' ' {
			best = longer(best, b.String())
			b.Reset()
			continue
		}
		b.WriteRune(f.rune(r))
	}
	return longer(best, b.String())
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// classFactors names the members of a small class such as [件单份]; classes that
// letters in both cases make of a case-insensitive letter fold to one.
func (f folder) classFactors(ranges []rune) []string {
	seen := map[string]bool{}
	var words []string
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] >= maxFactors {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			word := string(f.rune(r))
			if r == ' ' || !utf8.ValidRune(r) || len(words) > maxFactors {
				return nil
			}
			if !seen[word] {
				seen[word] = true
				words = append(words, word)
			}
		}
	}
	return words
}

// better prefers the set whose shortest word is longer, then the smaller set.
func better(a, b []string) bool {
	if a == nil || b == nil {
		return a != nil
	}
	la, lb := shortest(a), shortest(b)
	return la > lb || la == lb && len(a) < len(b)
}

func shortest(words []string) int {
	n := len(words[0])
	for _, w := range words {
		n = min(n, len(w))
	}
	return n
}
