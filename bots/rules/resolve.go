package rules

import (
	"cmp"

	"parley/core/orchestrate"
)

// hit is what a turn's question was found to want: one of a person, an address,
// a menu or a rule; none of them: nothing matched.
type hit struct {
	match    string
	text     string // the words that matched
	human    bool
	url      *MenuOption
	menu     string
	rule     *Rule
	question string // folded; empty when an option was pressed that names its rule
}

// resolve finds what the customer wants. The order is that of the package
// comment.
func (b *Bot) resolve(t orchestrate.Turn, mem *memory, trace *Explanation) hit {
	asks := []string{question(t)}
	if t.Cause == orchestrate.CauseAction && t.Value != "" {
		if o, ok := b.pressed(t.Value); ok {
			if h, ok := b.take(o, t, t.Text, trace); ok {
				return h
			}
		}
		asks = []string{t.Value}
		if t.Text != "" && t.Text != t.Value {
			asks = append(asks, t.Text)
		}
	}
	var q string
	for _, ask := range asks {
		q = b.index.fold.question(ask)
		trace.asked(ask, q)
		if o, ok := b.picked(mem.Offered, q); ok {
			if h, ok := b.take(o, t, o.Label, trace); ok {
				return h
			}
		}
		if h, ok := b.match(ask, q, t.Language, trace); ok {
			return h
		}
	}
	return hit{match: whyDefault, question: q}
}

// take follows a menu option. ok is false when it leads nowhere any more.
func (b *Bot) take(o MenuOption, t orchestrate.Turn, label string, trace *Explanation) (hit, bool) {
	if label == "" {
		label = o.Label
	}
	trace.picked(label)
	switch {
	case o.Human:
		return hit{match: whyHuman, text: label, human: true}, true
	case o.Rule != "":
		i, ok := b.rules[o.Rule]
		if !ok {
			return hit{}, false
		}
		return hit{match: whyMenu, text: label, rule: &b.content.Rules[i]}, true
	case o.Menu != "":
		_, ok := b.menus[o.Menu]
		return hit{match: whyMenu, text: label, menu: o.Menu}, ok
	case o.URL != "":
		return hit{match: whyMenu, text: label, url: &o}, true
	}
	q := b.index.fold.question(o.ask())
	trace.asked(o.ask(), q)
	h, ok := b.match(o.ask(), q, t.Language, trace)
	if !ok {
		return hit{match: whyDefault, text: label, question: q}, true
	}
	if !h.human {
		h.match, h.text = whyMenu, label
	}
	return h, true
}

// match looks for rules and for the wish for a person. A rule that names the
// whole question goes before that wish, which goes before the rest.
func (b *Bot) match(ask, q, lang string, trace *Explanation) (hit, bool) {
	var (
		best found
		hits bool
	)
	b.index.search(q, func(f found) {
		trace.candidate(f)
		if !hits || b.compare(f, best, lang) < 0 {
			best, hits = f, true
		}
	})
	if !hits || best.match != MatchExact {
		if word, ok := b.human.asked(ask); ok {
			trace.wish(word)
			return hit{match: whyHuman, text: word, human: true}, true
		}
	}
	if !hits {
		return hit{}, false
	}
	return hit{match: string(best.match), text: best.text, rule: &b.content.Rules[best.rule], question: q}, true
}

// compare orders what matched, the winner first: rules for the customer's
// language or any before those for another; exact before regex before keyword;
// lower Order; longer match; earlier in the list.
func (b *Bot) compare(x, y found, lang string) int {
	rx, ry := &b.content.Rules[x.rule], &b.content.Rules[y.rule]
	return cmp.Or(
		cmp.Compare(foreign(rx, lang), foreign(ry, lang)),
		cmp.Compare(x.match.rank(), y.match.rank()),
		cmp.Compare(rx.Order, ry.Order),
		cmp.Compare(y.runes, x.runes),
		cmp.Compare(x.rule, y.rule),
		cmp.Compare(x.at, y.at),
	)
}

func foreign(r *Rule, lang string) int {
	if lang != "" && suits(r.Language, lang) == 0 {
		return 1
	}
	return 0
}

func (m Match) rank() int {
	switch m {
	case MatchExact:
		return 0
	case MatchRegex:
		return 1
	}
	return 2
}
