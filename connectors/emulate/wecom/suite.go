package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/connectors/emulate"
)

// The service provider that is played, and its application.
const (
	ProviderCorpID = "wwprovider0123456789"
	SuiteID        = "ww9c8b7a6f5e4d3c2b"
)

// How long what an application is given counts (90600, 90601, 90628).
const (
	suiteTicketLife = 30 * time.Minute
	preAuthLife     = 20 * time.Minute
	authCodeLife    = 10 * time.Minute
)

// Suite plays an application of a service provider (第三方应用) which the corporation
// of a Platform may install. It serves the platform's paths too. Safe for
// concurrent use.
type Suite struct {
	*Platform
	creds Credentials // CorpID is the application's SuiteID

	mu            sync.Mutex
	affairs, data string // callback addresses; the second holds $CORPID$
	tickets       map[string]time.Time
	tokens        map[string]time.Time
	pre           map[string]*preAuth
	codes         map[string]*authCode
	permanent     string // "" while it is not installed
	testOnly      bool   // the application is not published
}

type preAuth struct {
	ends time.Time
	test bool
}

type authCode struct {
	ends  time.Time
	spent bool
}

// NewSuite returns an application nobody has installed.
func NewSuite(o Options) *Suite {
	s := &Suite{Platform: New(o), creds: Credentials{SuiteID, "", secret("suite"), "suiteToken7Kq", "Zq8wXe2rTy6uIo0pAs4dFg1hJk5lZx9cVb3nMq7wEr1"},
		tickets: map[string]time.Time{}, tokens: map[string]time.Time{}, pre: map[string]*preAuth{}, codes: map[string]*authCode{}}
	s.Tokens(s.Expire)
	// Messages of its members come sealed with the application's keys.
	s.app.Token, s.app.AESKey = s.creds.Token, s.creds.AESKey
	// So does what is said of its service accounts.
	s.kf.Token, s.kf.AESKey, s.kf.AgentID = s.creds.Token, s.creds.AESKey, AgentID
	return s
}

// Config is what the provider reads off the console, by the names of a linking
// form.
func (s *Suite) Config() map[string]string {
	return map[string]string{"corp_id": ProviderCorpID, "suite_id": SuiteID, "secret": s.creds.Secret, "callback_token": s.creds.Token, "encoding_aes_key": s.creds.AESKey}
}

// SetCallbacks enters both callback addresses, each verified by a GET sealed for
// the provider, and pushes the first ticket.
func (s *Suite) SetCallbacks(ctx context.Context, affairs, data string) error {
	if !strings.Contains(data, "$CORPID$") {
		return errors.New("数据回调URL 未包含 $CORPID$")
	}
	provider := s.creds
	provider.CorpID = ProviderCorpID
	for _, address := range []string{affairs, strings.ReplaceAll(data, "$CORPID$", ProviderCorpID)} {
		word := secretID("")
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+SealEcho(provider, s.now(), word), nil)
		if err != nil {
			return fmt.Errorf("verify a callback address: %w", err)
		}
		resp, err := s.client().Do(req)
		if err != nil {
			return fmt.Errorf("verify a callback address: %w", err)
		}
		said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		_ = resp.Body.Close()
		if err != nil || string(said) != word {
			return errors.New("openapi回调地址请求不通过")
		}
	}
	s.mu.Lock()
	s.affairs, s.data = affairs, data
	s.mu.Unlock()
	return s.PushTicket(ctx)
}

// PushTicket pushes a fresh ticket, as WeCom does every ten minutes.
func (s *Suite) PushTicket(ctx context.Context) error {
	ticket := secretID("ticket")
	s.mu.Lock()
	s.tickets[ticket] = s.now()
	s.mu.Unlock()
	return s.tell(ctx, "suite_ticket", element("SuiteTicket", ticket))
}

