package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
)

// caller is an application that calls the platform by hand.
type caller struct {
	t   *testing.T
	p   *Platform
	url string
	now time.Time
	mu  sync.Mutex
}

func newCaller(t *testing.T, o Options) *caller {
	c := &caller{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	o.Clock = func() time.Time {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.now
	}
	c.p = New(o)
	srv := httptest.NewServer(c.p)
	t.Cleanup(func() { c.p.Close(); srv.Close() })
	c.url = srv.URL
	return c
}

func (c *caller) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// do makes a call and returns its code and fields.
func (c *caller) do(method, path, mime string, body []byte) (string, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", mime)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return "file", map[string]any{"body": string(raw)}
	}
	code, _ := out["errcode"].(float64)
	return strconv.Itoa(int(code)), out
}

func (c *caller) token(cred Credentials) string {
	c.t.Helper()
	code, out := c.do("GET", "/cgi-bin/gettoken?corpid="+cred.CorpID+"&corpsecret="+cred.Secret, "", nil)
	if code != "0" {
		c.t.Fatalf("gettoken: %s", code)
	}
	return out["access_token"].(string)
}

func (c *caller) post(cred Credentials, path, body string) string {
	c.t.Helper()
	code, _ := c.do("POST", path+"?access_token="+c.token(cred), "application/json", []byte(body))
	return code
}

func (c *caller) kf(path, body string) string  { return c.post(c.p.KF(), "/cgi-bin/kf/"+path, body) }
func (c *caller) app(path, body string) string { return c.post(c.p.App(), "/cgi-bin/"+path, body) }

// send is send_msg of one type to a customer who has just written.
func (c *caller) send(msgtype, content string) string {
	c.p.Wrote(Account, Customer)
	return c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":%q,%q:%s}`, Customer, Account, msgtype, msgtype, content))
}

func (c *caller) tell(msgtype, content string) string {
	return c.app("message/send", fmt.Sprintf(`{"touser":%q,"agentid":1000002,"msgtype":%q,%q:%s}`, Member, msgtype, msgtype, content))
}

