package letter

import (
	"html"
	"strings"
)

// piece is one stretch of what the writer wrote: plain, HTML, or both as
// alternatives of each other.
type piece struct {
	plain, html string
	isPlain     bool // there was a plain part, perhaps an empty one
	part        *part
}

// body is what a walk over the parts found.
type body struct {
	pieces []piece
	files  []File
}

// gather sorts the parts of a mail into words and files, in their order.
func gather(root *part) *body {
	b := &body{}
	b.walk(root, false)
	b.markInline()
	return b
}

func (b *body) walk(p *part, related bool) {
	if p.children == nil {
		b.leaf(p, related)
		return
	}
	if p.kind == "multipart/alternative" {
		b.alternative(p)
		return
	}
	related = related || p.kind == "multipart/related"
	for _, c := range p.children {
		b.walk(c, related)
	}
}

func (b *body) leaf(p *part, related bool) {
	switch {
	case strings.HasPrefix(p.kind, "multipart/") && len(p.content) == 0:
	case isHTML(p):
		b.pieces = append(b.pieces, piece{html: partText(p), part: p})
	case isWords(p):
		b.pieces = append(b.pieces, piece{plain: partText(p), isPlain: true, part: p})
	default:
		b.files = append(b.files, newFile(p, related))
	}
}

// alternative joins the versions of one text, plain and HTML; what is neither,
// such as an invitation to a meeting, is a file.
func (b *body) alternative(p *part) {
	inner := &body{}
	for _, c := range p.children {
		inner.walk(c, false)
	}
	var joined piece
	for _, one := range inner.pieces {
		if one.isPlain && !joined.isPlain {
			joined.plain, joined.isPlain = one.plain, true
		}
		if one.html != "" {
			joined.html += one.html
		}
		if joined.part == nil || one.html != "" {
			joined.part = one.part
		}
	}
	if len(inner.pieces) > 0 {
		b.pieces = append(b.pieces, joined)
	}
	b.files = append(b.files, inner.files...)
}

// isWords reports a plain text that is part of the letter, not beside it.
func isWords(p *part) bool {
	text := p.kind == "text/plain" || p.kind == "" || p.kind == "text" ||
		p.kind == "text/enriched" || p.kind == "text/markdown" && p.name == ""
	return text && p.disp != "attachment" && p.name == ""
}

func isHTML(p *part) bool {
	return p.kind == "text/html" && p.disp != "attachment" && (p.name == "" || p.disp == "inline")
}

// partText is the text of a part in UTF-8.
func partText(p *part) string {
	raw := p.decoded()
	set := p.params["charset"]
	if p.kind == "text/html" && lookup(set) == nil {
		set = htmlCharset(raw)
	}
	s := toUTF8(raw, set)
	if strings.EqualFold(p.params["format"], "flowed") {
		s = unflow(s)
	}
	return clean(s)
}

// unflow joins lines that RFC 3676 broke softly.
func unflow(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	var out strings.Builder
	for i, line := range lines {
		line = strings.TrimPrefix(line, " ")
		soft := strings.HasSuffix(line, " ") && line != "-- " && !strings.HasPrefix(line, ">")
		out.WriteString(line)
		if !soft && i < len(lines)-1 {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// readBody makes Text, HTML and Quote of the pieces.
func (l *Letter) readBody(b *body) {
	var plain, markup []string
	anyHTML := false
	for _, p := range b.pieces {
		anyHTML = anyHTML || p.html != ""
	}
	allPlain := true
	for _, p := range b.pieces {
		allPlain = allPlain && (p.isPlain && (strings.TrimSpace(p.plain) != "" || p.html == ""))
		if p.html != "" {
			markup = append(markup, p.html)
		} else if strings.TrimSpace(p.plain) != "" {
			markup = append(markup, "<div>"+strings.ReplaceAll(html.EscapeString(p.plain), "\n", "<br>\n")+"</div>")
		}
		plain = append(plain, p.plain)
	}
	forward := isForward(l.Subject)
	text := clipped(strings.Join(plain, "\n"), 4*maxText, &l.Cut)
	if !anyHTML {
		l.Text, l.Quote = splitQuote(text, forward)
	} else {
		page := displayHTML(clipped(strings.Join(markup, "<br>\n"), maxHTML, &l.Cut), forward)
		l.HTML = page.html
		switch {
		case !allPlain:
			l.Text, l.Quote = page.text, page.quote
		case page.quote != "":
			if l.Text, l.Quote = splitQuote(text, forward); l.Quote == "" {
				l.Text, l.Quote = page.text, page.quote
			}
		default:
			l.Text, l.Quote = splitQuote(text, forward)
		}
	}
	l.Text = strings.TrimRight(clipped(trimBlank(l.Text), maxText, &l.Cut), " \n\t")
	l.Quote = strings.TrimSpace(cut(l.Quote, maxQuote))
	if l.Cut {
		l.keepWhole(b)
	}
}

// keepWhole adds the texts themselves as files, when the letter shows only
// their beginning.
func (l *Letter) keepWhole(b *body) {
	for _, p := range b.pieces {
		if p.part != nil {
			f := newFile(p.part, false)
			f.Name = "full-text.txt"
			if p.html != "" {
				f.Name = "full-text.html"
			}
			l.Files = append(l.Files, f)
		}
	}
}

func clipped(s string, limit int, was *bool) string {
	if len(s) > limit {
		*was = true
		return cut(s, limit)
	}
	return s
}

// trimBlank drops empty lines around a text and more than two in a row.
func trimBlank(s string) string {
	var out []string
	blank := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t\u00a0")
		if line == "" {
			if blank++; blank > 2 || len(out) == 0 {
				continue
			}
		} else {
			blank = 0
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
