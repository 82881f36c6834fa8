package meta_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/meta"
)

const (
	sheena = "16505551234"
	peter  = "7061293847561023"
	ana    = "1254477777772919"
)

// world is a platform with a caller that signs its calls by hand.
type world struct {
	t   *testing.T
	p   *meta.Platform
	srv *httptest.Server
	now time.Time
}

func begin(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	w.p = meta.New(meta.Options{Clock: func() time.Time { return w.now }})
	w.srv = httptest.NewServer(w.p)
	t.Cleanup(w.srv.Close)
	w.p.Place(meta.Number, sheena, "wamid.IN1", "Hello")
	w.p.Place(meta.Page, peter, "m_IN1", "Hello")
	w.p.Place(meta.Account, ana, "m_IN2", "Hello")
	return w
}

func (w *world) do(method, path, token, kind string, body io.Reader) (int, map[string]any) {
	w.t.Helper()
	proof := strings.TrimPrefix(meta.Sign(meta.AppSecret, []byte(token)), "sha256=")
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	req, err := http.NewRequest(method, w.srv.URL+"/v25.0"+path+sep+"appsecret_proof="+proof, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", kind)
	resp, err := w.srv.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, out
}

func (w *world) post(path, token, body string) map[string]any {
	w.t.Helper()
	_, out := w.do("POST", path, token, "application/json", strings.NewReader(body))
	return out
}

// wa posts a message of the number; more replaces or adds members.
func (w *world) wa(body string) map[string]any {
	w.t.Helper()
	return w.post("/"+meta.Number+"/messages", meta.Token, `{"messaging_product":"whatsapp","to":"`+sheena+`",`+body+`}`)
}

func (w *world) page(to, body string) map[string]any {
	w.t.Helper()
	return w.post("/"+meta.Page+"/messages", w.p.PageToken(meta.Page), `{"recipient":{"id":"`+to+`"},"messaging_type":"RESPONSE",`+body+`}`)
}

func (w *world) upload(path, token, kind string, size int, fields ...string) map[string]any {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = m.WriteField(fields[i], fields[i+1]) // a buffer takes everything
	}
	h := textproto.MIMEHeader{"Content-Type": {kind}}
	h.Set("Content-Disposition", `form-data; name="file"; filename="f"`)
	part, _ := m.CreatePart(h)
	_, _ = part.Write(make([]byte, size))
	_ = m.Close()
	_, out := w.do("POST", path, token, m.FormDataContentType(), &body)
	return out
}

func codeOf(out map[string]any) string {
	e, _ := out["error"].(map[string]any)
	if e == nil {
		return ""
	}
	if word, ok := e["code"].(string); ok { // of a page
		return word
	}
	if sub := e["error_subcode"]; sub != nil {
		return fmt.Sprintf("%.0f/%.0f", e["code"], sub)
	}
	return fmt.Sprintf("%.0f", e["code"])
}

func long(n int) string { return strings.Repeat("中", n) }

// interactive is a message of reply buttons.
func interactive(body, footer string, titles ...string) string {
	var buttons []string
	for i, title := range titles {
		buttons = append(buttons, fmt.Sprintf(`{"type":"reply","reply":{"id":"b%d","title":"%s"}}`, i, title))
	}
	return `"type":"interactive","interactive":{"type":"button","body":{"text":"` + body + `"},"footer":{"text":"` + footer + `"},"action":{"buttons":[` + strings.Join(buttons, ",") + `]}}`
}

func listOf(rows ...string) string {
	return `"type":"interactive","interactive":{"type":"list","body":{"text":"x"},"action":{"button":"Choose","sections":[{"rows":[` + strings.Join(rows, ",") + `]}]}}`
}

func rowOf(id, title, detail string) string {
	return `{"id":"` + id + `","title":"` + title + `","description":"` + detail + `"}`
}

