package messaging_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	emu "parley/connectors/emulate/meta"
	"parley/connectors/meta/graph"
	"parley/connectors/meta/internal/corpus"
	"parley/connectors/meta/messaging"
	"parley/core/canon"
	"parley/core/connector"
)

const (
	inbound = canon.RemoteID("m_IN1")
	word    = "a-word-both-sides-know"
)

// side is one of the two products.
type side struct {
	name    string
	driver  func() connector.Driver
	product emu.Product
	object  string
	account canon.RemoteID
	peer    canon.RemoteID
}

var (
	onMessenger = side{"messenger", messaging.NewMessenger, emu.Messenger, "page", emu.Page, "7061293847561023"}
	onInstagram = side{"instagram", messaging.NewInstagram, emu.Instagram, "instagram", emu.Account, "1254477777772919"}
)

// stage is the played platform as the kit sees it.
type stage struct {
	*emu.Platform
	srv  *httptest.Server
	side side
}

func (s side) play(clock func() time.Time) (conntest.Emulator, error) {
	p := emu.New(emu.Options{Clock: clock, Hold: true})
	p.Place(string(s.account), string(s.peer), string(inbound), "Hello")
	p.Subscribe(s.product, "https://hub.example.com/hooks/1", word)
	return &stage{p, httptest.NewServer(p), s}, nil
}

func (s *stage) Close()          { s.srv.Close() }
func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values {
	return connector.Values{
		"account": string(s.side.account), "access_token": emu.Token, "app_secret": emu.AppSecret, "app_id": emu.AppID, "verify_token": word, "api_base": s.srv.URL,
	}
}

func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: s.side.account, Name: "Lucky Shrub"}}
}

func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.Platform.Calls.All() {
		out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: c.Wire})
	}
	return out
}

func sign(link connector.Link, _ time.Time, body []byte) connector.Raw {
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set(graph.HeaderSignature, emu.Sign(link.Config["app_secret"], body))
	return connector.Raw{Method: http.MethodPost, Header: h, Body: body}
}

func shake(token string) func(connector.Link, time.Time) connector.Raw {
	return func(connector.Link, time.Time) connector.Raw {
		q := url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {"1158201444"}, "hub.verify_token": {token}}
		return connector.Raw{Method: http.MethodGet, Header: http.Header{}, Query: q.Encode()}
	}
}

func (s side) suite(tb testing.TB) conntest.Suite {
	var cases []conntest.InCase
	var malformed []conntest.Body
	bodies := corpus.Read(tb, "testdata/"+s.name+"/in/*.json", 40)
	for _, b := range bodies {
		cases = append(cases, conntest.InCase{Name: b.Name, Body: b.Body})
	}
	for _, b := range corpus.Malformed(tb, s.object, bodies) {
		malformed = append(malformed, conntest.Body(b))
	}
	return conntest.Suite{
		New: s.driver, Play: s.play, Peer: s.peer, Inbound: inbound, Golden: "testdata/" + s.name + "/conntest",
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{graph.HeaderSignature}, In: cases, Malformed: malformed, MaxEnvelopes: graph.MaxUpdates, Mutations: 400,
			Forged:     []conntest.Forgery{{Name: "a handshake with another word", Raw: shake("guessed-word")}},
			Handshakes: []conntest.Handshake{{Name: "hub.challenge", Raw: shake(word), Status: http.StatusOK, Body: "1158201444"}},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				st := e.(*stage)
				return canon.Media{Kind: canon.MediaImage, URL: st.srv.URL + "/files/" + st.Serve(string(s.account), "photo.jpg", "image/jpeg", []byte("\xff\xd8 the bytes"))}
			},
			Want: []byte("\xff\xd8 the bytes"),
		},
		Env: s.env, Out: s.outCases(),
	}
}

// m4a lends the kit's voice as the type that Instagram takes.
type m4a struct{ connector.Files }

func (f m4a) Open(ctx context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	body, info, err := f.Files.Open(ctx, id)
	if info.MIME == "audio/ogg" {
		info.Name, info.MIME = "voice.m4a", "audio/mp4"
	}
	return body, info, err
}

func (s side) env(env *connector.Env) {
	if s.product == emu.Instagram {
		env.Files = m4a{env.Files}
	}
}

func TestMessengerConformance(t *testing.T) { conntest.Run(t, onMessenger.suite(t)) }
func TestInstagramConformance(t *testing.T) { conntest.Run(t, onInstagram.suite(t)) }

func FuzzMessenger(f *testing.F) { conntest.Fuzz(f, onMessenger.suite(f)) }
func FuzzInstagram(f *testing.F) { conntest.Fuzz(f, onInstagram.suite(f)) }

