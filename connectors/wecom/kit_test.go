package wecom_test

import (
	"bytes"
	"fmt"
	"path"
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

const nudge = `<xml><ToUserName><![CDATA[ww5f1a2b3c4d5e6f70]]></ToUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR]]></Token><OpenKfId><![CDATA[wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q]]></OpenKfId></xml>`

// insides are the callbacks of customer service.
func insides() []conntest.InCase {
	return []conntest.InCase{
		{Name: "kf nudge", Body: []byte(nudge)},
		{Name: "kf nudge without an account", Body: []byte(strings.Replace(nudge, "<OpenKfId><![CDATA[wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q]]></OpenKfId>", "", 1))},
		{Name: "kf nudge, indented", Body: []byte(strings.ReplaceAll(nudge, "><", ">\n  <"))},
		{Name: "kf rights of an account", Body: []byte(`<xml><ToUserName><![CDATA[ww5f1a2b3c4d5e6f70]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1615478585</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_account_auth_change]]></Event><AuthAddOpenKfId><![CDATA[wk1]]></AuthAddOpenKfId><AuthAddOpenKfId><![CDATA[wk2]]></AuthAddOpenKfId><AuthAddOpenKfId><![CDATA[wk3]]></AuthAddOpenKfId></xml>`)},
	}
}

// broken are insides that must be refused: written-down mistakes, and every case
// broken off at several places.
func broken(tb testing.TB, required []string, cases []conntest.InCase, at int) []conntest.Body {
	tb.Helper()
	out := []conntest.Body{
		{Name: "nothing", Body: nil}, {Name: "white space", Body: []byte(" \n")}, {Name: "JSON", Body: []byte(`{"MsgType":"text"}`)},
		{Name: "another root", Body: []byte("<html><body>hi</body></html>")}, {Name: "an empty root", Body: []byte("<xml></xml>")}, {Name: "an empty element", Body: []byte("<xml/>")},
		{Name: "two roots", Body: []byte(nudge + nudge)}, {Name: "words behind", Body: []byte(nudge + "x")}, {Name: "words before", Body: []byte("x" + nudge)},
		{Name: "attributes", Body: []byte(strings.Replace(nudge, "<xml>", `<xml a="1">`, 1))},
		{Name: "a declared entity", Body: []byte(`<!DOCTYPE xml [<!ENTITY x "y">]>` + nudge)},
		{Name: "an entity used", Body: []byte(strings.Replace(nudge, "<xml>", "<xml>&x;", 1))},
		{Name: "an entity bomb", Body: []byte(`<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]><xml><Content>&c;</Content></xml>`)},
		{Name: "too deep", Body: []byte("<xml>" + strings.Repeat("<a>", 50) + strings.Repeat("</a>", 50) + "</xml>")},
		{Name: "too many", Body: []byte("<xml>" + strings.Repeat("<a>1</a>", 5000) + "</xml>")},
		{Name: "not UTF-8", Body: []byte("<xml><MsgType>\xff\xfe</MsgType></xml>")},
		{Name: "a time that is none", Body: []byte(strings.Replace(nudge, "1348831860", "yesterday", 1))},
		{Name: "a time before 1970", Body: []byte(strings.Replace(nudge, "1348831860", "-5", 1))},
		{Name: "a time after all clocks", Body: []byte(strings.Replace(nudge, "1348831860", "999999999999999", 1))},
	}
	for _, c := range cases {
		whole := bytes.TrimSpace(c.Body)
		for _, name := range required {
			start, end := bytes.Index(whole, []byte("<"+name+">")), bytes.Index(whole, []byte("</"+name+">"))
			if start < 0 || name == "Location_X" && bytes.Contains(whole, []byte("<SendLocationInfo>")) {
				continue
			}
			out = append(out, conntest.Body{Name: c.Name + " without " + name, Body: append(append([]byte(nil), whole[:start]...), whole[end+len(name)+3:]...)})
		}
		for i := range at {
			cut := 1 + i*(len(whole)-2)/at
			out = append(out, conntest.Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, cut), Body: whole[:cut]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}

var hello = canon.TextMessage("你好，我是 Mei 👋")

func refused(op string, code int64) func(conntest.Emulator) {
	return func(e conntest.Emulator) { e.(*stage).Misbehave(played.Refuse(op, code)) }
}

func fault(f emulate.Fault) func(conntest.Emulator) {
	return func(e conntest.Emulator) { e.(*stage).Misbehave(f) }
}

// kfStream is what happens on a service account.
func kfStream(tb testing.TB) *conntest.Stream {
	names, bodies := files(tb, "testdata/in/kf/*.json")
	corpus := conntest.StreamCase{Name: "kf corpus", Envelopes: len(names), Feed: func(e conntest.Emulator) error {
		for _, raw := range bodies {
			e.(*stage).Inject(played.Account, raw)
		}
		return nil
	}}
	says := func(n int) func(conntest.Emulator) error {
		return func(e conntest.Emulator) error {
			for i := range n {
				e.(*stage).Say(played.Account, played.Customer, fmt.Sprintf("第 %d 句", i+1))
			}
			return nil
		}
	}
	return &conntest.Stream{Cases: []conntest.StreamCase{
		corpus,
		{Name: "kf a text", Feed: says(1), Envelopes: 1},
		{Name: "kf sixty texts over pages and empty pages", Feed: says(60), Envelopes: 60},
		{Name: "kf the same page again", Envelopes: 10, Feed: func(e conntest.Emulator) error {
			if err := says(10)(e); err != nil {
				return err
			}
			e.(*stage).Repeat(played.Account, 10)
			return nil
		}},
		{Name: "kf the cursor is not known any more", Envelopes: 9, Feed: func(e conntest.Emulator) error {
			e.(*stage).ForgetCursors(played.Account, 3)
			return says(9)(e)
		}},
		{Name: "kf odd elements", Envelopes: 4, Feed: func(e conntest.Emulator) error {
			for _, raw := range []string{`{"msgid":"odd-1","msgtype":"text"}`, `{"send_time":1,"msgtype":"text","text":7}`, `{"msgid":"odd-3","open_kfid":5,"external_userid":"wm1","origin":3,"msgtype":"text","text":{"content":"still read"}}`, `{"msgid":"odd-4","msgtype":"event","event":{"external_userid":"wm1"}}`} {
				e.(*stage).Inject(played.Account, []byte(raw))
			}
			return nil
		}},
	}}
}

func kfSuite(tb testing.TB) conntest.Suite {
	post := "kf/send_msg"
	lost := conntest.OutCase{Name: "kf answer lost", Message: hello, Class: connector.Uncertain, Taken: true, Before: fault(emulate.Fault{Op: post, Kind: emulate.LoseAnswer})}
	return conntest.Suite{
		New: func() connector.Driver { return wecom.NewKFPolling(10 * time.Millisecond) },
		Play: func(clock func() time.Time) (conntest.Emulator, error) {
			s := play("wechatkf", played.Options{Clock: clock, Tokenless: 1 << 30, Messages: 1000, PageSize: 7, EmptyPages: 1})
			s.Wrote(played.Account, played.Customer)
			return s, nil
		},
		Peer: played.Customer,
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{"msg_signature", "timestamp", "nonce"}, In: insides(),
			Malformed: broken(tb, []string{"ToUserName", "CreateTime", "MsgType", "Token"}, insides(), 50), Forged: forged(nudge), Handshakes: []conntest.Handshake{handshake},
		},
		Stream: kfStream(tb),
		Fetch:  fetchCase(),
		Out: []conntest.OutCase{
			{Name: "kf text", Message: hello},
			{Name: "kf link with picture", Message: message(canon.Card{Kind: canon.CardProduct, Ref: "A-1", Title: "茶杯", Text: "白瓷", Price: "¥128.00", URL: "https://example.com/p/1", Image: canon.Media{Kind: canon.MediaImage, File: picture}})},
			{Name: "kf link without picture", Message: message(canon.Card{Kind: canon.CardLink, Title: strings.Repeat("长标题", 60), Text: strings.Repeat("说明", 400), URL: "https://example.com"})},
			{Name: "kf mini-program", Message: message(canon.Card{Kind: canon.CardApp, Title: "订单", AppID: "wx8bd80126147df384", Path: "pages/order?id=1", Image: canon.Media{Kind: canon.MediaImage, File: picture}})},
			{Name: "kf card without address", Message: message(canon.Card{Kind: canon.CardOrder, Ref: "1042", Title: "订单 1042", Status: "已发货"})},
			{Name: "kf menu", Message: message(canon.Choices{Style: canon.ChoiceButtons, Prompt: strings.Repeat("请选择。", 100), Footer: "谢谢", Options: []canon.Option{
				{Kind: canon.OptionReply, Label: "查订单", Value: "order"}, {Kind: canon.OptionURL, Label: "商城", URL: "https://example.com/shop"},
				{Kind: canon.OptionApp, Label: "小程序", AppID: "wx8bd80126147df384", Path: "pages/index"}, {Kind: canon.OptionPhone, Label: "电话", Value: "+864001234567"}, {Kind: canon.OptionHuman, Label: "人工客服"}}})},
			{Name: "kf odd characters", Message: canon.TextMessage("a\u0000b\u2028c \\u4f60 <b>&</b>\t\"x\"")},
			{Name: "kf file", Message: message(canon.Media{Kind: canon.MediaFile, File: document, Name: "offer.pdf", MIME: "application/pdf"})},
			{Name: "kf by ticket", Message: hello, Request: func(r *connector.Request) {
				r.Ticket = &canon.Ticket{Opaque: []byte("no such code"), Expires: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Calls: 1, Parts: 1}
			}, Class: connector.Invalid},
			{Name: "kf nobody", Message: hello, Request: func(r *connector.Request) { r.Thread.Peer = "wmNobody" }, Class: connector.Gone},
			{Name: "kf no such account", Message: hello, Request: func(r *connector.Request) { r.Thread.Account = "wkNone" }, Class: connector.Invalid},
			{Name: "kf too long", Message: canon.TextMessage(strings.Repeat("长", 683)), Class: connector.Invalid},
			{Name: "kf empty", Message: canon.TextMessage("\u0000"), Class: connector.Invalid},
			{Name: "kf revoke of nothing", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "m-1" }, Class: connector.Invalid},
			{Name: "kf edit", Message: hello, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpEdit, "m-1" }, Class: connector.Unsupported},
			{Name: "kf revoke, busy", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "m-1" }, Before: refused("kf/recall_msg", -1), Class: connector.Transient},
			{Name: "kf revoke, answer lost", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "m-1" }, Before: fault(emulate.Fault{Op: "kf/recall_msg", Kind: emulate.LoseAnswer}), Class: connector.Transient},
			{Name: "kf busy", Message: hello, Before: refused(post, -1), Class: connector.Transient},
			{Name: "kf five sent", Message: hello, Before: refused(post, 95001), Class: connector.WindowClosed},
			{Name: "kf 48 hours over", Message: hello, Before: refused(post, 95002), Class: connector.WindowClosed},
			{Name: "kf with the desk", Message: hello, Before: refused(post, 95018), Class: connector.WindowClosed},
			{Name: "kf address not trusted", Message: hello, Before: refused(post, 60020), Class: connector.NeedsLogin},
			{Name: "kf not allowed", Message: hello, Before: refused(post, 48002), Class: connector.NeedsLogin},
			{Name: "kf wrong secret", Message: hello, Before: refused("gettoken", 40001), Class: connector.NeedsLogin},
			{Name: "kf too fast", Message: hello, Before: refused(post, 45009), Class: connector.RateLimited},
			{Name: "kf unknown code", Message: hello, Before: refused(post, 99999), Class: connector.Invalid},
			{Name: "kf token expired", Message: hello, Before: refused(post, 42001)},
			{Name: "kf gateway error", Message: hello, Before: fault(emulate.Fault{Op: post, Status: 502, Body: []byte("<html>bad gateway")}), Class: connector.Uncertain},
			{Name: "kf gateway full", Message: hello, Before: fault(emulate.Fault{Op: post, Status: 429}), Class: connector.RateLimited},
			{Name: "kf no JSON", Message: hello, Before: fault(emulate.Fault{Op: post, Status: 200, Body: []byte("<html>hotel login")}), Class: connector.Uncertain},
			{Name: "kf hung up before it was taken", Message: hello, Before: fault(emulate.Fault{Op: post, Kind: emulate.HangUp}), Class: connector.Uncertain},
			lost,
		},
	}
}

