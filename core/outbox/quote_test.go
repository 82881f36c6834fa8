package outbox

import (
	"strings"
	"testing"

	"parley/core/canon"
)

// Where a channel cannot point at a message, the customer reads its words above
// the answer, and what was bold stays bold.
func TestAnAnswerQuotesWhereTheChannelCannotPoint(t *testing.T) {
	for _, c := range []struct {
		says  canon.Part
		quote string
		want  string
	}{
		{canon.Text{Body: "at nine", Spans: []canon.Span{{Start: 3, Length: 4, Style: canon.SpanBold}}}, "when do\nyou  close?", "“when do you close?”\nat nine"},
		{canon.Text{Body: "好"}, strings.Repeat("长", 80), "“" + strings.Repeat("长", 59) + "…”\n好"},
		{canon.Location{Lat: 1, Lon: 2, Title: "Here"}, "where?", "“where?”\nHere"},
	} {
		said := canon.Message{Parts: []canon.Part{c.says}, Quote: c.quote}
		got := quoting(said)
		if text := got.Fallback(); !strings.HasPrefix(text, c.want) {
			t.Errorf("the customer reads %q, not %q", text, c.want)
		}
		if text := said.Fallback(); strings.Contains(text, "“") {
			t.Errorf("the message itself became %q", text)
		}
		if p, ok := got.Parts[0].(canon.Text); ok && len(p.Spans) > 0 {
			if bold := string([]rune(p.Body)[p.Spans[0].Start:][:p.Spans[0].Length]); bold != "nine" {
				t.Errorf("bold is %q", bold)
			}
		}
	}
}
