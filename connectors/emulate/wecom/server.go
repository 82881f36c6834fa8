package wecom

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// maxBody is the largest request taken, in bytes: a file of 20 MB with its form.
const maxBody = 21 << 20

// refusal is an error code with its words.
type refusal struct {
	Code int64  `json:"errcode"`
	Said string `json:"errmsg"`
}

func no(code int64, said string) *refusal { return &refusal{code, said} }

// request is a call past its token.
type request struct {
	op    string
	query url.Values
	body  []byte
	mime  string
	note  *emulate.Call // for the log
}

// answer is what a call is answered: fields beside errcode and errmsg, or a file.
type answer struct {
	fields map[string]any
	file   *material
}

type operation struct {
	name string
	kind string // whose token opens it: "wecom", "wechatkf", "" both
	do   func(*Platform, *request) (answer, *refusal)
}

func operations() map[string]operation {
	const app, kf = "wecom", "wechatkf"
	return map[string]operation{
		"/cgi-bin/kf/sync_msg":                      {"kf/sync_msg", kf, (*Platform).syncMsg},
		"/cgi-bin/kf/send_msg":                      {"kf/send_msg", kf, (*Platform).sendMsg},
		"/cgi-bin/kf/recall_msg":                    {"kf/recall_msg", kf, (*Platform).recallMsg},
		"/cgi-bin/kf/send_msg_on_event":             {"kf/send_msg_on_event", kf, (*Platform).sendOnEvent},
		"/cgi-bin/kf/service_state/get":             {"kf/service_state/get", kf, (*Platform).getState},
		"/cgi-bin/kf/service_state/trans":           {"kf/service_state/trans", kf, (*Platform).transState},
		"/cgi-bin/kf/customer/batchget":             {"kf/customer/batchget", kf, (*Platform).batchGet},
		"/cgi-bin/kf/account/list":                  {"kf/account/list", kf, (*Platform).listAccounts},
		"/cgi-bin/get_api_domain_ip":                {"get_api_domain_ip", "", (*Platform).domainIP},
		"/cgi-bin/media/upload":                     {"media/upload", "", (*Platform).upload},
		"/cgi-bin/media/get":                        {"media/get", "", (*Platform).download},
		"/cgi-bin/message/send":                     {"message/send", app, (*Platform).sendApp},
		"/cgi-bin/message/recall":                   {"message/recall", app, (*Platform).recallApp},
		"/cgi-bin/agent/get":                        {"agent/get", app, (*Platform).getAgent},
		"/cgi-bin/menu/create":                      {"menu/create", app, (*Platform).createMenu},
		"/cgi-bin/menu/get":                         {"menu/get", app, (*Platform).getMenu},
		"/cgi-bin/menu/delete":                      {"menu/delete", app, (*Platform).deleteMenu},
		"/cgi-bin/user/get":                         {"user/get", app, (*Platform).getUser},
		"/cgi-bin/externalcontact/groupchat/get":    {"externalcontact/groupchat/get", app, (*Platform).getGroup},
		"/cgi-bin/externalcontact/add_msg_template": {"externalcontact/add_msg_template", app, (*Platform).sendGroup},
	}
}

// ServeHTTP answers as qyapi.weixin.qq.com; below /phone/ are the files of the
// screens.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/phone/media/"); ok {
		p.serveMedia(w, r, id)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	op, known := operations()[r.URL.Path]
	if r.URL.Path == "/cgi-bin/gettoken" {
		op, known = operation{name: "gettoken", do: (*Platform).getToken}, true
	}
	if !known {
		http.NotFound(w, r)
		return
	}
	call := emulate.Call{Op: op.name, Wire: wire(r, body)}
	fault, faulty := p.Take(op.name)
	if faulty && !fault.Taken() {
		call.Status = fault.Status
		p.Log.Add(call)
		fault.End(w, r)
		return
	}
	a, refused := p.handle(op, r, body, &call)
	call.Status = http.StatusOK
	if refused != nil {
		call.Code, call.Visible, call.Text = strconv.FormatInt(refused.Code, 10), false, ""
	}
	p.Log.Add(call)
	switch {
	case faulty && !fault.Delays(r):
		fault.End(w, r)
	case refused != nil:
		writeJSON(w, refused)
	case a.file != nil:
		w.Header().Set("Content-Type", a.file.mime)
		w.Header().Set("Content-Disposition", `attachment; filename="`+a.file.name+`"`)
		_, _ = w.Write(a.file.body) // whoever asked hung up
	default:
		if a.fields == nil {
			a.fields = map[string]any{}
		}
		a.fields["errcode"], a.fields["errmsg"] = 0, "ok"
		writeJSON(w, a.fields)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // whoever asked hung up
}