func appSuite(tb testing.TB) conntest.Suite {
	names, bodies := files(tb, "testdata/in/app/*.xml")
	var in []conntest.InCase
	for i, name := range names {
		in = append(in, conntest.InCase{Name: "app " + name, Body: bodies[i]})
	}
	post := "message/send"
	group := func(r *connector.Request) { r.Thread.Peer = "group:" + played.Group }
	return conntest.Suite{
		New: wecom.New,
		Play: func(clock func() time.Time) (conntest.Emulator, error) {
			return play("wecom", played.Options{Clock: clock, PerMinute: 1 << 30}), nil
		},
		Peer: played.Member,
		Webhook: &conntest.Webhook{
			Sign: sign, Proof: []string{"msg_signature", "timestamp", "nonce"}, In: in,
			Malformed: broken(tb, []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "MediaId", "Location_X"}, in, 3), Forged: forged(string(bodies[0])), Handshakes: []conntest.Handshake{handshake},
		},
		Fetch: fetchCase(),
		Out: []conntest.OutCase{
			{Name: "app text", Message: hello},
			{Name: "app markdown", Message: message(canon.Text{Body: "订单 1042 已发货，点此查看", Spans: []canon.Span{{Start: 3, Length: 4, Style: canon.SpanBold}, {Start: 12, Length: 4, Style: canon.SpanLink, URL: "https://example.com/o/1042"}}})},
			{Name: "app text card", Message: message(canon.Card{Kind: canon.CardLink, Title: "公告", URL: "https://example.com"})},
			{Name: "app buttons", Message: message(canon.Choices{Style: canon.ChoiceButtons, Prompt: "请选择您要办理的业务：" + strings.Repeat("说明", 20), Options: []canon.Option{{Kind: canon.OptionReply, Label: "请假", Value: "leave"}, {Kind: canon.OptionURL, Label: "制度", URL: "https://example.com/rules"}}})},
			{Name: "app recall of nothing", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "none" }, Class: connector.Invalid},
			{Name: "app nobody", Message: hello, Request: func(r *connector.Request) { r.Thread.Peer = "nobody" }, Class: connector.Invalid},
			{Name: "app too long", Message: canon.TextMessage(strings.Repeat("长", 683)), Class: connector.Invalid},
			{Name: "app to a group", Message: canon.TextMessage("春季新品上架"), Request: group},
			{Name: "app picture to a group", Message: message(canon.Media{Kind: canon.MediaImage, File: picture, Name: "p.png", MIME: "image/png"}), Request: group},
			{Name: "app link to a group", Message: message(canon.Card{Kind: canon.CardLink, Title: "新品", URL: "https://example.com"}), Request: group},
			{Name: "app recall in a group", Request: func(r *connector.Request) { group(r); r.Op, r.Target = connector.OpRevoke, "m" }, Class: connector.Unsupported},
			{Name: "app no such group", Message: hello, Request: func(r *connector.Request) { r.Thread.Peer = "group:none" }, Class: connector.Invalid},
			{Name: "app out of range", Message: hello, Before: refused(post, 60011), Class: connector.NeedsLogin},
			{Name: "app token invalid", Message: hello, Before: refused(post, 40014)},
			{Name: "app address not trusted", Message: hello, Before: refused(post, 60020), Class: connector.NeedsLogin},
			{Name: "app too fast", Message: hello, Before: refused(post, 45033), Class: connector.RateLimited},
			{Name: "app gateway error", Message: hello, Before: fault(emulate.Fault{Op: post, Status: 503}), Class: connector.Uncertain},
			{Name: "app answer lost", Message: hello, Class: connector.Uncertain, Taken: true, Before: fault(emulate.Fault{Op: post, Kind: emulate.LoseAnswer})},
		},
	}
}

