package line_test

import (
	"bytes"
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
	played "parley/connectors/emulate/line"
	"parley/connectors/line"
	"parley/core/canon"
	"parley/core/connector"
)

// stage is the played platform as the kit sees it.
type stage struct {
	*played.Platform
	srv *httptest.Server
	// what a customer sent before the tale begins
	ticket, quote, read, film string
}

// nobody answers every callback: the kit has no hub to send one to.
type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
}

func newStage(clock func() time.Time) *stage {
	p := played.New(played.Options{Clock: clock, Client: &http.Client{Transport: nobody{}}, Monthly: 200})
	s := &stage{Platform: p}
	e := p.Message(p.Customers()[0].ID, "", map[string]any{"type": "text", "text": "注文はどこ？"})
	m := e["message"].(map[string]any)
	s.ticket, s.quote, s.read = e["replyToken"].(string), m["quoteToken"].(string), m["markAsReadToken"].(string)
	s.film = "400000000000000001"
	p.Keep(s.film, "video/mp4", []byte("the film"), 0)
	return s
}

func play(clock func() time.Time) (conntest.Emulator, error) {
	s := newStage(clock)
	s.srv = httptest.NewServer(s)
	return s, nil
}

func (s *stage) Close()          { s.srv.Close() }
func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values {
	out := connector.Values{"api_base": s.srv.URL}
	for k, v := range s.Platform.Config() {
		out[k] = v
	}
	return out
}

func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: "tea-house", Name: "Tea House"}}
}

func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.Platform.Calls() {
		out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: c.Wire})
	}
	return out
}

func sign(link connector.Link, _ time.Time, body []byte) connector.Raw {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	h.Set("X-Line-Signature", played.Sign(link.Config["channel_secret"], body))
	return connector.Raw{Method: http.MethodPost, Header: h, Body: body}
}

// in reads testdata/in: one callback a file, as LINE documents them.
func in(tb testing.TB) []conntest.InCase {
	tb.Helper()
	var out []conntest.InCase
	paths, err := filepath.Glob("testdata/in/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		c := conntest.InCase{Name: strings.TrimSuffix(filepath.Base(path), ".json"), Body: bytes.TrimSpace(raw)}
		c.Empty = c.Name == "verify-empty"
		if !c.Empty {
			c.Again = bytes.ReplaceAll(c.Body, []byte(`"isRedelivery": false`), []byte(`"isRedelivery": true`))
		}
		out = append(out, c)
	}
	if len(out) < 40 {
		tb.Fatalf("the corpus has only %d callbacks", len(out))
	}
	return out
}

// mistakes are bodies LINE would never send, however well signed.
var mistakes = []string{
	"", "{", "[]", `"text"`, "17", "null", `{"destination":"U1"}`, `{"events":{}}`, `{"events":null}`, `{"events":"none"}`, `{"events":[null]}`, `{"events":[[]]}`,
	`{"events":[{}],"destination":"U1"}`, `{"events":[{"type":"message"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":1,"webhookEventId":""}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":-1,"webhookEventId":"x"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":1e300,"webhookEventId":"x"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":9223372036854775807,"webhookEventId":"x"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":"now","webhookEventId":"x"}],"destination":"U1"}`,
	`{"events":[{"type":7,"timestamp":1,"webhookEventId":"x"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":1,"webhookEventId":"x","source":"me"}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":1,"webhookEventId":"x","message":{"type":"text","text":5}}],"destination":"U1"}`,
	`{"events":[{"type":"message","timestamp":1,"webhookEventId":"x","message":{"type":"location","latitude":"north"}}],"destination":"U1"}`,
	`{"events":[{"type":"botSuspended","timestamp":1,"webhookEventId":"x"}]}`,
	`{"events":[]}{"events":[]`, `{"events":[],"destination":5}`, "{\"events\":[],\"destination\":\"\xff\"}",
}

