package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"parley/core/connector"
)

// previewBytes bounds a form that is looked at: one with a logo.
const previewBytes = 256 << 10

// preview is a page that plays a site with the chat on it, for the page where
// the business chooses how the chat looks. Only the hub's own pages may frame
// it, and what it shows comes from previewed; with ?panel it is the panel in it.
func (x *exchange) preview() {
	css, js, ok := x.options.assets.preview(x.site.speaks(x.r))
	if !ok {
		http.Error(x.w, "The preview is not in this build. Run: make web", http.StatusServiceUnavailable)
		return
	}
	h := x.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", strings.Replace(x.site.policy(), "frame-ancestors "+x.site.frameAncestors(), "frame-src 'self'; frame-ancestors 'self'", 1))
	if !x.r.URL.Query().Has("panel") {
		css = ""
	}
	_ = pageParts{Lang: x.site.speaks(x.r), Title: "Preview", Up: "../../", CSS: css, JS: js}.markup().Render(x.w)
}

type previewRequest struct {
	Config connector.Values `json:"config"`
}

// previewAnswer is what pages would be told if the form were saved.
type previewAnswer struct {
	Look     look                `json:"look"`
	Pages    map[string]settings `json:"pages"` // by language
	Problems []previewProblem    `json:"problems"`
	Contrast float64             `json:"contrast"` // of the words on the brand colour
}

type previewProblem struct {
	Field string         `json:"field"`
	Text  connector.Text `json:"text"`
}

// previewed answers what the chat would look like with another form. It keeps
// nothing, and tells nothing but what was sent and what every page says.
func (x *exchange) previewed() {
	var in previewRequest
	if err := json.NewDecoder(http.MaxBytesReader(x.w, x.r.Body, previewBytes)).Decode(&in); err != nil {
		x.fail(tooLarge)
		return
	}
	delete(in.Config, "identity_secret")
	f := form(x.options.Limits)
	values, bad := f.Complete(in.Config)
	if len(bad) == 0 {
		bad = checkForm(values)
	}
	out := previewAnswer{Problems: make([]previewProblem, len(bad)), Pages: map[string]settings{}}
	saved, _ := f.Complete(x.link.Config)
	for i, b := range bad {
		out.Problems[i] = previewProblem{b.Field, b.Text}
		values[b.Field] = saved[b.Field] // the rest is shown all the same
	}
	s := newSite(values, x.link.PageURL)
	out.Look, out.Contrast = s.look(), contrast(s.color, inkOn(s.color))
	for _, lang := range []string{"zh", "en"} {
		one := s.settings(x.account, lang, x.options.Limits)
		one.Logo = values["logo"] // it has no address yet
		out.Pages[lang] = one
	}
	x.answer(out)
}
