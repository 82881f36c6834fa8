package rules

import (
	"context"
	"time"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// Why.Match of answers that are not a rule's.
const (
	whyMenu     = "menu"
	whyWelcome  = "welcome"
	whyDefault  = "default"
	whyRepeated = "repeated"
	whyTimeout  = "timeout"
	whyHuman    = "human"
)

// Reasons of a handoff.
const (
	reasonAsked    = "asked"
	reasonRule     = "rule"
	reasonRepeated = "repeated"
)

// Slots keep the choices between variants of one turn independent.
const (
	slotAnswer = iota
	slotWelcome
	slotRepeated
	slotHandoff
	slotOff
)

// Bot answers from one content. It is safe for concurrent use and never
// changes.
type Bot struct {
	content Content
	index   *index
	human   *human
	rules   map[string]int // by id
	menus   map[string]Menu
	asks    map[string]MenuOption // options that ask a question, by the value of their button
}

var _ orchestrate.Instant = (*Bot)(nil)

// NewBot makes a bot of content. What Check would refuse (a broken pattern, a
// menu that does not exist) is left out rather than refused, so that a draft
// with a mistake in one rule can be tried out.
func NewBot(c Content) *Bot {
	fold := newFolder(c.Matching)
	b := &Bot{
		content: c,
		index:   newIndex(fold, c.Rules),
		human:   newHuman(fold, c.Human),
		rules:   make(map[string]int, len(c.Rules)),
		menus:   make(map[string]Menu, len(c.Menus)),
		asks:    map[string]MenuOption{},
	}
	for i, r := range c.Rules {
		if r.On {
			b.rules[r.ID] = i
		}
	}
	for _, m := range c.Menus {
		b.menus[m.ID] = m
		for _, o := range m.Options {
			if o.asks() {
				b.asks[o.value()] = o
			}
		}
	}
	return b
}

// Instant marks that answering needs no waiting.
func (b *Bot) Instant() {}

// Answer answers one turn. It never fails and looks at nothing but the turn.
func (b *Bot) Answer(_ context.Context, t orchestrate.Turn) (orchestrate.Answer, error) {
	return b.answer(t, nil), nil
}

func (b *Bot) answer(t orchestrate.Turn, trace *Explanation) orchestrate.Answer {
	mem := readMemory(t.Memory)
	var a orchestrate.Answer
	switch t.Cause {
	case orchestrate.CauseOpened:
		a = b.opened(t, &mem)
	case orchestrate.CauseSilence:
		a = b.silent(t, &mem)
	default:
		a = b.asked(t, &mem, trace)
	}
	a.Memory = mem.encode()
	return a
}

// opened says the welcome, once in a conversation.
func (b *Bot) opened(t orchestrate.Turn, mem *memory) orchestrate.Answer {
	var a orchestrate.Answer
	if w := b.content.Welcome; w.On && !mem.Welcomed {
		if s, ok := b.pick(w.Replies, nil, t.Language, mix(t.Seed, slotWelcome)); ok {
			b.add(&a, mem, s)
			a.Why = orchestrate.Why{Match: whyWelcome}
		}
	}
	mem.Welcomed = true
	return a
}

// silent says the time-out reply, once in a silence.
func (b *Bot) silent(t orchestrate.Turn, mem *memory) orchestrate.Answer {
	var a orchestrate.Answer
	if !b.content.Timeout.On || mem.Reminded {
		return a
	}
	mem.Reminded = true
	if s, ok := b.pick(b.content.Timeout.Replies, nil, t.Language, mix(t.Seed, slotAnswer)); ok {
		b.add(&a, mem, s)
	}
	a.Close = b.content.Timeout.Close
	a.Why = orchestrate.Why{Match: whyTimeout}
	return a
}

// asked answers what the customer wrote or pressed.
func (b *Bot) asked(t orchestrate.Turn, mem *memory, trace *Explanation) orchestrate.Answer {
	mem.Reminded = false
	h := b.resolve(t, mem, trace)
	late := b.content.Welcome.On && b.content.Welcome.Late && t.First && !mem.Welcomed
	mem.Welcomed = true

	a := b.reply(t, h, mem)
	if a.Handoff != nil {
		mem.Seen = nil // back from people, counting begins anew
		return a
	}
	if late {
		if s, ok := b.pick(b.content.Welcome.Replies, nil, t.Language, mix(t.Seed, slotWelcome)); ok {
			a.Messages = append([]canon.Message{s.message}, a.Messages...)
			mem.Offered = append(s.menus, mem.Offered...)
		}
	}
	if b.content.Timeout.On && !a.Close {
		a.WakeAfter = time.Duration(b.content.Timeout.Seconds) * time.Second
	}
	return a
}

// reply turns what was found into an answer.
func (b *Bot) reply(t orchestrate.Turn, h hit, mem *memory) orchestrate.Answer {
	if h.human {
		return orchestrate.Answer{
			Handoff: b.handoff(t, nil, nil, nil, reasonAsked),
			Why:     orchestrate.Why{Match: whyHuman, Text: h.text},
		}
	}
	if again, ok := b.again(t, h, mem); ok {
		return again
	}
	return b.first(t, h, mem)
}

// first is the answer to what was not asked before.
func (b *Bot) first(t orchestrate.Turn, h hit, mem *memory) orchestrate.Answer {
	a := orchestrate.Answer{Why: orchestrate.Why{Match: h.match, Text: h.text}}
	seed := mix(t.Seed, slotAnswer)
	switch {
	case h.url != nil:
		a.Messages = []canon.Message{h.url.opened()}
	case h.menu != "":
		if s, ok := b.pick(nil, []string{h.menu}, t.Language, seed); ok {
			b.add(&a, mem, s)
		}
	case h.rule != nil:
		a.Why.Rule, a.Why.Name = h.rule.ID, h.rule.Name
		if s, ok := b.pick(h.rule.Answers, h.rule.Menus, t.Language, seed); ok {
			b.add(&a, mem, s)
		}
		if ho := h.rule.Handoff; ho != nil {
			a.Handoff = b.handoff(t, ho, ho.Texts, ho.OffTexts, reasonRule)
		}
		a.Close = h.rule.Close && a.Handoff == nil
	default:
		a.Missed = true
		a.Why.Match = whyDefault
		if b.content.Default.On {
			if s, ok := b.pick(b.content.Default.Replies, nil, t.Language, seed); ok {
				b.add(&a, mem, s)
			}
		}
	}
	if len(a.Messages) == 0 && a.Handoff == nil && !a.Close {
		a.Missed = true
	}
	return a
}

// again answers what was asked before: the second time a reply of its own, from
// the third time a person.
func (b *Bot) again(t orchestrate.Turn, h hit, mem *memory) (orchestrate.Answer, bool) {
	r := b.content.Repeated
	if !r.On || h.menu != "" || h.url != nil || h.rule != nil && (h.rule.Handoff != nil || h.rule.Close || h.rule.Repeatable) {
		return orchestrate.Answer{}, false
	}
	var keys []string
	if h.question != "" {
		keys = append(keys, questionKey(h.question))
	}
	if h.rule != nil {
		keys = append(keys, ruleKey(h.rule.ID))
	}
	times := mem.meet(keys...)
	if times < 2 {
		return orchestrate.Answer{}, false
	}
	a := orchestrate.Answer{Missed: h.rule == nil, Why: orchestrate.Why{Match: whyRepeated, Text: h.text}}
	if h.rule != nil {
		a.Why.Rule, a.Why.Name = h.rule.ID, h.rule.Name
	}
	if times > 2 && r.Handoff {
		a.Missed = false
		a.Handoff = b.handoff(t, nil, r.Texts, nil, reasonRepeated)
		return a, true
	}
	s, ok := b.pick(r.Replies, nil, t.Language, mix(t.Seed, slotRepeated))
	if !ok {
		return orchestrate.Answer{}, false
	}
	b.add(&a, mem, s)
	if r.Answer && h.rule != nil {
		a.Messages = append(a.Messages, b.first(t, h, mem).Messages...)
	}
	return a, true
}

// add puts a message into the answer and remembers its menus.
func (b *Bot) add(a *orchestrate.Answer, mem *memory, s say) {
	a.Messages = append(a.Messages, s.message)
	if len(s.menus) > 0 {
		mem.Offered = s.menus
	}
}

// handoff names where to and what is said; texts of the rule go before those of
// the settings.
func (b *Bot) handoff(t orchestrate.Turn, rule *RuleHandoff, texts, off []Saying, reason string) *orchestrate.Handoff {
	set := b.content.Human
	h := &orchestrate.Handoff{Team: set.Team, Reason: reason}
	if rule != nil && !rule.Team.IsZero() {
		h.Team = rule.Team
	}
	if len(texts) == 0 {
		texts = set.Texts
	}
	if len(off) == 0 {
		off = set.OffTexts
	}
	h.Text = b.saying(texts, t.Language, mix(t.Seed, slotHandoff))
	h.OffText = b.saying(off, t.Language, mix(t.Seed, slotOff))
	return h
}
