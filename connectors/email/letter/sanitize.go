package letter

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// sanitize keeps what a letter needs to look like itself and nothing that acts:
// no scripts, forms, frames, handlers, styles that cover the page or load
// anything. Links open elsewhere and tell nobody where from.
func sanitize(s string) string { return policy().Sanitize(s) }

var (
	plainValue = regexp.MustCompile(`^[\p{L}\p{N}\s#%.,'"!()-]{1,200}$`)
	colour     = regexp.MustCompile(`^(#[0-9a-fA-F]{3,8}|[a-zA-Z]{2,30})$`)
	contentID  = regexp.MustCompile(`^cid:[^\s"'<>\x00-\x1f]+$`)
	pngOrSo    = regexp.MustCompile(`^data:image/(png|jpeg|jpg|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]+$`)
	imageSrc   = regexp.MustCompile(contentID.String() + `|` + pngOrSo.String())
	remote     = regexp.MustCompile(`^https?://[^\s"'<>\x00-\x1f]+$`)
	digits     = regexp.MustCompile(`^[0-9]{1,4}%?$`)
	word       = regexp.MustCompile(`^[a-zA-Z-]{1,20}$`)
)

// policy is made once: it is immutable and safe for concurrent use.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("a", "abbr", "acronym", "address", "article", "b", "bdi", "big", "blockquote", "br", "caption", "center",
		"cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
		"font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark",
		"ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub",
		"summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr")
	p.AllowNoAttrs().OnElements("a", "font", "span", "div", "img", "details", "summary", "bdi")
	p.SkipElementsContent("title", "noscript", "template", "object", "embed", "svg", "math", "iframe", "frameset", "select", "textarea", "button", "xml", "audio", "video")

	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid", "data")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.AllowAttrs("href").Matching(regexp.MustCompile(`(?i)^(https?://|mailto:|tel:)`)).OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)

	p.AllowAttrs("src").Matching(imageSrc).OnElements("img")
	p.AllowAttrs("data-remote-src").Matching(remote).OnElements("img")
	p.AllowAttrs("alt", "title").OnElements("img", "a", "abbr", "td", "th")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^quote$`)).OnElements("details")

	p.AllowAttrs("width", "height").Matching(digits).OnElements("img", "table", "td", "th", "tr", "col", "colgroup", "hr")
	p.AllowAttrs("border", "cellpadding", "cellspacing", "size", "start", "span").Matching(digits).Globally()
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th")
	p.AllowAttrs("align", "valign", "dir", "type", "scope").Matching(word).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z0-9-]{1,35}$`)).Globally()
	p.AllowAttrs("bgcolor", "color").Matching(colour).Globally()
	p.AllowAttrs("face").Matching(plainValue).OnElements("font")
	p.AllowAttrs("datetime").Matching(plainValue).OnElements("time", "ins", "del")

	// Each value is matched by our own rule: no parenthesis but a colour's, so
	// no url(), expression() or var() can pass.
	p.AllowStyles("color", "background-color", "border-color", "border-top-color", "border-bottom-color", "border-left-color", "border-right-color",
		"font", "font-family", "font-size", "font-style", "font-weight", "font-variant", "text-align", "text-decoration", "text-transform", "text-indent",
		"vertical-align", "white-space", "word-break", "word-wrap", "overflow-wrap", "letter-spacing", "line-height", "direction",
		"border", "border-top", "border-bottom", "border-left", "border-right", "border-style", "border-width", "border-radius", "border-collapse", "border-spacing",
		"padding", "padding-top", "padding-bottom", "padding-left", "padding-right",
		"margin", "margin-top", "margin-bottom", "margin-left", "margin-right",
		"width", "height", "max-width", "min-width", "max-height", "list-style-type", "table-layout", "float", "clear",
	).MatchingHandler(harmless).Globally()
	p.AllowStyles("display").MatchingEnum("block", "inline", "inline-block", "none", "table", "table-row", "table-cell", "list-item").Globally()
	return p
})

var cssFunc = regexp.MustCompile(`[a-zA-Z-]*\s*\(`)

// harmless allows a style's value: short, of ordinary characters, with no
// function but a colour's and no negative length, by which text leaves its frame.
func harmless(value string) bool {
	if !plainValue.MatchString(value) || strings.Contains(value, "-") && regexpNegative.MatchString(value) {
		return false
	}
	for _, f := range cssFunc.FindAllString(value, -1) {
		switch strings.ToLower(strings.TrimSpace(strings.TrimSuffix(f, "("))) {
		case "rgb", "rgba", "hsl", "hsla":
		default:
			return false
		}
	}
	return true
}

var regexpNegative = regexp.MustCompile(`(^|[\s(,])-\.?[0-9]`)

// Sanitize makes any HTML fit for a mail, in or out.
func Sanitize(s string) string { return sanitize(s) }
