package letter

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// foldQuote moves the quoted mail into <details class="quote"> and returns that
// element, or nil when there is nothing to fold: no quote, answers between
// quotes, or no words of the writer's own.
func foldQuote(body *html.Node) *html.Node {
	marks := quoteMarks(body)
	if len(marks) == 0 {
		return nil
	}
	first := marks[0]
	var nodes []*html.Node
	if toEnd(first) {
		nodes = restOf(first, body)
	} else {
		if len(marks) > 1 && !sameBlock(marks) {
			return nil
		}
		nodes = append(introduction(first), marks...)
	}
	if len(nodes) == 0 {
		return nil
	}
	if find(first, func(n *html.Node) bool { return hasClass(n, "gmail_attr") && forwarded.MatchString(glance(n)) }) != nil {
		return nil
	}
	fold := &html.Node{Type: html.ElementNode, DataAtom: atom.Details, Data: "details",
		Attr: []html.Attribute{{Key: "class", Val: "quote"}}}
	summary := &html.Node{Type: html.ElementNode, DataAtom: atom.Summary, Data: "summary"}
	summary.AppendChild(&html.Node{Type: html.TextNode, Data: "…"})
	fold.AppendChild(summary)

	// Move first and look afterwards: what is left must hold words.
	nodes[0].Parent.InsertBefore(fold, nodes[0])
	for _, n := range nodes {
		n.Parent.RemoveChild(n)
		fold.AppendChild(n)
	}
	if strings.TrimSpace(nodeText(body, fold)) == "" && find(body, func(n *html.Node) bool { return n.DataAtom == atom.Img && !within(n, fold) }) == nil {
		for _, n := range nodes {
			fold.RemoveChild(n)
			fold.Parent.InsertBefore(n, fold)
		}
		fold.Parent.RemoveChild(fold)
		return nil
	}
	return fold
}

// quoteMarks finds the elements quotes begin with, outermost only.
func quoteMarks(body *html.Node) []*html.Node {
	var marks []*html.Node
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && isMark(c) {
				marks = append(marks, c)
				if toEnd(c) {
					return
				}
				continue
			}
			if len(marks) > 0 && toEnd(marks[len(marks)-1]) {
				return
			}
			walk(c)
		}
	}
	walk(body)
	return marks
}

func isMark(n *html.Node) bool {
	if toEnd(n) {
		return true
	}
	switch {
	case hasClass(n, "gmail_quote"), hasClass(n, "gmail_quote_container"), hasClass(n, "yahoo_quoted"),
		hasClass(n, "protonmail_quote"), hasClass(n, "ntes-mailmaster-quote"), hasClass(n, "tutanota_quote"):
		return true
	case n.Data == "includetail":
		return true
	}
	id := attr(n, "id")
	if id == "isReplyContent" || id == "mail-editor-reference-message-container" || strings.HasPrefix(id, "yahoo_quoted") {
		return true
	}
	if n.DataAtom != atom.Blockquote {
		return false
	}
	return strings.EqualFold(attr(n, "type"), "cite") || attr(n, "cite") != "" || introduced(n)
}

// toEnd reports marks below which everything is quoted.
func toEnd(n *html.Node) bool {
	switch id := attr(n, "id"); {
	case id == "divRplyFwdMsg", id == "appendonsend", id == "zwchr", id == "OLK_SRC_BODY_SECTION", id == "ms-outlook-mobile-reference":
		return true
	}
	if n.DataAtom == atom.Div {
		style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
		if (strings.Contains(style, "border-top:solid#e1e1e1") || strings.Contains(style, "border-top:solid#b5c4df") ||
			strings.Contains(style, "border-top:#e1e1e1") || strings.Contains(style, "border-top:#b5c4df")) && fromLine.MatchString(firstLine(n)) {
			return true
		}
	}
	if n.DataAtom == atom.Div || n.DataAtom == atom.P || n.DataAtom == atom.Font || n.DataAtom == atom.Span {
		if n.FirstChild != nil && n.FirstChild.Type == html.TextNode && len(n.FirstChild.Data) < 200 &&
			divider.MatchString(strings.ReplaceAll(n.FirstChild.Data, "\u00a0", " ")) {
			return true
		}
	}
	return false
}

func firstLine(n *html.Node) string {
	line, _, _ := strings.Cut(glance(n), "\n")
	return cut(line, maxLine)
}

// introduced reports a quotation with an attribution right before it.
func introduced(n *html.Node) bool {
	p := before(n)
	return p != nil && isAttribution(p)
}

func isAttribution(n *html.Node) bool {
	if n.Type == html.ElementNode && hasClass(n, "moz-cite-prefix") {
		return true
	}
	s := glance(n)
	return len(s) < 500 && attribution.MatchString(strings.Join(strings.Fields(s), " "))
}

// before is the nearest earlier sibling that shows something, within reach.
func before(n *html.Node) *html.Node {
	p := n.PrevSibling
	for range 8 {
		if p == nil {
			return nil
		}
		if p.DataAtom != atom.Br && glance(p) != "" {
			return p
		}
		p = p.PrevSibling
	}
	return nil
}

// introduction is the attribution above a quote with the blank between.
func introduction(n *html.Node) []*html.Node {
	p := before(n)
	if p == nil || !isAttribution(p) {
		return nil
	}
	var out []*html.Node
	for ; p != n; p = p.NextSibling {
		out = append(out, p)
	}
	return out
}

// sameBlock reports quotes that follow each other with nothing between.
func sameBlock(marks []*html.Node) bool {
	for i := 1; i < len(marks); i++ {
		if marks[i].Parent != marks[0].Parent || before(marks[i]) != marks[i-1] {
			return false
		}
	}
	return true
}

// restOf is n and everything behind it in its parent. When n opens its parent,
// the parent itself goes with what follows.
func restOf(n, body *html.Node) []*html.Node {
	for n.Parent != body && n.Parent != nil && before(n) == nil {
		n = n.Parent
	}
	var out []*html.Node
	for c := n; c != nil; c = c.NextSibling {
		out = append(out, c)
	}
	return out
}

func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}