// broken breaks each rule once and returns what was answered.
var broken = map[string]func(*world) map[string]any{
	"token": func(w *world) map[string]any {
		return w.post("/"+meta.Number+"/messages", "EAAstranger", `{}`)
	},
	"app secret proof": func(w *world) map[string]any {
		req, _ := http.NewRequest("GET", w.srv.URL+"/v25.0/"+meta.Number, nil)
		req.Header.Set("Authorization", "Bearer "+meta.Token)
		resp, err := w.srv.Client().Do(req)
		if err != nil {
			w.t.Fatal(err)
		}
		defer resp.Body.Close()
		var out map[string]any
		_ = json.NewDecoder(resp.Body).Decode(&out) // judged by its code
		return out
	},
	"object": func(w *world) map[string]any {
		_, out := w.do("GET", "/404404404", meta.Token, "", nil)
		return out
	},
	"product": func(w *world) map[string]any {
		return w.post("/"+meta.Number+"/messages", meta.Token, `{"to":"1","type":"text"}`)
	},
	"recipient": func(w *world) map[string]any {
		return w.post("/"+meta.Number+"/messages", meta.Token, `{"messaging_product":"whatsapp","type":"text","text":{"body":"x"}}`)
	},
	"to itself": func(w *world) map[string]any {
		return w.post("/"+meta.Number+"/messages", meta.Token, `{"messaging_product":"whatsapp","to":"`+meta.Number+`","type":"text","text":{"body":"x"}}`)
	},
	"type":        func(w *world) map[string]any { return w.wa(`"type":"poll","poll":{}`) },
	"content":     func(w *world) map[string]any { return w.wa(`"type":"text","text":{"body":""}`) },
	"text length": func(w *world) map[string]any { return w.wa(`"type":"text","text":{"body":"` + long(4097) + `"}`) },
	"callback data": func(w *world) map[string]any {
		return w.wa(`"type":"text","text":{"body":"x"},"biz_opaque_callback_data":"` + long(513) + `"`)
	},
	"context": func(w *world) map[string]any {
		return w.wa(`"type":"text","text":{"body":"x"},"context":{"message_id":"wamid.404"}`)
	},
	"reaction target": func(w *world) map[string]any {
		return w.wa(`"type":"reaction","reaction":{"message_id":"wamid.404","emoji":"👍"}`)
	},
	"read target": func(w *world) map[string]any { return w.wa(`"status":"read","message_id":"wamid.404"`) },
	"typing": func(w *world) map[string]any {
		return w.wa(`"status":"read","message_id":"wamid.IN1","typing_indicator":{"type":"video"}`)
	},
	"buttons":      func(w *world) map[string]any { return w.wa(interactive("x", "", "a", "b", "c", "d")) },
	"button title": func(w *world) map[string]any { return w.wa(interactive("x", "", long(21))) },
	"button twice": func(w *world) map[string]any { return w.wa(interactive("x", "", "a", "a")) },
	"body":         func(w *world) map[string]any { return w.wa(interactive(long(1025), "", "a")) },
	"footer":       func(w *world) map[string]any { return w.wa(interactive("x", long(61), "a")) },
	"rows": func(w *world) map[string]any {
		var rows []string
		for i := range 11 {
			rows = append(rows, rowOf(fmt.Sprint(i), "t", ""))
		}
		return w.wa(listOf(rows...))
	},
	"row title": func(w *world) map[string]any { return w.wa(listOf(rowOf("1", long(25), ""))) },
	"section title": func(w *world) map[string]any {
		return w.wa(`"type":"interactive","interactive":{"type":"list","body":{"text":"x"},"action":{"button":"Choose","sections":[{"rows":[` + rowOf("1", "a", "") + `]},{"title":"B","rows":[` + rowOf("2", "b", "") + `]}]}}`)
	},
	"call to action": func(w *world) map[string]any {
		return w.wa(`"type":"interactive","interactive":{"type":"cta_url","body":{"text":"x"},"action":{"name":"cta_url","parameters":{"display_text":"Open"}}}`)
	},
	"media id": func(w *world) map[string]any {
		id := w.p.Serve(meta.OtherNumber, "a.png", "image/png", []byte("x"))
		return w.wa(`"type":"image","image":{"id":"` + id + `"}`)
	},
	"media caption": func(w *world) map[string]any {
		id := w.p.Serve(meta.Number, "a.ogg", "audio/ogg", []byte("x"))
		return w.wa(`"type":"audio","audio":{"id":"` + id + `","caption":"x"}`)
	},
	"media type": func(w *world) map[string]any {
		return w.upload("/"+meta.Number+"/media", meta.Token, "image/gif", 10, "messaging_product", "whatsapp")
	},
	"media size": func(w *world) map[string]any {
		return w.upload("/"+meta.Number+"/media", meta.Token, "image/png", 5<<20+1, "messaging_product", "whatsapp")
	},
	"template name": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"seasonal","language":{"code":"en"}}`)
	},
	"template count": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"order_shipped","language":{"code":"zh_CN"}}`)
	},
	"template form": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"order_update","language":{"code":"en"},"components":[{"type":"header","parameters":[{"type":"text","text":"x"}]},{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`)
	},
	"template place": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"parcel_at_shop","language":{"code":"zh_CN"},"components":[{"type":"header","parameters":[{"type":"location","location":{"latitude":"31.2","longitude":"121.4","name":"a"}}]},{"type":"body","parameters":[{"type":"text","text":"a"}]}]}`)
	},
	"template code": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"coupon","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"}]},{"type":"button","sub_type":"copy_code","index":"0","parameters":[{"type":"coupon_code","coupon_code":"longer than fifteen"}]}]}`)
	},
	"template line": func(w *world) map[string]any {
		return w.wa(`"type":"template","template":{"name":"order_shipped","language":{"code":"zh_CN"},"components":[{"type":"body","parameters":[{"type":"text","text":"a\nb"}]}]}`)
	},
	"pair rate": func(w *world) map[string]any {
		for range 45 {
			w.wa(`"type":"text","text":{"body":"x"}`)
		}
		return w.wa(`"type":"text","text":{"body":"x"}`)
	},
	"throughput": func(w *world) map[string]any {
		w.p.SetLimits(func(l *meta.Limits) { l.PerSecond = 1 })
		w.wa(`"type":"text","text":{"body":"x"}`)
		return w.wa(`"type":"text","text":{"body":"x"}`)
	},
	"page token": func(w *world) map[string]any {
		return w.post("/"+meta.Page+"/messages", meta.Token, `{"recipient":{"id":"`+peter+`"},"messaging_type":"RESPONSE","message":{"text":"x"}}`)
	},
	"person":  func(w *world) map[string]any { return w.page("404", `"message":{"text":"x"}`) },
	"blocked": func(w *world) map[string]any { return w.page(meta.Blocker, `"message":{"text":"x"}`) },
	"messaging type": func(w *world) map[string]any {
		return w.post("/"+meta.Page+"/messages", w.p.PageToken(meta.Page), `{"recipient":{"id":"`+peter+`"},"message":{"text":"x"}}`)
	},
	"message":               func(w *world) map[string]any { return w.page(peter, `"message":{}`) },
	"page text length":      func(w *world) map[string]any { return w.page(peter, `"message":{"text":"`+long(2001)+`"}`) },
	"instagram text length": func(w *world) map[string]any { return w.page(ana, `"message":{"text":"`+long(334)+`"}`) },
	"metadata": func(w *world) map[string]any {
		return w.page(peter, `"message":{"text":"x","metadata":"`+long(1001)+`"}`)
	},
	"quick replies": func(w *world) map[string]any {
		return w.page(peter, `"message":{"text":"x","quick_replies":[`+strings.TrimSuffix(strings.Repeat(`{"content_type":"text","title":"a","payload":"a"},`, 14), ",")+`]}`)
	},
	"quick reply title": func(w *world) map[string]any {
		return w.page(peter, `"message":{"text":"x","quick_replies":[{"content_type":"text","title":"`+long(21)+`","payload":"a"}]}`)
	},
	"button template": func(w *world) map[string]any {
		return w.page(peter, `"message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"`+long(641)+`","buttons":[{"type":"postback","title":"a","payload":"a"}]}}}`)
	},
	"generic template": func(w *world) map[string]any {
		return w.page(peter, `"message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"`+long(81)+`"}]}}}`)
	},
	"attachment": func(w *world) map[string]any {
		return w.page(peter, `"message":{"attachment":{"type":"image","payload":{"attachment_id":"404"}}}`)
	},
	"attachment type": func(w *world) map[string]any {
		return w.upload("/"+meta.Page+"/message_attachments", w.p.PageToken(meta.Page), "text/plain", 10, "message", `{"attachment":{"type":"image"}}`)
	},
	"attachment size": func(w *world) map[string]any {
		return w.upload("/"+meta.Page+"/message_attachments", w.p.PageToken(meta.Page), "image/png", 8<<20+1, "message", `{"attachment":{"type":"image"}}`)
	},
	"reply to": func(w *world) map[string]any {
		return w.page(peter, `"message":{"text":"x"},"reply_to":{"mid":"m_404"}`)
	},
	"page window": func(w *world) map[string]any {
		w.now = w.now.Add(25 * time.Hour)
		return w.page(peter, `"message":{"text":"x"}`)
	},
	"instagram window": func(w *world) map[string]any {
		w.now = w.now.Add(8 * 24 * time.Hour)
		return w.post("/"+meta.Page+"/messages", w.p.PageToken(meta.Page), `{"recipient":{"id":"`+ana+`"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"x"}}`)
	},
	"thread control": func(w *world) map[string]any {
		w.p.Control(meta.Page, peter, meta.Inbox)
		return w.page(peter, `"message":{"text":"x"}`)
	},
	"reaction": func(w *world) map[string]any {
		return w.page(ana, `"sender_action":"react","payload":{"message_id":"m_IN2","reaction":"👍"}`)
	},
	"page rate": func(w *world) map[string]any {
		w.p.SetLimits(func(l *meta.Limits) { l.Page = 1 })
		w.page(peter, `"message":{"text":"x"}`)
		return w.page(peter, `"message":{"text":"x"}`)
	},
	"verification": func(w *world) map[string]any {
		deaf := httptest.NewServer(http.NotFoundHandler())
		defer deaf.Close()
		return w.post("/"+meta.WABA+"/subscribed_apps", meta.Token, `{"override_callback_uri":"`+deaf.URL+`","verify_token":"x"}`)
	},
}

