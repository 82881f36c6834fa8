package wechat_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/connectors/emulate/wechat"
)

// developer is a third-party platform with a clock of its own, and whoever made
// it: the tickets they were pushed, and the codes administrators came back with.
type developer struct {
	t       *testing.T
	p       *wechat.ComponentApp
	now     time.Time
	tickets []string
	told    []string // kinds of notices
}

func newDeveloper(t *testing.T) *developer {
	d := &developer{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	d.p = wechat.NewComponent(wechat.ComponentOptions{Clock: func() time.Time { return d.now }, Domain: "hub.example"})
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.notice(r.URL.Query(), body)
		_, _ = io.WriteString(w, "success")
	}))
	t.Cleanup(hub.Close)
	if err := d.p.SetAddresses(t.Context(), hub.URL, hub.URL+"/$APPID$"); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *developer) notice(q url.Values, body []byte) {
	var sealed struct{ Encrypt string }
	c := d.p.Config()
	if xml.Unmarshal(body, &sealed) != nil || util.Signature(c["token"], q.Get("timestamp"), q.Get("nonce"), sealed.Encrypt) != q.Get("msg_signature") {
		d.t.Error("a notice is not signed")
		return
	}
	_, plain, err := util.DecryptMsg(c["app_id"], sealed.Encrypt, c["aes_key"])
	var n struct{ InfoType, ComponentVerifyTicket string }
	if err != nil || xml.Unmarshal(plain, &n) != nil {
		d.t.Error("a notice cannot be read")
		return
	}
	d.told = append(d.told, n.InfoType)
	if n.ComponentVerifyTicket != "" {
		d.tickets = append(d.tickets, n.ComponentVerifyTicket)
	}
}

func (d *developer) post(path, query string, ask map[string]string) map[string]any {
	d.t.Helper()
	body, _ := json.Marshal(ask)
	r := httptest.NewRequest("POST", path+query, bytes.NewReader(body))
	w := httptest.NewRecorder()
	d.p.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.t.Fatalf("%s: %d %q", path, w.Code, w.Body)
	}
	return out
}

func (d *developer) token() string {
	d.t.Helper()
	s, _ := d.ask("api_component_token", "", nil)["component_access_token"].(string)
	return s
}

// ask calls in the platform's own name; more overrides what is right.
func (d *developer) ask(op, token string, more map[string]string) map[string]any {
	d.t.Helper()
	c := d.p.Config()
	ask := map[string]string{"component_appid": c["app_id"], "component_appsecret": c["app_secret"], "component_secret": c["app_secret"], "component_verify_ticket": d.tickets[len(d.tickets)-1]}
	for k, v := range more {
		ask[k] = v
	}
	query := ""
	if token != "" {
		query = "?component_access_token=" + url.QueryEscape(token)
	}
	return d.post("/cgi-bin/component/"+op, query, ask)
}

func (d *developer) code(op string, more map[string]string) string {
	d.t.Helper()
	return codeOf(d.ask(op, d.token(), more))
}

// page is the address administrators are sent to; change spoils it.
func (d *developer) page(change func(url.Values)) string {
	d.t.Helper()
	pre, _ := d.ask("api_create_preauthcode", d.token(), nil)["pre_auth_code"].(string)
	q := url.Values{"component_appid": {d.p.Config()["app_id"]}, "pre_auth_code": {pre}, "redirect_uri": {"https://hub.example/back?state=s"}, "auth_type": {"3"}}
	if change != nil {
		change(q)
	}
	return "https://mp.weixin.qq.com/cgi-bin/componentloginpage?" + q.Encode()
}

func (d *developer) shop() string { return d.p.Accounts()[0].AppID() }

// agrees is an administrator who confirms; it returns the code they came back
// with.
func (d *developer) agrees() string {
	d.t.Helper()
	back, err := d.p.Authorize(d.t.Context(), d.page(nil), d.shop())
	if err != nil {
		d.t.Fatal(err)
	}
	u, _ := url.Parse(back)
	if u.Query().Get("state") != "s" {
		d.t.Errorf("led back to %s", back)
	}
	return u.Query().Get("auth_code")
}

// tokens ends an authorisation.
func (d *developer) tokens() (access, refresh string) {
	d.t.Helper()
	info, _ := d.ask("api_query_auth", d.token(), map[string]string{"authorization_code": d.agrees()})["authorization_info"].(map[string]any)
	access, _ = info["authorizer_access_token"].(string)
	refresh, _ = info["authorizer_refresh_token"].(string)
	return access, refresh
}

// opens opens the page and returns the word its complaint begins with.
func (d *developer) opens(change func(url.Values), referer string) string {
	d.t.Helper()
	at, _ := url.Parse(d.page(change))
	return d.open(at, referer)
}

func (d *developer) open(at *url.URL, referer string) string {
	r := httptest.NewRequest("GET", at.RequestURI(), nil)
	r.Header.Set("Referer", referer)
	w := httptest.NewRecorder()
	d.p.ServeHTTP(w, r)
	_, said, bad := strings.Cut(w.Body.String(), `role="alert">`)
	if !bad {
		return ""
	}
	word, _, _ := strings.Cut(said, ":")
	return word
}

const ours = "https://hub.example/channels/a/1"

