package wecom_test

import (
	"context"
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

// serviceOfSuite is a service account of a corporation that lets a service
// provider's application manage it.
func serviceOfSuite(tb testing.TB) conntest.Suite {
	rights := `<xml><ToUserName><![CDATA[` + played.CorpID + `]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1615478585</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_account_auth_change]]></Event><AuthDelOpenKfId><![CDATA[wk1]]></AuthDelOpenKfId></xml>`
	in := append(insides(),
		conntest.InCase{Name: "kf rights taken from an account", Body: []byte(rights), Empty: true},
		conntest.InCase{Name: "kf another event that speaks of it", Body: []byte(strings.Replace(rights, "<Event><![CDATA[kf_account_auth_change]]></Event>", "<Event><![CDATA[enter_agent]]></Event><EventKey><![CDATA[kf_msg_or_event]]></EventKey>", 1))})
	at := func(name, path string) conntest.Forgery {
		return conntest.Forgery{Name: name, Raw: func(link connector.Link, now time.Time) connector.Raw {
			raw := signSuite(link, now, []byte(nudge))
			raw.Path = path
			return raw
		}}
	}
	s := kfSuite(tb)
	s.New = func() connector.Driver { return wecom.NewSuitePolling(10 * time.Millisecond) }
	s.Play = func(clock func() time.Time) (conntest.Emulator, error) {
		s, err := installed("wechatkf", played.Options{Clock: clock, Tokenless: 1 << 30, Messages: 1000, PageSize: 7, EmptyPages: 1})
		if err == nil {
			s.Wrote(played.Account, played.Customer)
		}
		return s, err
	}
	s.Golden = "testdata/conntest-suitekf"
	verified := handshake
	verified.Raw = func(link connector.Link, now time.Time) connector.Raw {
		raw := handshake.Raw(link, now)
		raw.Path = "/" + played.ProviderCorpID
		return raw
	}
	s.Webhook = &conntest.Webhook{
		Sign: signSuite, Proof: s.Webhook.Proof, In: in, Mutations: 1000, Handshakes: []conntest.Handshake{verified},
		Begin:     func(e conntest.Emulator) []connector.Raw { return e.(*stage).suite.told },
		Malformed: broken(tb, []string{"ToUserName", "CreateTime", "Token"}, insides(), 50),
		Forged:    []conntest.Forgery{at("a nudge at the application's address", ""), at("a nudge at another corporation's address", "/ww0000000000000000")},
	}
	s.Out = serviceOut()
	return s
}

// serviceOut is what differs from customer service of a corporation's own.
func serviceOut() []conntest.OutCase {
	when := func(name string, class connector.Class, do func(*played.Suite)) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: hello, Class: class, Before: func(e conntest.Emulator) { do(e.(*stage).suite.app) }}
	}
	lost := when("answer lost", connector.Uncertain, func(p *played.Suite) { p.Misbehave(emulate.Fault{Op: "kf/send_msg", Kind: emulate.LoseAnswer}) })
	lost.Taken = true
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "picture", Message: message(canon.Media{Kind: canon.MediaImage, File: picture, Name: "p.png", MIME: "image/png"})},
		{Name: "card without a picture", Message: message(canon.Card{Kind: canon.CardLink, Title: "公告", URL: "https://example.com"})},
		{Name: "menu", Message: message(canon.Choices{Style: canon.ChoiceButtons, Prompt: "请选择", Options: []canon.Option{{Kind: canon.OptionReply, Label: "查订单", Value: "order"}}})},
		{Name: "revoke", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "m-1" }, Class: connector.Invalid},
		{Name: "of a corporation that never installed", Message: hello, Class: connector.NeedsLogin, Request: func(r *connector.Request) {
			r.Account.RemoteID = "ww0000000000000000/" + played.Account
			r.Thread.Account = r.Account.RemoteID
		}},
		{Name: "of an account that is none", Message: hello, Class: connector.Invalid, Request: func(r *connector.Request) { r.Thread.Account = played.CorpID + "/wkNone" }},
		{Name: "five sent", Message: hello, Before: refused("kf/send_msg", 95001), Class: connector.WindowClosed},
		{Name: "busy", Message: hello, Before: refused("kf/send_msg", -1), Class: connector.Transient},
		when("every token ran out", "", func(p *played.Suite) { p.Expire() }),
		when("permission taken back", connector.NeedsLogin, func(p *played.Suite) { p.Serves(false) }),
		when("removed", connector.NeedsLogin, func(p *played.Suite) { _ = p.Remove(context.Background(), true) }),
		lost,
	}
}

func TestSuiteKFKit(t *testing.T) { conntest.Run(t, serviceOfSuite(t)) }

func FuzzSuiteKFDecode(f *testing.F) { conntest.Fuzz(f, serviceOfSuite(f)) }
