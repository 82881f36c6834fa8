package wecom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// provider calls an application's API by hand.
type provider struct {
	t   *testing.T
	s   *Suite
	now time.Time
}

func newProvider(t *testing.T) *provider {
	p := &provider{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	p.s = NewSuite(Options{Clock: func() time.Time { return p.now }})
	t.Cleanup(p.s.Close)
	if err := p.s.PushTicket(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *provider) call(op, token string, ask map[string]any) map[string]any {
	p.t.Helper()
	body, _ := json.Marshal(ask)
	w := httptest.NewRecorder()
	p.s.ServeHTTP(w, httptest.NewRequest("POST", "/cgi-bin/service/"+op+"?suite_access_token="+url.QueryEscape(token), bytes.NewReader(body)))
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		p.t.Fatalf("%s: %q", op, w.Body)
	}
	return out
}

// suite asks for a token; change spoils it.
func (p *provider) suite(name string, value any) map[string]any {
	ask := map[string]any{"suite_id": SuiteID, "suite_secret": p.s.creds.Secret}
	for ticket := range p.s.tickets {
		ask["suite_ticket"] = ticket
	}
	if name != "" {
		ask[name] = value
	}
	return p.call("get_suite_token", "", ask)
}

func (p *provider) token() string {
	s, _ := p.suite("", nil)["suite_access_token"].(string)
	return s
}

func (p *provider) code(op string, ask map[string]any) string {
	p.t.Helper()
	return said(p.call(op, p.token(), ask))
}

func said(got map[string]any) string { return fmt.Sprint(got["errcode"]) }

// page is the address administrators are sent to.
func (p *provider) page(change func(url.Values)) string {
	pre, _ := p.call("get_pre_auth_code", p.token(), nil)["pre_auth_code"].(string)
	q := url.Values{"suite_id": {SuiteID}, "pre_auth_code": {pre}, "redirect_uri": {"https://hub.example/back"}, "state": {"s"}}
	if change != nil {
		change(q)
	}
	return "https://open.work.weixin.qq.com/3rdapp/install?" + q.Encode()
}

func (p *provider) refused(page string) string {
	_, err := p.s.Install(page)
	word, _, _ := strings.Cut(fmt.Sprint(err), ":")
	return word
}

// installs returns the code the administrator comes back with.
func (p *provider) installs() string {
	p.t.Helper()
	back, err := p.s.Install(p.page(nil))
	if err != nil {
		p.t.Fatal(err)
	}
	u, _ := url.Parse(back)
	if u.Query().Get("state") != "s" {
		p.t.Errorf("led back to %s", back)
	}
	return u.Query().Get("auth_code")
}

func (p *provider) permanent() string {
	p.t.Helper()
	s, _ := p.call("get_permanent_code", p.token(), map[string]any{"auth_code": p.installs()})["permanent_code"].(string)
	return s
}

func suiteBreaks() map[string]func(*provider) string {
	return map[string]func(*provider) string{
		"suite":        func(p *provider) string { return said(p.suite("suite_id", "x")) },
		"suite secret": func(p *provider) string { return said(p.suite("suite_secret", "x")) },
		"suite ticket": func(p *provider) string { return said(p.suite("suite_ticket", "x")) },
		"old suite ticket": func(p *provider) string {
			p.now = p.now.Add(30 * time.Minute)
			return said(p.suite("", nil))
		},
		"suite token": func(p *provider) string { return said(p.call("get_pre_auth_code", "x", nil)) },
		"old suite token": func(p *provider) string {
			old := p.token()
			p.now = p.now.Add(2 * time.Hour)
			return said(p.call("get_pre_auth_code", old, nil))
		},
		"session": func(p *provider) string {
			return p.code("set_session_info", map[string]any{"pre_auth_code": "x"})
		},
		"auth code": func(p *provider) string {
			return p.code("get_permanent_code", map[string]any{"auth_code": "x"})
		},
		"auth code twice": func(p *provider) string {
			ask := map[string]any{"auth_code": p.installs()}
			if code := p.code("get_permanent_code", ask); code != "0" {
				return "early " + code
			}
			return p.code("get_permanent_code", ask)
		},
		"old auth code": func(p *provider) string {
			ask := map[string]any{"auth_code": p.installs()}
			p.now = p.now.Add(10 * time.Minute)
			return p.code("get_permanent_code", ask)
		},
		"permanent code": func(p *provider) string {
			p.permanent()
			return p.code("get_corp_token", map[string]any{"auth_corpid": CorpID, "permanent_code": "x"})
		},
		"removed": func(p *provider) string {
			ask := map[string]any{"auth_corpid": CorpID, "permanent_code": p.permanent()}
			if code := p.code("get_corp_token", ask); code != "0" {
				return "early " + code
			}
			_ = p.s.Remove(p.t.Context(), false)
			return p.code("get_corp_token", ask)
		},
		"other corporation": func(p *provider) string {
			return p.code("get_corp_token", map[string]any{"auth_corpid": "wwother", "permanent_code": p.permanent()})
		},
		"service accounts": func(p *provider) string {
			token, _ := p.call("get_corp_token", p.token(), map[string]any{"auth_corpid": CorpID, "permanent_code": p.permanent()})["access_token"].(string)
			list := func() string {
				w := httptest.NewRecorder()
				p.s.ServeHTTP(w, httptest.NewRequest("POST", "/cgi-bin/kf/account/list?access_token="+url.QueryEscape(token), strings.NewReader("{}")))
				var out map[string]any
				_ = json.Unmarshal(w.Body.Bytes(), &out)
				return said(out)
			}
			if p.s.Serves(true); list() != "0" {
				return "early " + list()
			}
			p.s.Serves(false)
			return list()
		},
		"page suite": func(p *provider) string {
			return p.refused(p.page(func(q url.Values) { q.Set("suite_id", "x") }))
		},
		"page code": func(p *provider) string {
			page := p.page(nil)
			if word := p.refused(page); word != "<nil>" {
				return "early " + word
			}
			return p.refused(page)
		},
		"page back": func(p *provider) string {
			return p.refused(p.page(func(q url.Values) { q.Set("redirect_uri", "back") }))
		},
		"page test": func(p *provider) string {
			p.s.Unpublish()
			return p.refused(p.page(nil))
		},
	}
}

// TestEveryRuleOfAnApplicationIsHeld breaks each once.
func TestEveryRuleOfAnApplicationIsHeld(t *testing.T) {
	all := suiteBreaks()
	for _, rule := range SuiteRules() {
		broken := all[rule.Name]
		delete(all, rule.Name)
		if broken == nil {
			t.Errorf("nobody breaks %q", rule.Name)
			continue
		}
		if got := broken(newProvider(t)); got != rule.Code {
			t.Errorf("%s: the answer is %q, want %s", rule.Name, got, rule.Code)
		}
	}
	for name := range all {
		t.Errorf("%q is no rule", name)
	}
}
