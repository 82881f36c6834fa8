package line

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// maxBody is how much of a request is read, in bytes.
const maxBody = 2 << 20

// answer is what a call comes to.
type answer struct {
	status int
	body   any // JSON, unless raw
	raw    []byte
	mime   string
	call   emulate.Call
}

// request is a call that was read.
type request struct {
	*http.Request
	op   string
	rest []string // of the path, behind the operation
	body []byte
}

// operation is one entry of the API: how it is called and what it does.
type operation struct {
	method, path, op string // a * stands for one step of the path
	open             bool   // needs no token
	do               func(*Platform, request) (answer, *refusal)
}

func operations() []operation {
	return []operation{
		{"POST", "oauth2/v3/token", "token", true, (*Platform).issue},
		{"GET", "v2/bot/info", "info", false, (*Platform).info},
		{"POST", "v2/bot/message/reply", "message/reply", false, (*Platform).reply},
		{"POST", "v2/bot/message/push", "message/push", false, (*Platform).push},
		{"GET", "v2/bot/message/quota", "message/quota", false, (*Platform).quota},
		{"GET", "v2/bot/message/quota/consumption", "message/quota/consumption", false, (*Platform).consumption},
		{"GET", "v2/bot/profile/*", "profile", false, (*Platform).profile},
		{"GET", "v2/bot/group/*/summary", "group/summary", false, (*Platform).summary},
		{"GET", "v2/bot/group/*/member/*", "group/member", false, (*Platform).member},
		{"GET", "v2/bot/room/*/member/*", "room/member", false, (*Platform).member},
		{"POST", "v2/bot/chat/loading/start", "chat/loading/start", false, (*Platform).loading},
		{"POST", "v2/bot/chat/markAsRead", "chat/markAsRead", false, (*Platform).markRead},
		{"GET", "v2/bot/channel/webhook/endpoint", "webhook/endpoint", false, (*Platform).endpoint},
		{"PUT", "v2/bot/channel/webhook/endpoint", "webhook/set", false, (*Platform).setEndpoint},
		{"POST", "v2/bot/channel/webhook/test", "webhook/test", false, (*Platform).testEndpoint},
		{"GET", "v2/bot/message/*/content", "content", false, (*Platform).content},
		{"GET", "v2/bot/message/*/content/transcoding", "content/transcoding", false, (*Platform).transcoding},
		{"POST", "v2/bot/richmenu", "richmenu/create", false, (*Platform).createMenu},
		{"GET", "v2/bot/richmenu/list", "richmenu/list", false, (*Platform).listMenus},
		{"GET", "v2/bot/richmenu/*", "richmenu/get", false, (*Platform).getMenu},
		{"DELETE", "v2/bot/richmenu/*", "richmenu/delete", false, (*Platform).deleteMenu},
		{"POST", "v2/bot/richmenu/*/content", "richmenu/upload", false, (*Platform).uploadMenu},
		{"GET", "v2/bot/richmenu/*/content", "richmenu/content", false, (*Platform).menuPicture},
		{"GET", "v2/bot/user/all/richmenu", "richmenu/default", false, (*Platform).getDefault},
		{"POST", "v2/bot/user/all/richmenu/*", "richmenu/setDefault", false, (*Platform).defaultMenu},
		{"DELETE", "v2/bot/user/all/richmenu", "richmenu/clearDefault", false, (*Platform).clearDefault},
		{"GET", "files/*", "files", true, (*Platform).file},
		{"GET", "stickershop/v1/sticker/*/android/sticker.png", "sticker", true, (*Platform).sticker},
		{"GET", "sticonshop/v1/sticon/*/android/*", "sticker", true, (*Platform).sticker},
	}
}

// match finds the operation of a request.
func match(r *http.Request) (operation, []string, bool) {
	steps := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
next:
	for _, o := range operations() {
		want := strings.Split(o.path, "/")
		if o.method != r.Method || len(want) != len(steps) {
			continue
		}
		var rest []string
		for i, step := range want {
			if step == "*" {
				rest = append(rest, steps[i])
			} else if step != steps[i] {
				continue next
			}
		}
		return o, rest, true
	}
	return operation{}, nil, false
}

