package wechat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/wechat"
)

const lilei = "oLi7u5xQmZ1aRk9TfWcEoB2dNvHs"

// desk is a platform with a clock of its own and somebody who calls it.
type desk struct {
	t   *testing.T
	p   *wechat.Platform
	now time.Time
}

func newDesk(t *testing.T, o wechat.Options) *desk {
	d := &desk{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	o.Clock = func() time.Time { return d.now }
	d.p = wechat.New(o)
	return d
}

func (d *desk) do(method, path, contentType string, body []byte) map[string]any {
	d.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	d.p.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.t.Fatalf("%s %s: %d %q", method, path, w.Code, w.Body)
	}
	return out
}

func (d *desk) token(force bool) string {
	d.t.Helper()
	c := d.p.Config()
	got := d.do("POST", "/cgi-bin/stable_token", "application/json", []byte(fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":%v}`, c["app_id"], c["app_secret"], force)))
	s, _ := got["access_token"].(string)
	return s
}

func codeOf(got map[string]any) string {
	n, _ := got["errcode"].(float64)
	return fmt.Sprint(int(n))
}

// post calls with a good token and returns the code.
func (d *desk) post(path, body string) string {
	d.t.Helper()
	return codeOf(d.do("POST", "/cgi-bin/"+path+"?access_token="+d.token(false), "application/json", []byte(body)))
}

func (d *desk) say(body string) string { return d.post("message/custom/send", body) }

func (d *desk) upload(kind, mime string, size int) string {
	d.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="media"; filename="f"`}, "Content-Type": {mime}})
	_, _ = part.Write(make([]byte, size))
	_ = w.Close()
	return codeOf(d.do("POST", "/cgi-bin/media/upload?access_token="+d.token(false)+"&type="+kind, w.FormDataContentType(), form.Bytes()))
}

func text(to, words string) string {
	return fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, to, words)
}

func menu(button string) string { return `{"button":[` + button + `]}` }

// breaks breaks each rule once and returns the code the platform answered.
func breaks() map[string]func(*desk) string {
	filled := `"data":{"character_string1":{"value":"1042"},"time2":{"value":"明天"}}`
	return map[string]func(*desk) string{
		"app id": func(d *desk) string {
			return codeOf(d.do("POST", "/cgi-bin/stable_token", "", []byte(`{"grant_type":"client_credential","appid":"wx1","secret":"x"}`)))
		},
		"secret": func(d *desk) string {
			return codeOf(d.do("POST", "/cgi-bin/stable_token", "", []byte(`{"grant_type":"client_credential","appid":"`+d.p.Config()["app_id"]+`","secret":"x"}`)))
		},
		"whitelist": func(d *desk) string {
			d.p.Ban(true)
			c := d.p.Config()
			return codeOf(d.do("POST", "/cgi-bin/stable_token", "", []byte(`{"grant_type":"client_credential","appid":"`+c["app_id"]+`","secret":"`+c["app_secret"]+`"}`)))
		},
		"force interval": func(d *desk) string {
			d.token(true)
			c := d.p.Config()
			return codeOf(d.do("POST", "/cgi-bin/stable_token", "", []byte(`{"grant_type":"client_credential","force_refresh":true,"appid":"`+c["app_id"]+`","secret":"`+c["app_secret"]+`"}`)))
		},
		"token missing": func(d *desk) string {
			return codeOf(d.do("POST", "/cgi-bin/message/custom/send", "", []byte(text(lilei, "a"))))
		},
		"token wrong": func(d *desk) string {
			return codeOf(d.do("POST", "/cgi-bin/message/custom/send?access_token=x", "", []byte(text(lilei, "a"))))
		},
		"token old": func(d *desk) string {
			old := d.token(false)
			d.now = d.now.Add(2 * time.Hour)
			return codeOf(d.do("POST", "/cgi-bin/message/custom/send?access_token="+old, "", []byte(text(lilei, "a"))))
		},
		"method":     func(d *desk) string { return codeOf(d.do("GET", "/cgi-bin/message/custom/send", "", nil)) },
		"empty body": func(d *desk) string { return d.say(" ") },
		"JSON":       func(d *desk) string { return d.say("touser=1") },
		"escapes": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"text","text":{"content":"\u4f60"}}`)
		},
		"minute quota": func(d *desk) string {
			d.p = wechat.New(wechat.Options{Clock: func() time.Time { return d.now }, MinuteQuota: 1})
			return d.say(text(lilei, "a"))
		},
		"permission": func(d *desk) string {
			d.p = wechat.New(wechat.Options{Clock: func() time.Time { return d.now }, Unverified: true})
			return d.say(text(lilei, "a"))
		},
		"openid": func(d *desk) string { return d.say(text("nobody", "a")) },
		"window": func(d *desk) string {
			d.p.Open(lilei)
			d.now = d.now.Add(48 * time.Hour)
			return d.say(text(lilei, "a"))
		},
		"count": func(d *desk) string {
			d.p.Open(lilei)
			for range 5 {
				if code := d.say(text(lilei, "a")); code != "0" {
					return "early " + code
				}
			}
			return d.say(text(lilei, "a"))
		},
		"msgtype": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"file","file":{"media_id":"x"}}`)
		},
		"empty text": func(d *desk) string { return d.say(text(lilei, "")) },
		"long text":  func(d *desk) string { return d.say(text(lilei, strings.Repeat("字", 683))) },
		"media id": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"image","image":{"media_id":"x"}}`)
		},
		"media kind": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"voice","voice":{"media_id":"` + d.p.Keep("image", "a", "image/png", []byte("x")) + `"}}`)
		},
		"articles": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"news","news":{"articles":[]}}`)
		},
		"menu message": func(d *desk) string {
			d.p = wechat.New(wechat.Options{Clock: func() time.Time { return d.now }, Subscription: true})
			return d.say(`{"touser":"` + lilei + `","msgtype":"msgmenu","msgmenu":{"list":[{"id":"1","content":"a"}]}}`)
		},
		"required": func(d *desk) string {
			return d.say(`{"touser":"` + lilei + `","msgtype":"miniprogrampage","miniprogrampage":{"title":"a"}}`)
		},
		"typing command": func(d *desk) string {
			return d.post("message/custom/typing", `{"touser":"`+lilei+`","command":"Write"}`)
		},
		"typing recent": func(d *desk) string {
			return d.post("message/custom/typing", `{"touser":"`+lilei+`","command":"Typing"}`)
		},
		"typing again": func(d *desk) string {
			d.p.Open(lilei)
			d.post("message/custom/typing", `{"touser":"`+lilei+`","command":"Typing"}`)
			return d.post("message/custom/typing", `{"touser":"`+lilei+`","command":"Typing"}`)
		},
		"upload type": func(d *desk) string { return d.upload("file", "application/pdf", 9) },
		"upload file": func(d *desk) string {
			return codeOf(d.do("POST", "/cgi-bin/media/upload?type=image&access_token="+d.token(false), "multipart/form-data; boundary=b", []byte("--b--")))
		},
		"upload empty":  func(d *desk) string { return d.upload("image", "image/png", 0) },
		"upload format": func(d *desk) string { return d.upload("voice", "audio/ogg", 9) },
		"image size":    func(d *desk) string { return d.upload("image", "image/png", 10<<20+1) },
		"voice size":    func(d *desk) string { return d.upload("voice", "audio/amr", 2<<20+1) },
		"video size":    func(d *desk) string { return d.upload("video", "video/mp4", 10<<20+1) },
		"menu size":     func(d *desk) string { return d.post("menu/create", menu("")) },
		"menu name": func(d *desk) string {
			return d.post("menu/create", menu(`{"type":"click","name":"六个汉字太长了","key":"a"}`))
		},
		"menu key": func(d *desk) string { return d.post("menu/create", menu(`{"type":"click","name":"a"}`)) },
		"menu url": func(d *desk) string { return d.post("menu/create", menu(`{"type":"view","name":"a"}`)) },
		"menu below": func(d *desk) string {
			return d.post("menu/create", menu(`{"name":"a","sub_button":[`+strings.Repeat(`{"type":"click","name":"a","key":"a"},`, 5)+`{"type":"click","name":"a","key":"a"}]}`))
		},
		"menu type": func(d *desk) string { return d.post("menu/create", menu(`{"type":"dance","name":"a","key":"a"}`)) },
		"no menu": func(d *desk) string {
			return codeOf(d.do("GET", "/cgi-bin/menu/get?access_token="+d.token(false), "", nil))
		},
		"template": func(d *desk) string {
			return d.post("message/template/send", `{"touser":"`+lilei+`","template_id":"x",`+filled+`}`)
		},
		"program": func(d *desk) string {
			return d.post("message/template/send", `{"touser":"`+lilei+`","template_id":"TM00017-order","miniprogram":{"appid":"wx0000000000000000","pagepath":"a"},`+filled+`}`)
		},
		"follows": func(d *desk) string {
			d.p.Add("oGone", "Gone", "en", false)
			return d.post("message/template/send", `{"touser":"oGone","template_id":"TM00017-order",`+filled+`}`)
		},
		"agreed": func(d *desk) string {
			return d.post("message/subscribe/bizsend", `{"touser":"`+lilei+`","template_id":"NT00042-queue","data":{"number1":{"value":"3"}}}`)
		},
	}
}