// fileID is one of the kit's sample files: 101 a picture, 103 a film, 104 a
// document.
func fileID(n byte) canon.ID {
	return canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func (s side) outCases() []conntest.OutCase {
	hello := canon.TextMessage("您好，我是 Mei")
	one := func(p canon.Part) canon.Message { return canon.Message{Parts: []canon.Part{p}} }
	fault := func(f emulate.Fault) func(conntest.Emulator) {
		f.Op = "post messages"
		return func(e conntest.Emulator) { e.(*stage).Misbehave(f) }
	}
	graphError := func(status int, body string) func(conntest.Emulator) {
		return fault(emulate.Fault{Status: status, Body: []byte(body)})
	}
	do := func(what func(*stage)) func(conntest.Emulator) {
		return func(e conntest.Emulator) { what(e.(*stage)) }
	}
	image := canon.Media{Kind: canon.MediaImage, File: fileID(101), Name: "收据.png", MIME: "image/png"}
	agoAs := func(ago time.Duration, kind string) func(*connector.Request) {
		return func(r *connector.Request) {
			r.Asked, r.Sender.Kind = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC).Add(-ago), kind
		}
	}
	quick := []canon.Option{{Kind: canon.OptionReply, Label: "红色", Value: "red"}, {Kind: canon.OptionHuman, Label: "转人工"}}
	cases := []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "answer to a message", Message: hello, Request: func(r *connector.Request) { r.ReplyTo = inbound }},
		{Name: "picture", Message: one(image)},
		{Name: "quick replies", Message: one(canon.Choices{Style: canon.ChoiceQuick, Prompt: "哪种颜色？", Options: quick})},
		{Name: "buttons", Message: one(canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which?", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "Order", Value: "order"}, {Kind: canon.OptionURL, Label: "Shop", URL: "https://example.com/shop"}, {Kind: canon.OptionPhone, Label: "Call", Value: "+16505551234"},
		}})},
		{Name: "four buttons as quick replies", Message: one(canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which?", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "A", Value: "a"}, {Kind: canon.OptionReply, Label: "B", Value: "b"}, {Kind: canon.OptionReply, Label: "C", Value: "c"}, {Kind: canon.OptionURL, Label: "Shop", URL: "https://example.com/shop"},
		}})},
		{Name: "product card", Message: canon.Message{Locale: "zh-CN", Parts: []canon.Part{canon.Card{Kind: canon.CardProduct, Title: "茶杯", Text: "白瓷", Price: "¥128", URL: "https://example.com/p/1", Image: image}}}},
		{Name: "reaction", Request: func(r *connector.Request) { r.Op, r.Target, r.Emoji = connector.OpReact, inbound, "👍" }},
		{Name: "reaction taken off", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpReact, inbound }},
		{Name: "revoke", Class: connector.Unsupported, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "m_1" }},
		{Name: "a person answers within a day", Message: hello, Request: agoAs(23*time.Hour, "agent")},
		{Name: "a person answers on the third day", Message: hello, Request: agoAs(50*time.Hour, "agent")},
		{Name: "a bot answers on the third day", Message: hello, Request: agoAs(50*time.Hour, "bot")},

		{Name: "too late", Class: connector.WindowClosed, Message: hello, Before: do(func(st *stage) { st.Forget(string(s.account), string(s.peer)) })},
		{Name: "nobody of that id", Class: connector.Gone, Message: hello, Request: func(r *connector.Request) { r.Thread.Peer = "404" }},
		{Name: "another app has it", Class: connector.Invalid, Message: hello, Before: do(func(st *stage) { st.Control(string(s.account), string(s.peer), emu.Inbox) })},
		{Name: "too fast", Class: connector.RateLimited, Message: hello, Before: do(func(st *stage) { st.SetLimits(func(l *emu.Limits) { l.Page = 0 }) })},
		{Name: "system token revoked", Class: connector.NeedsLogin, Message: hello, Before: do(func(st *stage) { st.Revoke(emu.Token) })},
		{Name: "temporary failure", Class: connector.Transient, Message: hello, Before: graphError(500, `{"error":{"message":"Temporary send message failure. Please try again later.","code":1200}}`)},
		{Name: "unknown error", Class: connector.Uncertain, Message: hello, Before: graphError(500, `{"error":{"message":"An unknown error occurred","code":1,"error_subcode":99}}`)},
		{Name: "permission taken back", Class: connector.NeedsLogin, Message: hello, Before: graphError(403, `{"error":{"message":"(#230) Requires pages_messaging permission","code":230}}`)},
		{Name: "a page instead of an answer", Class: connector.Uncertain, Message: hello, Before: graphError(502, `<html>Bad gateway</html>`)},
		{Name: "cut before it was taken", Class: connector.Uncertain, Message: hello, Before: fault(emulate.Fault{Kind: emulate.HangUp})},
		{Name: "taken then cut", Class: connector.Uncertain, Taken: true, Message: hello, Before: fault(emulate.Fault{Kind: emulate.LoseAnswer})},
		{Name: "upload out of order", Class: connector.Transient, Message: one(image), Before: do(func(st *stage) {
			st.Misbehave(emulate.Fault{Op: "post message_attachments", Kind: emulate.HangUp})
		})},
	}
	if s.product == emu.Messenger {
		cases = append(cases, conntest.OutCase{Name: "someone who blocked the page", Class: connector.Gone, Message: hello, Request: func(r *connector.Request) { r.Thread.Peer = emu.Blocker }})
	}
	return cases
}
