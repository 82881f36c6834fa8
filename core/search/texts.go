package search

import (
	"strings"

	"parley/core/canon"
)

// Texts are what can be looked for in a message: its subject, its words, the
// names of its files.
func Texts(m canon.Message) []string {
	out := make([]string, 0, len(m.Parts)+1)
	add := func(s string) string {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
		return s
	}
	add(m.Subject)
	for _, p := range m.Parts {
		switch p := p.(type) {
		case canon.Media:
			add(p.Name)
			add(p.Caption)
		case canon.Choices: // its numbers are ours
			p.EachText(add)
		default:
			add(p.Fallback())
		}
	}
	return out
}