func (p *Platform) handle(op operation, r *http.Request, body []byte, call *emulate.Call) (answer, *refusal) {
	req := &request{op: op.name, query: r.URL.Query(), body: body, mime: r.Header.Get("Content-Type"), note: call}
	if op.name != "gettoken" {
		if bad := p.checkToken(req.query.Get("access_token"), op.kind); bad != nil {
			return answer{}, bad
		}
	}
	if r.Method == http.MethodPost && !strings.HasPrefix(req.mime, "multipart/") {
		switch {
		case escapes(body):
			return answer{}, no(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!")
		case !json.Valid(body):
			return answer{}, no(47001, "data format error")
		}
	}
	return op.do(p, req)
}

// escapes reports whether JSON holds \u escapes; a backslash that is escaped
// itself does not begin one.
func escapes(body []byte) bool {
	for i := 0; i+1 < len(body); i++ {
		if body[i] == '\\' {
			if i++; body[i] == 'u' {
				return true
			}
		}
	}
	return false
}

// read decodes a body; a field of the wrong type is a wrong parameter.
func (r *request) read(into any) *refusal {
	if err := json.Unmarshal(r.body, into); err != nil {
		return no(40058, "invalid parameter: "+err.Error())
	}
	return nil
}

// wire is how a call reads, without its token and the borders of its form.
func wire(r *http.Request, body []byte) string {
	q := r.URL.Query()
	for _, name := range []string{"access_token", "corpsecret"} {
		if q.Has(name) {
			q.Set(name, "…")
		}
	}
	text := string(body)
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil && len(body) > 0 {
		text = indented.String()
	}
	if kind, border, ok := strings.Cut(r.Header.Get("Content-Type"), "boundary="); ok && strings.HasPrefix(kind, "multipart/") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, border, "border"), "\r\n", "\n")
	}
	where, _ := url.QueryUnescape(q.Encode())
	return joined(r.Method+" "+r.URL.Path+"?"+where, text)
}

// ofSuite is the kind of the tokens by which a service provider's application
// acts for the corporation, as far as that lets it.
const ofSuite = "wecomsuite"

// grant is an access token.
type grant struct {
	kind string
	ends time.Time
}

// tokenLife is how long an access token lives (91039).
const tokenLife = 7200 * time.Second

func (p *Platform) getToken(r *request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.query.Get("corpid") != CorpID {
		return answer{}, no(40013, "invalid corpid")
	}
	kind := ""
	switch r.query.Get("corpsecret") {
	case p.app.Secret:
		kind = "wecom"
	case p.kf.Secret:
		kind = "wechatkf"
	default:
		return answer{}, no(40001, "invalid credential")
	}
	// The same one is given again while it is good.
	for token, g := range p.tokens {
		if g.kind == kind && p.now().Before(g.ends) {
			return answer{fields: map[string]any{"access_token": token, "expires_in": int(g.ends.Sub(p.now()).Seconds())}}, nil
		}
	}
	token := secretID("tok-")
	p.tokens[token] = grant{kind, p.now().Add(tokenLife)}
	return answer{fields: map[string]any{"access_token": token, "expires_in": int(tokenLife.Seconds())}}, nil
}

// ExpireTokens makes every access token given so far an expired one.
func (p *Platform) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for token, g := range p.tokens {
		g.ends = p.now()
		p.tokens[token] = g
	}
}

func (p *Platform) checkToken(token, kind string) *refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, known := p.tokens[token]
	switch {
	case token == "":
		return no(41001, "access_token missing")
	case !known:
		return no(40014, "invalid access_token")
	case !p.now().Before(g.ends):
		return no(42001, "access_token expired")
	case g.kind == ofSuite && kind == "wechatkf" && !p.serves:
		return no(48002, "API forbidden")
	case kind != "" && g.kind != kind && g.kind != ofSuite:
		return no(48002, "API forbidden")
	}
	return nil
}

// Refuse is a fault that answers the next call of an operation with a code.
func Refuse(op string, code int64) emulate.Fault {
	body, _ := json.Marshal(no(code, "refused on demand")) // a number and a text always marshal
	return emulate.Fault{Op: op, Status: http.StatusOK, Body: body, Header: http.Header{"Content-Type": {"application/json"}}}
}

// domainIP are the platform's own addresses (92520): any token opens it.
func (p *Platform) domainIP(*request) (answer, *refusal) {
	return answer{fields: map[string]any{"ip_list": []string{"182.254.11.176", "182.254.78.66"}}}, nil
}