// later are the rules that a state tells of, not the answer.
var later = map[string]func(*world){
	"window": func(w *world) {
		w.now = w.now.Add(25 * time.Hour)
		w.wa(`"type":"text","text":{"body":"x"}`)
	},
	"undeliverable": func(w *world) {
		w.post("/"+meta.Number+"/messages", meta.Token, `{"messaging_product":"whatsapp","to":"`+meta.NoWhatsApp+`","type":"text","text":{"body":"x"}}`)
	},
}

func TestEveryRuleIsHeld(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range meta.Rules() {
		if rule.Says == "" || rule.Doc == "" || rule.Code == "" || seen[rule.Name] {
			t.Errorf("the rule %q is not complete, or there twice", rule.Name)
		}
		seen[rule.Name] = true
		t.Run(rule.Name, func(t *testing.T) {
			w := begin(t)
			got := ""
			switch breaks := broken[rule.Name]; {
			case breaks != nil:
				got = codeOf(breaks(w))
			case loginBroken[rule.Name] != nil:
				got = codeOf(loginBroken[rule.Name](w))
			case later[rule.Name] != nil:
				got = reported(t, w, later[rule.Name])
			default:
				t.Fatal("nobody breaks it")
			}
			if got != rule.Code {
				t.Errorf("broken, it was answered %q, not %q", got, rule.Code)
			}
		})
	}
}

