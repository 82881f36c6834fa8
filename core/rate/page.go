package rate

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"strings"
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

var form = template.Must(template.New("rate").Parse(strings.ReplaceAll(`<!doctype html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Business}}</title>
<style>STYLE</style>
</head>
<body>
<main>
<div class="card">
<p class="who">{{.Business}}</p>
{{if .Given}}<h1>{{.Thanks}}</h1>
<p class="given">{{.Given}}</p>
{{else if .Options}}<h1 id="question">{{.Question}}</h1>
{{with .Trouble}}<p class="trouble" role="alert">{{.}}</p>{{end}}
<form method="post">
<fieldset aria-labelledby="question">
{{range .Options}}<label><input type="radio" name="score" value="{{.Score}}" required{{if .Chosen}} checked{{end}}><span>{{.Label}}</span></label>
{{end}}</fieldset>
<fieldset><legend>{{.Why}}</legend>
<div class="chips">{{range .Reasons}}<label><input type="checkbox" name="offer" value="{{.}}"><span>{{.}}</span></label>{{end}}</div>
</fieldset>
<textarea name="note" maxlength="{{.Most}}" aria-label="{{.Note}}" placeholder="{{.Note}}"></textarea>
<button>{{.Send}}</button>
</form>
{{else}}<h1 role="alert">{{.Trouble}}</h1>
{{end}}</div>
</main>
</body>
</html>
`, "STYLE", style)))