func message(parts ...canon.Part) canon.Message { return canon.Message{Parts: parts} }

// The kit's files.
var (
	picture  = canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 101}
	document = canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 104}
)

func fetchCase() *conntest.FetchCase {
	want := []byte("%PDF-1.7 the bytes")
	return &conntest.FetchCase{Want: want, Media: func(e conntest.Emulator) canon.Media {
		s := e.(*stage)
		var seen []emulate.Bubble
		if s.kind == "wecom" {
			s.TellFile(played.Member, "file", "报价单.pdf", "application/pdf", want)
			seen = s.SeenApp(played.Member)
		} else {
			s.Send(played.Account, played.Customer, "file", "报价单.pdf", "application/pdf", want)
			seen = s.Seen(played.Account, played.Customer)
		}
		return canon.Media{Kind: canon.MediaFile, RemoteID: canon.RemoteID(path.Base(seen[len(seen)-1].Media[0].URL))}
	}}
}

func TestKFKit(t *testing.T)  { conntest.Run(t, kfSuite(t)) }
func TestAppKit(t *testing.T) { conntest.Run(t, appSuite(t)) }

func FuzzKFDecode(f *testing.F)  { conntest.Fuzz(f, kfSuite(f)) }
func FuzzAppDecode(f *testing.F) { conntest.Fuzz(f, appSuite(f)) }