// reported is the error of the state the hub is told of.
func reported(t *testing.T, w *world, breaks func(*world)) string {
	codes := make(chan string, 4)
	hub := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var in struct {
			Entry []struct {
				Changes []struct {
					Value struct {
						Statuses []struct {
							Errors []struct{ Code int }
						}
					}
				}
			}
		}
		_ = json.NewDecoder(r.Body).Decode(&in) // judged by its code
		for _, s := range in.Entry[0].Changes[0].Value.Statuses {
			for _, e := range s.Errors {
				codes <- fmt.Sprint(e.Code)
			}
		}
	}))
	defer hub.Close()
	w.p.SetHook(meta.WhatsApp, hub.URL, "x")
	breaks(w)
	w.p.Drain()
	select {
	case code := <-codes:
		return code
	default:
		return ""
	}
}

func TestACallbackIsSignedOverItsVeryBytesAndRepeatedUntilItIsTaken(t *testing.T) {
	w := begin(t)
	tries := 0
	hub := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.ContainsFunc(body, func(r rune) bool { return r > 0x7e }) || !bytes.Contains(body, []byte(`\ud83d\udc69`)) {
			t.Errorf("the body is not escaped: %s", body)
		}
		if r.Header.Get("X-Hub-Signature-256") != meta.Sign(meta.AppSecret, body) {
			t.Error("the signature does not fit the bytes")
		}
		if tries++; tries < 3 {
			out.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer hub.Close()
	p := meta.New(meta.Options{Clock: func() time.Time { return w.now }, Delivery: emulate.Delivery{Schedule: []time.Duration{0, 0, 0, 0}}})
	p.SetHook(meta.WhatsApp, hub.URL, "x")
	if err := p.Phone(meta.WhatsApp).Do(t.Context(), sheena, emulate.Act{Kind: emulate.ActText, Text: "👩‍👩‍👧"}); err != nil {
		t.Fatal(err)
	}
	p.Drain()
	if tries != 3 {
		t.Errorf("it was tried %d times", tries)
	}
	var days time.Duration
	for _, wait := range meta.Schedule() {
		days += wait
	}
	if days < 6*24*time.Hour || days > 8*24*time.Hour {
		t.Errorf("the platform repeats for %s; its documents say seven days", days)
	}
}

func TestPhonesShowWhatTheirAppWould(t *testing.T) {
	w := begin(t)
	w.wa(interactive("Which one?", "Lucky Shrub", "Red", "Blue"))
	phone := w.p.Phone(meta.WhatsApp)
	screen := phone.Screen(sheena)
	last := screen.Bubbles[len(screen.Bubbles)-1]
	if screen.Title != "Lucky Shrub" || last.From != "them" || last.Text != "Which one?" || len(last.Buttons) != 2 {
		t.Fatalf("the phone shows %+v", screen)
	}
	changed := make(chan string, 8)
	stop := phone.Watch(func(customer string) { changed <- customer })
	defer stop()
	if err := phone.Do(t.Context(), sheena, emulate.Act{Kind: emulate.ActPress, Target: last.ID, Value: last.Buttons[1][0].Value}); err != nil {
		t.Fatal(err)
	}
	if who := <-changed; who != sheena {
		t.Errorf("the screen of %s changed", who)
	}
	if err := phone.Do(t.Context(), sheena, emulate.Act{Kind: emulate.ActPress, Target: last.ID, Value: "no such"}); err == nil {
		t.Error("a button that is not there was pressed")
	}
	if !slices.Contains(screen.Can, emulate.ActRecall) || slices.Contains(w.p.Phone(meta.Instagram).Screen(ana).Can, emulate.ActLocation) {
		t.Error("the acts of a phone are not those of its app")
	}
}
