package web

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// route is one thing the chat answers. Open ones need no visitor.
type route struct {
	method, path string
	open         bool
	do           func(*exchange)
}

var routes = []route{
	{http.MethodGet, "", true, (*exchange).page},
	{http.MethodGet, "/launcher", true, (*exchange).launcher},
	{http.MethodGet, "/logo", true, (*exchange).picture},
	{http.MethodGet, "/preview", true, (*exchange).preview},
	{http.MethodPost, "/preview", true, (*exchange).previewed},
	{http.MethodPost, "/session", true, (*exchange).session},
	{http.MethodGet, "/live", true, (*exchange).live},
	{http.MethodGet, "/lines", false, (*exchange).lines},
	{http.MethodPost, "/open", false, (*exchange).opened},
	{http.MethodPost, "/messages", false, (*exchange).messages},
	{http.MethodPost, "/files", false, (*exchange).files},
	{http.MethodPost, "/marks", false, (*exchange).marks},
	{http.MethodPost, "/typing", false, (*exchange).typed},
	{http.MethodPost, "/form", false, (*exchange).form},
}

// exchange is one request and its answer.
type exchange struct {
	talk
	w http.ResponseWriter
	r *http.Request
}

// resolve cuts the account and the rest out of …/chat/{account}/rest.
func (c *conn) resolve(path string) (connector.Account, string, bool) {
	_, below, ok := strings.Cut(path, "/chat/")
	if !ok {
		return connector.Account{}, "", false
	}
	name, rest, deeper := strings.Cut(below, "/")
	if deeper {
		rest = "/" + rest
	}
	id, err := canon.ParseID(name)
	if err != nil {
		return connector.Account{}, "", false
	}
	account, ok := c.accounts[id]
	return account, rest, ok
}

func (x *exchange) run(rt route) {
	if x.r.Method == http.MethodPost && !x.site.ours(x.r, false) {
		x.fail(foreign)
		return
	}
	if !rt.open {
		token, _ := strings.CutPrefix(x.r.Header.Get("Authorization"), "Bearer ")
		t, err := x.conn.open(forVisitor, x.account.ID, token)
		if err != nil {
			x.fail(signedOut)
			return
		}
		x.visitor = t.Visitor
		if t.Visitor.Locale != "" {
			x.lang = t.Visitor.Locale // what the panel shows, rather than what the browser asks for
		}
	}
	rt.do(x)
}

// trouble is an answer that is no success: a stable code, and words for people.
type trouble struct {
	status int
	code   string
	text   connector.Text
	wait   time.Duration
}

func (t trouble) Error() string { return t.code }

func (t trouble) after(wait time.Duration) trouble {
	t.wait = wait
	return t
}

var (
	notFound    = trouble{status: 404, code: "not_found", text: connector.Text{EN: "There is no such chat.", ZH: "该聊天不存在。"}}
	wrongMethod = trouble{status: 405, code: "method", text: connector.Text{EN: "This address is not used that way.", ZH: "请求方式不正确。"}}
	foreign     = trouble{status: 403, code: "origin", text: connector.Text{EN: "This site may not use the chat.", ZH: "该网站未获准使用此聊天。"}}
	signedOut   = trouble{status: 401, code: "session", text: connector.Text{EN: "Please open the chat again.", ZH: "请重新打开聊天。"}}
	badIdentity = trouble{status: 401, code: "identity", text: connector.Text{EN: "The site could not confirm who you are.", ZH: "网站未能确认您的身份。"}}
	// unavailable is all a blocked visitor learns.
	unavailable = trouble{status: 403, code: "unavailable", text: connector.Text{EN: "Chat is not available right now.", ZH: "暂时无法使用在线咨询。"}}
	away        = trouble{status: 503, code: "away", wait: 2 * time.Second, text: connector.Text{EN: "The service is restarting. Your message is kept and will be sent.", ZH: "服务正在恢复，您的消息已保留，稍后将自动发送。"}}
	tooFast     = trouble{status: 429, code: "too_fast", text: connector.Text{EN: "That was too fast. Please wait a moment.", ZH: "发送过于频繁，请稍候。"}}
	tooLarge    = trouble{status: 413, code: "too_large", text: connector.Text{EN: "This is too large to send.", ZH: "内容过大，无法发送。"}}
	tooMany     = trouble{status: 429, code: "too_many", wait: 30 * time.Second, text: connector.Text{EN: "The chat is open in too many tabs.", ZH: "打开的聊天窗口过多。"}}
)

// invalid names what is wrong with a field.
func invalid(field, en, zh string) trouble {
	return trouble{status: 422, code: "invalid_" + field, text: connector.Text{EN: en, ZH: zh}}
}

// asTrouble turns an error of the core into what a visitor may read.
func asTrouble(err error) trouble {
	var t trouble
	if errors.As(err, &t) {
		return t
	}
	var e *connector.Error
	if errors.As(err, &e) && e.Class == connector.Invalid {
		return trouble{status: 422, code: "refused", text: e.Shown}
	}
	return away
}

func (x *exchange) fail(err error) { problem(x.w, x.lang, asTrouble(err)) }

// problem writes a problem document (RFC 9457).
func problem(w http.ResponseWriter, lang string, t trouble) {
	if t.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(t.wait.Seconds()))))
	}
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(t.status)
	_ = json.NewEncoder(w).Encode(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}{http.StatusText(t.status), t.status, t.code, t.text.In(lang)})
}

// answer writes a success.
func (x *exchange) answer(v any) {
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(x.w).Encode(v)
}

// done answers a request of which only the success is of interest.
func (x *exchange) done(err error) {
	if err != nil {
		x.fail(err)
		return
	}
	x.answer(struct {
		OK bool `json:"ok"`
	}{true})
}

// body reads the JSON body into v. Unknown fields are let pass: the browser may
// still run an older or already a newer panel.
func (x *exchange) body(v any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, x.options.Limits.FrameBytes))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return tooLarge
		}
		return trouble{status: 400, code: "body", text: connector.Text{EN: "The request did not arrive whole.", ZH: "请求不完整。"}}
	}
	return decode(raw, v)
}

func decode(raw []byte, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return trouble{status: 400, code: "json", text: connector.Text{EN: "The request cannot be read.", ZH: "请求无法识别。"}}
	}
	return nil
}

// language picks zh or en from a header of preferences, English otherwise.
func language(accept string) string {
	for one := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(one), ";")
		switch {
		case strings.HasPrefix(strings.ToLower(tag), "zh"):
			return "zh"
		case strings.HasPrefix(strings.ToLower(tag), "en"):
			return "en"
		}
	}
	return "en"
}
