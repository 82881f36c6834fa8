package wecom_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// suiteStage is an application of a service provider that a corporation installed
// from WeCom's market: what the provider was told of it, the kit posts.
type suiteStage struct {
	app  *played.Suite
	told []connector.Raw
}

// RoundTrip takes down what WeCom posts; an address it verifies answers as it
// must.
func (s *suiteStage) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := "success"
	if r.Method == http.MethodGet {
		conn, err := wecom.NewSuite().Open(r.Context(), connector.Link{Config: s.app.Config()}, connector.Env{HTTP: http.DefaultClient})
		if err != nil {
			return nil, err
		}
		opened, err := conn.(connector.Webhook).Unseal(connector.Raw{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header})
		if err != nil {
			return nil, err
		}
		answer = string(opened.Answer.Body)
	} else if strings.HasSuffix(r.URL.Path, "/hook") { // not a corporation's
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.told = append(s.told, connector.Raw{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body})
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func playSuite(clock func() time.Time) (conntest.Emulator, error) {
	return installed("wecom", played.Options{Clock: clock, PerMinute: 1 << 30})
}

// installed is an application that the corporation installed from the market, for
// its members ("wecom") or the customers of its service accounts ("wechatkf").
func installed(kind string, o played.Options) (*stage, error) {
	t := &suiteStage{}
	o.Client = &http.Client{Transport: t}
	t.app = played.NewSuite(o)
	t.app.Serves(kind == "wechatkf")
	s := &stage{Platform: t.app.Platform, kind: kind, srv: httptest.NewServer(t.app), suite: t}
	if err := t.app.SetCallbacks(context.Background(), "https://hub.example/hook", "https://hub.example/hook/$CORPID$"); err != nil {
		return nil, err
	}
	return s, t.app.Market(context.Background())
}

// signSuite seals a body for whom it is: the application, or the corporation.
func signSuite(link connector.Link, now time.Time, inside []byte) connector.Raw {
	v := link.Config
	to, path := played.Credentials{CorpID: played.CorpID, AgentID: played.AgentID, Token: v["callback_token"], AESKey: v["encoding_aes_key"]}, "/"+played.CorpID
	if strings.Contains(string(inside), "<SuiteId>") {
		to.CorpID, to.AgentID, path = v["suite_id"], "", ""
	}
	query, body := played.SealWith(to, now, inside)
	return connector.Raw{Method: http.MethodPost, Path: path, Query: query, Header: http.Header{"Content-Type": {"text/xml"}}, Body: body}
}

func suiteOfProvider(tb testing.TB) conntest.Suite {
	names, bodies := files(tb, "testdata/in/suite/*.xml")
	var in []conntest.InCase
	for i, name := range names {
		affair := strings.Contains(string(bodies[i]), "<SuiteId>")
		kept := strings.Contains(name, "ticket") || strings.Contains(name, "installed") || strings.Contains(name, "authorisation")
		in = append(in, conntest.InCase{Name: "suite " + name, Body: bodies[i], Empty: affair && !kept})
	}
	verified := func(path string) conntest.Handshake {
		return conntest.Handshake{Name: "the address " + path + " is verified", Status: http.StatusOK, Body: handshake.Body, Raw: func(link connector.Link, now time.Time) connector.Raw {
			raw := handshake.Raw(link, now)
			raw.Path = path
			return raw
		}}
	}
	affair, message := bodies[0], bodies[24]
	altered := func(name string, body []byte, alter func(*connector.Link, *connector.Raw)) conntest.Forgery {
		return conntest.Forgery{Name: name, Raw: func(link connector.Link, now time.Time) connector.Raw {
			raw := signSuite(link, now, body)
			alter(&link, &raw)
			return raw
		}}
	}
	s := appSuite(tb)
	s.New, s.Play = wecom.NewSuite, playSuite
	s.Webhook = &conntest.Webhook{
		Sign: signSuite, Proof: s.Webhook.Proof, In: in, Mutations: 1000,
		Begin:      func(e conntest.Emulator) []connector.Raw { return e.(*stage).suite.told },
		Malformed:  broken(tb, []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "MediaId", "SuiteId", "InfoType"}, in, 3),
		Handshakes: []conntest.Handshake{verified(""), verified("/" + played.ProviderCorpID)},
		Forged: []conntest.Forgery{
			altered("an affair in plain", affair, func(_ *connector.Link, raw *connector.Raw) { raw.Body = affair }),
			altered("an affair at a corporation's address", affair, func(_ *connector.Link, raw *connector.Raw) { raw.Path = "/" + played.CorpID }),
			altered("a message at the application's address", message, func(_ *connector.Link, raw *connector.Raw) { raw.Path = "" }),
			altered("a message at another corporation's address", message, func(_ *connector.Link, raw *connector.Raw) { raw.Path = "/ww0000000000000000" }),
			altered("a message at an address of no corporation", message, func(_ *connector.Link, raw *connector.Raw) { raw.Path = "/../x" }),
		},
	}
	s.Stream = &conntest.Stream{Cases: []conntest.StreamCase{{Name: "suite without service accounts", Feed: func(conntest.Emulator) error { return nil }}}}
	s.Out = suiteOut()
	return s
}