// malformed is what must be refused: the mistakes, and every callback of the
// corpus broken off at several places.
func malformed(tb testing.TB) []conntest.Body {
	tb.Helper()
	var out []conntest.Body
	for i, body := range mistakes {
		out = append(out, conntest.Body{Name: fmt.Sprintf("mistake %d", i), Body: []byte(body)})
	}
	for _, c := range in(tb) {
		for _, at := range []int{1, len(c.Body) / 4, len(c.Body) / 2, len(c.Body) * 3 / 4, len(c.Body) - 1} {
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: c.Body[:at]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

func suite(tb testing.TB) conntest.Suite {
	before := newStage(time.Now) // its tokens are those of every stage
	return conntest.Suite{
		New: line.New, Play: play, Peer: canon.RemoteID(before.Customers()[0].ID), Inbound: canon.RemoteID(before.read),
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{"X-Line-Signature"}, In: in(tb), Malformed: malformed(tb), MaxEnvelopes: 200,
			Handshakes: []conntest.Handshake{},
		},
		Parts: map[string]canon.Part{
			"media.voice": voice(), "media.audio": canon.Media{Kind: canon.MediaAudio, File: fileID, Name: "song.mp3", MIME: "audio/mpeg", Millis: 180000},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				return canon.Media{Kind: canon.MediaVideo, RemoteID: canon.RemoteID(e.(*stage).film)}
			},
			Want: []byte("the film"),
		},
		Out: outCases(before),
	}
}

func TestConformance(t *testing.T) { conntest.Run(t, suite(t)) }

func FuzzDecode(f *testing.F) { conntest.Fuzz(f, suite(f)) }

// fileID is one the kit's files know.
var fileID = canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 101}

func voice() canon.Part {
	return canon.Media{Kind: canon.MediaVoice, File: fileID, Name: "voice.m4a", MIME: "audio/mp4", Millis: 2400}
}

func options(n int) []canon.Option {
	out := make([]canon.Option, n)
	for i := range out {
		out[i] = canon.Option{Kind: canon.OptionReply, Label: fmt.Sprintf("選択 %d", i+1), Value: fmt.Sprintf("v%d", i+1)}
	}
	return out
}

