package telegram_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate"
	"parley/core/canon"
	"parley/core/connector"
)

// sample are the kit's stored files: a picture, a voice note, a film, a document.
func sample(n byte) canon.ID {
	return canon.ID{0x01, 0x90, 0xf3, 0xa2, 0x7c, 0x1e, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func parts(p ...canon.Part) canon.Message { return canon.Message{Parts: p} }

func media(kind canon.MediaKind, file byte, mime string) canon.Message {
	return parts(canon.Media{Kind: kind, File: sample(file), MIME: mime, Caption: "说明"})
}

func photo(file byte, caption string) canon.Media {
	return canon.Media{Kind: canon.MediaImage, File: sample(file), MIME: "image/png", Caption: caption}
}

func outCases() []conntest.OutCase {
	hello := canon.TextMessage("你好，我是 Mei")
	toThread := func(peer, thread canon.RemoteID) func(*connector.Request) {
		return func(r *connector.Request) { r.Thread.Peer, r.Thread.Thread = peer, thread }
	}
	on := func(op connector.Op, target canon.RemoteID, emoji string) func(*connector.Request) {
		return func(r *connector.Request) { r.Op, r.Target, r.Emoji = op, target, emoji }
	}
	fault := func(name string, class connector.Class, f emulate.Fault) conntest.OutCase {
		return conntest.OutCase{Name: name, Message: hello, Class: class, Before: func(e conntest.Emulator) { e.(*stage).Misbehave(f) }}
	}
	says := func(code int, words string) emulate.Fault {
		return emulate.Fault{Status: code, Body: []byte(`{"ok":false,"error_code":` + strconv.Itoa(code) + `,"description":"` + words + `"}`)}
	}
	customer := func(acts ...emulate.Act) func(conntest.Emulator) {
		return func(e conntest.Emulator) {
			for _, act := range acts {
				if err := e.(*stage).Do(context.Background(), "501", act); err != nil {
					panic(err)
				}
			}
		}
	}
	wrote := customer(emulate.Act{Kind: emulate.ActText, Text: "hello"})
	lost := fault("taken, then the connection breaks", connector.Uncertain, emulate.Fault{Kind: emulate.LoseAnswer, Op: "sendMessage"})
	lost.Taken = true
	options := []canon.Option{
		{Kind: canon.OptionReply, Label: "查订单", Value: "order"}, {Kind: canon.OptionReply, Label: "退款", Value: "refund"},
		{Kind: canon.OptionURL, Label: "商店", URL: "https://example.com/shop"}, {Kind: canon.OptionHuman, Label: "转人工", Value: "parley:human"},
	}
	return []conntest.OutCase{
		{Name: "text", Message: hello},
		{Name: "text with spans", Message: parts(canon.Text{Body: "👩‍👩‍👧 bold, link", Spans: []canon.Span{{Start: 6, Length: 4, Style: canon.SpanBold}, {Start: 12, Length: 4, Style: canon.SpanLink, URL: "https://example.com"}}})},
		{Name: "reply", Message: hello, Before: wrote, Request: func(r *connector.Request) { r.ReplyTo = "501:1" }},
		{Name: "reply to a message that is gone", Message: hello, Request: func(r *connector.Request) { r.ReplyTo = "501:404" }},
		{Name: "reply to another chat's message", Message: hello, Request: func(r *connector.Request) { r.ReplyTo = "502:1" }},
		{Name: "picture", Message: media(canon.MediaImage, 101, "image/png")},
		{Name: "picture of a type that is a document", Message: media(canon.MediaImage, 104, "")},
		{Name: "voice", Message: media(canon.MediaVoice, 102, "")},
		{Name: "voice of a type that is a document", Message: media(canon.MediaVoice, 104, "")},
		{Name: "audio that is a document", Message: media(canon.MediaAudio, 102, "")},
		{Name: "video", Message: media(canon.MediaVideo, 103, "")},
		{Name: "animation", Message: media(canon.MediaAnimation, 103, "")},
		{Name: "file", Message: media(canon.MediaFile, 104, "")},
		{Name: "file that is at Telegram", Message: parts(canon.Media{Kind: canon.MediaFile, RemoteID: "AgACAgEmulated1"})},
		{Name: "album of pictures and a film", Message: parts(photo(101, "一"), canon.Media{Kind: canon.MediaVideo, File: sample(103), MIME: "video/mp4"}, photo(101, ""))},
		{Name: "album of documents", Message: parts(canon.Media{Kind: canon.MediaFile, File: sample(104)}, canon.Media{Kind: canon.MediaFile, File: sample(104), Caption: "二"})},
		{Name: "album with a picture that is a document", Message: parts(photo(101, ""), canon.Media{Kind: canon.MediaImage, File: sample(104)})},
		{Name: "album of what is at Telegram", Message: parts(canon.Media{Kind: canon.MediaImage, RemoteID: "AgACAgEmulated1"}, canon.Media{Kind: canon.MediaImage, RemoteID: "AgACAgEmulated1"}), Before: customer(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "a.jpg", MIME: "image/jpeg", File: []byte("x")}), Class: ""},
		{Name: "album as a reply", Message: parts(photo(101, ""), photo(101, "")), Before: wrote, Request: func(r *connector.Request) { r.ReplyTo = "501:1" }},
		{Name: "sticker of Telegram", Message: parts(canon.Sticker{RemoteID: "AgACAgEmulated1", Emoji: "😺"})},
		{Name: "sticker without a picture", Message: parts(canon.Sticker{Emoji: "😺"})},
		{Name: "place", Message: parts(canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"})},
		{Name: "point", Message: parts(canon.Location{Lat: 31.23, Lon: 121.47})},
		{Name: "contact", Message: parts(canon.Contact{Name: "李雷", Phones: []string{"+8613800000000"}})},
		{Name: "contact without a number", Message: parts(canon.Contact{Name: "李雷", Emails: []string{"lilei@example.com"}})},
		{Name: "buttons", Message: parts(canon.Choices{Style: canon.ChoiceButtons, Prompt: "哪一项？", Options: options, Footer: "随时可转人工"})},
		{Name: "quick replies", Message: parts(canon.Choices{Style: canon.ChoiceQuick, Prompt: "哪一项？", Options: options})},
		{Name: "list", Message: parts(canon.Choices{Style: canon.ChoiceList, Prompt: "哪一项？", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "A", Value: "a", Section: "One", Detail: "first"}, {Kind: canon.OptionReply, Label: "B", Value: "b", Section: "Two"}}})},
		{Name: "options that ask for a place", Message: parts(canon.Choices{Style: canon.ChoiceQuick, Prompt: "在哪里？", Options: []canon.Option{
			{Kind: canon.OptionLocation, Label: "发送位置"}, {Kind: canon.OptionReply, Label: "跳过", Value: "skip"}}})},
		{Name: "options no button can have", Message: parts(canon.Choices{Style: canon.ChoiceButtons, Options: []canon.Option{
			{Kind: canon.OptionPhone, Label: "Call us", Value: "+49301234567"}, {Kind: canon.OptionURL, Label: "Mail", URL: "mailto:a@example.com"}}})},
		{Name: "card with a picture", Message: parts(canon.Card{Kind: canon.CardProduct, Ref: "A-1", Title: "茶杯", Text: "白瓷", Price: "¥128.00", URL: "https://example.com/p/1", Image: canon.Media{Kind: canon.MediaImage, File: sample(101)}})},
		{Name: "card without a picture", Message: parts(canon.Card{Kind: canon.CardLink, Title: "帮助中心", URL: "https://example.com/help"})},
		{Name: "card too long for a caption", Message: parts(canon.Card{Kind: canon.CardArticle, Title: "长文", Text: strings.Repeat("长", 1100), URL: "https://example.com/a", Image: canon.Media{Kind: canon.MediaImage, File: sample(101)}})},
		{Name: "edit of nothing", Message: hello, Class: connector.Invalid, Request: on(connector.OpEdit, "501:404", "")},
		{Name: "edit of the customer's words", Message: hello, Class: connector.Invalid, Before: wrote, Request: on(connector.OpEdit, "501:1", "")},
		{Name: "revoke of what is gone", Request: on(connector.OpRevoke, "501:404", "")},
		{Name: "reaction", Before: wrote, Request: on(connector.OpReact, "501:1", "❤️")},
		{Name: "reaction taken off", Before: wrote, Request: on(connector.OpReact, "501:1", "")},
		{Name: "reaction Telegram does not have", Class: connector.Unsupported, Before: wrote, Request: on(connector.OpReact, "501:1", "🧋")},
		{Name: "unknown operation", Class: connector.Unsupported, Request: on("pin", "501:1", "")},
		{Name: "target of another platform", Class: connector.Invalid, Request: on(connector.OpEdit, "m-1", "")},
		{Name: "thread of another platform", Message: hello, Class: connector.Invalid, Request: toThread("jane@example.com", "")},
		{Name: "topic that does not exist", Message: hello, Class: connector.Gone, Request: toThread("501", "t77")},
		{Name: "business connection that does not exist", Message: hello, Class: connector.Gone, Request: toThread("501", "bTq9")},
		{Name: "chat that does not exist", Message: hello, Class: connector.Gone, Request: toThread("999", "")},
		{Name: "blocked", Message: hello, Class: connector.Gone, Before: customer(emulate.Act{Kind: emulate.ActLeave})},
		{Name: "deactivated", Message: hello, Class: connector.Gone, Before: func(e conntest.Emulator) { e.(*stage).Deactivate(501) }},
		{Name: "voice refused", Message: media(canon.MediaVoice, 102, ""), Class: connector.Unsupported, Before: func(e conntest.Emulator) { e.(*stage).NoVoice(501) }},
		{Name: "too long", Class: connector.Invalid, Message: canon.TextMessage(strings.Repeat("长", 4097))},
		fault("rate limited", connector.RateLimited, emulate.Fault{Wait: 7 * time.Second}),
		fault("unauthorized", connector.NeedsLogin, says(401, "Unauthorized")),
		fault("no such bot", connector.NeedsLogin, says(404, "Not Found")),
		fault("not started", connector.WindowClosed, says(403, "Forbidden: bot can't initiate conversation with a user")),
		fault("refused in new words", connector.Invalid, says(400, "Bad Request: MESSAGE_TOO_STRANGE")),
		fault("a secret in the answer", connector.Invalid, says(400, "Bad Request: why "+token)),
		fault("too large, says a proxy", connector.Invalid, emulate.Fault{Status: 413, Body: []byte("<html>413</html>")}),
		fault("bad gateway", connector.Uncertain, emulate.Fault{Status: 502, Body: []byte("<html>502</html>")}),
		fault("an answer that is no JSON", connector.Uncertain, emulate.Fault{Status: 200, Body: []byte("OK")}),
		fault("redirect", connector.Invalid, emulate.Fault{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}}),
		fault("connection cut before it was taken", connector.Uncertain, emulate.Fault{Kind: emulate.HangUp}),
		lost,
	}
}
