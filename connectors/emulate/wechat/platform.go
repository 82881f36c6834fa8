package wechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// Options make an account. Empty ones get values that serve.
type Options struct {
	Mini     bool // a mini-program
	Original string
	AppID    string
	Secret   string
	Token    string
	AESKey   string
	Plain    bool // callbacks are signed only
	// SealAs is the AppID callbacks are encrypted for: of a third-party platform
	// the account authorised; empty: its own.
	SealAs string
	// Unverified: the account may not send customer-service messages.
	Unverified bool
	// Subscription: the account may not send menu messages.
	Subscription bool
	Name         string
	Hook         string // the callback address; SetHook sets it later
	Client       *http.Client
	Clock        func() time.Time
	// Patience is how long a callback may take; 0: five seconds.
	Patience time.Duration
	// MinuteQuota is how many calls a minute may have; 0: 100,000.
	MinuteQuota int
	// First is where the numbers of messages begin; a platform that is begun
	// anew beside a hub that remembers the last one must not repeat them.
	First int

	log *emulate.Calls // of the third-party platform; nil: its own
}

// Platform is one played account with its customers. Safe for concurrent use.
type Platform struct {
	emulate.Faults
	*emulate.Calls
	o Options

	mu        sync.Mutex
	tokens    map[string]time.Time // access token → its end
	current   string
	forced    time.Time
	banned    bool // our address is off the whitelist
	withheld  bool // a third-party platform answers, without the permission to send
	people    map[string]*person
	order     []string
	material  map[string]*material
	menu      []json.RawMessage
	templates map[string]string // id → content
	notices   map[string]string
	n         int // numbers ids
	minute    time.Time
	inMinute  int
	watchers  map[int]func(string)
}

// New returns a platform with two customers, of whom the first follows.
func New(o Options) *Platform {
	or := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	or(&o.Original, "gh_3f7badc0771f")
	or(&o.AppID, "wx3f1a9c0b7d5e2468")
	or(&o.SealAs, o.AppID)
	or(&o.Secret, "4d7a1c9e0b2f86537a4e9d1c0b8f6253")
	or(&o.Token, "parleyCallbackToken7")
	or(&o.AESKey, "kZ3Xq7Lw9TtYbN2vRcPs5MhJd8FgKa1QeWuXoIi4Bn0")
	or(&o.Name, "茶语旗舰店")
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.MinuteQuota == 0 {
		o.MinuteQuota = 100_000
	}
	if o.log == nil {
		o.log = &emulate.Calls{}
	}
	p := &Platform{
		Calls: o.log, o: o, tokens: map[string]time.Time{}, people: map[string]*person{}, material: map[string]*material{},
		templates: map[string]string{"TM00017-order": "您的订单 {{character_string1.DATA}} 已发货，预计 {{time2.DATA}} 送达。"},
		notices:   map[string]string{"NT00042-queue": "排队通知：前面还有 {{number1.DATA}} 位"},
		watchers:  map[int]func(string){},
		n:         o.First,
	}
	p.Tokens(p.Expire)
	p.Add("oLi7u5xQmZ1aRk9TfWcEoB2dNvHs", "李雷", "zh-CN", true)
	p.Add("oHan2M8yPq4bSj6UgXdFpC3eOwIt", "Han Meimei", "en", !o.Mini)
	return p
}

// Config is what the account's owner reads off the console, by the names of a
// linking form.
func (p *Platform) Config() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := map[string]string{"account": p.o.Original, "app_id": p.o.AppID, "app_secret": p.o.Secret, "token": p.o.Token, "mode": "safe", "aes_key": p.o.AESKey}
	if p.o.Plain {
		v["mode"] = "plain"
		delete(v, "aes_key")
	}
	return v
}

// ResetSecret is 重置 beside the AppSecret in the console: it returns another one;
// the one before and the access tokens it gave count no more.
func (p *Platform) ResetSecret() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	p.o.Secret = fmt.Sprintf("%032x", p.n)
	clear(p.tokens)
	return p.o.Secret
}

// SetHook is what the owner writes into the server settings.
func (p *Platform) SetHook(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.o.Hook = url
}

// Ban takes our address off the whitelist, or puts it back.
func (p *Platform) Ban(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.banned = on
}

// Expire ends every access token given so far.
func (p *Platform) Expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range p.tokens {
		p.tokens[t] = p.o.Clock()
	}
	p.current = ""
}

// call is one request of the API.
type call struct {
	p    *Platform
	r    *http.Request
	op   string
	body []byte
	log  emulate.Call
}

// result is what a handler answers: a code, or fields of success.
type result struct {
	code   int
	text   string
	fields map[string]any
}

func refuse(code int, text string) result { return result{code: code, text: text} }

// maxRequest is the largest request taken, in bytes.
const maxRequest = 24 << 20