func (c *caller) upload(kind, mime string, body []byte) (string, string) {
	c.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="media"; filename="a"; filelength=1`}, "Content-Type": {mime}})
	_, _ = part.Write(body)
	_ = w.Close()
	code, out := c.do("POST", "/cgi-bin/media/upload?type="+kind+"&access_token="+c.token(c.p.KF()), w.FormDataContentType(), form.Bytes())
	id, _ := out["media_id"].(string)
	return code, id
}

var png = []byte("\x89PNG\r\n\x1a\nnot much of a picture")

func (c *caller) picture() string {
	code, id := c.upload("image", "image/png", png)
	if code != "0" {
		c.t.Fatalf("upload: %s", code)
	}
	return id
}

func synced(more string) string { return fmt.Sprintf(`{"open_kfid":%q%s}`, Account, more) }

// breaches break each rule once; what is returned is the code of the refusal.
var breaches = map[string]func(*caller) string{
	"corporation": func(c *caller) string {
		code, _ := c.do("GET", "/cgi-bin/gettoken?corpid=ww0&corpsecret="+c.p.KF().Secret, "", nil)
		return code
	},
	"secret": func(c *caller) string {
		code, _ := c.do("GET", "/cgi-bin/gettoken?corpid="+CorpID+"&corpsecret=guess", "", nil)
		return code
	},
	"no token": func(c *caller) string {
		code, _ := c.do("POST", "/cgi-bin/kf/sync_msg", "application/json", []byte(synced("")))
		return code
	},
	"wrong token": func(c *caller) string {
		code, _ := c.do("POST", "/cgi-bin/kf/sync_msg?access_token=guess", "application/json", []byte(synced("")))
		return code
	},
	"old token": func(c *caller) string {
		token := c.token(c.p.KF())
		c.pass(7200 * time.Second)
		code, _ := c.do("POST", "/cgi-bin/kf/sync_msg?access_token="+token, "application/json", []byte(synced("")))
		return code
	},
	"another's token": func(c *caller) string { return c.post(c.p.App(), "/cgi-bin/kf/sync_msg", synced("")) },
	"json":            func(c *caller) string { return c.kf("sync_msg", "{") },
	"escapes":         func(c *caller) string { return c.send("text", `{"content":"\u4f60\u597d"}`) },

	"account":     func(c *caller) string { return c.kf("sync_msg", `{"open_kfid":"wkNone"}`) },
	"cursor":      func(c *caller) string { return c.kf("sync_msg", synced(`,"cursor":"mine"`)) },
	"page limit":  func(c *caller) string { return c.kf("sync_msg", synced(`,"limit":1001`)) },
	"nudge token": func(c *caller) string { return c.kf("sync_msg", synced(`,"token":"ENCold"`)) },
	"without a nudge": func(c *caller) string {
		code := ""
		for range 61 {
			code = c.kf("sync_msg", synced(""))
		}
		return code
	},

	"customer": func(c *caller) string {
		return c.kf("send_msg", fmt.Sprintf(`{"touser":"wmNobody","open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Account))
	},
	"message id": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		return c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgid":"0190f3a2-7c1e-7000-8000-000000000001","msgtype":"text","text":{"content":"x"}}`, Customer, Account))
	},
	"type":       func(c *caller) string { return c.send("hologram", `{}`) },
	"empty text": func(c *caller) string { return c.send("text", `{"content":" "}`) },
	"long text":  func(c *caller) string { return c.send("text", `{"content":"`+strings.Repeat("长", 683)+`"}`) },
	"media id": func(c *caller) string {
		id := c.picture()
		c.pass(72 * time.Hour)
		return c.send("image", `{"media_id":"`+id+`"}`)
	},
	"media type":   func(c *caller) string { return c.send("file", `{"media_id":"`+c.picture()+`"}`) },
	"link":         func(c *caller) string { return c.send("link", `{"title":"t","url":"https://example.com"}`) },
	"mini-program": func(c *caller) string { return c.send("miniprogram", `{"title":"t","appid":"wx1"}`) },
	"place":        func(c *caller) string { return c.send("location", `{"latitude":91,"longitude":0}`) },
	"menu items": func(c *caller) string {
		return c.send("msgmenu", `{"head_content":"h","list":[`+strings.TrimSuffix(strings.Repeat(`{"type":"text","text":{"content":"x"}},`, 11), ",")+`]}`)
	},
	"menu item": func(c *caller) string {
		return c.send("msgmenu", `{"head_content":"h","list":[{"type":"click","click":{"id":"`+strings.Repeat("x", 65)+`","content":"x"}}]}`)
	},
	"window": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		c.pass(48 * time.Hour)
		return c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account))
	},
	"five messages": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		code := ""
		for range 6 {
			code = c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account))
		}
		return code
	},
	"recall of service": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		recall := func(account, id string) string {
			return c.kf("recall_msg", fmt.Sprintf(`{"msgid":%q,"open_kfid":%q}`, id, account))
		}
		for _, id := range []string{"own-1", "own-2"} {
			c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account, id))
		}
		if code := recall(Account2, "own-1"); code != "40058" {
			c.t.Errorf("by another account: %s", code)
		}
		if code := recall(Account, "own-1"); code != "0" || !c.p.Seen(Account, Customer)[0].Recalled || c.p.Seen(Account, Customer)[1].Recalled {
			c.t.Errorf("within its time: %s", code)
		}
		for range 3 {
			c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account))
		}
		if code := c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account)); code != "95001" {
			c.t.Errorf("a sixth, one being taken back: %s", code)
		}
		c.pass(2 * time.Minute)
		return recall(Account, "own-2")
	},
	"session": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		c.p.Pick(Account, Customer, Servicer)
		return c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"text","text":{"content":"x"}}`, Customer, Account))
	},
	"event code": func(c *caller) string {
		code := c.code()
		c.kf("send_msg_on_event", `{"code":"`+code+`","msgtype":"text","text":{"content":"welcome"}}`)
		return c.kf("send_msg_on_event", `{"code":"`+code+`","msgtype":"text","text":{"content":"again"}}`)
	},
	"event type": func(c *caller) string {
		return c.kf("send_msg_on_event", `{"code":"`+c.code()+`","msgtype":"image","image":{"media_id":"x"}}`)
	},
	"transfer": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		c.trans(statePool, "")
		return c.trans(stateBot, "")
	},
	"ended session": func(c *caller) string {
		c.p.Wrote(Account, Customer)
		c.trans(stateEnded, "")
		return c.trans(stateBot, "")
	},
	"servicer": func(c *caller) string { c.p.Wrote(Account, Customer); return c.trans(stateHuman, "nobody") },

	"upload type":   func(c *caller) string { code, _ := c.upload("gif", "image/gif", png); return code },
	"upload format": func(c *caller) string { code, _ := c.upload("voice", "audio/ogg", []byte("OggS voice")); return code },
	"upload size":   func(c *caller) string { code, _ := c.upload("file", "text/plain", []byte("12345")); return code },

	"agent": func(c *caller) string {
		return c.app("message/send", fmt.Sprintf(`{"touser":%q,"agentid":7,"msgtype":"text","text":{"content":"x"}}`, Member))
	},
	"member": func(c *caller) string {
		return c.app("message/send", fmt.Sprintf(`{"touser":%q,"agentid":1000002,"msgtype":"text","text":{"content":"x"}}`, Customer))
	},
	"card": func(c *caller) string { return c.tell("textcard", `{"title":"t","url":"https://example.com"}`) },
	"template card": func(c *caller) string {
		return c.tell("template_card", `{"card_type":"button_interaction","main_title":{"title":"t"},"task_id":"t1","button_list":[]}`)
	},
	"recall": func(c *caller) string {
		c.tell("text", `{"content":"x"}`)
		id := c.p.SeenApp(Member)[0].ID
		if code := c.app("message/recall", `{"msgid":"`+id+`"}`); code != "0" || !c.p.SeenApp(Member)[0].Recalled {
			c.t.Errorf("within its time: %s", code)
		}
		c.pass(24 * time.Hour)
		return c.app("message/recall", `{"msgid":"`+id+`"}`)
	},
	"menu agent": func(c *caller) string {
		code, _ := c.do("POST", "/cgi-bin/menu/create?agentid=7&access_token="+c.token(c.p.App()), "application/json", []byte(`{"button":[`+menuClick+`]}`))
		return code
	},
	"menu size":  func(c *caller) string { return c.menu(menuClick, menuClick, menuClick, menuClick) },
	"menu below": func(c *caller) string { return c.menu(under(strings.Repeat(menuClick+",", 5) + menuClick)) },
	"menu levels": func(c *caller) string {
		return c.menu(under(under(menuClick)))
	},
	"menu name": func(c *caller) string { return c.menu(`{"type":"click","name":"一二三四五六","key":"k"}`) },
	"menu name below": func(c *caller) string {
		return c.menu(under(`{"type":"click","name":"一二三四五六七八九十一二三四","key":"k"}`))
	},
	"menu type":       func(c *caller) string { return c.menu(`{"type":"media_id","name":"n","media_id":"x"}`) },
	"menu type below": func(c *caller) string { return c.menu(under(`{"type":"media_id","name":"n","media_id":"x"}`)) },
	"menu key":        func(c *caller) string { return c.menu(`{"type":"scancode_push","name":"n"}`) },
	"menu key below": func(c *caller) string {
		return c.menu(under(`{"type":"click","name":"n","key":"` + strings.Repeat("k", 129) + `"}`))
	},
	"menu address": func(c *caller) string { return c.menu(`{"type":"view","name":"n"}`) },
	"menu address below": func(c *caller) string {
		return c.menu(under(`{"type":"view","name":"n","url":"https://example.com/` + strings.Repeat("u", 1010) + `"}`))
	},
	"menu scheme":       func(c *caller) string { return c.menu(`{"type":"view","name":"n","url":"example.com"}`) },
	"menu scheme below": func(c *caller) string { return c.menu(under(`{"type":"view","name":"n","url":"example.com"}`)) },
	"menu page":         func(c *caller) string { return c.menu(`{"type":"view_miniprogram","name":"n","appid":"wx1"}`) },
	"menu unset": func(c *caller) string {
		if code := c.menu(menuClick); code != "0" {
			c.t.Errorf("set: %s", code)
		}
		if code := c.read("menu/get"); code != "0" {
			c.t.Errorf("read: %s", code)
		}
		if code := c.read("menu/delete"); code != "0" {
			c.t.Errorf("taken off: %s", code)
		}
		return c.read("menu/get")
	},
	"group": func(c *caller) string { return c.app("externalcontact/groupchat/get", `{"chat_id":"wrNone"}`) },
	"group sender": func(c *caller) string {
		return c.app("externalcontact/add_msg_template", fmt.Sprintf(`{"chat_type":"group","chat_id_list":[%q],"sender":"zhangsan","text":{"content":"x"}}`, Group))
	},
}

const menuClick = `{"type":"click","name":"查订单","key":"orders"}`

// under is an entry that opens others.
func under(entries string) string { return `{"name":"更多","sub_button":[` + entries + `]}` }

// menu sets a menu of entries.
func (c *caller) menu(entries ...string) string {
	code, _ := c.do("POST", "/cgi-bin/menu/create?agentid="+AgentID+"&access_token="+c.token(c.p.App()), "application/json", []byte(`{"button":[`+strings.Join(entries, ",")+`]}`))
	return code
}

// read calls what takes the application's id alone.
func (c *caller) read(path string) string {
	code, _ := c.do("GET", "/cgi-bin/"+path+"?agentid="+AgentID+"&access_token="+c.token(c.p.App()), "", nil)
	return code
}

func (c *caller) code() string {
	c.p.Enter(Account, Customer, "s", "")
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	for code := range c.p.codes {
		return code
	}
	c.t.Fatal("no code was given")
	return ""
}

func (c *caller) trans(state int, servicer string) string {
	return c.kf("service_state/trans", fmt.Sprintf(`{"open_kfid":%q,"external_userid":%q,"service_state":%d,"servicer_userid":%q}`, Account, Customer, state, servicer))
}

func TestEveryRuleRefusesItsBreach(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			if names[rule.Name] || rule.Says == "" || rule.Doc == "" {
				t.Error("the rule is not written down, or twice")
			}
			names[rule.Name] = true
			breach := breaches[rule.Name]
			if breach == nil {
				t.Fatal("nobody breaks it")
			}
			c := newCaller(t, Options{})
			if got := breach(c); got != rule.Code {
				t.Errorf("broken, it was answered %s, not %s", got, rule.Code)
			}
			for _, call := range c.p.Log.All() {
				if call.Code == rule.Code && call.Visible {
					t.Error("a refused call was shown to somebody")
				}
			}
		})
	}
	for name := range breaches {
		if !names[name] {
			t.Errorf("%q breaks no rule", name)
		}
	}
}

func TestMessagesOverTheMinuteAreDroppedUnsaid(t *testing.T) {
	c := newCaller(t, Options{})
	for range 31 {
		if code := c.tell("text", `{"content":"x"}`); code != "0" {
			t.Fatal(code)
		}
	}
	if n := len(c.p.SeenApp(Member)); n != 30 {
		t.Errorf("a member saw %d messages in a minute", n)
	}
	c.pass(time.Minute)
	c.tell("text", `{"content":"x"}`)
	if n := len(c.p.SeenApp(Member)); n != 31 {
		t.Errorf("a minute later they saw %d", n)
	}
}

func TestACallbackIsRepeatedThreeTimes(t *testing.T) {
	var waits []time.Duration
	tries := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries++
		if tries < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer hub.Close()
	c := newCaller(t, Options{Sleep: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }})
	reply, err := c.p.Post(t.Context(), "wechatkf", hub.URL, []byte("<xml></xml>"))
	if err != nil || reply.Status != http.StatusOK || tries != 4 || len(waits) != 3 {
		t.Errorf("answered %d, %v after %d tries and waits %v", reply.Status, err, tries, waits)
	}
}

func TestTheAddressIsVerifiedBeforeItIsKept(t *testing.T) {
	c := newCaller(t, Options{})
	parrot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.URL.Query().Get("echostr"))) }))
	defer parrot.Close()
	if err := c.p.SetCallback(t.Context(), "wechatkf", parrot.URL); err == nil {
		t.Error("an address that gives the ciphertext back was kept")
	}
}

func TestAPersonPlaysThePhones(t *testing.T) {
	c := newCaller(t, Options{})
	kf, app := c.p.KFPhone(), c.p.AppPhone()
	if kf.Customers()[0].ID != Customer || app.Customers()[0].ID != Member || kf.Platform() != "wechatkf" || app.Platform() != "wecom" {
		t.Fatalf("the first ones are %v and %v", kf.Customers(), app.Customers())
	}
	changed := make(chan string, 64)
	defer kf.Watch(func(who string) { changed <- who })()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActFollow, Value: "shop"}))
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActText, Text: "在吗"}))
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "p.png", MIME: "image/png", File: png}))
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActLocation, Lat: 31.2, Lon: 121.4, Text: "人民广场"}))
	if code := c.kf("send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"msgmenu","msgmenu":{"head_content":"请选择","list":[{"type":"click","click":{"id":"order","content":"查订单"}}]}}`, Customer, Account)); code != "0" {
		t.Fatal(code)
	}
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActPress, Value: "order"}))
	must(kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActRecall, Target: kf.Screen(Customer).Bubbles[0].ID}))
	var seen []string
	for _, b := range kf.Screen(Customer).Bubbles {
		seen = append(seen, b.From+":"+shownText(b)+fmt.Sprint(b.Recalled))
	}
	if got, want := strings.Join(seen, "|"), "me:在吗true|me:[image] p.pngfalse|me:人民广场false|them:请选择\n查订单false|me:查订单false"; got != want {
		t.Errorf("the screen reads %q", got)
	}
	if <-changed != Customer {
		t.Error("somebody else's screen changed")
	}
	if kf.Do(t.Context(), Customer, emulate.Act{Kind: emulate.ActReact}) == nil || kf.Do(t.Context(), Member, emulate.Act{Kind: emulate.ActText}) == nil {
		t.Error("what WeChat does not do was done")
	}
	must(app.Do(t.Context(), Member, emulate.Act{Kind: emulate.ActText, Text: "请假"}))
	if code := c.tell("template_card", `{"card_type":"button_interaction","main_title":{"title":"请选择"},"task_id":"t1","button_list":[{"text":"请假","style":1,"key":"leave"}]}`); code != "0" {
		t.Fatal(code)
	}
	must(app.Do(t.Context(), Member, emulate.Act{Kind: emulate.ActPress, Value: "leave"}))
	if code := c.menu(under(menuClick), `{"type":"view","name":"官网","url":"https://example.com"}`); code != "0" {
		t.Fatal(code)
	}
	if m := app.Screen(Member).Menu; len(m) != 2 || len(m[0]) != 2 || m[0][1].Label != "查订单" {
		t.Errorf("the menu shows %+v", m)
	}
	must(app.Do(t.Context(), Member, emulate.Act{Kind: emulate.ActPress, Value: "orders"}))
	if app.Do(t.Context(), Member, emulate.Act{Kind: emulate.ActPress, Value: "nowhere"}) == nil {
		t.Error("an entry that is not there was tapped")
	}
	if n := len(app.Screen(Member).Bubbles); n != 2 {
		t.Errorf("the member sees %d bubbles", n)
	}
}
