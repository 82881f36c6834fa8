package outbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parley/core/canon"
)

// quoteMost is how much of a message is quoted in a line, in runes.
const quoteMost = 60

// quoting puts a line with the words a message answers before its own: on
// channels that cannot point at a message, the customer sees what is meant.
func quoting(m canon.Message) canon.Message {
	said := []rune(strings.Join(strings.Fields(m.Quote), " "))
	if len(said) > quoteMost {
		said = append(said[:quoteMost-1], '…')
	}
	line := "“" + string(said) + "”"
	m.Parts = slices.Clone(m.Parts)
	if t, ok := firstOf(m.Parts).(canon.Text); ok && t.HTML == "" {
		t.Spans = slices.Clone(t.Spans)
		for i := range t.Spans {
			t.Spans[i].Start += utf8.RuneCountInString(line) + 1
		}
		t.Body = line + "\n" + t.Body
		m.Parts[0] = t
		return m
	}
	m.Parts = slices.Insert(m.Parts, 0, canon.Part(canon.Text{Body: line}))
	return m
}

func firstOf(parts []canon.Part) canon.Part {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}