// suiteOut is what differs from an application of a corporation's own.
func suiteOut() []conntest.OutCase {
	when := func(name string, class connector.Class, do func(*played.Suite)) conntest.OutCase {
		return conntest.OutCase{Name: "suite " + name, Message: hello, Class: class, Before: func(e conntest.Emulator) { do(e.(*stage).suite.app) }}
	}
	lost := when("answer lost", connector.Uncertain, func(p *played.Suite) { p.Misbehave(emulate.Fault{Op: "message/send", Kind: emulate.LoseAnswer}) })
	lost.Taken = true
	return []conntest.OutCase{
		{Name: "suite text", Message: hello},
		{Name: "suite picture", Message: message(canon.Media{Kind: canon.MediaImage, File: picture, Name: "p.png", MIME: "image/png"})},
		{Name: "suite buttons", Message: message(canon.Choices{Style: canon.ChoiceButtons, Prompt: "请选择", Options: []canon.Option{{Kind: canon.OptionReply, Label: "请假", Value: "leave"}}})},
		{Name: "suite nobody", Message: hello, Class: connector.Invalid, Request: func(r *connector.Request) { r.Thread.Peer = "nobody" }},
		{Name: "suite of a corporation that never installed", Message: hello, Class: connector.NeedsLogin, Request: func(r *connector.Request) { r.Account.RemoteID = "ww0000000000000000" }},
		{Name: "suite recall of nothing", Class: connector.Invalid, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "none" }},
		when("every token ran out", "", func(p *played.Suite) { p.Expire() }),
		when("removed", connector.NeedsLogin, func(p *played.Suite) { _ = p.Remove(context.Background(), true) }),
		when("removed and installed again, and told of neither", connector.NeedsLogin, func(p *played.Suite) {
			_ = p.Remove(context.Background(), true)
			_ = p.Market(context.Background())
		}),
		when("wrong secret", connector.NeedsLogin, func(p *played.Suite) { p.Expire(); p.Misbehave(played.Refuse("service/get_suite_token", 40080)) }),
		when("ticket refused", connector.Transient, func(p *played.Suite) { p.Expire(); p.Misbehave(played.Refuse("service/get_suite_token", 40085)) }),
		when("address not trusted", connector.NeedsLogin, func(p *played.Suite) { p.Expire(); p.Misbehave(played.Refuse("service/get_corp_token", 60020)) }),
		when("corporation token: cut", connector.Transient, func(p *played.Suite) {
			p.Expire()
			p.Misbehave(emulate.Fault{Op: "service/get_corp_token", Kind: emulate.HangUp})
		}),
		when("out of range", connector.NeedsLogin, func(p *played.Suite) { p.Misbehave(played.Refuse("message/send", 60011)) }),
		when("busy", connector.Transient, func(p *played.Suite) { p.Misbehave(played.Refuse("message/send", -1)) }),
		lost,
	}
}

func TestSuiteKit(t *testing.T) { conntest.Run(t, suiteOfProvider(t)) }

func FuzzSuiteDecode(f *testing.F) { conntest.Fuzz(f, suiteOfProvider(f)) }
