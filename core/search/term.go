package search

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"parley/core/canon"
)

// Term is the hash of something texts are kept by. Two things may have the same:
// whoever found a text by its terms reads it to be sure.
type Term uint64

// What terms are of.
const (
	ofSingle  = 's' // one character
	ofPair    = 'p' // two of them that follow each other
	ofWord    = 'w' // the beginning of a word
	ofSender  = 'a' // what an agent or a bot said
	ofThread  = 't' // what a customer said on a thread
	ofAccount = 'c' // what was said on an account
)

// begins are how long the beginnings of words are that a text is kept by.
var begins = []int{1, 2, 3, 4, 6, 9, 14}

// term is FNV-1a with its bits mixed: a bucket is taken of the highest.
func term(kind byte, parts ...string) Term {
	h := uint64(14695981039346656037)
	add := func(b byte) { h = (h ^ uint64(b)) * 1099511628211 }
	add(kind)
	for _, p := range parts {
		for i := range len(p) {
			add(p[i])
		}
		add(0xff)
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return Term(h ^ h>>33)
}

// Sender, Thread and Account are the terms of who said something, and where.
func Sender(id canon.ID) Term  { return term(ofSender, string(id[:])) }
func Thread(id canon.ID) Term  { return term(ofThread, string(id[:])) } // by its customer
func Account(id canon.ID) Term { return term(ofAccount, string(id[:])) }

// EachTerm visits what texts are kept by, some of it more than once.
func EachTerm(texts []string, visit func(Term)) {
	for _, text := range texts {
		last := ""
		for _, u := range Units(text) {
			if u.Single {
				visit(term(ofSingle, u.Text))
				if last != "" {
					visit(term(ofPair, last, u.Text))
				}
				last = u.Text
				continue
			}
			last = ""
			eachBegin(u.Text, func(s string) { visit(term(ofWord, s)) })
		}
	}
}

func eachBegin(word string, visit func(string)) {
	n, next := 0, 0
	for i := range word {
		if n == begins[next] {
			visit(word[:i])
			if next++; next == len(begins) {
				return
			}
		}
		n++
	}
	if n == begins[next] {
		visit(word)
	}
}

// maxTerms is how many terms a question is looked up by; the texts found decide
// about the rest.
const maxTerms = 10

// Terms are those that every text holding all phrases is kept by, the most
// telling ones first.
func Terms(all []Phrase) []Term {
	type weighed struct {
		Term
		weight int
	}
	var found []weighed
	for _, p := range all {
		for i, u := range p.Units {
			switch {
			case !u.Single:
				longest := ""
				eachBegin(u.Text, func(s string) { longest = s })
				found = append(found, weighed{term(ofWord, longest), utf8.RuneCountInString(longest)})
			case i+1 < len(p.Units) && p.Units[i+1].Single:
				found = append(found, weighed{term(ofPair, u.Text, p.Units[i+1].Text), 4})
			case i == 0 || !p.Units[i-1].Single:
				found = append(found, weighed{term(ofSingle, u.Text), 1})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b weighed) int { return cmp.Compare(b.weight, a.weight) })
	var out []Term
	for _, f := range found {
		if len(out) < maxTerms && !slices.Contains(out, f.Term) {
			out = append(out, f.Term)
		}
	}
	return out
}