// tell posts an affair of the application; it must be answered with success
// (90613).
func (s *Suite) tell(ctx context.Context, kind, elements string) error {
	s.mu.Lock()
	address := s.affairs
	s.mu.Unlock()
	if address == "" {
		return nil
	}
	d := emulate.Delivery{Client: s.client(), Timeout: tryFor, Good: func(r emulate.Reply) bool { return r.Status == http.StatusOK && string(r.Body) == "success" }}
	reply, err := d.Post(ctx, func(int) (*http.Request, error) {
		query, body := SealWith(s.creds, s.now(), []byte("<xml>"+element("SuiteId", SuiteID)+element("InfoType", kind)+element("TimeStamp", strconv.FormatInt(s.now().Unix(), 10))+elements+"</xml>"))
		return http.NewRequest(http.MethodPost, address+"?"+query, bytes.NewReader(body))
	})
	if err == nil && string(reply.Body) != "success" {
		err = fmt.Errorf("%s was answered %d %q", kind, reply.Status, reply.Body)
	}
	return err
}

// Install is the corporation's administrator who opens the page and installs the
// application. It returns the address the browser is led back to.
func (s *Suite) Install(page string) (string, error) {
	at, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	return s.install(at.Query())
}

func (s *Suite) install(q url.Values) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pre := s.pre[q.Get("pre_auth_code")]
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("suite_id") != SuiteID:
		return "", errors.New("suite_id: 应用不存在")
	case pre == nil || !s.now().Before(pre.ends):
		return "", errors.New("pre_auth_code: 预授权码已失效")
	case err != nil || back.Host == "":
		return "", errors.New("redirect_uri: 回调地址不合法")
	case s.testOnly && !pre.test:
		return "", errors.New("auth_type: 应用未上线，仅支持测试授权")
	}
	delete(s.pre, q.Get("pre_auth_code"))
	code := s.newCode()
	to := back.Query()
	to.Set("auth_code", code)
	to.Set("expires_in", strconv.Itoa(int(authCodeLife.Seconds())))
	to.Set("state", q.Get("state"))
	back.RawQuery = to.Encode()
	return back.String(), nil
}

// Market is the corporation's administrator who installs the application from
// WeCom's own market: WeCom tells of it, and nobody comes back (90642).
func (s *Suite) Market(ctx context.Context) error {
	s.mu.Lock()
	code := s.newCode()
	s.mu.Unlock()
	return s.tell(ctx, "create_auth", element("AuthCode", code)+element("State", ""))
}

// newCode is an authorisation code; s.mu is held.
func (s *Suite) newCode() string {
	code := secretID("authcode")
	s.codes[code] = &authCode{ends: s.now().Add(authCodeLife)}
	return code
}

// Unpublish lets only corporations of the test list install the application.
func (s *Suite) Unpublish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.testOnly = true
}

// Remove is the administrator who removes the application. quiet: WeCom's word of
// it is lost.
func (s *Suite) Remove(ctx context.Context, quiet bool) error {
	s.mu.Lock()
	s.permanent = ""
	s.mu.Unlock()
	s.Platform.mu.Lock()
	clear(s.Platform.tokens)
	delete(s.hooks, "wecom")
	delete(s.hooks, "wechatkf")
	s.Platform.mu.Unlock()
	if quiet {
		return nil
	}
	return s.tell(ctx, "cancel_auth", element("AuthCorpId", CorpID))
}

// Expire makes every token given so far an expired one, the application's and
// the corporation's.
func (s *Suite) Expire() {
	s.mu.Lock()
	for t := range s.tokens {
		s.tokens[t] = s.now()
	}
	s.mu.Unlock()
	s.ExpireTokens()
}

const installPage = "/3rdapp/install"

