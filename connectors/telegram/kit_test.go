package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	played "parley/connectors/emulate/telegram"
	"parley/connectors/telegram"
	"parley/core/canon"
	"parley/core/connector"
)

// token is the bot's, of the form @BotFather gives.
const token = "7000000001:AAHcanary-of-the-telegram-kit-000001"

// stage is the played platform as the kit sees it.
type stage struct {
	*played.Platform
	srv     *httptest.Server
	receive string
	local   bool
}

func play(receive string, local bool) func(clock func() time.Time) (conntest.Emulator, error) {
	return func(clock func() time.Time) (conntest.Emulator, error) {
		p := played.New(played.Options{Clock: clock, Token: token, Started: true, Local: local})
		p.AddFile("document", "a.pdf", "application/pdf", []byte("%PDF the bytes"), 0)
		return &stage{p, httptest.NewServer(p), receive, local}, nil
	}
}

func (s *stage) Close() {
	s.Platform.Close()
	s.srv.Close()
}

func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }

func (s *stage) Config() connector.Values {
	return connector.Values{"token": token, "receive": s.receive, "api_base": s.srv.URL + "/", "local_server": fmt.Sprint(s.local)}
}

func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: "7000000001", Name: "Parley demo"}}
}

func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.Platform.Calls() {
		out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: c.Wire})
	}
	return out
}

func sign(link connector.Link, _ time.Time, body []byte) connector.Raw {
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set("X-Telegram-Bot-Api-Secret-Token", telegram.HookSecret(link.Config["token"], link.ID))
	return connector.Raw{Method: http.MethodPost, Header: h, Body: body}
}

// in reads testdata/in: one update a file, as the Bot API writes them.
func in(tb testing.TB) []conntest.InCase {
	tb.Helper()
	paths, err := filepath.Glob("testdata/in/*.json")
	if err != nil || len(paths) < 40 {
		tb.Fatalf("the corpus has only %d updates: %v", len(paths), err)
	}
	var out []conntest.InCase
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		// What the bot sent itself for a business account is no news.
		out = append(out, conntest.InCase{Name: name, Body: raw, Empty: name == "business_message_echo"})
	}
	return out
}

// malformed is what is no update: the mistakes below, and every update of the
// corpus broken off.
func malformed(tb testing.TB) []conntest.Body {
	tb.Helper()
	var out []conntest.Body
	for i, body := range []string{
		``, ` `, `null`, `true`, `7`, `"update"`, `[]`, `[{"update_id":1}]`, `{}`, `{"message":{}}`, `{"update_id":null}`, `{"update_id":"1"}`, `{"update_id":0}`,
		`{"update_id":-5}`, `{"update_id":1.5}`, `{"update_id":1e3}`, `{"update_id":99999999999999999999}`, `{"update_id":{}}`, `{"update_id":[1]}`,
		`{"update_id":true}`, `{"Update_Id":1}`, `{"update_id":1}x`, `{"update_id":1,}`, `{update_id:1}`, `{'update_id':1}`, `<xml><update_id>1</update_id></xml>`,
		`update_id=1`, "\x00", "\xff\xfe{\x00}", `{"update_id":1,"message":}`, `{"update_id":1,"message":{"text":"` + "\x01" + `"}}`,
	} {
		out = append(out, conntest.Body{Name: fmt.Sprintf("mistake %d", i+1), Body: []byte(body)})
	}
	for _, c := range in(tb) {
		whole := strings.TrimSpace(string(c.Body))
		for _, at := range []int{len(whole) / 3, len(whole) * 2 / 3, len(whole) - 1} {
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: []byte(whole[:at])})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

func suite() conntest.Suite {
	return conntest.Suite{
		New: telegram.New, Peer: "501", Inbound: "501:1",
		Fetch: &conntest.FetchCase{
			Media: func(conntest.Emulator) canon.Media {
				return canon.Media{Kind: canon.MediaFile, RemoteID: "AgACAgEmulated1"}
			},
			Want: []byte("%PDF the bytes"),
		},
	}
}

func hookSuite(tb testing.TB) conntest.Suite {
	s := suite()
	s.Play, s.Golden = play("webhook", false), "testdata/conntest"
	s.Out = outCases()
	s.Webhook = &conntest.Webhook{
		Sign: sign, Proof: []string{"X-Telegram-Bot-Api-Secret-Token"}, TokenOnly: true,
		In: in(tb), Malformed: malformed(tb),
		Forged: []conntest.Forgery{{Name: "the secret twice", Raw: func(l connector.Link, now time.Time) connector.Raw {
			raw := sign(l, now, []byte("{}"))
			raw.Header.Add("X-Telegram-Bot-Api-Secret-Token", "x")
			return raw
		}}},
	}
	// The stream of a webhook keeps it set; what happened comes by callback.
	s.Stream = &conntest.Stream{Cases: []conntest.StreamCase{{Name: "another program takes the webhook", Feed: func(e conntest.Emulator) error {
		e.(*stage).TakeWebhook("https://other.example.com/")
		return nil
	}}}}
	return s
}

func TestConformanceByWebhook(t *testing.T) { conntest.Run(t, hookSuite(t)) }

func FuzzDecode(f *testing.F) { conntest.Fuzz(f, hookSuite(f)) }

// TestConformanceByPolling holds the other way of receiving, at a server in
// local mode, to the same rules.
func TestConformanceByPolling(t *testing.T) {
	t.Parallel() // it waits for what must not come
	s := suite()
	s.Play, s.Golden = play("polling", true), "testdata/polling"
	s.Out = []conntest.OutCase{{Name: "text", Message: canon.TextMessage("你好，我是 Mei")}}
	acts := func(acts ...emulate.Act) func(conntest.Emulator) error {
		return func(e conntest.Emulator) error {
			for _, act := range acts {
				if err := e.(*stage).Do(context.Background(), "501", act); err != nil {
					return err
				}
			}
			return nil
		}
	}
	s.Stream = &conntest.Stream{
		Told: func(e conntest.Emulator) int { return e.(*stage).Confirmed() },
		Cases: []conntest.StreamCase{
			{Name: "text and edit", Envelopes: 2, Feed: acts(emulate.Act{Kind: emulate.ActText, Text: "你好"}, emulate.Act{Kind: emulate.ActEdit, Target: "1", Text: "你好吗"})},
			{Name: "album", Envelopes: 3, Feed: func(e conntest.Emulator) error {
				e.(*stage).Album(501, "three", []byte("1"), []byte("2"), []byte("3"))
				return nil
			}},
			{Name: "text and block", Envelopes: 2, Feed: acts(emulate.Act{Kind: emulate.ActText, Text: "hi"}, emulate.Act{Kind: emulate.ActLeave})},
			{Name: "more than one call gives", Envelopes: 130, Feed: func(e conntest.Emulator) error {
				for i := range 130 {
					if err := e.(*stage).Do(context.Background(), "501", emulate.Act{Kind: emulate.ActText, Text: fmt.Sprint("message ", i)}); err != nil {
						return err
					}
				}
				return nil
			}},
			{Name: "an update of a new kind", Envelopes: 1, Feed: func(e conntest.Emulator) error {
				e.(*stage).Push("message", 501, map[string]any{"telepathy": true})
				return nil
			}},
		},
	}
	conntest.Run(t, s)
}