func outCases(s *stage) []conntest.OutCase {
	hello := canon.TextMessage("こんにちは、Mei です")
	parts := func(name string, parts ...canon.Part) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: canon.Message{Parts: parts, Locale: "ja"}}
	}
	with := func(c conntest.OutCase, change func(*connector.Request)) conntest.OutCase {
		c.Request = change
		return c
	}
	ticket := func(token string) func(*connector.Request) {
		return func(r *connector.Request) { r.Ticket = &canon.Ticket{Opaque: []byte(token), Calls: 1, Parts: 5} }
	}
	fails := func(name string, class connector.Class, message canon.Message, f ...emulate.Fault) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: message, Class: class, Before: func(e conntest.Emulator) { e.(*stage).Misbehave(f...) }}
	}
	answers := func(op string, status int, body string) emulate.Fault {
		return emulate.Fault{Op: op, Status: status, Body: []byte(body), Header: http.Header{"Content-Type": {"application/json"}}}
	}
	const push = "message/push"
	lost := fails("taken, answer lost", connector.Uncertain, hello, emulate.Fault{Op: push, Kind: emulate.LoseAnswer})
	lost.Taken = true
	image := canon.Media{Kind: canon.MediaImage, File: fileID, Name: "a.png", MIME: "image/png", Size: 68}
	large := image
	large.Size = 3 << 20
	text := func(s string) canon.Part { return canon.Text{Body: s} }
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		with(parts("reply by ticket", text("a"), text("b")), ticket(s.ticket)),
		with(fails("reply by a spent ticket", connector.Transient, hello), ticket("0123456789abcdef0123456789abcdef")),
		with(parts("quoting", text("that one"), text("and that")), func(r *connector.Request) { r.ReplyTo = canon.RemoteID(s.quote) }),
		parts("five parts", text("1"), image, voice(), canon.Location{Lat: 35.68, Lon: 139.76, Title: "東京駅"}, text("5")),
		parts("large image", large),
		parts("video", canon.Media{Kind: canon.MediaVideo, File: fileID, MIME: "video/mp4"}),
		parts("place without words", canon.Location{Lat: -33.8, Lon: 151.2}),
		parts("sticker of an allowed set", canon.Sticker{Pack: "446", RemoteID: "1988"}),
		parts("sticker of another set", canon.Sticker{Pack: "12287", RemoteID: "738839", Image: image}),
		parts("sticker without picture", canon.Sticker{Emoji: "😺"}),
		parts("quick replies go last", canon.Choices{Style: canon.ChoiceQuick, Prompt: "どれ？", Options: append(options(2),
			canon.Option{Kind: canon.OptionLocation, Label: "場所を送る"}, canon.Option{Kind: canon.OptionPhone, Label: "電話", Value: "+81 3 1234 5678"},
			canon.Option{Kind: canon.OptionURL, Label: "店", URL: "https://example.com/shop"})}, text("ご確認ください")),
		parts("buttons", canon.Choices{Style: canon.ChoiceButtons, Prompt: "配送方法", Footer: "変更は明日まで", Options: append(options(3), canon.Option{Kind: canon.OptionLocation, Label: "場所"})}),
		parts("list", canon.Choices{Style: canon.ChoiceList, Prompt: "メニュー", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "緑茶", Value: "green", Section: "お茶", Detail: "¥500"}, {Kind: canon.OptionReply, Label: "紅茶", Section: "お茶"}}}),
		parts("product", canon.Card{Kind: canon.CardProduct, Ref: "A-1", Title: "湯呑み", Text: "白磁", URL: "https://example.com/p/1", Price: "¥1,280", Image: image}),
		parts("order", canon.Card{Kind: canon.CardOrder, Ref: "1042", Title: "ご注文", Status: "発送済み", Fields: []canon.Field{{Name: "eta", Label: "お届け", Value: "3月3日"}}}),
		with(conntest.OutCase{Name: "an agent called LINE", Message: hello}, func(r *connector.Request) { r.Sender.Name = "Line Chen" }),
		with(conntest.OutCase{Name: "to a stranger", Message: hello, Class: connector.Gone}, func(r *connector.Request) { r.Thread.Peer = "U00000000000000000000000000000000" }),
		with(conntest.OutCase{Name: "edit", Message: hello, Class: connector.Unsupported}, func(r *connector.Request) { r.Op = connector.OpEdit }),
		{Name: "nothing", Class: connector.Invalid},
		{Name: "too long", Class: connector.Invalid, Message: canon.TextMessage(strings.Repeat("長", 5001))},
		fails("token refused at once", connector.NeedsLogin, hello, emulate.Fault{Op: push, Status: http.StatusUnauthorized}),
		fails("no token is issued", connector.NeedsLogin, hello, answers("token", http.StatusBadRequest, `{"error":"invalid_client","error_description":"invalid client_secret"}`)),
		fails("token service is away", connector.Transient, hello, emulate.Fault{Op: "token", Status: http.StatusServiceUnavailable}),
		fails("forbidden", connector.NeedsLogin, hello, emulate.Fault{Op: push, Status: http.StatusForbidden}),
		fails("rate limited", connector.RateLimited, hello, answers(push, http.StatusTooManyRequests, `{"message":"The API rate limit has been exceeded. Try again later."}`)),
		fails("month used up", connector.WindowClosed, hello, answers(push, http.StatusTooManyRequests, `{"message":"You have reached your monthly limit."}`)),
		fails("500", connector.Uncertain, hello, emulate.Fault{Op: push, Status: http.StatusInternalServerError}),
		fails("a secret in the answer", connector.Invalid, hello, answers(push, http.StatusBadRequest, `{"message":"why 8f14e45fceea167a5a36dedd4bea2543?"}`)),
		fails("413", connector.Invalid, hello, emulate.Fault{Op: push, Status: http.StatusRequestEntityTooLarge}),
		fails("415", connector.Invalid, hello, emulate.Fault{Op: push, Status: http.StatusUnsupportedMediaType}),
		fails("404", connector.Gone, hello, emulate.Fault{Op: push, Status: http.StatusNotFound}),
		fails("410", connector.Gone, hello, emulate.Fault{Op: push, Status: http.StatusGone}),
		fails("cut before it was taken", connector.Uncertain, hello, emulate.Fault{Op: push, Kind: emulate.HangUp}),
		lost,
	}
}