func TestEveryRuleIsRedOnce(t *testing.T) {
	all := breaks()
	for _, rule := range wechat.Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			if rule.Says == "" || !strings.HasPrefix(rule.Doc, "https://") {
				t.Errorf("the rule says nothing, or names no document")
			}
			broken := all[rule.Name]
			if broken == nil {
				t.Fatal("no test breaks it")
			}
			if code := broken(newDesk(t, wechat.Options{})); code != rule.Code {
				t.Errorf("the platform answers %s, not %s", code, rule.Code)
			}
		})
		delete(all, rule.Name)
	}
	for name := range all {
		t.Errorf("%q is no rule", name)
	}
}

func TestATokenIsTheSameForAllWhoAskAndOverlapsTheNext(t *testing.T) {
	d := newDesk(t, wechat.Options{})
	first := d.token(false)
	if again := d.token(false); again != first {
		t.Fatalf("asked again: %q, before %q", again, first)
	}
	d.now = d.now.Add(7200*time.Second - 4*time.Minute)
	next := d.token(false)
	if next == first {
		t.Fatal("no new token within the last five minutes")
	}
	d.p.Open(lilei)
	for _, token := range []string{first, next} {
		if code := codeOf(d.do("POST", "/cgi-bin/message/custom/send?access_token="+token, "", []byte(text(lilei, "a")))); code != "0" {
			t.Errorf("%q: %s", token, code)
		}
	}
}

