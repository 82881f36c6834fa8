package rate

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// page is what the page shows: a question, an answer with thanks, or a trouble.
type page struct {
	Lang, Business            string
	Question, Why, Note, Send string
	Options                   []option
	Reasons                   []string
	Most                      int
	Given, Thanks, Trouble    string
}

type option struct {
	Score  int
	Label  string
	Chosen bool
}

const style = `
:root{color-scheme:light dark;--ink:#1c2024;--dim:#60646c;--line:#d9d9e0;--paper:#fff;--ground:#f4f4f6;--accent:#0b63ce;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--dim:#b0b4ba;--line:#43484e;--paper:#1b1d20;--ground:#111214;--accent:#70b0ff;--on:#0b1220}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"PingFang SC","Noto Sans SC",sans-serif}
main{max-width:28rem;margin:0 auto;padding:2rem 1rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1.5rem}
.who{margin:0 0 .25rem;color:var(--dim);font-size:.875rem}
h1{font-size:1.25rem;line-height:1.35;margin:0 0 1rem}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}
legend{padding:0;margin-bottom:.5rem;color:var(--dim);font-size:.875rem}
label{display:flex;align-items:center;gap:.75rem;min-height:44px;padding:.25rem .75rem;border:1px solid var(--line);border-radius:8px;margin-bottom:.5rem;cursor:pointer}
label:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
input{accent-color:var(--accent);width:1.125rem;height:1.125rem;margin:0;flex:none}
.chips{display:flex;flex-wrap:wrap;gap:.5rem}
.chips label{margin:0}
textarea{width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.5rem .75rem;margin-bottom:1rem;min-height:5rem}
button{width:100%;min-height:44px;font:inherit;font-weight:600;border:0;border-radius:8px;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.given{font-size:1.125rem;margin:0}
.trouble{margin:0 0 1rem;font-weight:600}
`

// policy allows the page's own style and its form, and nothing else.
var policy = "default-src 'none'; style-src 'sha256-" + styleHash() + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func styleHash() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// markup is the page; whatever it is given is escaped.
func (p page) markup() g.Node {
	return h.Doctype(h.HTML(h.Lang(p.Lang),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width,initial-scale=1")),
			h.Meta(h.Name("robots"), h.Content("noindex")),
			h.TitleEl(g.Text(p.Business)),
			h.StyleEl(g.Raw(style)),
		),
		h.Body(h.Main(h.Div(h.Class("card"), h.P(h.Class("who"), g.Text(p.Business)), p.content()))),
	))
}

func (p page) content() g.Node {
	switch {
	case p.Given != "":
		return g.Group{h.H1(g.Text(p.Thanks)), h.P(h.Class("given"), g.Text(p.Given))}
	case len(p.Options) == 0:
		return h.H1(h.Role("alert"), g.Text(p.Trouble))
	}
	return g.Group{
		h.H1(h.ID("question"), g.Text(p.Question)),
		g.If(p.Trouble != "", h.P(h.Class("trouble"), h.Role("alert"), g.Text(p.Trouble))),
		h.Form(h.Method("post"),
			h.FieldSet(h.Aria("labelledby", "question"), g.Map(p.Options, func(o option) g.Node {
				return h.Label(h.Input(h.Type("radio"), h.Name("score"), h.Value(strconv.Itoa(o.Score)), h.Required(), g.If(o.Chosen, h.Checked())), h.Span(g.Text(o.Label)))
			})),
			h.FieldSet(h.Legend(g.Text(p.Why)), h.Div(h.Class("chips"), g.Map(p.Reasons, func(reason string) g.Node {
				return h.Label(h.Input(h.Type("checkbox"), h.Name("offer"), h.Value(reason)), h.Span(g.Text(reason)))
			}))),
			h.Textarea(h.Name("note"), h.MaxLength(strconv.Itoa(p.Most)), h.Aria("label", p.Note), h.Placeholder(p.Note)),
			h.Button(g.Text(p.Send)),
		),
	}
}