// componentBreaks breaks each rule once.
func componentBreaks() map[string]func(*developer) string {
	return map[string]func(*developer) string{
		"platform": func(d *developer) string {
			return d.code("api_component_token", map[string]string{"component_appid": "wx1"})
		},
		"platform secret": func(d *developer) string {
			return d.code("api_component_token", map[string]string{"component_appsecret": "x"})
		},
		"push secret": func(d *developer) string {
			return d.code("api_start_push_ticket", map[string]string{"component_secret": "x"})
		},
		"platform whitelist": func(d *developer) string {
			d.p.Ban(true)
			return d.code("api_component_token", nil)
		},
		"ticket wrong": func(d *developer) string {
			return d.code("api_component_token", map[string]string{"component_verify_ticket": "x"})
		},
		"ticket old": func(d *developer) string {
			d.now = d.now.Add(12 * time.Hour)
			return d.code("api_component_token", nil)
		},
		"platform token missing": func(d *developer) string { return codeOf(d.ask("api_create_preauthcode", "", nil)) },
		"platform token wrong":   func(d *developer) string { return codeOf(d.ask("api_create_preauthcode", "x", nil)) },
		"platform token old": func(d *developer) string {
			old := d.token()
			d.now = d.now.Add(2 * time.Hour)
			return codeOf(d.ask("api_create_preauthcode", old, nil))
		},
		"code wrong": func(d *developer) string {
			return d.code("api_query_auth", map[string]string{"authorization_code": "x"})
		},
		"code twice": func(d *developer) string {
			code := map[string]string{"authorization_code": d.agrees()}
			if first := d.code("api_query_auth", code); first != "0" {
				return "early " + first
			}
			return d.code("api_query_auth", code)
		},
		"code old": func(d *developer) string {
			code := d.agrees()
			d.now = d.now.Add(time.Hour)
			return d.code("api_query_auth", map[string]string{"authorization_code": code})
		},
		"refresh token": func(d *developer) string {
			_, first := d.tokens()
			ask := map[string]string{"authorizer_appid": d.shop(), "authorizer_refresh_token": first}
			if code := d.code("api_authorizer_token", ask); code != "0" {
				return "early " + code
			}
			return d.code("api_authorizer_token", ask)
		},
		"not authorised": func(d *developer) string {
			_, refresh := d.tokens()
			_ = d.p.TakeBack(d.t.Context(), d.shop(), false)
			return d.code("api_authorizer_token", map[string]string{"authorizer_appid": d.shop(), "authorizer_refresh_token": refresh})
		},
		"no account": func(d *developer) string {
			return d.code("api_get_authorizer_info", map[string]string{"authorizer_appid": "wx1"})
		},
		"account token": func(d *developer) string {
			access, _ := d.tokens()
			if code := codeOf(d.post("/cgi-bin/message/custom/send", "?access_token="+access, map[string]string{})); code == "40001" {
				return "early"
			}
			_ = d.p.TakeBack(d.t.Context(), d.shop(), false)
			return codeOf(d.post("/cgi-bin/message/custom/send", "?access_token="+access, map[string]string{}))
		},
		"unticked": func(d *developer) string {
			d.p.Untick(d.shop(), 1)
			access, _ := d.tokens()
			return codeOf(d.post("/cgi-bin/message/custom/send", "?access_token="+access, map[string]string{}))
		},
		"page platform": func(d *developer) string {
			return d.opens(func(q url.Values) { q.Set("component_appid", "wx1") }, ours)
		},
		"page code": func(d *developer) string {
			at, _ := url.Parse(d.page(nil))
			if word := d.open(at, ours); word != "" {
				return "early " + word
			}
			d.now = d.now.Add(30 * time.Minute)
			return d.open(at, ours)
		},
		"page domain": func(d *developer) string {
			return d.opens(func(q url.Values) { q.Set("redirect_uri", "https://elsewhere.example/") }, ours)
		},
		"page origin": func(d *developer) string { return d.opens(nil, "") },
		"page kind":   func(d *developer) string { return d.opens(func(q url.Values) { q.Del("auth_type") }, ours) },
		"page account": func(d *developer) string {
			page := d.page(func(q url.Values) { q.Set("biz_appid", d.shop()); q.Del("auth_type") })
			_, err := d.p.Authorize(d.t.Context(), page, d.p.Accounts()[1].AppID())
			word, _, _ := strings.Cut(fmt.Sprint(err), ":")
			return word
		},
	}
}

// TestEveryRuleOfAThirdPartyPlatformIsHeld breaks each once.
func TestEveryRuleOfAThirdPartyPlatformIsHeld(t *testing.T) {
	all := componentBreaks()
	for _, rule := range wechat.ComponentRules() {
		broken := all[rule.Name]
		delete(all, rule.Name)
		if broken == nil {
			t.Errorf("nobody breaks %q", rule.Name)
			continue
		}
		if got := broken(newDeveloper(t)); got != rule.Code {
			t.Errorf("%s: the answer is %q, want %s", rule.Name, got, rule.Code)
		}
	}
	for name := range all {
		t.Errorf("%q is no rule", name)
	}
}

// TestTheDeveloperIsToldOfAuthorisations: of the first, of a later one, and of
// its end.
func TestTheDeveloperIsToldOfAuthorisations(t *testing.T) {
	d := newDeveloper(t)
	d.agrees()
	d.agrees()
	if err := d.p.TakeBack(t.Context(), d.shop(), false); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.told, " "); got != "component_verify_ticket authorized updateauthorized unauthorized" {
		t.Errorf("told: %s", got)
	}
}
