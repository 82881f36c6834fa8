package line_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/line"
)

// bench is a platform and whoever calls it, by the API alone.
type bench struct {
	t   *testing.T
	p   *line.Platform
	srv *httptest.Server
	now time.Time
}

func newBench(t *testing.T, change func(*line.Options)) *bench {
	b := &bench{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	o := line.Options{Clock: func() time.Time { return b.now }}
	if change != nil {
		change(&o)
	}
	b.p = line.New(o)
	b.srv = httptest.NewServer(b.p)
	t.Cleanup(b.srv.Close)
	return b
}

func (b *bench) ask(method, path, token, retryKey, body string) (int, string) {
	b.t.Helper()
	return b.sends(method, path, token, retryKey, "", body)
}

// sends is ask with a type of the body.
func (b *bench) sends(method, path, token, retryKey, kind, body string) (int, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.srv.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if retryKey != "" {
		req.Header.Set("X-Line-Retry-Key", retryKey)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(body, "grant") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func (b *bench) who() string { return b.p.Customers()[0].ID }

func (b *bench) push(key string, messages ...string) (int, string) {
	return b.pushTo(b.who(), key, messages...)
}

func (b *bench) pushTo(to, key string, messages ...string) (int, string) {
	return b.ask("POST", "/v2/bot/message/push", b.p.Token(), key, fmt.Sprintf(`{"to":%q,"messages":[%s]}`, to, strings.Join(messages, ",")))
}

func (b *bench) reply(token string) (int, string) {
	return b.ask("POST", "/v2/bot/message/reply", b.p.Token(), "", fmt.Sprintf(`{"replyToken":%q,"messages":[{"type":"text","text":"hi"}]}`, token))
}

func (b *bench) replyToken() string {
	return b.p.Message(b.who(), "", map[string]any{"type": "text", "text": "hello"})["replyToken"].(string)
}

const hello = `{"type":"text","text":"hi"}`

func flex(contents string) string {
	return `{"type":"flex","altText":"a","contents":` + contents + `}`
}

func body(inside string) string {
	return flex(`{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[` + inside + `]}}`)
}

func button(action string) string { return body(`{"type":"button","action":` + action + `}`) }

func quick(n int, action string) string {
	items := strings.TrimSuffix(strings.Repeat(`{"type":"action","action":`+action+`},`, n), ",")
	return `{"type":"text","text":"a","quickReply":{"items":[` + items + `]}}`
}

const menuArea = `{"bounds":{"x":0,"y":0,"width":400,"height":270},"action":{"type":"postback","label":"注文","data":"orders"}}`

// richMenu makes a rich menu with given measures, name, bar and areas.
func (b *bench) richMenu(width, height int, name, bar, areas string) (int, string) {
	return b.ask("POST", "/v2/bot/richmenu", b.p.Token(), "", fmt.Sprintf(`{"size":{"width":%d,"height":%d},"selected":true,"name":%q,"chatBarText":%q,"areas":[%s]}`, width, height, name, bar, areas))
}

// aMenu is the id of a good one.
func (b *bench) aMenu() string {
	b.t.Helper()
	status, raw := b.richMenu(800, 270, "n", "メニュー", menuArea)
	var got struct {
		ID string `json:"richMenuId"`
	}
	if err := json.Unmarshal([]byte(raw), &got); err != nil || status != http.StatusOK {
		b.t.Fatalf("no rich menu: %d %s", status, raw)
	}
	return got.ID
}

func drawn(width, height int) string {
	var out bytes.Buffer
	_ = png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height)))
	return out.String()
}

// paint gives a rich menu a picture.
func (b *bench) paint(id, kind, picture string) (int, string) {
	return b.sends("POST", "/v2/bot/richmenu/"+id+"/content", b.p.Token(), "", kind, picture)
}

