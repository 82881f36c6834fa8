package meta

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"parley/connectors/emulate"
)

// request is a call as an endpoint sees it.
type request struct {
	*http.Request
	path  string // below the version
	token string
	body  []byte
	in    map[string]any    // of a JSON body
	form  map[string]string // of a multipart body
	file  *file
	host  string
}

// outcome is what an endpoint makes of a call.
type outcome struct {
	json    any
	visible bool
	text    string
	peer    string
	id      string
}

var versioned = regexp.MustCompile(`^/v[0-9]+\.[0-9]+(/.*)$`)

// ServeHTTP answers as graph.facebook.com does.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/files/") {
		p.serveFile(w, r)
		return
	}
	if strings.HasSuffix(r.URL.Path, dialogPath) { // of www.facebook.com
		p.serveDialog(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 128<<20))
	if err != nil {
		return // whoever asked hung up
	}
	q := &request{Request: r, body: body, host: r.Host, path: r.URL.Path}
	if m := versioned.FindStringSubmatch(r.URL.Path); m != nil {
		q.path = m[1]
	}
	multipart := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
	if multipart && q.readForm() != nil {
		q.form = nil // refused below
	}
	op := p.op(q)
	fault, faulty := p.Take(op)
	if faulty && !fault.Taken() {
		if fault.Wait > 0 {
			fault.Header = http.Header{"Retry-After": {fmt.Sprint(int(fault.Wait.Seconds()))}}
		}
		p.log(q, op, fault.Status, "fault", outcome{})
		fault.End(w, r)
		return
	}
	out, refused := p.handle(q, multipart)
	status, answer := http.StatusOK, []byte(nil)
	code := ""
	if refused != nil {
		status, answer, code = refused.status, refused.body(), refused.name()
	} else if answer, err = json.Marshal(out.json); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.log(q, op, status, code, out)
	p.pump()
	if faulty && !fault.Delays(r) {
		fault.End(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(answer) // whoever asked hung up
}

// op names a call as the documents do: by its last element, and what it is for.
// Signs without words (read, typing, a reaction) are no "post messages".
func (p *Platform) op(q *request) string {
	_, last, _ := strings.Cut(strings.TrimPrefix(q.path, "/"), "/")
	if last == "" {
		last = "object"
	}
	var sign struct {
		Status string `json:"status"`
		Action string `json:"sender_action"`
	}
	if json.Unmarshal(q.body, &sign) == nil && sign.Status+sign.Action != "" {
		last += " " + sign.Status + sign.Action
	}
	return strings.ToLower(q.Method) + " " + last
}

func (p *Platform) log(q *request, op string, status int, code string, out outcome) {
	var wire bytes.Buffer
	fmt.Fprintf(&wire, "%s %s", q.Method, q.URL.Path)
	query := q.URL.Query()
	query.Del("appsecret_proof")
	query.Del("input_token")
	if len(query) > 0 {
		wire.WriteString("?" + query.Encode())
	}
	switch {
	case q.path == tokenPath: // its form is made of credentials
	case q.file != nil:
		fmt.Fprintf(&wire, "\nform %v, file %q of %s, %d bytes", q.form, q.file.name, q.file.mime, len(q.file.body))
	case len(q.body) > 0:
		wire.WriteByte('\n')
		if json.Indent(&wire, q.body, "", "  ") != nil {
			wire.Write(q.body)
		}
	}
	fmt.Fprintf(&wire, "\n→ %d %s", status, code)
	p.Add(emulate.Call{Op: op, Wire: strings.TrimRight(wire.String(), " "), Status: status, Code: code, Visible: out.visible, Text: out.text, Peer: out.peer, ID: out.id})
}

func (p *Platform) handle(q *request, multipart bool) (outcome, *refusal) {
	if q.path == tokenPath {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.accessToken(q)
	}
	if multipart {
		if q.form == nil {
			return outcome{}, bad("The form cannot be read")
		}
	} else if len(q.body) > 0 && json.Unmarshal(q.body, &q.in) != nil {
		return outcome{}, bad("The body is not JSON")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.host = q.host
	if refused := p.authenticate(q); refused != nil {
		return outcome{}, refused
	}
	return p.route(q)
}

// authenticate checks the token and the proof that the app itself calls.
func (p *Platform) authenticate(q *request) *refusal {
	var ok bool
	if q.token, ok = strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); !ok {
		q.token = q.URL.Query().Get("access_token")
	}
	known, refused := p.person(q.token)
	if refused != nil {
		return refused
	}
	known = known || q.token == p.token || q.token == AppID+"|"+AppSecret
	for _, page := range pages() {
		known = known || q.token == p.pageToken(page)
	}
	if !known || p.revoked[q.token] {
		return no(190, 0, "Error validating access token: the session is invalid")
	}
	mac := hmac.New(sha256.New, []byte(AppSecret))
	mac.Write([]byte(q.token))
	want := hex.EncodeToString(mac.Sum(nil))
	if proof := q.URL.Query().Get("appsecret_proof"); !hmac.Equal([]byte(proof), []byte(want)) {
		return bad("Invalid appsecret_proof provided in the API argument")
	}
	return nil
}

func (p *Platform) route(q *request) (outcome, *refusal) {
	object, edge, _ := strings.Cut(strings.TrimPrefix(q.path, "/"), "/")
	switch {
	case object == "debug_token":
		return p.debugToken(q)
	case object == "me" && edge == "accounts":
		return p.accounts(q)
	case object == "me" && edge == "":
		return p.me(q)
	case object == AppID && edge == "subscriptions":
		return p.subscriptions(q)
	case object == WABA && edge == "subscribed_apps", p.isPage(object) && edge == "subscribed_apps":
		return p.subscribedApps(q, object)
	case object == WABA && edge == "message_templates":
		return p.listTemplates(q)
	case productOf(object) == WhatsApp && edge == "":
		return p.number(object)
	case productOf(object) == WhatsApp && edge == "messages" && q.Method == http.MethodPost:
		return p.sendWhatsApp(q, object)
	case productOf(object) == WhatsApp && edge == "media" && q.Method == http.MethodPost:
		return p.uploadWhatsApp(q, object)
	case edge == "" && p.files[object] != nil && q.Method == http.MethodGet:
		return p.fileAddress(q, object)
	case p.isPage(object):
		return p.pageCall(q, object, edge)
	case edge == "" && p.people[object] != nil:
		return p.profile(q, object)
	}
	return outcome{}, no(100, 33, "Unsupported request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions", object)
}

func pages() []string { return []string{Page, OtherPage, Nursery, Florist} }

func (p *Platform) isPage(id string) bool { return slices.Contains(pages(), id) }

func (p *Platform) debugToken(q *request) (outcome, *refusal) {
	token := q.URL.Query().Get("input_token")
	if known, _ := p.person(token); known {
		return outcome{json: map[string]any{"data": p.facts(token)}}, nil
	}
	if token != p.token {
		return outcome{json: map[string]any{"data": map[string]any{"is_valid": false, "scopes": []string{}}}}, nil
	}
	return outcome{json: map[string]any{"data": map[string]any{
		"app_id": AppID, "type": "SYSTEM_USER", "is_valid": !p.revoked[token], "expires_at": p.expires, "scopes": p.grants,
	}}}, nil
}

func text(in map[string]any, path ...string) string {
	s, _ := value(in, path...).(string)
	return s
}

// value walks down objects; nil where there is nothing.
func value(in map[string]any, path ...string) any {
	var at any = in
	for _, name := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[name]
	}
	return at
}

func list(in map[string]any, path ...string) []any {
	l, _ := value(in, path...).([]any)
	return l
}

func asObject(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
