package outbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parley/core/canon"
	"parley/core/connector"
)

// quoteMost is how much of a message is quoted in a line, in runes.
const quoteMost = 60

// quotedNote tells the agent of such a line.
var quotedNote = Note{"quoted", "text", connector.Text{EN: "This channel cannot point at a message: the one you answer is quoted in words", ZH: "该渠道不支持引用消息，将以文字引用您所回复的内容"}}

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
