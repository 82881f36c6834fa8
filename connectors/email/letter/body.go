package letter

import (
	"html"
	"mime"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// piece is one stretch of what the writer wrote: plain, HTML, or both as
// alternatives of each other.
type piece struct {
	plain, html string
	isPlain     bool // there was a plain part, perhaps an empty one
	part        *enmime.Part
}

// body is what a walk over the parts found.
type body struct {
	pieces []piece
	files  []File
}

// gather sorts the parts of a mail into words and files, in their order.
func gather(root *enmime.Part) *body {
	b := &body{}
	b.walk(root, false, 0)
	b.markInline()
	return b
}

func (b *body) walk(p *enmime.Part, related bool, depth int) {
	if depth > 60 {
		return
	}
	if p.FirstChild == nil {
		b.leaf(p, related)
		return
	}
	if p.ContentType == "multipart/alternative" {
		b.alternative(p, depth)
		return
	}
	related = related || p.ContentType == "multipart/related"
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		b.walk(c, related, depth+1)
	}
}

func (b *body) leaf(p *enmime.Part, related bool) {
	switch {
	case strings.HasPrefix(p.ContentType, "multipart/") && len(p.Content) == 0 && p.Parent != nil:
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
func (b *body) alternative(p *enmime.Part, depth int) {
	inner := &body{}
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		inner.walk(c, false, depth+1)
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
func isWords(p *enmime.Part) bool {
	text := p.ContentType == "text/plain" || p.ContentType == "" || p.ContentType == "text" ||
		p.ContentType == "text/enriched" || p.ContentType == "text/markdown" && p.FileName == ""
	return text && p.Disposition != "attachment" && p.FileName == ""
}

func isHTML(p *enmime.Part) bool {
	return p.ContentType == "text/html" && p.Disposition != "attachment" && (p.FileName == "" || p.Disposition == "inline")
}

// partText is the text of a part in UTF-8.
func partText(p *enmime.Part) string {
	raw := decodeTransfer(p.Content, p.Header.Get("Content-Transfer-Encoding"))
	set := p.Charset
	if p.ContentType == "text/html" && lookup(set) == nil {
		set = htmlCharset(raw)
	}
	s := toUTF8(raw, set)
	if _, params, err := mime.ParseMediaType(p.Header.Get("Content-Type")); err == nil && strings.EqualFold(params["format"], "flowed") {
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
