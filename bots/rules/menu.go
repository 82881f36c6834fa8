package rules

import (
	"hash/fnv"
	"strconv"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// HumanValue is what a button that asks for a person carries.
const HumanValue = orchestrate.HumanAsk

// Values of menu options. They name what the option does, not its place, so
// that a button of an earlier version still does what its label said.
const (
	ruleValue = "parley:rule:"
	menuValue = "parley:menu:"
	askValue  = "parley:ask:"
	// maxPlainValue is how many bytes of text a button carries itself; the
	// tightest platform takes 64.
	maxPlainValue = 48
)

// Menu is a set of options under a prompt. A customer picks by pressing, by
// number or by label.
type Menu struct {
	ID      string            `json:"id" doc:"Up to 40 of A–Z a–z 0–9 . _ -, unique among the menus."`
	Name    string            `json:"name,omitempty" doc:"For the designer."`
	Style   canon.ChoiceStyle `json:"style,omitempty" enum:"quick,buttons,list" doc:"How it wants to be drawn; buttons when empty."`
	Prompt  string            `json:"prompt,omitempty" doc:"Empty: the text before the menu is its prompt."`
	Options []MenuOption      `json:"options"`
	Footer  string            `json:"footer,omitempty"`
}

// MenuOption is one thing to pick. It does one of: ask Value as if the customer
// had typed it (the label when all are empty), answer with a rule, show another
// menu, open an address, ask for a person.
type MenuOption struct {
	Label string `json:"label"`
	Value string `json:"value,omitempty" doc:"Asked as if typed; empty with all others empty: the label."`
	Rule  string `json:"rule,omitempty" doc:"Id of the rule that answers."`
	Menu  string `json:"menu,omitempty" doc:"Id of the menu shown."`
	URL   string `json:"url,omitempty" doc:"https or http address opened."`
	Human bool   `json:"human,omitempty" doc:"Asks for a person."`
}

// asks reports whether the option asks a question as if the customer had typed it.
func (o MenuOption) asks() bool { return !o.Human && o.Rule == "" && o.Menu == "" && o.URL == "" }

// ask is the question an option stands for.
func (o MenuOption) ask() string {
	if o.Value != "" {
		return o.Value
	}
	return o.Label
}

// value is what a button made of the option carries.
func (o MenuOption) value() string {
	switch {
	case o.Human:
		return HumanValue
	case o.Rule != "":
		return ruleValue + o.Rule
	case o.Menu != "":
		return menuValue + o.Menu
	case o.URL != "":
		return ""
	}
	if ask := o.ask(); len(ask) <= maxPlainValue {
		return ask
	}
	h := fnv.New64a()
	h.Write([]byte(o.ask()))
	return askValue + strconv.FormatUint(h.Sum64(), 36)
}

func (o MenuOption) kind() canon.OptionKind {
	switch {
	case o.Human:
		return canon.OptionHuman
	case o.URL != "":
		return canon.OptionURL
	}
	return canon.OptionReply
}

// choices is the menu as a part of a message.
func (m Menu) choices() canon.Choices {
	c := canon.Choices{Style: m.Style, Prompt: m.Prompt, Footer: m.Footer}
	if c.Style == "" {
		c.Style = canon.ChoiceButtons
	}
	for _, o := range m.Options {
		if blank(o.Label) {
			continue
		}
		c.Options = append(c.Options, canon.Option{Kind: o.kind(), Label: o.Label, Value: o.value(), URL: o.URL})
	}
	return c
}