// installForm is the page an application is installed at.
const installForm = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>安装应用</title>
<h1>安装第三方应用</h1><form method="post"><button>同意以上授权并添加</button></form></html>`

// ServeHTTP answers the application's own calls below /cgi-bin/service/, the page
// it is installed at, and everything else as the platform.
func (s *Suite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == installPage {
		if r.Method != http.MethodPost {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, installForm) // whoever asked hung up
			return
		}
		back, err := s.install(r.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
		return
	}
	op, ok := strings.CutPrefix(r.URL.Path, "/cgi-bin/service/")
	if !ok {
		s.Platform.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	call := emulate.Call{Op: "service/" + op, Wire: r.Method + " service/" + op, Status: http.StatusOK}
	if fault, faulty := s.Take(call.Op); faulty && !fault.Taken() {
		call.Status = fault.Status
		s.Log.Add(call)
		fault.End(w, r)
		return
	}
	fields, refused := s.serve(op, r, body)
	if refused != nil {
		call.Code = strconv.FormatInt(refused.Code, 10)
		s.Log.Add(call)
		writeJSON(w, refused)
		return
	}
	s.Log.Add(call)
	fields["errcode"], fields["errmsg"] = 0, "ok"
	writeJSON(w, fields)
}

// suiteAsk is the body of a call of the application.
type suiteAsk struct {
	ID        string `json:"suite_id"`
	Secret    string `json:"suite_secret"`
	Ticket    string `json:"suite_ticket"`
	Pre       string `json:"pre_auth_code"`
	Code      string `json:"auth_code"`
	Corp      string `json:"auth_corpid"`
	Permanent string `json:"permanent_code"`
	Session   struct {
		Type int `json:"auth_type"`
	} `json:"session_info"`
}

func (s *Suite) serve(op string, r *http.Request, body []byte) (map[string]any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ask suiteAsk
	if r.Method == http.MethodPost && json.Unmarshal(body, &ask) != nil {
		return nil, no(47001, "data format error")
	}
	if op == "get_suite_token" {
		return s.suiteToken(ask)
	}
	token := r.URL.Query().Get("suite_access_token")
	ends, given := s.tokens[token]
	switch {
	case token == "" || !given:
		return nil, no(40082, "invalid suite_token")
	case !s.now().Before(ends):
		return nil, no(42009, "suite_access_token expired")
	}
	switch op {
	case "get_pre_auth_code":
		pre := secretID("preauth")
		s.pre[pre] = &preAuth{ends: s.now().Add(preAuthLife)}
		return map[string]any{"pre_auth_code": pre, "expires_in": int(preAuthLife.Seconds())}, nil
	case "set_session_info":
		pre := s.pre[ask.Pre]
		if pre == nil || !s.now().Before(pre.ends) {
			return nil, no(42007, "pre_auth_code expired")
		}
		pre.test = ask.Session.Type == 1
		return map[string]any{}, nil
	case "get_permanent_code":
		return s.permanentCode(ask)
	case "get_corp_token":
		switch {
		case ask.Corp != CorpID:
			return nil, no(40013, "invalid corpid")
		case s.permanent == "" || ask.Permanent != s.permanent:
			return nil, no(40084, "invalid permanent_code")
		}
		return s.corpToken(), nil
	}
	return nil, no(40058, "no such operation")
}

func (s *Suite) suiteToken(ask suiteAsk) (map[string]any, *refusal) {
	pushed, given := s.tickets[ask.Ticket]
	switch {
	case ask.ID != SuiteID:
		return nil, no(40083, "invalid suite_id")
	case ask.Secret != s.creds.Secret:
		return nil, no(40080, "invalid suite_secret")
	case !given || s.now().Sub(pushed) >= suiteTicketLife:
		return nil, no(40085, "invalid suite_ticket")
	}
	token := secretID("suitetok")
	s.tokens[token] = s.now().Add(tokenLife)
	return map[string]any{"suite_access_token": token, "expires_in": int(tokenLife.Seconds())}, nil
}

func (s *Suite) permanentCode(ask suiteAsk) (map[string]any, *refusal) {
	code := s.codes[ask.Code]
	if code == nil || code.spent || !s.now().Before(code.ends) {
		return nil, no(40078, "invalid auth_code")
	}
	code.spent = true
	s.permanent = secretID("permanent")
	if s.data != "" {
		s.Platform.mu.Lock()
		s.hooks["wecom"] = strings.ReplaceAll(s.data, "$CORPID$", CorpID)
		s.hooks["wechatkf"] = s.hooks["wecom"]
		s.Platform.mu.Unlock()
	}
	agent, _ := strconv.Atoi(AgentID) // a number
	out := s.corpToken()
	out["permanent_code"] = s.permanent
	out["auth_corp_info"] = map[string]any{"corpid": CorpID, "corp_name": "茶语科技"}
	out["auth_info"] = map[string]any{"agent": []any{map[string]any{"agentid": agent, "name": "小店助手", "auth_mode": 0, "is_customized_app": false}}}
	return out, nil
}

// corpToken is a token of the corporation for the application.
func (s *Suite) corpToken() map[string]any {
	s.Platform.mu.Lock()
	defer s.Platform.mu.Unlock()
	token := secretID("tok-")
	s.Platform.tokens[token] = grant{ofSuite, s.now().Add(tokenLife)}
	return map[string]any{"access_token": token, "expires_in": int(tokenLife.Seconds())}
}
