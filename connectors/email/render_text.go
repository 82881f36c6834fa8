package email

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// textHTML is a text part as HTML: its own, sanitised once more on the way out,
// or its words with spans and addresses made visible.
func textHTML(t canon.Text) string {
	if t.HTML != "" {
		return letter.Sanitize(t.HTML)
	}
	if len(t.Spans) > 0 {
		return spanned(t)
	}
	return lines(t.Body)
}

var address = regexp.MustCompile(`https?://[^\s<>"'，。；）】》\x00-\x1f]+`)

// lines escapes a text, keeps its line breaks and links its addresses.
func lines(s string) string {
	var b strings.Builder
	last := 0
	for _, m := range address.FindAllStringIndex(s, -1) {
		found := strings.TrimRight(s[m[0]:m[1]], ".,;:!?)]")
		b.WriteString(html.EscapeString(s[last:m[0]]))
		b.WriteString(anchor(found, found))
		last = m[0] + len(found)
	}
	b.WriteString(html.EscapeString(s[last:]))
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\n", "<br>\n")
}

// anchor links a label; an address that does nothing but be visited or written
// to is linked, any other shown as its label.
func anchor(to, label string) string {
	u, err := url.Parse(to)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(u.Scheme)) {
		return html.EscapeString(label)
	}
	return `<a href="` + html.EscapeString(to) + `">` + html.EscapeString(label) + `</a>`
}

var spanTags = map[canon.SpanStyle]string{
	canon.SpanBold: "b", canon.SpanItalic: "i", canon.SpanStrike: "s", canon.SpanCode: "code", canon.SpanPre: "pre", canon.SpanQuote: "blockquote", canon.SpanMention: "b",
}

// spanned draws the spans of a text. Spans may overlap: each rune's set of
// spans is closed and opened anew where it changes.
func spanned(t canon.Text) string {
	runes := []rune(t.Body)
	cuts := []int{0, len(runes)}
	for _, s := range t.Spans {
		cuts = append(cuts, min(max(s.Start, 0), len(runes)), min(max(s.Start+s.Length, 0), len(runes)))
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var b strings.Builder
	for i := 0; i+1 < len(cuts); i++ {
		from, to := cuts[i], cuts[i+1]
		inner := strings.ReplaceAll(html.EscapeString(string(runes[from:to])), "\n", "<br>\n")
		linked := false
		for _, s := range t.Spans {
			if s.Start > from || s.Start+s.Length < to {
				continue
			}
			if s.Style == canon.SpanLink {
				if !linked {
					inner, linked = link(s.URL, string(runes[from:to]), inner), true
				}
			} else if tag, ok := spanTags[s.Style]; ok {
				inner = "<" + tag + ">" + inner + "</" + tag + ">"
			}
		}
		b.WriteString(inner)
	}
	return b.String()
}

func link(to, label, inner string) string {
	if to == "" {
		to = label
	}
	if a := anchor(to, label); strings.HasPrefix(a, "<a ") {
		return a[:strings.Index(a, ">")+1] + inner + "</a>"
	}
	return inner
}