// breaches break each rule once.
func breaches() map[string]func(*bench) (int, string) {
	of := func(message string) func(*bench) (int, string) {
		return func(b *bench) (int, string) { return b.push("", message) }
	}
	long := func(n int) string { return strings.Repeat("長", n) }
	return map[string]func(*bench) (int, string){
		"menu size": func(b *bench) (int, string) { return b.richMenu(800, 560, "n", "m", menuArea) },
		"menu name": func(b *bench) (int, string) { return b.richMenu(800, 270, "", "m", menuArea) },
		"menu bar":  func(b *bench) (int, string) { return b.richMenu(800, 270, "n", long(15), menuArea) },
		"menu areas": func(b *bench) (int, string) {
			return b.richMenu(800, 270, "n", "m", strings.Repeat(menuArea+",", 20)+menuArea)
		},
		"menu bounds": func(b *bench) (int, string) { return b.richMenu(800, 269, "n", "m", menuArea) },
		"menu rate": func(b *bench) (int, string) {
			for range 100 {
				b.aMenu()
			}
			return b.richMenu(800, 270, "n", "m", menuArea)
		},
		"menu known": func(b *bench) (int, string) {
			return b.ask("GET", "/v2/bot/richmenu/richmenu-none", b.p.Token(), "", "")
		},
		"menu picture type":  func(b *bench) (int, string) { return b.paint(b.aMenu(), "image/webp", drawn(800, 270)) },
		"menu picture bytes": func(b *bench) (int, string) { return b.paint(b.aMenu(), "image/png", drawn(800, 270)+long(1<<20/3)) },
		"menu picture fits":  func(b *bench) (int, string) { return b.paint(b.aMenu(), "image/png", drawn(800, 271)) },
		"menu picture once": func(b *bench) (int, string) {
			id := b.aMenu()
			if status, raw := b.paint(id, "image/png", drawn(800, 270)); status != http.StatusOK {
				b.t.Errorf("the first: %d %s", status, raw)
			}
			return b.paint(id, "image/png", drawn(800, 270))
		},
		"menu without picture": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/user/all/richmenu/"+b.aMenu(), b.p.Token(), "", "")
		},
		"menu default": func(b *bench) (int, string) {
			id := b.aMenu()
			b.paint(id, "image/png", drawn(800, 270))
			for _, call := range [][2]string{{"POST", "/v2/bot/user/all/richmenu/" + id}, {"GET", "/v2/bot/user/all/richmenu"}, {"DELETE", "/v2/bot/richmenu/" + id}} {
				if status, raw := b.ask(call[0], call[1], b.p.Token(), "", ""); status != http.StatusOK {
					b.t.Errorf("%v: %d %s", call, status, raw)
				}
			}
			return b.ask("GET", "/v2/bot/user/all/richmenu", b.p.Token(), "", "")
		},
		"grant": func(b *bench) (int, string) {
			return b.ask("POST", "/oauth2/v3/token", "", "", "grant_type=password")
		},
		"credentials": func(b *bench) (int, string) {
			return b.ask("POST", "/oauth2/v3/token", "", "", "grant_type=client_credentials&client_id=1657000042&client_secret=wrong")
		},
		"authorization": func(b *bench) (int, string) { return b.ask("GET", "/v2/bot/info", "somebody-elses", "", "") },
		"token life": func(b *bench) (int, string) {
			token := b.issue()
			b.now = b.now.Add(15 * time.Minute)
			return b.ask("GET", "/v2/bot/info", token, "", "")
		},
		"json": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/message/push", b.p.Token(), "", "{")
		},
		"rate": func(b *bench) (int, string) {
			b.ask("GET", "/v2/bot/info", b.p.Token(), "", "")
			return b.ask("GET", "/v2/bot/info", b.p.Token(), "", "")
		},
		"count":     func(b *bench) (int, string) { return b.push("", hello, hello, hello, hello, hello, hello) },
		"recipient": func(b *bench) (int, string) { return b.pushTo("Unobody", "", hello) },
		"reply token": func(b *bench) (int, string) {
			return b.reply("made-up")
		},
		"reply once": func(b *bench) (int, string) {
			token := b.replyToken()
			b.reply(token)
			return b.reply(token)
		},
		"reply life": func(b *bench) (int, string) {
			token := b.replyToken()
			b.now = b.now.Add(61 * time.Second)
			return b.reply(token)
		},
		"retry key form": func(b *bench) (int, string) { return b.push("again", hello) },
		"retry key place": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/message/reply", b.p.Token(), "123e4567-e89b-12d3-a456-426614174000", fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, b.replyToken(), hello))
		},
		"retry key once": func(b *bench) (int, string) {
			b.push("123e4567-e89b-12d3-a456-426614174000", hello)
			return b.push("123E4567-e89b-12d3-a456-426614174000", hello)
		},
		"monthly": func(b *bench) (int, string) {
			b.push("", hello)
			return b.push("", hello)
		},
		"type":           of(`{"type":"hologram"}`),
		"text":           of(`{"type":"text","text":""}`),
		"text length":    of(`{"type":"text","text":"` + strings.Repeat("🍎", 2501) + `"}`),
		"quote":          of(`{"type":"text","text":"a","quoteToken":"made-up"}`),
		"https":          of(`{"type":"image","originalContentUrl":"http://example.com/a.jpg","previewImageUrl":"https://example.com/a.jpg"}`),
		"address length": of(`{"type":"audio","duration":1,"originalContentUrl":"https://example.com/` + strings.Repeat("a", 2000) + `"}`),
		"preview":        of(`{"type":"video","originalContentUrl":"https://example.com/a.mp4"}`),
		"duration":       of(`{"type":"audio","originalContentUrl":"https://example.com/a.m4a"}`),
		"place":          of(`{"type":"location","title":"here","latitude":1,"longitude":1}`),
		"place length":   of(`{"type":"location","title":"` + long(101) + `","address":"a","latitude":1,"longitude":1}`),
		"sticker":        of(`{"type":"sticker","packageId":"12287","stickerId":"1"}`),
		"quick count":    of(quick(14, `{"type":"message","label":"a","text":"a"}`)),
		"label":          of(quick(1, `{"type":"message","label":"`+strings.Repeat("👩‍👩‍👧", 21)+`","text":"a"}`)),
		"data":           of(button(`{"type":"postback","label":"a","data":"` + long(301) + `"}`)),
		"uri":            of(button(`{"type":"uri","label":"a","uri":"javascript:alert(1)"}`)),
		"action":         of(button(`{"type":"location","label":"a"}`)),
		"alt":            of(`{"type":"flex","contents":{"type":"bubble"}}`),
		"flex":           of(body(`{"type":"text","text":" "}`)),
		"flex size":      of(body(`{"type":"text","text":"` + long(11_000) + `"}`)),
		"sender":         of(`{"type":"text","text":"a","sender":{"name":"LINE support"}}`),
		"loading chat": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/chat/loading/start", b.p.Token(), "", `{"chatId":"C1","loadingSeconds":20}`)
		},
		"loading time": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/chat/loading/start", b.p.Token(), "", fmt.Sprintf(`{"chatId":%q,"loadingSeconds":7}`, b.who()))
		},
		"read token": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/chat/markAsRead", b.p.Token(), "", `{"markAsReadToken":"made-up"}`)
		},
		"stranger": func(b *bench) (int, string) { return b.ask("GET", "/v2/bot/profile/Unobody", b.p.Token(), "", "") },
		"member": func(b *bench) (int, string) {
			in := b.p.Group("茶道部", b.p.Customers()[0].ID)
			if code, _ := b.ask("GET", "/v2/bot/group/"+in+"/member/"+b.p.Customers()[0].ID, b.p.Token(), "", ""); code != 200 {
				b.t.Errorf("of a member: %d", code)
			}
			return b.ask("GET", "/v2/bot/group/"+in+"/member/"+b.p.Customers()[1].ID, b.p.Token(), "", "")
		},
		"content": func(b *bench) (int, string) {
			return b.ask("GET", "/v2/bot/message/1/content", b.p.Token(), "", "")
		},
		"hook address": func(b *bench) (int, string) {
			return b.ask("PUT", "/v2/bot/channel/webhook/endpoint", b.p.Token(), "", `{"endpoint":"http://hub.example.com/hooks/1"}`)
		},
		"hook set": func(b *bench) (int, string) {
			return b.ask("POST", "/v2/bot/channel/webhook/test", b.p.Token(), "", `{}`)
		},
	}
}

