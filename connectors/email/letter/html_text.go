package letter

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// nodeText is what a person reads of a page, without the subtree skip.
func nodeText(n, skip *html.Node) string {
	w := &textWriter{budget: maxHTML}
	w.node(n, skip, 0)
	return trimBlank(w.b.String())
}

// glance is the beginning of nodeText, at a cost that does not grow with the
// size of the page: it is asked of many nodes.
func glance(n *html.Node) string {
	w := &textWriter{budget: 60}
	w.node(n, nil, 0)
	return strings.TrimSpace(cut(w.b.String(), 2*maxLine))
}

// textWriter lays out words as a browser would, in lines.
type textWriter struct {
	b       strings.Builder
	space   bool // a blank is due before the next word
	started bool // something stands on this line
	budget  int  // how many nodes may still be visited
}

func (w *textWriter) node(n, skip *html.Node, pre int) {
	if w.budget--; n == skip || w.budget < 0 {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.words(n.Data, pre > 0)
		return
	case html.ElementNode:
	default:
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			w.node(c, skip, pre)
		}
		return
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Summary:
		return
	case atom.Br:
		w.line()
		return
	case atom.Hr:
		w.line()
		return
	case atom.Img:
		if alt := strings.TrimSpace(attr(n, "alt")); alt != "" && len(alt) < 200 && attr(n, "width") != "1" {
			w.words("["+alt+"]", false)
		}
		return
	case atom.Td, atom.Th:
		w.space = w.started
	case atom.Pre:
		pre++
	}
	if hidden(n) {
		return
	}
	block := isBlock(n.DataAtom)
	if block {
		w.start()
	}
	if n.DataAtom == atom.Li {
		w.words("- ", false)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, skip, pre)
	}
	if block {
		w.start()
		if n.DataAtom == atom.P || n.DataAtom >= atom.H1 && n.DataAtom <= atom.H6 {
			w.line()
		}
	}
}

// hidden finds the preview text newsletters hide above their content.
func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all") || strings.Contains(style, "max-height:0;")
}

func (w *textWriter) words(s string, pre bool) {
	if pre {
		w.b.WriteString(s)
		w.started = !strings.HasSuffix(s, "\n")
		return
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u00ad', '\ufeff', '\u034f':
			return -1
		}
		return r
	}, s)
	if s == "" {
		return
	}
	if strings.ContainsAny(s[:1], " \t\n\r\f") {
		w.space = w.started
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' }) {
		if w.space {
			w.b.WriteByte(' ')
		}
		w.b.WriteString(strings.ReplaceAll(word, "\u00a0", " "))
		w.started, w.space = true, true
	}
	w.space = w.started && strings.ContainsAny(s[len(s)-1:], " \t\n\r\f")
}

// line ends the line, empty or not.
func (w *textWriter) line() {
	w.b.WriteByte('\n')
	w.started, w.space = false, false
}

// start begins a new line unless one has just begun.
func (w *textWriter) start() {
	if w.started {
		w.line()
	}
}

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Table, atom.Tr, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.Pre, atom.Center,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Section, atom.Article, atom.Header, atom.Footer,
		atom.Dl, atom.Dt, atom.Dd, atom.Form, atom.Fieldset, atom.Address, atom.Figure, atom.Main, atom.Nav, atom.Details:
		return true
	}
	return false
}

// tokensText is the text of a page no tree can be made of.
func tokensText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return trimBlank(b.String())
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			if a := atom.Lookup(name); a == atom.Br || isBlock(a) {
				b.WriteByte('\n')
			}
		}
	}
}
