//go:build !nogpl

package whatsapp_test

import (
	"parley/connectors/conntest"
	"parley/connectors/emulate"
	"parley/core/canon"
	"parley/core/connector"
)

func outCases() []conntest.OutCase {
	options := []canon.Option{{Kind: canon.OptionReply, Label: "Order", Value: "order"}}
	refused := func(status int) func(conntest.Emulator) {
		return func(e conntest.Emulator) { e.(*stage).Misbehave(emulate.Fault{Op: "message", Status: status}) }
	}
	return []conntest.OutCase{
		{Name: "text", Message: canon.TextMessage("你好，我是 Mei 👩‍👩‍👧")},
		{Name: "marked text", Message: canon.Message{Parts: []canon.Part{canon.Text{Body: "bold, italic and struck; see the shop", Spans: []canon.Span{
			{Length: 4, Style: canon.SpanBold}, {Start: 6, Length: 6, Style: canon.SpanItalic}, {Start: 17, Length: 6, Style: canon.SpanStrike}, {Start: 29, Length: 8, Style: canon.SpanLink, URL: "https://example.com/shop"}}}}}},
		{Name: "reply to the customer", Message: canon.Message{Quote: "where is my order", Parts: []canon.Part{canon.Text{Body: "on its way"}}}, Request: func(r *connector.Request) { r.ReplyTo = "3A000001PLAYED/" }},
		{Name: "reply to ourselves", Message: canon.TextMessage("and again"), Request: func(r *connector.Request) { r.ReplyTo = "3EB0112233445566778899" }},
		{Name: "location", Message: canon.Message{Parts: []canon.Part{canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"}}}},
		{Name: "contact", Message: canon.Message{Parts: []canon.Part{canon.Contact{Name: "Li, Lei", Org: "Tea House", Phones: []string{"+86 138 0000 0000"}, Emails: []string{"li@example.com"}}}}},
		{Name: "picture", Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, File: canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 15: 101}, MIME: "image/png", Caption: "the cup"}}}},
		{Name: "voice", Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaVoice, File: canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 15: 102}, MIME: "audio/ogg", Millis: 2400, Wave: []byte{0, 128, 255}}}}},
		{Name: "document", Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaFile, File: canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 15: 104}, Name: "offer.pdf", MIME: "application/pdf"}}}},
		{Name: "link card", Message: canon.Message{Parts: []canon.Part{canon.Card{Kind: canon.CardLink, Title: "茶杯", Text: "白瓷", URL: "https://example.com/p/1"}}}},
		{Name: "choices that were not degraded", Message: canon.Message{Parts: []canon.Part{canon.Choices{Style: canon.ChoiceQuick, Prompt: "Which?", Options: options}}}},
		{Name: "edit", Message: canon.TextMessage("it costs 13"), Request: func(r *connector.Request) { r.Op, r.Target = connector.OpEdit, "3EB0112233445566778899" }},
		{Name: "recall", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "3EB0112233445566778899" }},
		{Name: "reaction to the customer", Request: func(r *connector.Request) {
			r.Op, r.Target, r.Emoji = connector.OpReact, "3A000001PLAYED/", "👍"
		}},
		{Name: "reaction taken off", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpReact, "3A000001PLAYED/" }},
		{Name: "recall of what the customer said", Class: connector.Unsupported, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "3A000001PLAYED/" }},
		{Name: "no address", Class: connector.Invalid, Message: canon.TextMessage("hi"), Request: func(r *connector.Request) { r.Thread.Peer = "nobody@nowhere" }},
		{Name: "not on WhatsApp", Class: connector.Gone, Message: canon.TextMessage("hi"), Request: func(r *connector.Request) { r.Thread.Peer = "15559999999@s.whatsapp.net" }},
		{Name: "too fast", Class: connector.RateLimited, Message: canon.TextMessage("hi"), Before: refused(429)},
		{Name: "cold contact", Class: connector.WindowClosed, Message: canon.TextMessage("hi"), Before: refused(463)},
		{Name: "refused", Class: connector.Invalid, Message: canon.TextMessage("hi"), Before: refused(400)},
		{Name: "trouble at the server", Class: connector.Transient, Message: canon.TextMessage("hi"), Before: refused(503)},
		{Name: "an unknown code", Class: connector.Invalid, Message: canon.TextMessage("hi"), Before: refused(499)},
		{Name: "the socket breaks after it was taken", Class: connector.Uncertain, Taken: true, Message: canon.TextMessage("taken"), Before: func(e conntest.Emulator) {
			e.(*stage).Misbehave(emulate.Fault{Op: "message", Kind: emulate.LoseAnswer})
		}},
		{Name: "the store of media is away", Class: connector.Transient, Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, File: canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 15: 101}, MIME: "image/png"}}}, Before: func(e conntest.Emulator) {
			e.(*stage).Misbehave(emulate.Fault{Op: "upload", Status: 503})
		}},
	}
}
