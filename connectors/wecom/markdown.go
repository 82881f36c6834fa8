package wecom

import (
	"slices"
	"strings"

	"parley/core/canon"
)

// markdown writes a text with spans as WeCom's markdown (90236): bold, links,
// code and quotes. Without such a span it is "": plain text shows everywhere,
// markdown only in WeCom itself.
func markdown(t canon.Text) string {
	spans := slices.Clone(t.Spans)
	slices.SortStableFunc(spans, func(a, b canon.Span) int { return a.Start - b.Start })
	runes := []rune(t.Body)
	var out strings.Builder
	at, marked := 0, false
	for _, s := range spans {
		end := s.Start + s.Length
		if s.Start < at || s.Length <= 0 || end > len(runes) {
			continue // inside another, or outside the text
		}
		before, after := marks(s)
		if before == "" {
			continue
		}
		out.WriteString(string(runes[at:s.Start]) + before + string(runes[s.Start:end]) + after)
		at, marked = end, true
	}
	if !marked {
		return ""
	}
	return out.String() + string(runes[at:])
}

func marks(s canon.Span) (before, after string) {
	switch s.Style {
	case canon.SpanBold:
		return "**", "**"
	case canon.SpanCode, canon.SpanPre:
		return "`", "`"
	case canon.SpanQuote:
		return "> ", ""
	case canon.SpanLink:
		if openable(s.URL) != "" {
			return "[", "](" + s.URL + ")"
		}
	}
	return "", ""
}