// ServeHTTP is both hosts of the Messaging API, api.line.me and
// api-data.line.me, and the one that has the pictures of stickers.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the caller broke off: nothing was asked
	}
	o, rest, known := match(r)
	if !known {
		write(w, answer{status: http.StatusNotFound, body: map[string]string{"message": "Not found"}})
		return
	}
	q := request{Request: r, op: o.op, rest: rest, body: body}
	f, bad := p.faults.Take(o.op)
	if bad && !f.Taken() {
		if f.Kind == emulate.Answer && f.Body == nil {
			f.Body, _ = json.Marshal(map[string]string{"message": http.StatusText(f.Status)}) // a text always marshals
		}
		p.calls.Add(emulate.Call{Op: o.op, Wire: wire(q, f.Status), Status: f.Status, Code: "fault"})
		f.End(w, r)
		return
	}
	a := p.answer(o, q)
	a.call.Op, a.call.Status = o.op, a.status
	a.call.Wire = wire(q, a.status)
	p.calls.Add(a.call)
	if bad && !f.Delays(r) {
		f.End(w, r)
		return
	}
	write(w, a)
}

// answer carries a call out.
func (p *Platform) answer(o operation, q request) answer {
	var no *refusal
	var a answer
	if !o.open {
		no = p.authorize(q)
	}
	if no == nil {
		no = p.rate(o.op)
	}
	if no == nil {
		a, no = o.do(p, q)
	}
	if no == nil {
		if a.status == 0 {
			a.status = http.StatusOK
		}
		return a
	}
	return no.answer()
}

func (r *refusal) answer() answer {
	code := r.code()
	type detail struct {
		Message  string `json:"message"`
		Property string `json:"property"`
	}
	body := struct {
		Message string        `json:"message"`
		Details []detail      `json:"details,omitempty"`
		Sent    []sentMessage `json:"sentMessages,omitempty"`
	}{Message: code, Sent: r.sent}
	if r.property != "" {
		body.Message, body.Details = "The request body has 1 error(s)", []detail{{code, r.property}}
	}
	var out any = body
	if r.rule == "grant" || r.rule == "credentials" {
		out = map[string]string{"error": code, "error_description": "see the console"}
	}
	return answer{status: r.status, body: out, call: emulate.Call{Code: code}}
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("X-Line-Request-Id", "played")
	if a.raw != nil || a.mime != "" {
		w.Header().Set("Content-Type", a.mime)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.raw) // whoever asked hung up
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	if a.body == nil {
		a.body = struct{}{}
	}
	_ = json.NewEncoder(w).Encode(a.body) // whoever asked hung up
}

// wire is a call as it reads, without credentials.
func wire(q request, status int) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s", q.Method, q.URL.Path)
	if key := q.Header.Get("X-Line-Retry-Key"); key != "" {
		fmt.Fprintf(&out, " retry-key=%s", key)
	}
	out.WriteByte('\n')
	switch {
	case q.op == "token":
		if form, err := url.ParseQuery(string(q.body)); err == nil {
			fmt.Fprintf(&out, "grant_type=%s client_id=%s\n", form.Get("grant_type"), form.Get("client_id"))
		}
	case q.op == "richmenu/upload":
		fmt.Fprintf(&out, "a picture of %d bytes, %s\n", len(q.body), q.Header.Get("Content-Type"))
	case json.Indent(&out, q.body, "", "  ") != nil:
		out.Write(q.body)
	}
	fmt.Fprintf(&out, "→ %d", status)
	return out.String()
}

// rate counts the calls of this second.
func (p *Platform) rate(op string) *refusal {
	most := 2000
	if op == "chat/loading/start" {
		most = 100
	}
	if n, ok := p.o.Rates[op]; ok {
		most = n
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Clock().Truncate(time.Second).Unix()
	w := p.counts[op]
	if w.second != now {
		w = window{second: now}
	}
	w.n++
	p.counts[op] = w
	if w.n > most {
		return refused("rate", http.StatusTooManyRequests)
	}
	return nil
}
