package telegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// request is one call of a method.
type request struct {
	method string // as the bot wrote it
	values url.Values
	upload map[string]upload
	// What the call became, for the log.
	call emulate.Call
}

type upload struct {
	name, mime string
	body       []byte
}

func (q *request) text(name string) string { return q.values.Get(name) }

func (q *request) number(name string) int64 {
	n, _ := strconv.ParseInt(q.values.Get(name), 10, 64) // what is no number is not there
	return n
}

// failure is an answer that is not ok.
type failure struct {
	code  int
	says  string
	wait  time.Duration // of 429
	moved int64         // where a group went
}

func (f *failure) Error() string { return strconv.Itoa(f.code) + " " + f.says }

func bad(says string, args ...any) *failure {
	return &failure{code: 400, says: "Bad Request: " + fmt.Sprintf(says, args...)}
}

func forbidden(says string) *failure { return &failure{code: 403, says: "Forbidden: " + says} }

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked hung up
}

// serveMethod answers one call.
func (p *Platform) serveMethod(w http.ResponseWriter, r *http.Request, token, method string) {
	q := &request{method: method, call: emulate.Call{Op: method}}
	fault, faulty := p.Take(method)
	if faulty && !fault.Taken() {
		q.read(r, 1<<20) // a call is sent to its end before it is refused
		if fault.Wait > 0 {
			fault.Status = http.StatusTooManyRequests
		}
		q.call.Status = fault.Status
		q.call.Wire = q.wire()
		p.log.Add(q.call)
		if fault.Wait > 0 {
			p.refuse(w, tooMany(fault.Wait))
			return
		}
		fault.End(w, r)
		return
	}
	result, err := p.answer(r, q, token)
	q.call.Status = http.StatusOK
	if err != nil {
		q.call.Status, q.call.Code = err.code, err.says
		q.call.Visible = false
	}
	q.call.Wire = q.wire()
	p.log.Add(q.call)
	switch {
	case faulty && !fault.Delays(r):
		fault.End(w, r)
	case err != nil:
		p.refuse(w, err)
	default:
		write(w, http.StatusOK, map[string]any{"ok": true, "result": result})
	}
}

func tooMany(wait time.Duration) *failure {
	return &failure{code: 429, says: fmt.Sprintf("Too Many Requests: retry after %d", int(wait.Seconds())), wait: wait}
}

func (p *Platform) refuse(w http.ResponseWriter, f *failure) {
	body := map[string]any{"ok": false, "error_code": f.code, "description": f.says}
	switch {
	case f.wait > 0:
		body["parameters"] = map[string]any{"retry_after": int(f.wait.Seconds())}
		w.Header().Set("Retry-After", strconv.Itoa(int(f.wait.Seconds())))
	case f.moved != 0:
		body["parameters"] = map[string]any{"migrate_to_chat_id": f.moved}
	}
	write(w, f.code, body)
}

func (p *Platform) answer(r *http.Request, q *request, token string) (any, *failure) {
	most := int64(50 << 20)
	if p.o.Local {
		most = 2000 << 20
	}
	if token != p.Token() {
		return nil, &failure{code: 401, says: "Unauthorized"}
	}
	if !q.read(r, most+1<<20) {
		return nil, &failure{code: 413, says: "Request Entity Too Large"}
	}
	for _, u := range q.upload {
		if int64(len(u.body)) > most {
			return nil, &failure{code: 413, says: "Request Entity Too Large"}
		}
	}
	return p.do(r.Context(), q)
}

// read reads the parameters: of the query, a form, a form with files, or JSON.
// It reports false when the body is larger than most.
func (q *request) read(r *http.Request, most int64) bool {
	r.Body = http.MaxBytesReader(nil, r.Body, most)
	q.values, q.upload = url.Values{}, map[string]upload{}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch kind {
	case "application/json":
		var fields map[string]any
		if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
			return !tooLarge(err)
		}
		for name, v := range fields {
			if s, ok := v.(string); ok {
				q.values.Set(name, s)
				continue
			}
			raw, _ := json.Marshal(v) // it was JSON
			q.values.Set(name, string(raw))
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(64 << 20); err != nil {
			return !tooLarge(err)
		}
		q.values = r.Form
		for name, files := range r.MultipartForm.File {
			u, ok := readUpload(files[0])
			if !ok {
				return false
			}
			q.upload[name] = u
		}
	default:
		if err := r.ParseForm(); err != nil {
			return !tooLarge(err)
		}
		q.values = r.Form
	}
	return true
}

// wire is the call without what changes from run to run.
func (q *request) wire() string {
	var b strings.Builder
	b.WriteString(q.method + "\n")
	names := make([]string, 0, len(q.values)+len(q.upload))
	for name := range q.values {
		names = append(names, name)
	}
	for name := range q.upload {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if u, ok := q.upload[name]; ok {
			fmt.Fprintf(&b, "  %s: file %q of %d bytes\n", name, u.name, len(u.body))
			continue
		}
		fmt.Fprintf(&b, "  %s: %s\n", name, q.values.Get(name))
	}
	fmt.Fprintf(&b, "→ %d %s", q.call.Status, q.call.Code)
	return b.String()
}