func (b *bench) issue() string {
	c := b.p.Config()
	status, raw := b.ask("POST", "/oauth2/v3/token", "", "", url.Values{"grant_type": {"client_credentials"}, "client_id": {c["channel_id"]}, "client_secret": {c["channel_secret"]}}.Encode())
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(raw), &got); err != nil || status != http.StatusOK || got.Token == "" {
		b.t.Fatalf("no token: %d %s", status, raw)
	}
	return got.Token
}

func TestEveryRuleIsKept(t *testing.T) {
	all := breaches()
	for _, rule := range line.Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			if rule.Says == "" || rule.Doc == "" || rule.Code == "" {
				t.Errorf("it lacks a sentence, a document or a code: %+v", rule)
			}
			breach := all[rule.Name]
			if breach == nil {
				t.Fatal("nothing breaks it")
			}
			b := newBench(t, func(o *line.Options) {
				switch rule.Name {
				case "rate":
					o.Rates = map[string]int{"info": 1}
				case "monthly":
					o.Monthly = 1
				}
			})
			before := visible(b.p)
			status, answer := breach(b)
			if status/100 != 4 || !strings.Contains(answer, rule.Code) {
				t.Errorf("answered %d %s, want %q", status, answer, rule.Code)
			}
			last := b.p.Calls()[len(b.p.Calls())-1]
			if last.Visible || !strings.HasPrefix(last.Code, rule.Code) || visible(b.p)-before > 1 {
				t.Errorf("a customer saw it, or it is logged otherwise: %+v", last)
			}
		})
		delete(all, rule.Name)
	}
	for name := range all {
		t.Errorf("no rule is called %q", name)
	}
}

