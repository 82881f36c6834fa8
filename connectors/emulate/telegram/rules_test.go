package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/telegram"
)

// rig is a platform on the wire, with a clock that a test moves.
type rig struct {
	*telegram.Platform
	t   *testing.T
	url string
	now time.Time
}

func start(t *testing.T, o telegram.Options) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	if o.Clock == nil {
		o.Clock = func() time.Time { return r.now }
	}
	o.Started = true
	r.Platform = telegram.New(o)
	srv := httptest.NewServer(r.Platform)
	r.url = srv.URL
	t.Cleanup(func() {
		r.Close()
		srv.Close()
	})
	return r
}

type answer struct {
	OK         bool            `json:"ok"`
	Code       int             `json:"error_code"`
	Says       string          `json:"description"`
	Result     json.RawMessage `json:"result"`
	Parameters struct {
		Retry int   `json:"retry_after"`
		Moved int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// refusal is code and words, or "" of a call that was taken.
func (a answer) refusal() string {
	if a.OK {
		return ""
	}
	return strconv.Itoa(a.Code) + " " + a.Says
}

func (r *rig) post(token, method, kind string, body io.Reader) answer {
	r.t.Helper()
	resp, err := http.Post(r.url+"/bot"+token+"/"+method, kind, body)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		r.t.Fatal(err)
	}
	return a
}

// call calls a method with pairs of name and value.
func (r *rig) call(method string, pairs ...string) answer {
	r.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return r.post(r.Token(), method, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

func (r *rig) upload(method, field string, size int) answer {
	r.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("chat_id", "501")
	part, err := m.CreateFormFile(field, "a.bin")
	if err != nil {
		r.t.Fatal(err)
	}
	_, _ = part.Write(make([]byte, size))
	m.Close()
	return r.post(r.Token(), method, m.FormDataContentType(), &body)
}

func (r *rig) do(customer string, act emulate.Act) {
	r.t.Helper()
	if err := r.Do(context.Background(), customer, act); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) says(customer, text string) {
	r.do(customer, emulate.Act{Kind: emulate.ActText, Text: text})
}

const hi = "hi"

// breaks breaks each rule that is answered with an error, once.
var breaks = map[string]func(r *rig) answer{
	"token":      func(r *rig) answer { return r.post("7000000001:AAwrong", "getMe", "", nil) },
	"method":     func(r *rig) answer { return r.call("sendTelepathy", "chat_id", "501") },
	"chat_id":    func(r *rig) answer { return r.call("sendMessage", "text", hi) },
	"chat known": func(r *rig) answer { return r.call("sendMessage", "chat_id", "4711", "text", hi) },
	"customer first": func(r *rig) answer {
		return start(r.t, telegram.Options{}).unstarted().call("sendMessage", "chat_id", "501", "text", hi)
	},
	"blocked": func(r *rig) answer {
		r.do("501", emulate.Act{Kind: emulate.ActLeave})
		return r.call("sendMessage", "chat_id", "501", "text", hi)
	},
	"deactivated": func(r *rig) answer {
		r.Deactivate(501)
		return r.call("sendMessage", "chat_id", "501", "text", hi)
	},
	"kicked": func(r *rig) answer {
		g := r.AddGroup("Group")
		r.Kick(g)
		return r.call("sendMessage", "chat_id", num(g), "text", hi)
	},
	"migrated": func(r *rig) answer {
		g := r.AddGroup("Group")
		to := r.Migrate(g)
		a := r.call("sendMessage", "chat_id", num(g), "text", hi)
		if a.Parameters.Moved != to {
			r.t.Errorf("the answer tells %d, the group is at %d", a.Parameters.Moved, to)
		}
		return a
	},
	"topic known": func(r *rig) answer {
		return r.call("sendMessage", "chat_id", num(r.AddGroup("Forum", "Refunds")), "message_thread_id", "9", "text", hi)
	},
	"text empty": func(r *rig) answer { return r.call("sendMessage", "chat_id", "501", "text", " \n") },
	"text length": func(r *rig) answer {
		return r.call("sendMessage", "chat_id", "501", "text", strings.Repeat("😀", 2049))
	},
	"caption length": func(r *rig) answer {
		return r.call("sendPhoto", "chat_id", "501", "photo", r.file(), "caption", strings.Repeat("x", 1025))
	},
	"entities": func(r *rig) answer {
		return r.call("sendMessage", "chat_id", "501", "text", hi, "entities", `[{"type":"bold","offset":1,"length":2}]`)
	},
	"callback data": func(r *rig) answer {
		return r.buttons(`[[{"text":"a","callback_data":"` + strings.Repeat("x", 65) + `"}]]`)
	},
	"button url":  func(r *rig) answer { return r.buttons(`[[{"text":"a","url":"mailto:a@example.com"}]]`) },
	"button type": func(r *rig) answer { return r.buttons(`[[{"text":"a"}]]`) },
	"buttons": func(r *rig) answer {
		return r.buttons(`[` + strings.Repeat(`[{"text":"a","callback_data":"a"}],`, 100) + `[{"text":"a","callback_data":"a"}]]`)
	},
	"file missing": func(r *rig) answer { return r.call("sendPhoto", "chat_id", "501") },
	"upload size":  func(r *rig) answer { return r.upload("sendDocument", "document", 50<<20+1) },
	"photo size":   func(r *rig) answer { return r.upload("sendPhoto", "photo", 10<<20+1) },
	"download size": func(r *rig) answer {
		return r.call("getFile", "file_id", r.AddFile("document", "a.zip", "application/zip", nil, 20<<20+1))
	},
	"file_id":      func(r *rig) answer { return r.call("getFile", "file_id", "AgACnever") },
	"face of whom": func(r *rig) answer { return r.call("getUserProfilePhotos", "user_id", "999") },
	"voice forbidden": func(r *rig) answer {
		r.NoVoice(501)
		return r.upload("sendVoice", "voice", 10)
	},
	"reply target": func(r *rig) answer {
		return r.call("sendMessage", "chat_id", "501", "text", hi, "reply_parameters", `{"message_id":99}`)
	},
	"edit target": func(r *rig) answer {
		return r.call("editMessageText", "chat_id", "501", "message_id", "99", "text", hi)
	},
	"edit own": func(r *rig) answer {
		r.says("501", hi)
		return r.call("editMessageText", "chat_id", "501", "message_id", "1", "text", hi)
	},
	"edit text": func(r *rig) answer {
		r.call("sendPhoto", "chat_id", "501", "photo", r.file())
		return r.call("editMessageText", "chat_id", "501", "message_id", "1", "text", hi)
	},
	"edit changes": func(r *rig) answer {
		r.call("sendMessage", "chat_id", "501", "text", hi)
		return r.call("editMessageText", "chat_id", "501", "message_id", "1", "text", hi)
	},
	"album size":         func(r *rig) answer { return r.album(strings.Split(strings.Repeat("photo ", 11), " ")[:11]...) },
	"album of documents": func(r *rig) answer { return r.album("photo", "document") },
	"album of audio":     func(r *rig) answer { return r.album("audio", "video") },
	"album file": func(r *rig) answer {
		return r.call("sendMediaGroup", "chat_id", "501", "media", `[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://b"}]`)
	},
	"delete target": func(r *rig) answer { return r.call("deleteMessage", "chat_id", "501", "message_id", "99") },
	"delete time": func(r *rig) answer {
		r.call("sendMessage", "chat_id", "501", "text", hi)
		r.now = r.now.Add(48*time.Hour + time.Second)
		return r.call("deleteMessage", "chat_id", "501", "message_id", "1")
	},
	"reaction": func(r *rig) answer {
		r.says("501", hi)
		return r.call("setMessageReaction", "chat_id", "501", "message_id", "1", "reaction", `[{"type":"emoji","emoji":"❤️"}]`)
	},
	"reaction target": func(r *rig) answer {
		return r.call("setMessageReaction", "chat_id", "501", "message_id", "9", "reaction", `[]`)
	},
	"callback query": func(r *rig) answer { return r.call("answerCallbackQuery", "callback_query_id", "1") },
	"chat action":    func(r *rig) answer { return r.call("sendChatAction", "chat_id", "501", "action", "dancing") },
	"commands": func(r *rig) answer {
		return r.call("setMyCommands", "commands", `[{"command":"Help","description":"x"}]`)
	},
	"business connection": func(r *rig) answer {
		return r.call("sendMessage", "chat_id", "501", "business_connection_id", "biz9", "text", hi)
	},
	"business window": func(r *rig) answer {
		b := r.Connect(502)
		r.says("501@"+b, hi)
		r.now = r.now.Add(24*time.Hour + time.Second)
		return r.call("sendMessage", "chat_id", "501", "business_connection_id", b, "text", hi)
	},
	"webhook https": func(r *rig) answer { return r.call("setWebhook", "url", "http://hub.example.com/") },
	"webhook port":  func(r *rig) answer { return r.call("setWebhook", "url", "https://hub.example.com:8080/") },
	"secret length": func(r *rig) answer {
		return r.call("setWebhook", "url", "https://hub.example.com/", "secret_token", strings.Repeat("x", 257))
	},
	"secret characters": func(r *rig) answer {
		return r.call("setWebhook", "url", "https://hub.example.com/", "secret_token", "a+b=")
	},
	"webhook or polling": func(r *rig) answer {
		r.call("setWebhook", "url", "https://hub.example.com/")
		return r.call("getUpdates")
	},
	"one poller": func(r *rig) answer {
		first := make(chan answer)
		go func() { first <- r.call("getUpdates", "timeout", "50") }()
		for !r.Polling() {
			time.Sleep(time.Millisecond)
		}
		r.call("getUpdates")
		return <-first
	},
	"flood": func(r *rig) answer {
		f := start(r.t, telegram.Options{Flood: true})
		for range 3 {
			f.call("sendMessage", "chat_id", "501", "text", hi)
		}
		a := f.call("sendMessage", "chat_id", "501", "text", hi)
		if a.Parameters.Retry < 1 || f.call("sendMessage", "chat_id", "502", "text", hi).refusal() != "" {
			r.t.Errorf("retry after %d, or another chat suffers", a.Parameters.Retry)
		}
		return a
	},
}

// unstarted is a platform whose customers have not written yet.
func (r *rig) unstarted() *rig {
	p := telegram.New(telegram.Options{})
	srv := httptest.NewServer(p)
	r.t.Cleanup(func() { p.Close(); srv.Close() })
	return &rig{Platform: p, t: r.t, url: srv.URL}
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func (r *rig) file() string { return r.AddFile("photo", "a.jpg", "image/jpeg", []byte("x"), 0) }

// album posts files that are there as an album, by their types.
func (r *rig) album(types ...string) answer {
	var items []string
	for _, kind := range types {
		items = append(items, `{"type":"`+kind+`","media":"`+r.file()+`"}`)
	}
	return r.call("sendMediaGroup", "chat_id", "501", "media", "["+strings.Join(items, ",")+"]")
}

func (r *rig) buttons(rows string) answer {
	return r.call("sendMessage", "chat_id", "501", "text", hi, "reply_markup", `{"inline_keyboard":`+rows+`}`)
}

func TestEveryRuleIsKept(t *testing.T) {
	for _, rule := range telegram.Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			if rule.Doc == "" || rule.Says == "" {
				t.Error("the rule has no document or no sentence")
			}
			if rule.Code == "" {
				if behaves[rule.Name] == nil {
					t.Fatal("no test shows this rule")
				}
				behaves[rule.Name](t)
				return
			}
			brk := breaks[rule.Name]
			if brk == nil {
				t.Fatal("no test breaks this rule")
			}
			if got := brk(start(t, telegram.Options{})).refusal(); !strings.HasPrefix(got, rule.Code) {
				t.Errorf("broken, it is answered %q, not %q", got, rule.Code)
			}
		})
	}
}

// TestWhatIsRightIsTaken keeps the rules from refusing everything.
func TestWhatIsRightIsTaken(t *testing.T) {
	r := start(t, telegram.Options{})
	for _, call := range [][]string{
		{"sendMessage", "chat_id", "501", "text", strings.Repeat("😀", 2048)},
		{"sendPhoto", "chat_id", "501", "photo", r.file(), "caption", strings.Repeat("x", 1024)},
		{"sendMessage", "chat_id", num(r.AddGroup("Forum", "Refunds")), "message_thread_id", "2", "text", hi},
		{"sendMessage", "chat_id", "501", "text", hi, "reply_parameters", `{"message_id":99,"allow_sending_without_reply":true}`},
		{"sendMessage", "chat_id", "501", "text", hi, "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("x", 64) + `"},{"text":"b","url":"https://example.com"}]]}`},
		{"setMessageReaction", "chat_id", "501", "message_id", "1", "reaction", `[{"type":"emoji","emoji":"❤"}]`},
		{"setMyCommands", "commands", `[{"command":"help","description":"Help"}]`},
		{"sendVenue", "chat_id", "501", "latitude", "31.2", "longitude", "121.4", "title", "a", "address", "b"},
		{"sendContact", "chat_id", "501", "phone_number", "+49301", "first_name", "A"},
		{"sendChatAction", "chat_id", "501", "action", "typing"},
		{"setWebhook", "url", "https://hub.example.com:8443/x", "secret_token", "a_B-9"},
		{"deleteMessage", "chat_id", "501", "message_id", "1"},
	} {
		if got := r.call(call[0], call[1:]...).refusal(); got != "" {
			t.Errorf("%v: %s", call, got)
		}
	}
	for _, types := range []string{"photo video photo", "document document", "audio audio"} {
		if got := r.album(strings.Fields(types)...).refusal(); got != "" {
			t.Errorf("an album of %s: %s", types, got)
		}
	}
	if got := r.upload("sendDocument", "document", 11<<20).refusal(); got != "" {
		t.Errorf("an upload of 11 MB: %s", got)
	}
}
