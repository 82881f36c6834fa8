package rules

import (
	"fmt"
	"slices"
	"strings"

	"parley/core/connector"
)

// WarningKind is what a warning is about.
type WarningKind string

// The kinds of warning.
const (
	WarnDuplicate   WarningKind = "duplicate"   // another rule has the same pattern and wins
	WarnShadowed    WarningKind = "shadowed"    // another rule matches whenever this does, and wins
	WarnHuman       WarningKind = "human"       // the pattern is a wish for a person, which goes first
	WarnUnreachable WarningKind = "unreachable" // nothing a customer does leads to the rule
	WarnOff         WarningKind = "off"         // a menu option leads to a rule that is off
	WarnUnused      WarningKind = "unused"      // no answer and no menu shows the menu
	WarnNumbers     WarningKind = "numbers"     // two menus at once: numbers count in the last
)

// Warning is something a designer should look at, but may leave.
type Warning struct {
	Kind  WarningKind    `json:"kind" enum:"duplicate,shadowed,human,unreachable,off,unused,numbers"`
	Field string         `json:"field" doc:"Path of what will not work as it seems to."`
	Other string         `json:"other,omitempty" doc:"Path of what wins instead."`
	Text  connector.Text `json:"text"`
}

// maxWarnings bounds the list.
const maxWarnings = 500

// Warnings finds conflicts between rules, rules that are never reached and menus
// that are never shown; at most 500.
func Warnings(c Content) []Warning {
	w := &warner{bot: NewBot(c), reached: map[string]bool{}, shown: map[string]bool{}, regexes: map[string][]pattern{}}
	w.references()
	for _, x := range w.bot.index.regexes {
		p := c.Rules[x.rule].Patterns[x.at]
		w.regexes[p] = append(w.regexes[p], x.pattern)
	}
	for i := range c.Rules {
		w.rule(i)
	}
	for i, m := range c.Menus {
		if !w.shown[m.ID] {
			w.add(WarnUnused, fmt.Sprintf("menus[%d]", i), "", "No answer and no menu shows this menu.", "没有任何答案或菜单会显示此菜单。")
		}
	}
	return w.all
}

type warner struct {
	bot     *Bot
	reached map[string]bool // rules a menu leads to
	shown   map[string]bool // menus something shows
	regexes map[string][]pattern
	all     []Warning
}

func (w *warner) add(kind WarningKind, field, other, en, zh string) {
	if len(w.all) < maxWarnings {
		w.all = append(w.all, Warning{kind, field, other, connector.Text{EN: en, ZH: zh}})
	}
}

// references notes what replies and menus point to.
func (w *warner) references() {
	c := w.bot.content
	reply := func(path string, r Reply, more []string) {
		menus := slices.Clone(more)
		for _, p := range r.Parts {
			if p.Type == PartMenu {
				menus = append(menus, p.Menu)
			}
		}
		for _, id := range menus {
			w.shown[id] = true
		}
		if len(menus) > 1 {
			w.add(WarnNumbers, path, "", "Several menus are shown at once; a number the customer types counts in the last.", "同时显示多个菜单时，客户输入的序号按最后一个菜单计算。")
		}
	}
	for name, replies := range map[string][]Reply{
		"welcome": c.Welcome.Replies, "default": c.Default.Replies, "repeated": c.Repeated.Replies, "timeout": c.Timeout.Replies,
	} {
		for i, r := range replies {
			reply(fmt.Sprintf("%s.replies[%d]", name, i), r, nil)
		}
	}
	for i, r := range c.Rules {
		for j, a := range r.Answers {
			reply(fmt.Sprintf("rules[%d].answers[%d]", i, j), a, r.Menus)
		}
		if len(r.Answers) == 0 {
			reply(fmt.Sprintf("rules[%d].menus", i), Reply{}, r.Menus)
		}
	}
	off := map[string]bool{}
	for _, r := range c.Rules {
		off[r.ID] = !r.On
	}
	for i, m := range c.Menus {
		for j, o := range m.Options {
			w.shown[o.Menu] = true
			w.reached[o.Rule] = true
			if off[o.Rule] {
				w.add(WarnOff, fmt.Sprintf("menus[%d].options[%d].rule", i, j), "", "The rule is off; picking this option gets the default reply.", "该规则已停用，选择此项将得到默认回复。")
			}
		}
	}
}

