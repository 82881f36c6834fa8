package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// index finds the rules whose patterns match a folded question. It is built
// once and read by many goroutines.
type index struct {
	fold  folder
	exact map[string][]pattern
	words *trie
	// posts lists by word of the trie what hangs on it. A keyword pattern hangs
	// on its rarest word only; an expression on each of its factors.
	posts   [][]post
	keys    []keyword
	regexes []regex
	open    []int32 // regexes to try on every question
	scratch sync.Pool
}

// pattern names one pattern of one rule.
type pattern struct{ rule, at int32 }

type keyword struct {
	pattern
	terms []term
	ids   []int32 // words of the trie, as terms
	runes int     // in all terms
}

type regex struct {
	pattern
	re *regexp.Regexp
}

// post is something to look at when a word was found.
type post struct {
	regex bool
	of    int32 // in keys or regexes
}

// found is a pattern that matched.
type found struct {
	pattern
	match Match
	text  string // the words that matched
	runes int    // in text
}

// newIndex compiles the rules that are on; what cannot be compiled is left out,
// for Check refuses it before it is published.
func newIndex(f folder, rules []Rule) *index {
	x := &index{fold: f, exact: make(map[string][]pattern)}
	words := map[string]int32{}
	var list []string
	id := func(word string) int32 {
		n, ok := words[word]
		if !ok {
			n = int32(len(list))
			words[word] = n
			list = append(list, word)
		}
		return n
	}
	var factors [][]int32
	for i, r := range rules {
		if !r.On {
			continue
		}
		for j, p := range r.Patterns {
			at := pattern{int32(i), int32(j)}
			switch r.Match {
			case MatchExact:
				if q := f.question(p); !blank(q) {
					x.exact[q] = append(x.exact[q], at)
				}
			case MatchKeyword:
				terms, err := f.terms(p)
				if err != nil {
					continue
				}
				k := keyword{pattern: at, terms: terms}
				for _, t := range terms {
					k.ids = append(k.ids, id(t.word))
					k.runes += utf8.RuneCountInString(t.word)
				}
				x.keys = append(x.keys, k)
			case MatchRegex:
				re, needs, err := f.regex(p)
				if err != nil || emptyMatch(re) {
					continue
				}
				var ids []int32
				for _, w := range needs {
					ids = append(ids, id(w))
				}
				x.regexes = append(x.regexes, regex{at, re})
				factors = append(factors, ids)
			}
		}
	}
	x.words = newTrie(list)
	x.hang(len(list), factors)
	x.scratch.New = func() any { return &scratch{seen: make([]uint32, len(list)), tried: make([]uint32, len(x.regexes))} }
	return x
}

// hang puts patterns onto words.
func (x *index) hang(words int, factors [][]int32) {
	uses := make([]int32, words)
	for _, k := range x.keys {
		for _, id := range k.ids {
			uses[id]++
		}
	}
	x.posts = make([][]post, words)
	for i, k := range x.keys {
		rarest := slices.MinFunc(k.ids, func(a, b int32) int { return int(uses[a] - uses[b]) })
		x.posts[rarest] = append(x.posts[rarest], post{of: int32(i)})
	}
	for i, ids := range factors {
		if len(ids) == 0 {
			x.open = append(x.open, int32(i))
		}
		for _, id := range ids {
			x.posts[id] = append(x.posts[id], post{regex: true, of: int32(i)})
		}
	}
}

// scratch is what one search needs; stamps spare clearing it.
type scratch struct {
	stamp uint32
	seen  []uint32 // words found in this search
	tried []uint32 // regexes tried
	words []int32
}

// search calls hit with every pattern that matches a folded question.
func (x *index) search(q string, hit func(found)) {
	for _, p := range x.exact[q] {
		hit(found{p, MatchExact, q, utf8.RuneCountInString(q)})
	}
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.words = s.words[:0]
	if s.stamp++; s.stamp == 0 { // came round: forget the old stamps
		clear(s.seen)
		clear(s.tried)
		s.stamp = 1
	}
	x.words.find(q, func(word int32, _ int) {
		if s.seen[word] != s.stamp {
			s.seen[word] = s.stamp
			s.words = append(s.words, word)
		}
	})
	for _, word := range s.words {
		for _, p := range x.posts[word] {
			if p.regex {
				x.try(p.of, q, s, hit)
			} else {
				x.keyword(p.of, q, s, hit)
			}
		}
	}
	for _, i := range x.open {
		x.try(i, q, s, hit)
	}
}

func (x *index) keyword(i int32, q string, s *scratch, hit func(found)) {
	k := &x.keys[i]
	for _, id := range k.ids {
		if s.seen[id] != s.stamp {
			return
		}
	}
	for _, t := range k.terms {
		if !t.in(q) {
			return
		}
	}
	hit(found{k.pattern, MatchKeyword, k.String(), k.runes})
}

func (x *index) try(i int32, q string, s *scratch, hit func(found)) {
	if s.tried[i] == s.stamp {
		return
	}
	s.tried[i] = s.stamp
	if at := x.regexes[i].re.FindStringIndex(q); at != nil {
		text := q[at[0]:at[1]]
		hit(found{x.regexes[i].pattern, MatchRegex, text, utf8.RuneCountInString(text)})
	}
}

// in reports whether the word stands in q, not inside another word.
func (t term) in(q string) bool {
	for from := 0; ; {
		i := strings.Index(q[from:], t.word)
		if i < 0 {
			return false
		}
		start := from + i
		if t.holds(q, start, start+len(t.word)) {
			return true
		}
		_, n := utf8.DecodeRuneInString(q[start:])
		from = start + n
	}
}

func (k *keyword) String() string {
	if len(k.terms) == 1 {
		return k.terms[0].word
	}
	words := make([]string, len(k.terms))
	for i, t := range k.terms {
		words[i] = t.word
	}
	return strings.Join(words, " + ")
}