func TestGrantsDoNotAddUp(t *testing.T) {
	d := newDesk(t, wechat.Options{})
	d.p.Open(lilei)
	d.p.Open(lilei)
	if n, _ := d.p.Left(lilei); n != 5 {
		t.Errorf("two messages pay for %d", n)
	}
}

// TestCallbacksAreRepeatedThreeTimes: a hub that does not answer is called
// three times, then the customer reads that the service is out of order.
func TestCallbacksAreRepeatedThreeTimes(t *testing.T) {
	tries := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tries++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer hub.Close()
	p := wechat.New(wechat.Options{Hook: hub.URL})
	if err := p.Do(t.Context(), lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"}); err == nil {
		t.Error("nobody answered, and nothing is said of it")
	}
	bubbles := p.Screen(lilei).Bubbles
	if last := bubbles[len(bubbles)-1]; tries != 3 || last.From != "platform" || !strings.Contains(last.Text, "出现故障") {
		t.Errorf("%d tries, then %+v", tries, last)
	}
}

// TestWhoDoesNotFollowCannotWrite, and following opens the chat.
func TestWhoDoesNotFollowCannotWrite(t *testing.T) {
	p := wechat.New(wechat.Options{})
	p.Add("oNew", "新客", "zh-CN", false)
	if _, err := p.Act("oNew", emulate.Act{Kind: emulate.ActText, Text: "在吗"}); err == nil {
		t.Error("a stranger wrote")
	}
	body, err := p.Act("oNew", emulate.Act{Kind: emulate.ActFollow, Value: "store_18"})
	if err != nil || !strings.Contains(string(body), "qrscene_store_18") {
		t.Errorf("following makes %s, %v", body, err)
	}
	if n, _ := p.Left("oNew"); n != 3 {
		t.Errorf("following pays for %d", n)
	}
}
