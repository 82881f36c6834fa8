package orchestrate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
	"parley/core/store"
)

// menu is what was offered to choose from last, as the conversation keeps it.
type menu struct {
	Message canon.ID `json:"message"`
	// Numbered says that the channel showed the options as a numbered list, so
	// that a number comes back instead of a press.
	Numbered bool     `json:"numbered,omitempty"`
	Options  []option `json:"options"`
}

type option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// offer remembers the options of a message of ours; notes tell what the channel
// made of them.
func (s *scene) offer(m *core.Message, notes []outbox.Note) {
	for _, p := range m.Content.Parts {
		c, ok := p.(canon.Choices)
		if !ok || len(c.Options) == 0 {
			continue
		}
		numbered := s.o.capabilities(s.tenant, s.account.ID, s.ch.Lane.Thread.Key).Choices.Numbered
		offered := menu{Message: m.ID, Numbered: numbered}
		for _, n := range notes {
			// Also where the channel has buttons, but not so many or so long.
			offered.Numbered = offered.Numbered || n.Code == "degraded" && n.Part == connector.PartKey(c)
		}
		for _, o := range c.Options {
			value := o.Value
			if o.Kind == canon.OptionHuman && value == "" {
				value = HumanAsk
			}
			offered.Options = append(offered.Options, option{o.Label, value})
		}
		body, err := json.Marshal(offered)
		if err != nil {
			return // strings always encode
		}
		s.round().Menu, s.ch.MenuSet = body, true
	}
}

func (s *scene) menu() (m menu) {
	if raw := s.round().Menu; len(raw) > 0 {
		_ = json.Unmarshal(raw, &m) // what cannot be read offers nothing
	}
	return m
}

// picked finds the option a customer means by a number or by its words, where
// the channel could only show a numbered list.
func (s *scene) picked(text string) (option, bool) {
	m := s.menu()
	text = strings.TrimRight(strings.TrimSpace(width.Fold.String(text)), ".。、 ")
	if !m.Numbered || text == "" {
		return option{}, false
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > len(m.Options) || m.Options[n-1].Value == "" {
			return option{}, false
		}
		return m.Options[n-1], true
	}
	for _, o := range m.Options {
		if o.Value != "" && strings.EqualFold(o.Label, text) {
			return o, true
		}
	}
	return option{}, false
}

// labelOf is what stood on an option of what was offered last: some platforms
// tell of a press what it carries, and not how it reads.
func (s *scene) labelOf(value string) string {
	for _, o := range s.menu().Options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// offered finds the option with these words among those offered last.
func (s *scene) offered(label string) option {
	for _, o := range s.menu().Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), label) {
			return o
		}
	}
	return option{Label: label}
}

// choose takes an option: it is marked on the message that offered it, and the
// bot is asked about its value.
func (s *scene) choose(line *core.Message, o option) {
	s.mark(o.Value)
	r := s.round()
	if r.Owner.Kind == core.StatusBot && s.stillBots() {
		s.ask(asked{Cause: CauseAction, Message: &line.Content, ID: line.ID, Pos: line.Pos, Text: o.Label, Value: o.Value})
	}
}

// mark notes which option was taken of what was offered last.
func (s *scene) mark(value string) {
	m := s.menu()
	for _, o := range m.Options {
		if o.Value != value || value == "" {
			continue
		}
		for i := range s.ch.Messages {
			if s.ch.Messages[i].ID == m.Message {
				takeOption(&s.ch.Messages[i].Content, value) // offered in this very change
				return
			}
		}
		s.took(m.Message, value)
		return
	}
}

func takeOption(m *canon.Message, value string) {
	m.Parts = slices.Clone(m.Parts) // a bot may give the same parts to everybody
	for i, p := range m.Parts {
		if c, ok := p.(canon.Choices); ok {
			c.Taken = value
			m.Parts[i] = c
		}
	}
}

// took has the option marked on a message that stands already.
func (s *scene) took(message canon.ID, value string) {
	s.ch.Taken = &store.Taken{Message: message, Value: value, Rev: s.number()}
	s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedChanged, Conversation: s.round().ID, Subject: message})
}
