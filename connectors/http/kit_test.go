package http_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	connhttp "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
)

const secret = "whsec_Y2FuYXJ5LW9mLXRoZS1odHRwLWtpdC0wMQ=="

// stage is the fake platform as the kit sees it.
type stage struct {
	*fake.Platform
	srv *httptest.Server
}

func play(clock func() time.Time) (conntest.Emulator, error) {
	p, err := fake.New(secret, fake.WithClock(clock), fake.WithMaxText(120))
	if err != nil {
		return nil, err
	}
	p.Serve("a.pdf", fake.File{MIME: "application/pdf", Body: []byte("%PDF the bytes")})
	// The messages that some cases work on.
	return &stage{p, p.Start()}, nil
}

func (s *stage) Close()          { s.srv.Close() }
func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values {
	return connector.Values{"api_base": s.srv.URL + "/parley/", "secret": secret, "max_text": "120"}
}
func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: "main", Name: "App"}}
}

func (s *stage) Calls() []conntest.Call {
	seen := map[string]bool{}
	var out []conntest.Call
	for _, c := range s.Platform.Calls() {
		// What was taken is seen, whatever was answered; a key seen before is not.
		call := conntest.Call{Visible: c.Op == "post" && !seen[c.Key] && s.holds(c.Key), Wire: wire(c)}
		if call.Visible {
			seen[c.Key] = true
			var words []string
			for _, p := range c.Message.Parts {
				words = append(words, p.Fallback())
			}
			call.Text = strings.Join(words, "\n")
		}
		out = append(out, call)
	}
	return out
}

func (s *stage) holds(key string) bool {
	for _, line := range s.Seen("") {
		if line.Key == key {
			return true
		}
	}
	return false
}

var freshKey = regexp.MustCompile(`"key": "[0-9a-f-]{36}"`)

func wire(c fake.Call) string {
	var body bytes.Buffer
	if json.Indent(&body, c.Body, "", "  ") != nil {
		body.Write(c.Body)
	}
	text := body.String()
	if c.Op == "typing" || c.Op == "read" || c.Op == "probe" {
		text = freshKey.ReplaceAllString(text, `"key": "(fresh)"`)
	}
	return fmt.Sprintf("POST /messages signed=%v\n%s\n→ %d", c.Signed, text, c.Status)
}

func sign(link connector.Link, now time.Time, body []byte) connector.Raw {
	s, err := connhttp.NewSigner(link.Config["secret"])
	if err != nil {
		panic(err)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	s.SetHeaders(h, "cb-1", now, body)
	return connector.Raw{Method: http.MethodPost, Header: h, Body: body}
}

// in reads testdata/in: one callback a file, as platforms send them.
func in(tb testing.TB) []conntest.InCase {
	tb.Helper()
	var out []conntest.InCase
	for _, path := range glob(tb, "testdata/in/*.json") {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, conntest.InCase{Name: strings.TrimSuffix(filepath.Base(path), ".json"), Body: raw})
	}
	if len(out) < 40 {
		tb.Fatalf("the corpus has only %d callbacks", len(out))
	}
	return out
}

