package outside

import (
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// worded is an answer that an agent can make something of.
func (a answer) worded() bool {
	return a.took() || a.unsupported() || a.refused() && (a.said.Text != "" || a.said.Code != "")
}

func checkParts(x *run) {
	if a := x.call(x.message(canon.TextMessage(x.text("a text part")))); !a.took() {
		x.find("parts", "text", "answered %s; a text must be taken", a)
	}
	for _, part := range x.parts() {
		key := connector.PartKey(part)
		if a := x.call(x.message(canon.Message{Parts: []canon.Part{part}})); !a.worded() {
			x.find("parts", key, "answered %s; take it, or answer 422 with the code unsupported, or with a text for the agent", a)
		}
	}
}

// parts are samples of all that is no text.
func (x *run) parts() []canon.Part {
	file := func(kind canon.MediaKind, mime string) canon.Media {
		return canon.Media{Kind: kind, File: canon.NewID(), URL: x.hub.fileURL(), Name: "kit.png", MIME: mime, Size: int64(len(picture)), Caption: "caption 说明"}
	}
	image := file(canon.MediaImage, "image/png")
	options := []canon.Option{
		{Kind: canon.OptionReply, Label: "Order 查订单", Value: "order"},
		{Kind: canon.OptionURL, Label: "Shop", URL: "https://example.com/shop"},
	}
	out := []canon.Part{
		image, file(canon.MediaVoice, "audio/ogg"), file(canon.MediaAudio, "audio/mpeg"), file(canon.MediaVideo, "video/mp4"),
		file(canon.MediaAnimation, "image/gif"), file(canon.MediaFile, "application/pdf"),
		canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"},
		canon.Sticker{Image: image, Emoji: "😺"},
		canon.Contact{Name: "李雷", Phones: []string{"+8613800000000"}},
		canon.Template{Name: "order_shipped", Locale: "zh_CN", Text: "您的订单已发货", Params: []canon.TemplateParam{{Slot: "body.1", Text: "1042"}}},
		canon.Opaque{Name: "poll", Text: "投票", Raw: []byte(`{"type":"poll"}`)},
	}
	for _, style := range []canon.ChoiceStyle{canon.ChoiceQuick, canon.ChoiceButtons, canon.ChoiceList} {
		out = append(out, canon.Choices{Style: style, Prompt: "Which? 哪个", Options: options})
	}
	for _, kind := range []canon.CardKind{canon.CardProduct, canon.CardOrder, canon.CardLink, canon.CardApp, canon.CardArticle} {
		out = append(out, canon.Card{Kind: kind, Ref: "A-1", Title: "茶杯", Text: "白瓷", URL: "https://example.com/p/1", Price: "¥128.00", Image: image})
	}
	return out
}

func checkOperations(x *run) {
	c := x.posting(x.text("to be changed"))
	first := x.call(c)
	if !first.took() {
		x.find("operations", "the message to work on", "answered %s", first)
		return
	}
	x.expect(c.Message.Plain())
	for _, op := range []string{"edit", "react", "typing", "read", "revoke"} {
		call := x.operation(op, first.named(c.Key))
		call.On, call.Emoji = op == "typing", map[string]string{"react": "👍"}[op]
		if op == "edit" {
			m := canon.TextMessage(x.text("changed"))
			call.Message = &m
		}
		if a := x.call(call); !a.worded() {
			x.find("operations", op, "answered %s; do it, or answer 422 with the code unsupported", a)
		}
		if op != "edit" && op != "revoke" && op != "react" {
			continue
		}
		missing := call
		missing.Key, missing.Target = canon.NewID().String(), "kit-no-such-message"
		if a := x.call(missing); !a.refused() && !a.unsupported() {
			x.find("operations", op+" of a message that is not there", "answered %s; the agent would be told that it was done", a)
		}
	}
	if a := x.call(x.operation("kit-telepathy", "")); !a.unsupported() {
		x.find("operations", "an operation nobody knows", "answered %s, not 422 with the code unsupported (or 501)", a)
	}
}

// unlimited is how long a text is tried where there is no limit.
const unlimited = 10_000

func checkLength(x *run) {
	limit := connector.Length{Max: x.MaxText, Unit: connector.Runes}
	if limit.Max == 0 {
		limit.Max = unlimited
	}
	for name, piece := range map[string]string{
		"Chinese":             "今天天气很好，我们去公园吧。",
		"emoji with joiners":  "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇳",
		"right to left":       "مرحبًا، كيف حالك اليوم؟ שלום וברכה. ",
		"letters with marks":  "e\u0301\u0323x\u0302 ",
		"signs of JSON, HTML": "\"\\/{}<b>&amp;\t\u2028",
	} {
		pieces := limit.Cut(strings.Repeat(piece, limit.Max/limit.Count(piece)+1))
		if a := x.call(x.posting(pieces[0])); !a.took() {
			x.find("length", name, "a text of %d characters was answered %s; say with --max-text, and in the link, how many it may have", limit.Count(pieces[0]), a)
		}
	}
}