// rule looks for patterns of one rule by which it never answers.
func (w *warner) rule(i int) {
	r := &w.bot.content.Rules[i]
	if !r.On {
		return
	}
	path := fmt.Sprintf("rules[%d]", i)
	dead := 0
	for j, p := range r.Patterns {
		at := fmt.Sprintf("%s.patterns[%d]", path, j)
		if w.pattern(at, r, found{pattern: pattern{int32(i), int32(j)}, match: r.Match}, p) {
			dead++
		}
	}
	if dead == len(r.Patterns) && !w.reached[r.ID] {
		w.add(WarnUnreachable, path, "", "Nothing a customer asks or picks leads to this rule.", "客户的任何提问或选择都不会触发此规则。")
	}
}

// pattern reports whether another rule always goes before the pattern.
func (w *warner) pattern(at string, r *Rule, self found, p string) bool {
	probe, ok := w.probe(r, &self, p)
	if !ok {
		return false
	}
	if r.Match == MatchKeyword {
		m := w.bot.human
		whole := m.fold.fold(strings.ReplaceAll(probe, "\n", " "))
		if word, asks := m.phrase(whole, m.hidden(whole)); asks {
			w.add(WarnHuman, at, "human", fmt.Sprintf("%q asks for a person, and that goes first.", word), fmt.Sprintf("“%s”是转人工词，会优先转人工。", word))
		}
	}
	var winner *found
	consider := func(f found) {
		if f.rule == self.rule || f.match != self.match || winner != nil && w.bot.compare(f, *winner, "") >= 0 {
			return
		}
		o := &w.bot.content.Rules[f.rule]
		if (o.Language == "" || o.Language == r.Language) && w.bot.compare(f, self, "") < 0 {
			winner = &f
		}
	}
	if r.Match == MatchRegex {
		for _, at := range w.regexes[p] {
			consider(found{pattern: at, match: MatchRegex})
		}
	} else {
		w.bot.index.search(probe, consider)
	}
	if winner == nil {
		return false
	}
	other := fmt.Sprintf("rules[%d].patterns[%d]", winner.rule, winner.at)
	o := &w.bot.content.Rules[winner.rule]
	if winner.runes == self.runes {
		w.add(WarnDuplicate, at, other, fmt.Sprintf("Rule %s has the same pattern and wins.", o.called()), fmt.Sprintf("规则“%s”有相同的问法并优先。", o.called()))
	} else {
		w.add(WarnShadowed, at, other, fmt.Sprintf("Rule %s matches %q whenever this does, and wins by its order.", o.called(), o.Patterns[winner.at]), fmt.Sprintf("规则“%s”的“%s”总会同时匹配，并因排序靠前而优先。", o.called(), o.Patterns[winner.at]))
	}
	return true
}

// probe makes a question that the pattern matches and that holds nothing else;
// none for an expression, which is only compared with its equals.
func (w *warner) probe(r *Rule, self *found, p string) (string, bool) {
	f := w.bot.index.fold
	switch r.Match {
	case MatchExact:
		q := f.question(p)
		self.runes = len([]rune(q))
		return q, !blank(q)
	case MatchKeyword:
		terms, err := f.terms(p)
		if err != nil {
			return "", false
		}
		words := make([]string, len(terms))
		for i, t := range terms {
			words[i] = t.word
			self.runes += len([]rune(t.word))
			if t.open {
				words[i] += "x" // what another rule finds only in the whole word, it may not find here
			}
		}
		return strings.Join(words, "\n"), true
	}
	return "", r.Match == MatchRegex
}

// called names the rule to a person.
func (r *Rule) called() string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}
