package api

import (
	_ "embed"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/admin/auth"
)

//go:embed docs.html
var docsPage []byte

//go:embed docs.js
var docsScript []byte

//go:embed docs.css
var docsStyle []byte

// serveDocs shows the document as a page that needs nothing from elsewhere.
func (a *API) serveDocs(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	body := docsPage
	switch r.URL.Query().Get("part") {
	case "script":
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		body = docsScript
	case "style":
		h.Set("Content-Type", "text/css; charset=utf-8")
		body = docsStyle
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	_, _ = w.Write(body) // the caller went away: nobody is left to tell
}

// describeLive puts the live socket into the document.
func (a *API) describeLive(doc *huma.OpenAPI) {
	zero, nothing := 0.0, 40
	text := func(name, about string, s *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: about, Schema: s}
	}
	doc.Paths[prefix+"/live"] = &huma.PathItem{Get: &huma.Operation{
		OperationID: "get-live", Summary: "Follow what happens on a WebSocket", Tags: []string{"Events"},
		Description: "People open it with a ticket, from Parley's own pages only; programs with their token in the Authorization header.\n\n" +
			"From the hub: `{\"type\":\"entry\", …}` (as in /events), `{\"type\":\"watermark\",\"seq\"}` for what is not shown to you, `{\"type\":\"resync\",\"seq\"}` (load everything anew), `{\"type\":\"ready\",\"seq\"}` (up to date), " +
			"`{\"type\":\"signal\",\"conversation\",\"signal\",\"sender\"}` (typing, looking: never stored), `{\"type\":\"pong\"}`.\n\n" +
			"To the hub: `{\"type\":\"typing\",\"conversation\",\"on\"}`, `{\"type\":\"looking\",\"conversation\"}`, `{\"type\":\"ping\"}`; at most 64 KiB each and 20 a second.\n\n" +
			"Closes with 4001 when the session or token ended, 4008 when too far behind (come back with since), 1008 for too many or unreadable messages.",
		Parameters: []*huma.Param{
			text("since", "The number of the last entry you have; absent: from now on", &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: &zero}),
			text("ticket", "From POST /live/ticket", &huma.Schema{Type: huma.TypeString, MaxLength: &nothing}),
		},
		Responses:  map[string]*huma.Response{"101": {Description: "The socket is open"}, "default": problemResponse},
		Security:   []map[string][]string{{"token": {}}, {"session": {}}},
		Extensions: map[string]any{"x-authz": string(auth.EventRead)},
	}}
}
