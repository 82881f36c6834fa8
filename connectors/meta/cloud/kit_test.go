package cloud_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	emu "parley/connectors/emulate/meta"
	"parley/connectors/meta/cloud"
	"parley/connectors/meta/graph"
	"parley/connectors/meta/internal/corpus"
	"parley/core/canon"
	"parley/core/connector"
)

const (
	sheena  = canon.RemoteID("16505551234")
	inbound = canon.RemoteID("wamid.IN1")
	word    = "a-word-both-sides-know"
)

// stage is the played platform as the kit sees it.
type stage struct {
	*emu.Platform
	srv   *httptest.Server
	image string
}

func play(clock func() time.Time) (conntest.Emulator, error) {
	p := emu.New(emu.Options{Clock: clock, Hold: true})
	p.Place(emu.Number, string(sheena), string(inbound), "Does it come in another color?")
	p.Subscribe(emu.WhatsApp, "https://hub.example.com/hooks/0190f3a2-7c1e-7000-8000-000000000001", word)
	srv := httptest.NewServer(p)
	return &stage{p, srv, p.Serve(emu.Number, "photo.jpg", "image/jpeg", []byte("\xff\xd8 the bytes"))}, nil
}

func (s *stage) Close()          { s.srv.Close() }
func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values {
	return connector.Values{
		"account": emu.Number, "waba_id": emu.WABA, "access_token": emu.Token, "app_secret": emu.AppSecret, "verify_token": word, "api_base": s.srv.URL,
	}
}

func (s *stage) Accounts() []connector.Account {
	return []connector.Account{{ID: canon.ID{1}, RemoteID: emu.Number, Name: "Lucky Shrub"}, {ID: canon.ID{2}, RemoteID: emu.OtherNumber, Name: "Outlet"}}
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

func shake(token, challenge string) func(connector.Link, time.Time) connector.Raw {
	return func(l connector.Link, _ time.Time) connector.Raw {
		if token == "" {
			token = l.Config["verify_token"]
		}
		q := url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {challenge}, "hub.verify_token": {token}}
		return connector.Raw{Method: http.MethodGet, Header: http.Header{}, Query: q.Encode()}
	}
}

func suite(tb testing.TB) conntest.Suite {
	var cases []conntest.InCase
	var malformed []conntest.Body
	bodies := corpus.Read(tb, "testdata/in/*.json", 40)
	for _, b := range bodies {
		cases = append(cases, conntest.InCase{Name: b.Name, Body: b.Body})
	}
	for _, b := range corpus.Malformed(tb, "whatsapp_business_account", bodies) {
		malformed = append(malformed, conntest.Body(b))
	}
	return conntest.Suite{
		New: cloud.New, Play: play, Peer: sheena, Inbound: inbound,
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{graph.HeaderSignature}, In: cases,
			Malformed: malformed, MaxEnvelopes: graph.MaxUpdates, Mutations: 400,
			Forged: []conntest.Forgery{
				{Name: "a handshake with another word", Raw: shake("guessed-word", "1158201444")},
				{Name: "a handshake that challenges with a page", Raw: shake("", strings.Repeat("<script>", 100))},
			},
			Handshakes: []conntest.Handshake{{Name: "hub.challenge", Raw: shake("", "1158201444"), Status: http.StatusOK, Body: "1158201444"}},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				return canon.Media{Kind: canon.MediaImage, RemoteID: canon.RemoteID(e.(*stage).image)}
			},
			Want: []byte("\xff\xd8 the bytes"),
		},
		Out: outCases(),
	}
}

func TestConformance(t *testing.T) { conntest.Run(t, suite(t)) }

func FuzzDecode(f *testing.F) { conntest.Fuzz(f, suite(f)) }

