package rules

import (
	"encoding/json"
	"slices"
	"time"

	"parley/core/orchestrate"
)

// maxCandidates bounds what an explanation lists.
const maxCandidates = 50

// Explanation shows a designer how an answer came about.
type Explanation struct {
	Asked      string          `json:"asked" doc:"The question as looked for: what was written, or what the picked option stands for."`
	Normalised string          `json:"normalised"`
	Language   string          `json:"language,omitempty"`
	Picked     string          `json:"picked,omitempty" doc:"Label of the menu option that was picked."`
	Human      string          `json:"human,omitempty" doc:"The words that ask for a person."`
	Candidates []Candidate     `json:"candidates" doc:"Patterns that matched, the winner first; at most 50."`
	Matched    int             `json:"matched" doc:"How many patterns matched."`
	Chosen     Chosen          `json:"chosen"`
	Before     json.RawMessage `json:"memory_before,omitempty" doc:"What the bot remembered of the conversation."`
	After      json.RawMessage `json:"memory_after,omitempty"`
	Micros     int64           `json:"micros" doc:"Microseconds the answer took, without reading the content."`
	// Answer is what the bot would do.
	Answer orchestrate.Answer `json:"-"`

	found []found
}

// Chosen says what answered.
type Chosen struct {
	Match   string `json:"match" doc:"exact, keyword, regex, menu, welcome, default, repeated, timeout or human."`
	Rule    string `json:"rule,omitempty"`
	Name    string `json:"name,omitempty"`
	Text    string `json:"text,omitempty" doc:"The words that matched."`
	Missed  bool   `json:"missed"`
	Handoff string `json:"handoff,omitempty" doc:"Why people take over: asked, rule or repeated."`
	Close   bool   `json:"close"`
}

// Candidate is a pattern that matched.
type Candidate struct {
	Rule    string `json:"rule"`
	Name    string `json:"name,omitempty"`
	Match   Match  `json:"match"`
	Pattern string `json:"pattern"`
	Words   string `json:"words" doc:"What of the question it matched."`
	Order   int    `json:"order"`
	Length  int    `json:"length" doc:"Characters matched."`
	Foreign bool   `json:"foreign" doc:"The rule is for another language."`
	Won     bool   `json:"won"`
}

// Explain answers the turn and shows how. It works on drafts with mistakes in
// them; only content that cannot be read is an error, as for Parse.
func Explain(content json.RawMessage, t orchestrate.Turn) (Explanation, error) {
	c, bad := Parse(content)
	if len(bad) > 0 {
		return Explanation{}, unreadable(bad)
	}
	return NewBot(c).Explain(t), nil
}

// Explain answers the turn and shows how.
func (b *Bot) Explain(t orchestrate.Turn) Explanation {
	start := time.Now()
	e := Explanation{Language: t.Language, Before: t.Memory, Candidates: []Candidate{}}
	e.Answer = b.answer(t, &e)
	e.Micros = time.Since(start).Microseconds()
	e.After = e.Answer.Memory
	why := e.Answer.Why
	e.Chosen = Chosen{Match: why.Match, Rule: why.Rule, Name: why.Name, Text: why.Text, Missed: e.Answer.Missed, Close: e.Answer.Close}
	if h := e.Answer.Handoff; h != nil {
		e.Chosen.Handoff = h.Reason
	}
	b.list(&e)
	return e
}

// The methods below note what happened; they do nothing on a nil Explanation,
// so that answering pays nothing for them.

func (e *Explanation) asked(ask, folded string) {
	if e != nil {
		e.Asked, e.Normalised = ask, folded
	}
}

func (e *Explanation) picked(label string) {
	if e != nil {
		e.Picked = label
	}
}

func (e *Explanation) wish(word string) {
	if e != nil {
		e.Human = word
	}
}

func (e *Explanation) candidate(f found) {
	if e != nil {
		e.found = append(e.found, f)
	}
}

// list names what matched, the winner first. A rule won if it answered, not if
// it would have, had nobody asked for a person.
func (b *Bot) list(e *Explanation) {
	e.Matched = len(e.found)
	slices.SortStableFunc(e.found, func(x, y found) int { return b.compare(x, y, e.Language) })
	for i, f := range e.found[:min(len(e.found), maxCandidates)] {
		r := &b.content.Rules[f.rule]
		e.Candidates = append(e.Candidates, Candidate{
			Rule: r.ID, Name: r.Name, Match: f.match, Pattern: r.Patterns[f.at], Words: f.text, Order: r.Order,
			Length: f.runes, Foreign: foreign(r, e.Language) == 1, Won: i == 0 && r.ID == e.Chosen.Rule,
		})
	}
}
