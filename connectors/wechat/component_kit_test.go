package wechat_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// openStage is a third-party platform that an official account and a mini-program
// authorised in their own consoles: what the developer was told of it, the kit
// posts.
type openStage struct {
	app  *played.ComponentApp
	told []connector.Raw
}

// RoundTrip takes a notice down.
func (s *openStage) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.told = append(s.told, connector.Raw{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("success"))}, nil
}

func (s *openStage) accounts() []connector.Account {
	var out []connector.Account
	for i, p := range s.app.Accounts() {
		out = append(out, connector.Account{ID: canon.ID{byte(i + 1)}, RemoteID: canon.RemoteID(p.AppID())})
	}
	return out
}

func (s *openStage) shop() string { return s.app.Accounts()[0].AppID() }
func (s *openStage) mini() string { return s.app.Accounts()[1].AppID() }

func playOpen(clock func() time.Time) (conntest.Emulator, error) {
	o := &openStage{}
	o.app = played.NewComponent(played.ComponentOptions{Clock: clock, Client: &http.Client{Transport: o}})
	s := &stage{Platform: o.app.Accounts()[0], open: o}
	s.Agree(peer, "NT00042-queue")
	s.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.shut && !strings.Contains(r.URL.Path, "/component/") {
			for _, p := range o.app.Accounts() {
				p.Open(peer)
			}
		}
		o.app.ServeHTTP(w, r)
	}))
	if err := o.app.SetAddresses(context.Background(), "https://hub.example/hook", "https://hub.example/hook/$APPID$"); err != nil {
		return nil, err
	}
	for _, p := range o.app.Accounts() {
		if err := o.app.Grant(context.Background(), p.AppID()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// openOptions are the third-party platform whose settings a link was made with.
func openOptions(link connector.Link) played.ComponentOptions {
	v := link.Config
	return played.ComponentOptions{AppID: v["app_id"], Token: v["token"], AESKey: v["aes_key"]}
}

// addressOf is where a body is posted: by whom it is for.
func addressOf(body string) string {
	for gh, id := range map[string]string{"gh_9a8b7c6d5e4f": "wx9d2e7c4b1a5f8036", "gh_3c884a361561": "wx570bc396a51b8ff8"} {
		if strings.Contains(body, gh) {
			return "/" + id
		}
	}
	if strings.Contains(body, "<InfoType>") {
		return ""
	}
	return "/wx3f1a9c0b7d5e2468"
}

func signOpen(link connector.Link, now time.Time, body []byte) connector.Raw {
	return signOpenAs(openOptions(link), now, body)
}

func signOpenAs(o played.ComponentOptions, now time.Time, body []byte) connector.Raw {
	app, path := played.NewComponent(o), addressOf(string(body))
	query, sealed := app.SealAt(body, now, "1320562132")
	if path != "" {
		query, sealed = app.Accounts()[0].SignedAt(body, now, "1320562132")
	}
	return connector.Raw{Method: http.MethodPost, Path: path, Query: query.Encode(), Header: http.Header{"Content-Type": {"text/xml"}}, Body: sealed, Arrived: now}
}

// malformedOpen is what must be refused at either address.
func malformedOpen(tb testing.TB) []conntest.Body {
	tb.Helper()
	const head = "<AppId>wxb1c2d3e4f5a60718</AppId><CreateTime>1772357400</CreateTime>"
	notice := func(name, inside string) conntest.Body {
		return conntest.Body{Name: name, Body: []byte("<xml>" + inside + "</xml>")}
	}
	ticket := head + "<InfoType>component_verify_ticket</InfoType>"
	out := []conntest.Body{
		notice("of another platform", strings.Replace(ticket, "wxb1c2d3e4f5a60718", "wx0000000000000000", 1)+"<ComponentVerifyTicket>t</ComponentVerifyTicket>"),
		notice("without a platform", "<InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>t</ComponentVerifyTicket>"),
		notice("an empty kind", head+"<InfoType></InfoType><ComponentVerifyTicket>t</ComponentVerifyTicket>"),
		notice("a long ticket", ticket+"<ComponentVerifyTicket>"+strings.Repeat("t", 600)+"</ComponentVerifyTicket>"),
		notice("a long code", head+"<InfoType>authorized</InfoType><AuthorizerAppid>wx3f1a9c0b7d5e2468</AuthorizerAppid><AuthorizationCode>"+strings.Repeat("c", 600)+"</AuthorizationCode>"),
		notice("an account that is none", head+"<InfoType>unauthorized</InfoType><AuthorizerAppid>../../wx3f1a9c0b7d5e2468</AuthorizerAppid>"),
		notice("an original id for an account", head+"<InfoType>unauthorized</InfoType><AuthorizerAppid>gh_3f7badc0771f</AuthorizerAppid>"),
		{Name: "two notices", Body: []byte("<xml>" + ticket + "</xml><xml>" + ticket + "</xml>")},
		{Name: "an entity in a notice", Body: []byte(`<!DOCTYPE x [<!ENTITY a "b">]><xml>` + ticket + "<ComponentVerifyTicket>&a;</ComponentVerifyTicket></xml>")},
		{Name: "another root", Body: []byte("<html>" + ticket + "</html>")},
		{Name: "a notice in JSON", Body: []byte(`{"AppId":"wxb1c2d3e4f5a60718","<InfoType>":"component_verify_ticket"}`)},
		{Name: "for another account than its address", Body: []byte("<xml><ToUserName>gh_0000000000ff</ToUserName><FromUserName>u</FromUserName><CreateTime>1772357400</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")},
		{Name: "nobody's", Body: []byte("<xml><FromUserName>u</FromUserName><CreateTime>1772357400</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")},
	}
	for _, c := range in(tb, "in-open") {
		for _, at := range []int{1, len(c.Body) / 4, len(c.Body) / 2, len(c.Body) - 1} {
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: c.Body[:at]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

func openSuite(tb testing.TB) conntest.Suite {
	s := suite(tb)
	s.New, s.Play, s.Golden = wechat.Component, playOpen, "testdata/conntest-open"
	cases := in(tb, "in-open")
	for i, c := range cases {
		// What else the platform tells its developer is nothing to a hub.
		cases[i].Empty = addressOf(string(c.Body)) == "" && !strings.Contains(c.Name, "ticket") && !strings.Contains(c.Name, "authorized")
	}
	s.Webhook.Sign, s.Webhook.In, s.Webhook.Malformed, s.Webhook.Handshakes = signOpen, cases, malformedOpen(tb), nil
	s.Webhook.Begin = func(e conntest.Emulator) []connector.Raw { return e.(*stage).open.told }
	s.Webhook.Forged = nil
	for _, body := range [][]byte{cases[0].Body, cases[len(cases)-1].Body} {
		for name, raw := range map[string]func(connector.Link, time.Time) connector.Raw{
			"eleven minutes old": func(l connector.Link, now time.Time) connector.Raw {
				return signOpen(l, now.Add(-11*time.Minute), body)
			},
			"sealed for another platform": func(l connector.Link, now time.Time) connector.Raw {
				o := openOptions(l)
				o.AppID = "wx0000000000000000"
				return signOpenAs(o, now, body)
			},
			"not sealed": func(l connector.Link, now time.Time) connector.Raw {
				raw := signOpen(l, now, body)
				raw.Body = body
				return raw
			},
		} {
			s.Webhook.Forged = append(s.Webhook.Forged, conntest.Forgery{Name: fmt.Sprintf("%s, of %d bytes", name, len(body)), Raw: raw})
		}
	}
	s.Out = openOut()
	return s
}

// openOut is what differs from an account linked by itself: whose token a call
// carries, and what became of the authorisation.
func openOut() []conntest.OutCase {
	hello := canon.TextMessage("你好，我是 Mei")
	code := func(op string, n int) emulate.Fault {
		return emulate.Fault{Op: op, Status: 200, Body: []byte(fmt.Sprintf(`{"errcode":%d,"errmsg":"as the document says"}`, n))}
	}
	when := func(name string, class connector.Class, do func(*stage)) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: hello, Class: class, Before: func(e conntest.Emulator) { do(e.(*stage)) }}
	}
	asMini := func(r *connector.Request) {
		r.Account.RemoteID, r.Thread.Account = "wx9d2e7c4b1a5f8036", "wx9d2e7c4b1a5f8036"
	}
	lost := when("taken, then the connection breaks", connector.Uncertain, func(s *stage) {
		s.Misbehave(emulate.Fault{Op: "message/custom/send", Kind: emulate.LoseAnswer})
	})
	lost.Taken = true
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "picture", Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, File: file(101), Name: "收据.png", MIME: "image/png"}}}},
		{Name: "template", Message: canon.Message{Parts: []canon.Part{parts()["template"]}}},
		{Name: "text of a mini-program", Message: hello, Request: asMini},
		{Name: "recording of a mini-program", Request: asMini, Class: connector.Unsupported, Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaVoice, File: file(102), MIME: "audio/ogg"}}}},
		{Name: "of an account that never authorised", Message: hello, Class: connector.NeedsLogin, Request: func(r *connector.Request) { r.Account.RemoteID = "wx0000000000000000" }},
		{Name: "two parts", Message: canon.Message{Parts: []canon.Part{canon.Text{Body: "a"}, canon.Text{Body: "b"}}}, Class: connector.Invalid},
		when("every token ran out", "", func(s *stage) { s.open.app.Expire() }),
		when("taken back", connector.NeedsLogin, func(s *stage) { _ = s.open.app.TakeBack(context.Background(), s.open.shop(), true) }),
		when("taken back by another account", "", func(s *stage) { _ = s.open.app.TakeBack(context.Background(), s.open.mini(), true) }),
		when("permission left unticked", connector.Unsupported, func(s *stage) {
			s.open.app.Untick(s.open.shop(), 1)
			_ = s.open.app.Grant(context.Background(), s.open.shop())
		}),
		when("off the whitelist", connector.NeedsLogin, func(s *stage) { s.open.app.Expire(); s.open.app.Ban(true) }),
		when("refresh token refused", connector.NeedsLogin, func(s *stage) {
			s.open.app.Expire()
			s.open.app.Misbehave(code("component/api_authorizer_token", 61023))
		}),
		when("platform busy", connector.Transient, func(s *stage) { s.open.app.Expire(); s.open.app.Misbehave(code("component/api_authorizer_token", -1)) }),
		when("platform cut off", connector.Transient, func(s *stage) {
			s.open.app.Expire()
			s.open.app.Misbehave(emulate.Fault{Op: "component/api_component_token", Kind: emulate.HangUp})
		}),
		when("platform secret wrong", connector.NeedsLogin, func(s *stage) {
			s.open.app.Expire()
			s.open.app.Misbehave(code("component/api_component_token", 40125))
		}),
		when("window closed", connector.WindowClosed, func(s *stage) { s.shut = true }),
		lost,
	}
}

// TestConformanceOfThirdPartyPlatforms holds accounts that authorised a platform
// to all rules.
func TestConformanceOfThirdPartyPlatforms(t *testing.T) {
	s := openSuite(t)
	if n := len(s.Webhook.In); n < 40 {
		t.Fatalf("the corpus has only %d callbacks", n)
	}
	conntest.Run(t, s)
}

func FuzzDecodeOfThirdPartyPlatforms(f *testing.F) { conntest.Fuzz(f, openSuite(f)) }