// fileID is one of the kit's sample files: 101 a picture, 102 a voice, 103 a
// film, 104 a document.
func fileID(n byte) canon.ID {
	return canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func outCases() []conntest.OutCase {
	hello := canon.TextMessage("您好，我是 Mei")
	one := func(p canon.Part) canon.Message { return canon.Message{Parts: []canon.Part{p}} }
	fault := func(f emulate.Fault) func(conntest.Emulator) {
		f.Op = "post messages"
		return func(e conntest.Emulator) { e.(*stage).Misbehave(f) }
	}
	graphError := func(status int, body string) func(conntest.Emulator) {
		return fault(emulate.Fault{Status: status, Body: []byte(body)})
	}
	options := func(n int) []canon.Option {
		var out []canon.Option
		for i := range n {
			out = append(out, canon.Option{Kind: canon.OptionReply, Label: "选项 " + string(rune('A'+i)), Value: "v" + string(rune('a'+i)), Detail: "详情"})
		}
		return out
	}
	image := canon.Media{Kind: canon.MediaImage, File: fileID(101), Name: "收据.png", MIME: "image/png", Caption: "您的收据"}
	to := func(peer canon.RemoteID) func(*connector.Request) {
		return func(r *connector.Request) { r.Thread.Peer = peer }
	}
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "text with an address", Message: canon.TextMessage("See https://example.com/p/1")},
		{Name: "answer to a message", Message: hello, Request: func(r *connector.Request) { r.ReplyTo = inbound }},
		{Name: "picture with caption", Message: one(image)},
		{Name: "voice", Message: one(canon.Media{Kind: canon.MediaVoice, File: fileID(102), MIME: "audio/ogg"})},
		{Name: "document", Message: one(canon.Media{Kind: canon.MediaFile, File: fileID(104), Name: "offer.pdf", MIME: "application/pdf"})},
		{Name: "location", Message: one(canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"})},
		{Name: "contact", Message: one(canon.Contact{Name: "李雷", Org: "Shop", Phones: []string{"+8613800000000"}, Emails: []string{"l@example.com"}})},
		{Name: "three buttons", Message: one(canon.Choices{Style: canon.ChoiceQuick, Prompt: "哪一个？", Options: options(3), Footer: "Lucky Shrub"})},
		{Name: "four options as a list", Message: canon.Message{Locale: "zh-CN", Parts: []canon.Part{canon.Choices{Style: canon.ChoiceButtons, Prompt: "哪一个？", Options: options(4)}}}},
		{Name: "list with sections", Message: one(canon.Choices{Style: canon.ChoiceList, Prompt: "Which?", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "Red", Value: "red", Section: "Colours"}, {Kind: canon.OptionReply, Label: "Small", Value: "s", Section: "Sizes"}, {Kind: canon.OptionHuman, Label: "A person", Section: "Help"},
		}})},
		{Name: "button that opens a page", Message: one(canon.Choices{Style: canon.ChoiceButtons, Prompt: "Our shop", Options: []canon.Option{{Kind: canon.OptionURL, Label: "Open shop", URL: "https://example.com/shop"}}})},
		{Name: "ask for a place", Message: one(canon.Choices{Style: canon.ChoiceButtons, Prompt: "Where are you?", Options: []canon.Option{{Kind: canon.OptionLocation, Label: "Send place"}}})},
		{Name: "template with variables", Message: one(canon.Template{Name: "order_update", Locale: "en", Text: "Hi", Params: []canon.TemplateParam{{Slot: "header.1", File: fileID(101)}, {Slot: "body.1", Text: "Sheena"}, {Slot: "body.2", Text: "1042"}, {Slot: "button.1", Text: "1042"}}})},
		{Name: "product card", Message: canon.Message{Locale: "zh", Parts: []canon.Part{canon.Card{Kind: canon.CardProduct, Title: "茶杯", Text: "白瓷", Price: "¥128", URL: "https://example.com/p/1", Image: image}}}},
		{Name: "reaction", Request: func(r *connector.Request) { r.Op, r.Target, r.Emoji = connector.OpReact, inbound, "👍" }},
		{Name: "edit", Class: connector.Unsupported, Message: hello, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpEdit, "wamid.1" }},
		{Name: "from another number of the account", Message: hello, Request: func(r *connector.Request) {
			r.Thread.Account, r.Account.RemoteID = emu.OtherNumber, emu.OtherNumber
		}},

		{Name: "template with a map", Message: one(canon.Template{Name: "parcel_at_shop", Locale: "zh_CN", Text: "x", Params: []canon.TemplateParam{
			{Slot: "location.name", Text: "山野书店"}, {Slot: "location.address", Text: "南京西路 1 号"}, {Slot: "location.latitude", Text: " 31.2304"}, {Slot: "location.longitude", Text: "121.4737"}, {Slot: "body.1", Text: "李雷"}}})},
		{Name: "template with a map of nowhere", Class: connector.Invalid, Message: one(canon.Template{Name: "parcel_at_shop", Locale: "zh_CN", Text: "x", Params: []canon.TemplateParam{
			{Slot: "location.name", Text: "山野书店"}, {Slot: "location.address", Text: "南京西路 1 号"}, {Slot: "location.latitude", Text: "north"}, {Slot: "location.longitude", Text: "121.4737"}, {Slot: "body.1", Text: "李雷"}}})},
		{Name: "template with a code to copy", Message: one(canon.Template{Name: "coupon", Locale: "en", Text: "x", Params: []canon.TemplateParam{{Slot: "body.1", Text: "Sunday"}, {Slot: "copy_code.1", Text: "25OFF"}}})},
		{Name: "template nobody approved", Class: connector.Invalid, Message: one(canon.Template{Name: "seasonal", Locale: "en", Text: "Buy now"})},
		{Name: "template without its variable", Class: connector.Invalid, Message: one(canon.Template{Name: "order_shipped", Locale: "zh_CN", Text: "x"})},
		{Name: "to a number of our own", Class: connector.Gone, Message: hello, Request: to(emu.Number)},
		{Name: "answer to nothing", Class: connector.Invalid, Message: hello, Request: func(r *connector.Request) { r.ReplyTo = "wamid.404" }},
		{Name: "reaction to nothing", Class: connector.Invalid, Request: func(r *connector.Request) { r.Op, r.Target, r.Emoji = connector.OpReact, "wamid.404", "👍" }},
		{Name: "too many to one customer", Class: connector.RateLimited, Message: hello, Before: func(e conntest.Emulator) {
			e.(*stage).SetLimits(func(l *emu.Limits) { l.Burst = 0 })
		}},
		{Name: "too fast", Class: connector.RateLimited, Message: hello, Before: func(e conntest.Emulator) {
			e.(*stage).SetLimits(func(l *emu.Limits) { l.PerSecond = 0 })
		}},
		{Name: "token revoked", Class: connector.NeedsLogin, Message: hello, Before: func(e conntest.Emulator) { e.(*stage).Revoke(emu.Token) }},
		{Name: "window closed at once", Class: connector.WindowClosed, Message: hello, Before: graphError(400, `{"error":{"message":"(#131047) Re-engagement message","code":131047}}`)},
		{Name: "out of order", Class: connector.Transient, Message: hello, Before: graphError(503, `{"error":{"message":"(#131016) Service unavailable","code":131016}}`)},
		{Name: "unknown error", Class: connector.Uncertain, Message: hello, Before: graphError(500, `{"error":{"message":"(#131000) Something went wrong","code":131000}}`)},
		{Name: "number nobody listed", Class: connector.Invalid, Message: hello, Before: graphError(400, `{"error":{"message":"why do you use `+emu.Token+`?","code":139999}}`)},
		{Name: "a page instead of an answer", Class: connector.Uncertain, Message: hello, Before: graphError(502, `<html>Bad gateway</html>`)},
		{Name: "429 without words", Class: connector.RateLimited, Message: hello, Before: fault(emulate.Fault{Status: 429, Wait: 7 * time.Second})},
		{Name: "cut before it was taken", Class: connector.Uncertain, Message: hello, Before: fault(emulate.Fault{Kind: emulate.HangUp})},
		{Name: "taken then cut", Class: connector.Uncertain, Taken: true, Message: hello, Before: fault(emulate.Fault{Kind: emulate.LoseAnswer})},
		{Name: "upload out of order", Class: connector.Transient, Message: one(image), Before: func(e conntest.Emulator) {
			e.(*stage).Misbehave(emulate.Fault{Op: "post media", Kind: emulate.HangUp})
		}},
	}
}