// ServeHTTP answers the API below /cgi-bin/ and /wxaapi/, and files below
// /files/.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/files/") {
		p.serveFile(w, r)
		return
	}
	op := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/cgi-bin/"), "/wxaapi/")
	handler, known := p.handlers()[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return
	}
	c := &call{p: p, r: r, op: op, body: body, log: emulate.Call{Op: op, Wire: wire(r, op, body)}}
	fault, faulty := p.Faults.Take(op)
	if faulty && !fault.Taken() {
		c.log.Status = fault.Status
		p.Calls.Add(c.log)
		fault.End(w, r)
		return
	}
	if op == "media/get" && p.serveMedia(c, w) {
		return
	}
	out := p.answer(c, handler)
	c.log.Status = http.StatusOK
	if out.code != 0 {
		c.log.Code = strconv.Itoa(out.code)
	}
	p.Calls.Add(c.log)
	if c.log.Peer != "" {
		p.changed(c.log.Peer)
	}
	if faulty && !fault.Delays(r) {
		fault.End(w, r)
		return
	}
	writeJSON(w, out)
}

func writeJSON(w http.ResponseWriter, out result) {
	fields := out.fields
	if fields == nil {
		fields = map[string]any{"errcode": out.code, "errmsg": out.text}
		if out.code == 0 {
			fields["errmsg"] = "ok"
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(fields) // whoever asked hung up
}

// wire is how a call reads, without what changes from run to run.
func wire(r *http.Request, op string, body []byte) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return fmt.Sprintf("%s %s type=%s (a form)", r.Method, op, r.URL.Query().Get("type"))
	}
	text := string(body)
	if op == "stable_token" {
		text = "(credentials)"
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	return strings.TrimSpace(r.Method + " " + op + "\n" + text)
}

type handler struct {
	get bool // asked for, not posted
	do  func(*call) result
}

func (p *Platform) handlers() map[string]handler {
	all := map[string]handler{
		"/cgi-bin/stable_token":                      {do: p.stableToken},
		"/cgi-bin/message/custom/send":               {do: p.customSend},
		"/cgi-bin/message/custom/typing":             {do: p.typing},
		"/cgi-bin/message/template/send":             {do: p.templateSend},
		"/cgi-bin/message/subscribe/bizsend":         {do: p.noticeSend},
		"/cgi-bin/template/get_all_private_template": {get: true, do: p.templateList},
		"/wxaapi/newtmpl/gettemplate":                {get: true, do: p.noticeList},
		"/cgi-bin/media/upload":                      {do: p.mediaUpload},
		"/cgi-bin/media/get":                         {get: true, do: p.mediaGet},
		"/cgi-bin/user/info":                         {get: true, do: p.userInfo},
		"/cgi-bin/menu/create":                       {do: p.menuCreate},
		"/cgi-bin/menu/get":                          {get: true, do: p.menuGet},
		"/cgi-bin/menu/delete":                       {get: true, do: p.menuDelete},
		"/cgi-bin/customservice/getkflist":           {get: true, do: p.deskList},
	}
	if !p.o.Mini {
		return all
	}
	return map[string]handler{
		"/cgi-bin/stable_token":                   all["/cgi-bin/stable_token"],
		"/cgi-bin/message/custom/business/send":   all["/cgi-bin/message/custom/send"],
		"/cgi-bin/message/custom/business/typing": all["/cgi-bin/message/custom/typing"],
		"/cgi-bin/message/subscribe/send":         all["/cgi-bin/message/subscribe/bizsend"],
		"/wxaapi/newtmpl/gettemplate":             all["/wxaapi/newtmpl/gettemplate"],
		"/cgi-bin/media/upload":                   all["/cgi-bin/media/upload"],
		"/cgi-bin/media/get":                      all["/cgi-bin/media/get"],
	}
}

// answer holds a call against the rules all calls share, and carries it out.
func (p *Platform) answer(c *call, h handler) result {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Clock()
	if now.Sub(p.minute) >= time.Minute || now.Before(p.minute) {
		p.minute, p.inMinute = now, 0
	}
	if p.inMinute++; p.inMinute > p.o.MinuteQuota {
		return refuse(45011, "api minute-quota reach limit")
	}
	if !h.get && c.r.Method != http.MethodPost {
		return refuse(43002, "require POST method")
	}
	if c.op != "stable_token" {
		if bad := p.checkToken(c.r.URL.Query().Get("access_token"), now); bad.code != 0 {
			return bad
		}
	}
	if !h.get && !strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/") {
		if bad := checkBody(c.body); bad.code != 0 {
			return bad
		}
	}
	return h.do(c)
}

func checkBody(body []byte) result {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return refuse(44002, "empty post data")
	case !json.Valid(body):
		return refuse(47001, "data format error")
	case bytes.Contains(bytes.ReplaceAll(body, []byte(`\\`), nil), []byte(`\u`)):
		return refuse(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!")
	}
	return result{}
}

// id makes an id.
func (p *Platform) id() int64 {
	p.n++
	return 24_000_000_000_000_000 + int64(p.n)
}
