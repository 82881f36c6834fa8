package letter

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	htmlcharset "golang.org/x/net/html/charset"
)

// page is an HTML body made fit for display.
type page struct {
	html  string // sanitised, quote folded, remote images held back
	text  string // the visible words
	quote string // the folded words
}

// displayHTML makes HTML from a mail fit to be shown: quoted mail folded,
// remote images held back, and only then sanitised, so that nothing done here
// can undo the sanitiser's work.
func displayHTML(s string, forward bool) page {
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil { // nested beyond what the parser takes
		safe := sanitize(s)
		return page{html: safe, text: tokensText(safe)}
	}
	body := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return page{}
	}
	var fold *html.Node
	if !forward {
		fold = foldQuote(body)
	}
	holdImages(body)
	out := page{text: nodeText(body, fold)}
	if fold != nil {
		out.quote = trimBlank(nodeText(fold, nil))
	}
	var b bytes.Buffer
	for c := body.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			break // of a buffer, only for a tree no parser makes
		}
	}
	out.html = sanitize(b.String())
	return out
}

// htmlCharset is what a page says of itself.
func htmlCharset(raw []byte) string {
	_, name, certain := htmlcharset.DetermineEncoding(raw[:min(len(raw), 1024)], "text/html")
	if certain || name != "windows-1252" {
		return name
	}
	return ""
}

// find returns the first node in document order that fits.
func find(n *html.Node, fits func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && fits(d) {
			return d
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// holdImages moves the addresses of remote images where no browser loads them
// from, for the reader to ask for. Images within the mail (cid:) and small ones
// written into the page itself stay.
func holdImages(body *html.Node) {
	for n := range body.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.A {
			for i := range n.Attr {
				n.Attr[i].Val = strings.TrimSpace(n.Attr[i].Val)
			}
		}
		if n.Type != html.ElementNode || n.DataAtom != atom.Img {
			continue
		}
		kept := n.Attr[:0]
		src := ""
		for _, a := range n.Attr {
			switch a.Key {
			case "src":
				src = strings.TrimSpace(a.Val)
			case "srcset", "data-remote-src", "loading", "lowsrc", "dynsrc":
			default:
				kept = append(kept, a)
			}
		}
		n.Attr = kept
		lower := strings.ToLower(src[:min(len(src), 24)])
		switch {
		case strings.HasPrefix(lower, "cid:"):
			cid := src[4:]
			if plain, err := url.PathUnescape(cid); err == nil {
				cid = plain // as the file's Content-ID is written
			}
			n.Attr = append(n.Attr, html.Attribute{Key: "src", Val: "cid:" + cid})
		case strings.HasPrefix(lower, "data:image/") && !strings.Contains(lower, "svg"):
			n.Attr = append(n.Attr, html.Attribute{Key: "src", Val: src})
		case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
			n.Attr = append(n.Attr, html.Attribute{Key: "data-remote-src", Val: src})
		case strings.HasPrefix(lower, "//"):
			n.Attr = append(n.Attr, html.Attribute{Key: "data-remote-src", Val: "https:" + src})
		}
	}
}
