package search

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Question is what somebody looks for: every word, and what the operators say.
// The same operator twice means either.
type Question struct {
	Words         []Phrase
	From, In, Tag []string
	After         time.Time // from then on
	Before        time.Time // until then
}

// Empty reports whether nothing is asked.
func (q Question) Empty() bool {
	return len(q.Words)+len(q.From)+len(q.In)+len(q.Tag) == 0 && q.After.IsZero() && q.Before.IsZero()
}

// Operators are those a question may hold.
var Operators = []string{"from", "in", "tag", "before", "after"}

// others are operators people know from elsewhere.
var others = []string{"to", "label", "subject", "is", "has", "date", "since", "until", "account", "team", "agent", "customer", "tags"}

// OperatorError is an operator that cannot be understood.
type OperatorError struct {
	Operator string // as it was typed, without the colon
	Value    string
	Problem  Problem
}

// Problem is what is wrong with an operator.
type Problem string

// The problems: no such operator, nothing behind it, no date behind it.
const (
	Unknown Problem = "unknown"
	Bare    Problem = "bare"
	NoDate  Problem = "date"
)

func (e *OperatorError) Error() string {
	return fmt.Sprintf("operator %s: with %q: %s", e.Operator, e.Value, e.Problem)
}

// maxWords bounds how many words and operators one question holds; those behind
// are left out.
const maxWords = 24

// Ask reads a question. Days begin in zone. The error is an *OperatorError.
func Ask(text string, zone *time.Location) (Question, error) {
	var q Question
	for n := 0; n < maxWords; n++ {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			break
		}
		name, value, rest, is := operator(text)
		if is {
			text = rest
			if err := q.operate(name, value, zone); err != nil {
				return Question{}, err
			}
			continue
		}
		body, rest, quoted := word(text)
		text = rest
		if p, some := phrase(body, !quoted); some {
			q.Words = append(q.Words, p)
		}
	}
	return q, nil
}

func (q *Question) operate(name, value string, zone *time.Location) error {
	if !slices.Contains(Operators, name) {
		return &OperatorError{name, value, Unknown}
	}
	if strings.TrimSpace(value) == "" {
		return &OperatorError{name, value, Bare}
	}
	switch name {
	case "from":
		q.From = append(q.From, value)
	case "in":
		q.In = append(q.In, value)
	case "tag":
		q.Tag = append(q.Tag, value)
	default:
		day, err := time.ParseInLocation(time.DateOnly, value, zone)
		if err != nil {
			return &OperatorError{name, value, NoDate}
		}
		if name == "after" {
			q.After = day
		} else {
			q.Before = day
		}
	}
	return nil
}

// operator reads "name:value" or "name:"quoted value"" off the front of a text.
// What only looks like it ("10:30", "https://…", "Error:5") is a word; what is
// nearly one of ours, or one people know from elsewhere, is an operator, so that
// they are told.
func operator(text string) (name, value, rest string, is bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) })
	if end <= 0 {
		return "", "", text, false
	}
	name = strings.ToLower(text[:end])
	rest, is = strings.CutPrefix(text[end:], ":")
	if !is {
		if rest, is = strings.CutPrefix(text[end:], "："); !is {
			return "", "", text, false
		}
	}
	if !slices.Contains(Operators, name) && !slices.Contains(others, name) && !near(name) {
		return "", "", text, false
	}
	value, rest, _ = word(rest)
	return name, value, rest, true
}

// near reports whether a name is one slip away from an operator.
func near(name string) bool {
	return len(name) > 2 && slices.ContainsFunc(Operators, func(o string) bool {
		if len(o) < 4 {
			return false
		}
		for i := range o { // a letter left out, one too many, two exchanged, another one
			if name == o[:i]+o[i+1:] || i+1 < len(o) && name == o[:i]+o[i+1:i+2]+o[i:i+1]+o[i+2:] {
				return true
			}
			if len(name) == len(o) && name[:i] == o[:i] && name[i+1:] == o[i+1:] {
				return true
			}
		}
		for i := range name {
			if name[:i]+name[i+1:] == o {
				return true
			}
		}
		return false
	})
}

// quotes are what a phrase stands in.
var quotes = map[rune]rune{'"': '"', '“': '”', '「': '」', '＂': '＂'}

// word reads up to the next space, or what stands in quotation marks.
func word(text string) (body, rest string, quoted bool) {
	first, size := utf8.DecodeRuneInString(text)
	if end, opens := quotes[first]; opens {
		body, rest, closed := strings.Cut(text[size:], string(end))
		if closed || body != "" {
			return body, rest, true
		}
	}
	at := strings.IndexFunc(text, unicode.IsSpace)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at:], false
}

// Name is the value of an operator: its words stand together, the last of them
// may go on.
func Name(value string) []Phrase {
	p, some := phrase(value, true)
	if !some {
		return nil
	}
	return []Phrase{p}
}
