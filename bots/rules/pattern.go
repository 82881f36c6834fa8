package rules

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// term is one word of a keyword pattern, folded.
type term struct {
	word string
	// open: the word may go on after the match ("refund*").
	open bool
}

var (
	errNoTerm    = errors.New("a word is missing beside a +")
	errBlankWord = errors.New("a word has nothing to see in it")
)

// terms reads a keyword pattern: words joined by +.
func (f folder) terms(pattern string) ([]term, error) {
	var (
		all  []term
		word strings.Builder
		open bool
		err  error
	)
	end := func() {
		text := f.fold(word.String())
		switch {
		case strings.TrimSpace(word.String()) == "":
			err = errNoTerm
		case blank(text):
			err = errBlankWord
		default:
			all = append(all, term{text, open})
		}
		word.Reset()
		open = false
	}
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\' && i+1 < len(runes) && (runes[i+1] == '+' || runes[i+1] == '*' || runes[i+1] == '\\'):
			i++
			word.WriteRune(runes[i])
		case r == '+' || r == '＋':
			end()
		case r == '*' && strings.TrimSpace(word.String()) != "" && atWordEnd(runes[i+1:]):
			open = true
		default:
			word.WriteRune(r)
		}
	}
	end()
	if err != nil {
		return nil, err
	}
	return all, nil
}

// atWordEnd reports whether only spaces stand before the next + or the end.
func atWordEnd(rest []rune) bool {
	s := strings.TrimLeft(string(rest), " \t　")
	return s == "" || s[0] == '+' || strings.HasPrefix(s, "＋")
}

// holds reports whether the word counts at text[start:end]: not inside another
// word.
func (t term) holds(text string, start, end int) bool {
	first, _ := utf8.DecodeRuneInString(text[start:])
	if before, n := utf8.DecodeLastRuneInString(text[:start]); n > 0 && wordy(first) && wordy(before) {
		return false
	}
	if t.open {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text[:end])
	after, n := utf8.DecodeRuneInString(text[end:])
	return n == 0 || !wordy(last) || !wordy(after)
}

// regex compiles an expression to be found in folded questions. The error is
// that of the expression as written.
func (f folder) regex(pattern string) (*regexp.Regexp, []string, error) {
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		return nil, nil, err
	}
	folded := "(?i)" + f.foldRegex(pattern)
	re, err := regexp.Compile(folded)
	if err != nil {
		return nil, nil, err
	}
	tree, err := syntax.Parse(folded, syntax.Perl)
	if err != nil {
		return nil, nil, err
	}
	return re, f.factors(tree.Simplify()), nil
}

// foldRegex folds what an expression says literally beyond ASCII, which (?i)
// does not reach: width and script.
func (f folder) foldRegex(pattern string) string {
	var b strings.Builder
	for _, r := range pattern {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		folded := []rune(norm.NFKC.String(string(r)))
		if len(folded) != 1 {
			b.WriteRune(r)
			continue
		}
		r = f.rune(folded[0])
		if r < 0x80 && !wordy(r) && r != ' ' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// emptyMatch reports whether the expression matches a question of nothing, and
// so every question.
func emptyMatch(re *regexp.Regexp) bool { return re.MatchString("") }