func glob(tb testing.TB, pattern string) []string {
	tb.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

// malformed is what must be refused: the written-down mistakes, and every
// envelope of the corpus broken off at several places.
func malformed(tb testing.TB) []conntest.Body {
	tb.Helper()
	var out []conntest.Body
	for _, c := range mistakes {
		out = append(out, conntest.Body{Name: c.name, Body: []byte(c.body)})
	}
	for _, c := range in(tb) {
		whole := bytes.TrimSpace(c.Body)
		for _, at := range []int{1, len(whole) / 4, len(whole) / 2, len(whole) * 3 / 4, len(whole) - 1} {
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: whole[:at]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

func suite(tb testing.TB) conntest.Suite {
	return conntest.Suite{
		New: connhttp.New, Play: play,
		Webhook: &conntest.Webhook{
			Sign:  sign,
			Proof: []string{connhttp.HeaderSignature, connhttp.HeaderTimestamp, connhttp.HeaderID},
			In:    in(tb), Malformed: malformed(tb), MaxEnvelopes: connhttp.MaxEnvelopes,
			Forged: []conntest.Forgery{
				{Name: "six minutes old", Raw: func(l connector.Link, now time.Time) connector.Raw {
					return sign(l, now.Add(-6*time.Minute), []byte("{}"))
				}},
				{Name: "six minutes ahead", Raw: func(l connector.Link, now time.Time) connector.Raw {
					return sign(l, now.Add(6*time.Minute), []byte("{}"))
				}},
			},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				return canon.Media{Kind: canon.MediaFile, URL: e.(*stage).srv.URL + "/parley/files/a.pdf"}
			},
			Want: []byte("%PDF the bytes"),
		},
		Out: outCases(),
	}
}

func TestConformance(t *testing.T) { conntest.Run(t, suite(t)) }

func FuzzDecode(f *testing.F) { conntest.Fuzz(f, suite(f)) }

func outCases() []conntest.OutCase {
	hello := canon.TextMessage("你好，我是 Mei")
	fails := func(name string, class connector.Class, f fake.Fault) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: hello, Class: class, Before: func(e conntest.Emulator) { e.(*stage).Misbehave(f) }}
	}
	answers := func(status int, a fake.Reply) fake.Fault { return fake.Fault{Status: status, Answer: a} }
	lost := fails("taken, then the connection breaks", connector.Uncertain, fake.Fault{Kind: fake.LoseAnswer})
	lost.Taken = true
	failedAfter := fails("500 after it was taken", connector.Uncertain, fake.Fault{Status: 500, After: true})
	// The platform has it, though it answered 500: customers see it.
	failedAfter.Taken = true
	image := canon.Media{Kind: canon.MediaImage, File: canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 101}, Name: "收据.png", MIME: "image/png", Caption: "您的收据"}
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "rich message", Message: canon.Message{
			Subject: "订单 1042", Locale: "zh-CN", Quote: "在哪里",
			Parts: []canon.Part{
				canon.Text{Body: "Look: here", HTML: "Look: <b>here</b>", Spans: []canon.Span{{Start: 6, Length: 4, Style: canon.SpanBold}}},
				image, canon.Sticker{Emoji: "😺", Image: image}, canon.Card{Kind: canon.CardProduct, Title: "茶杯", Image: image},
				canon.Template{Name: "shipped", Locale: "zh_CN", Text: "已发货", Params: []canon.TemplateParam{{Slot: "header.1", File: image.File}}},
			},
		}},
		{Name: "reply with a ticket", Message: hello, Request: func(r *connector.Request) {
			r.ReplyTo, r.Ticket = "m-7", &canon.Ticket{Opaque: []byte("ticket"), Calls: 1}
		}},
		{Name: "edit of nothing", Class: connector.Invalid, Message: hello, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpEdit, "r-404" }},
		{Name: "revoke of nothing", Class: connector.Invalid, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "r-404" }},
		{Name: "unknown operation", Class: connector.Unsupported, Request: func(r *connector.Request) { r.Op = "pin" }},
		{Name: "too long", Class: connector.Invalid, Message: canon.TextMessage(strings.Repeat("长", 121))},
		fails("rate limited", connector.RateLimited, fake.RateLimit(7*time.Second)),
		fails("rate limited by thread", connector.RateLimited, fake.Fault{Status: 429, RetryAfter: time.Second, Answer: fake.Reply{Scope: "thread"}}),
		fails("bad request", connector.Invalid, answers(400, fake.Reply{Text: "parts[0] is not for me"})),
		fails("unauthorized", connector.NeedsLogin, fake.Status(401)),
		fails("forbidden", connector.NeedsLogin, fake.Status(403)),
		fails("not found", connector.Invalid, fake.Status(404)),
		fails("gone", connector.Gone, fake.Status(410)),
		fails("window closed", connector.WindowClosed, answers(422, fake.Reply{Code: "window_closed"})),
		fails("unsupported", connector.Unsupported, answers(422, fake.Reply{Code: "unsupported"})),
		fails("redirect", connector.Invalid, fake.Status(304)),
		fails("500 not taken", connector.Transient, fake.NotTaken(500)),
		fails("503 not taken", connector.Transient, fake.Fault{Status: 503, RetryAfter: 30 * time.Second, Answer: fake.NotTaken(503).Answer}),
		fails("500", connector.Uncertain, fake.Status(500)),
		fails("connection cut before it was taken", connector.Uncertain, fake.Fault{Kind: fake.HangUp}),
		fails("a secret in the answer", connector.Invalid, answers(400, fake.Reply{Text: "why do you sign with " + secret + "?", Code: secret})),
		lost, failedAfter,
	}
}