func visible(p *line.Platform) int {
	n := 0
	for _, c := range p.Calls() {
		if c.Visible {
			n++
		}
	}
	return n
}

func TestWhatKeepsTheRulesIsTaken(t *testing.T) {
	b := newBench(t, nil)
	quote := b.p.Message(b.who(), "", map[string]any{"type": "text", "text": "question", "id": "1"})["message"].(map[string]any)["quoteToken"].(string)
	for _, m := range []string{
		hello, `{"type":"text","text":"` + strings.Repeat("🍎", 2500) + `","quoteToken":"` + quote + `"}`,
		`{"type":"image","originalContentUrl":"https://example.com/a.jpg","previewImageUrl":"https://example.com/a.jpg"}`,
		`{"type":"location","title":"here","address":"there","latitude":1,"longitude":1}`,
		`{"type":"sticker","packageId":"446","stickerId":"1988"}`,
		quick(13, `{"type":"location","label":"`+strings.Repeat("👩‍👩‍👧", 20)+`"}`),
		button(`{"type":"uri","label":"call","uri":"tel:+81312345678"}`),
	} {
		if status, answer := b.push("", m); status != http.StatusOK || !strings.Contains(answer, `"sentMessages":[{"id"`) {
			t.Errorf("%s: answered %d %s", m, status, answer)
		}
	}
	if status, answer := b.reply(b.replyToken()); status != http.StatusOK {
		t.Errorf("a reply was answered %d %s", status, answer)
	}
	if b.p.Pushed() != 7 {
		t.Errorf("%d messages count towards the month; replies do not", b.p.Pushed())
	}
	b.now = b.now.Add(25 * time.Hour)
	if status, _ := b.push("123e4567-e89b-12d3-a456-426614174000", hello); status != http.StatusOK {
		t.Errorf("answered %d", status)
	}
	b.now = b.now.Add(25 * time.Hour)
	if status, _ := b.push("123e4567-e89b-12d3-a456-426614174000", hello); status != http.StatusOK {
		t.Errorf("a retry key is forgotten after 24 hours; answered %d", status)
	}
}

func TestCallbacksAreSignedAndToldAgain(t *testing.T) {
	type got struct{ signature, body string }
	var all []got
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body) // what does not arrive fails below
		all = append(all, got{r.Header.Get("X-Line-Signature"), string(raw)})
		if len(all) < 3 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer hub.Close()
	var waits []time.Duration
	b := newBench(t, func(o *line.Options) {
		o.Hook, o.Redeliver = hub.URL, true
		o.Sleep = func(_ context.Context, wait time.Duration) error { waits = append(waits, wait); return nil }
	})
	if err := b.p.Do(t.Context(), b.who(), emulate.Act{Kind: emulate.ActText, Text: "こんにちは"}); err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || len(waits) != 2 {
		t.Fatalf("told %d times after %v", len(all), waits)
	}
	for i, g := range all {
		if g.signature != line.Sign(b.p.Config()["channel_secret"], []byte(g.body)) {
			t.Errorf("callback %d is signed wrong", i)
		}
		if again := strings.Contains(g.body, `"isRedelivery":true`); again != (i > 0) {
			t.Errorf("callback %d: redelivery %v", i, again)
		}
	}
	id := func(s string) string { return s[strings.Index(s, "webhookEventId"):][:44] }
	if id(all[0].body) != id(all[2].body) {
		t.Error("the event has another id when told again")
	}
}

func TestFaultsMeetTheCallTheyAreMeantFor(t *testing.T) {
	b := newBench(t, nil)
	b.p.Misbehave(emulate.Fault{Op: "message/push", Status: http.StatusInternalServerError}, emulate.Fault{Op: "message/push", Kind: emulate.LoseAnswer})
	if status, _ := b.push("", hello); status != http.StatusInternalServerError || visible(b.p) != 0 {
		t.Errorf("answered %d, %d seen", status, visible(b.p))
	}
	req, _ := http.NewRequest("POST", b.srv.URL+"/v2/bot/message/push", bytes.NewReader(fmt.Appendf(nil, `{"to":%q,"messages":[%s]}`, b.who(), hello)))
	req.Header.Set("Authorization", "Bearer "+b.p.Token())
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Error("the answer was not lost")
	}
	if visible(b.p) != 1 {
		t.Error("the call was not taken")
	}
	b.p.ExpireTokens()
	token := b.issue()
	b.p.ExpireTokens()
	if status, _ := b.ask("GET", "/v2/bot/info", token, "", ""); status != http.StatusUnauthorized {
		t.Errorf("an expired token was answered %d", status)
	}
}
